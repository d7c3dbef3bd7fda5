"""check: every rule over a data set, with progress; what it gathers on the way serves the statistics too."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from slt_engine.clips.crops import CropFiles
from slt_engine.clips.errors import DataError
from slt_engine.clips.keypoints import (
    Space,
    infer_space,
    layout_of_file,
    mark_missing,
    read_raw,
    shape_points,
)
from slt_engine.clips.layouts import Layout
from slt_engine.contract.files import check_presence, list_files
from slt_engine.contract.pictures import (
    SAMPLED,
    check_numbers,
    check_pictures,
    check_sizes,
    find_crops,
    numbers_of,
    spread,
)
from slt_engine.contract.points import (
    ClipPoints,
    check_hands,
    check_lengths,
    read_clip_keypoints,
    read_clip_pose,
    unreadable,
)
from slt_engine.contract.problem import Problem, error, warning
from slt_engine.contract.sources import DataSet, Tables
from slt_engine.contract.tables import check_tables, labels_need, read_tables
from slt_engine.contract.times import check_times

Progress = Callable[[int, int], None]
"""Is told how many clips are done, and of how many."""


@dataclass
class Report:
    """What is wrong, and what was seen: frames and shares by clip."""

    tables: Tables = field(default_factory=Tables)
    problems: list[Problem] = field(default_factory=list)
    layout: Layout | None = None
    frames: dict[str, dict[str, int]] = field(default_factory=dict)
    """By clip, the frames of each of its streams."""
    shares: dict[str, dict[str, float]] = field(default_factory=dict)
    """By clip, the share of frames that show each keypoint stream."""
    pictures: int = 0
    """Crops that were decoded."""

    @property
    def errors(self) -> list[Problem]:
        """What keeps something from being used."""
        return [problem for problem in self.problems if problem.severity == "error"]


def check(data: DataSet, *, deep: bool = False, progress: Progress | None = None) -> Report:
    """Look at everything that the contract asks of ``data``; ``deep`` decodes every crop, not three a clip."""
    report = Report()
    problems, tables = report.problems, report.tables
    problems += read_tables(data, tables)
    problems += check_tables(data, tables)
    problems += list_files(data, tables)
    crops = _list_crops(data, report)
    problems += check_presence(data, tables)
    reading = _Reading(data, report, crops, deep=deep)
    clips = _all_clips(tables, crops)
    for done, clip in enumerate(clips, start=1):
        problems += reading.check(clip)
        if progress is not None:
            progress(done, len(clips))
    problems += reading.conclude()
    return report


def _all_clips(tables: Tables, crops: Mapping[str, Mapping[str, CropFiles]]) -> list[str]:
    """Those that are to be read, and behind them those that only have files."""
    with_files = {clip: None for files in (*tables.files.values(), *crops.values()) for clip in sorted(files)}
    return list({**dict.fromkeys(tables.clips()), **with_files})


def _list_crops(data: DataSet, report: Report) -> dict[str, dict[str, CropFiles]]:
    """Crops by stream and clip; the first one stands for a clip's file in the tables."""
    crops = {}
    for stream, directory in data.crops.items():
        crops[stream], problems = find_crops(stream, directory)
        report.problems += problems
        report.tables.files[stream] = {clip: _first(found) for clip, found in crops[stream].items()}
    return crops


def _first(crops: CropFiles) -> Path:
    return Path(crops.whereabouts(min(numbers[0] for numbers in crops.numbers.values())))


class _Reading:
    """Reads clip after clip, and keeps what can only be told of all of them."""

    def __init__(
        self,
        data: DataSet,
        report: Report,
        crops: Mapping[str, Mapping[str, CropFiles]],
        *,
        deep: bool,
    ) -> None:
        self._data, self._report, self._crops, self._deep = data, report, crops, deep
        self._sizes: dict[str, Counter[tuple[int, int]]] = defaultdict(Counter)
        self._digests: dict[tuple[str, str], str] = {}
        self._space: Space | None = None
        report.problems += self._find_layout()

    def check(self, clip: str) -> Iterator[Problem]:
        """Everything about one clip."""
        points, problems = self._read_points(clip)
        yield from problems
        frames = {stream: read.frames for stream, read in points.items()}
        gapped = []
        for stream, clips in self._crops.items():
            if crops := clips.get(clip):
                frames[stream] = crops.frames
                gapped += [stream] * crops.has_gaps
                yield from check_numbers(stream, crops)
                chosen = numbers_of(crops) if self._deep else spread(numbers_of(crops), SAMPLED)
                self._report.pictures += len(chosen)
                yield from check_pictures(stream, crops, chosen, self._sizes[stream])
        if not frames:
            return
        paths = {stream: self._report.tables.files[stream][clip] for stream in frames}
        self._report.frames[clip] = frames
        yield from check_lengths(clip, frames, paths, gapped)
        yield from self._check_labels(clip, next(iter(frames.values())))

    def conclude(self) -> Iterator[Problem]:
        """What only all clips together tell."""
        for stream, sizes in self._sizes.items():
            yield from check_sizes(self._data.crops[stream], stream, sizes)
        if self._data.metadata_csv is not None:
            yield from check_times(self._data.metadata_csv, self._report.tables, self._report.frames)

    def _find_layout(self) -> Iterator[Problem]:
        files = list(self._report.tables.files.get("keypoints", {}).values())
        faults: list[DataError] = []
        for path in files:
            try:
                layout = layout_of_file(path, self._data.keypoint_layout)
            except DataError as fault:
                faults.append(fault)
                continue
            self._report.layout, self._space = layout, infer_space(_readable(files, layout), layout)
            return
        if faults:
            yield unreadable(files[0], faults[0], stream="keypoints")

    def _read_points(self, clip: str) -> tuple[dict[str, ClipPoints], list[Problem]]:
        points: dict[str, ClipPoints] = {}
        problems: list[Problem] = []
        files, layout = self._report.tables.files, self._report.layout
        if (path := files.get("keypoints", {}).get(clip)) and layout is not None:
            read, faults = read_clip_keypoints(path, clip, layout, self._space)
            problems += faults
            if read is not None:
                points["keypoints"] = read
                self._report.shares[clip] = dict(read.shares)
                problems += check_hands(path, clip, read)
        if path := files.get("pose", {}).get(clip):
            read, faults = read_clip_pose(path, clip)
            problems += faults
            if read is not None:
                points["pose"] = read
        for stream, read in points.items():
            problems += self._check_repeated(files[stream][clip], clip, stream, read)
        return points, problems

    def _check_repeated(self, path: Path, clip: str, stream: str, read: ClipPoints) -> Iterator[Problem]:
        other = self._digests.setdefault((stream, read.digest), clip)
        if other == clip:
            return
        tables = self._report.tables
        splits = tables.split_of(clip), tables.split_of(other)
        message = f'has the very values of "{other}"'
        where = {"clip": clip, "stream": stream}
        if all(splits) and splits[0] != splits[1]:
            message = f"{message}, which is in {splits[1]}"
            yield error("leak-copy", path, message, "keep one of the two", **where)
        else:
            yield warning("copy", path, message, "keep one of the two", **where)

    def _check_labels(self, clip: str, frames: int) -> Iterator[Problem]:
        line, gloss = self._report.tables.glosses.get(clip, (0, None))
        if gloss is None or self._data.gloss_csv is None:
            return
        read = -(-frames // self._data.frame_stride)
        if (needed := labels_need(gloss)) > read:
            message = f"its {len(gloss.labels)} glosses need {needed} frames, {read} are read"
            remedy = "CTC passes it over; look at the cut, or at frame_stride"
            yield error("ctc-crowded", self._data.gloss_csv, message, remedy, clip=clip, line=line)


def _readable(paths: Sequence[Path], layout: Layout) -> list[Path]:
    """A sample of files that can be read, to tell their space."""
    chosen = []
    for path in paths[:: max(1, len(paths) // 64)]:
        try:
            mark_missing(shape_points(read_raw(path).values, layout, path), path)
        except DataError:
            continue
        chosen.append(path)
    return chosen
