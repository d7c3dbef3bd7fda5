"""What `slt data view` prints: a data set's clips, or one of them drawn, still or moving."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from slt_engine.clips.errors import DataError
from slt_tui.cli.output import answer, answer_json, answer_table, fail, talk
from slt_tui.clip_reading import ClipFrames, ClipRow, ClipSources, list_clips, measure_clip, open_clip
from slt_tui.skeleton import ClipView, Run
from slt_tui.terminal import columns, has_colours, has_unicode, painted

COLUMNS = ("clip", "split", "frames", "streams", "text", "gloss", "problem")
_HEIGHT = 26
_MOST_FRAMES_PER_S = 15.0
_COLOURS = {
    "face": "bold",
    "hand_l": "cyan",
    "hand_r": "yellow",
    "muted": "bright_black",
    "body": "bright_black",
}
_HIDE, _SHOW, _HOME = "\x1b[?25l", "\x1b[?25h", "\x1b[{}F"


def list_data(source: Path, *, as_json: bool) -> int:
    """Print every clip of a data set; the code to leave with."""
    try:
        sources = ClipSources.of(source)
        rows = list_clips(sources)
    except DataError as problem:
        return fail([str(problem)], code=2)
    table = [_entry(sources, row) for row in rows]
    answer_table(table, COLUMNS, as_json=as_json)
    problems = sources.tables.problems
    for problem_line in problems:
        talk(problem_line)
    return 1 if problems or any(entry["problem"] for entry in table) else 0


def view_clip(source: Path, clip_id: str, *, frame: int | None, play: bool, as_json: bool) -> int:
    """Print what is known of a clip and draw it; the code to leave with."""
    try:
        sources = ClipSources.of(source)
        row = _row_of(list_clips(sources), clip_id, source)
    except DataError as problem:
        return fail([str(problem)], code=2)
    try:
        clip = open_clip(sources, clip_id)
    except DataError as problem:
        return fail([str(problem)], code=1)
    if frame is not None and not 1 <= frame <= clip.frames:
        return fail([f"--frame {frame}: {clip_id} has the frames 1 to {clip.frames}"], code=2)
    if as_json:
        answer_json(_document(row, clip))
    else:
        _print_clip(row, clip, frame=frame or clip.frames // 2 + 1, play=play)
    return fail(clip.problems, code=1) if clip.problems else 0


def _entry(sources: ClipSources, row: ClipRow) -> dict[str, Any]:
    facts = measure_clip(sources, row)
    told = {"clip": row.clip_id, "split": row.split, "text": row.text, "gloss": row.gloss}
    return {**told, "frames": facts.frames, "streams": " ".join(facts.streams), "problem": facts.problem}


def _row_of(rows: Sequence[ClipRow], clip_id: str, source: Path) -> ClipRow:
    row = next((row for row in rows if row.clip_id == clip_id), None)
    if row is None:
        from difflib import get_close_matches

        near = get_close_matches(clip_id, [row.clip_id for row in rows], n=1)
        hint = f", but {near[0]}" if near else ""
        raise DataError(f'{source}: no clip "{clip_id}"{hint}; `slt data view {source}` lists them')
    return row


def _document(row: ClipRow, clip: ClipFrames) -> dict[str, Any]:
    return {
        "clip": row.clip_id,
        "split": row.split,
        "text": row.text,
        "gloss": row.gloss,
        "frames": clip.frames,
        "fps": clip.fps,
        "layout": clip.layout or None,
        "keypoints": str(row.keypoints) if row.keypoints else None,
        "pose": str(row.pose) if row.pose else None,
        "share_of_frames": {part: round(clip.share(part), 4) for part in clip.present},
        "images": {name: int(mask.sum()) for name, mask in clip.images.items()},
        "problems": list(clip.problems),
    }


def _print_clip(row: ClipRow, clip: ClipFrames, *, frame: int, play: bool) -> None:
    for label, value in (("clip", f"{row.clip_id}  {row.split}"), ("text", row.text), ("gloss", row.gloss)):
        if value is not None:
            answer(f"{label:<6}{value}")
    files = [name for name, path in (("keypoints", row.keypoints), ("pose", row.pose)) if path]
    crops = [f"{name} {int(mask.sum())}" for name, mask in clip.images.items()]
    answer(f"{'files':<6}{'  '.join([*files, clip.layout, *crops])}")
    if clip.found_FJ.shape[1] == 0:
        answer("only crops: there are no points to draw")
    elif play and sys.stdout.isatty():
        _play(clip)
    else:
        for line in _page(_view(clip), clip, frame - 1):
            answer(line)


def _play(clip: ClipFrames) -> None:
    """In the clip's own time, over and over, until Ctrl-C."""
    view, began, height = _view(clip), time.monotonic(), 0
    pause_s = 1 / min(clip.fps, _MOST_FRAMES_PER_S)
    sys.stdout.write(_HIDE)
    try:
        while True:
            frame = int((time.monotonic() - began) * clip.fps) % clip.frames
            lines = list(_page(view, clip, frame))
            sys.stdout.write(
                (_HOME.format(height) if height else "") + "".join(f"{line}\x1b[K\n" for line in lines)
            )
            sys.stdout.flush()
            height = len(lines)
            time.sleep(pause_s)
    except KeyboardInterrupt:
        pass
    finally:
        sys.stdout.write(_SHOW)
        sys.stdout.flush()


def _view(clip: ClipFrames) -> ClipView:
    import shutil

    height = min(_HEIGHT, shutil.get_terminal_size((80, 24)).lines - 1)
    return ClipView(
        clip,
        width=min(columns(), 100),
        height=max(6, height),
        plain=not has_unicode(sys.stdout),
        lettered=not has_colours(sys.stdout),
    )


def _page(view: ClipView, clip: ClipFrames, frame: int) -> Iterator[str]:
    digits = len(str(clip.frames))
    status = f"frame {frame + 1:>{digits}}/{clip.frames}  {frame / clip.fps:.2f} s  {clip.fps:g} fps"
    for row in view.rows(frame, status):
        yield _line(row).rstrip()


def _line(row: Sequence[Run]) -> str:
    if not has_colours(sys.stdout):
        return "".join(text for text, _ in row)
    return "".join(
        painted(text, _COLOURS[look]) if look in _COLOURS and text.strip() else text for text, look in row
    )
