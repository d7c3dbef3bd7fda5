"""`python -m slt_engine extract VIDEOS OUT`: extracts, says how far it is, sums up, and what to do about the rest."""

from __future__ import annotations

import argparse
import json
import math
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from slt_engine.arguments import LineParser
from slt_engine.clips.errors import DataError
from slt_engine.extract.run import Extraction, Summary, extract
from slt_engine.extract.settings import CROPS, Settings
from slt_engine.extract.sources import find_videos, pieces, whole_videos

FAILED, INTERRUPTED = 1, 130
ORIGINS = {
    "detector": "by the detector",
    "pose": "by the pose",
    "previous": "the box before",
    "none": "not found (black)",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code 0 when every clip is there, 1 when one failed or nothing could be written, 2 for wrong use."""
    options = _parser().parse_args(argv)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        summary = extract(_extraction(options))
    except DataError as error:
        print(error, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("\ninterrupted: the same command with --resume goes on", file=sys.stderr)
        return INTERRUPTED
    print(json.dumps(_as_json(summary), indent=2, ensure_ascii=False) if options.json else _text(summary))
    return FAILED if summary.failed else 0


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = LineParser(prog="slt data extract", description="From videos to crops, pose and keypoints.")
    add = parser.add_argument
    add("videos", type=Path, help="a directory with videos, or one video")
    add("out", type=Path, help="where face, hand_l, hand_r, pose, keypoints and metadata.jsonl go")
    rate = parser.add_mutually_exclusive_group()
    rate.add_argument("--fps", type=_positive, help="frames a second to keep; default all")
    rate.add_argument("--fps-limit", type=_positive, help="keep every n-th frame, so that no more are left")
    add("--face-blur", action="store_true", help="blur the face but for eyes and mouth")
    add("--clips", type=Path, help="a CSV with id, video, start and end: pieces to cut out")
    add("--recursive", action="store_true", help="look into directories too")
    add("--resume", action="store_true", help="go on with an extraction; what failed is tried again")
    add("--workers", type=_count, default=1, help="processes; default 1")
    add("--timeout", type=_positive, default=60.0, help="seconds without a frame until a video is given up")
    add("--json", action="store_true", help="print the summary as JSON")
    return parser


def _extraction(options: argparse.Namespace) -> Extraction:
    videos = find_videos(options.videos, recursive=options.recursive)
    return Extraction(
        jobs=pieces(options.clips, videos) if options.clips else whole_videos(videos),
        source=options.videos,
        out=options.out,
        settings=Settings(options.fps, options.fps_limit, options.face_blur),
        workers=options.workers,
        resume=options.resume,
        hangs_after_s=options.timeout,
    )


def _text(summary: Summary) -> str:
    kept = f", {summary.kept} there already" if summary.kept else ""
    rate = f" ({summary.frames / summary.seconds:.1f} frames/s)" if summary.frames else ""
    lines = [
        f"{len(summary.done)} clips extracted{kept}: {summary.frames:,} frames in {summary.seconds:.0f} s{rate}"
    ]
    if summary.done:
        lines += ["", *_table(summary.done)]
    lines += [f"! {line['video_id']}: {text}" for line in summary.done for text in line["warnings"]]
    if summary.failed:
        lines += ["", f"{len(summary.failed)} passed over:"]
        lines += [f"  {line['video_id']}  {line['problem']}" for line in summary.failed]
    return "\n".join(lines)


def _table(lines: Sequence[dict[str, Any]]) -> list[str]:
    """Where the crops of all clips come from, by stream."""
    rows = [["stream", *ORIGINS.values()]]
    for stream, counts in _crops(lines).items():
        rows.append([stream, *(f"{counts[name]:,}" for name in ORIGINS)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows]


def _crops(lines: Sequence[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """By stream, how many crops of all clips come from where."""
    totals = {stream: dict.fromkeys(ORIGINS, 0) for stream in CROPS}
    for line in lines:
        for stream, counts in totals.items():
            fallbacks = line["fallbacks"][stream]
            counts["detector"] += line["frames"][stream] - sum(fallbacks.values())
            for name, count in fallbacks.items():
                counts[name] += count
    return totals


def _as_json(summary: Summary) -> dict[str, Any]:
    warnings = [(line["video_id"], text) for line in summary.done for text in line["warnings"]]
    return {
        "extracted": len(summary.done),
        "there_already": summary.kept,
        "frames": summary.frames,
        "seconds": round(summary.seconds, 1),
        "crops": _crops(summary.done),
        "failed": [{"video_id": line["video_id"], "problem": line["problem"]} for line in summary.failed],
        "warnings": [{"video_id": clip_id, "problem": text} for clip_id, text in warnings],
    }


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f'"{text}" is no number above 0')
    return value


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 4 * (os.cpu_count() or 1):
        raise argparse.ArgumentTypeError(
            f'"{text}" is no number of processes from 1 to {4 * (os.cpu_count() or 1)}'
        )
    return int(text)
