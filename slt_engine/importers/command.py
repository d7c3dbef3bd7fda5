"""`python -m slt_engine import KIND SOURCE OUT`: writes a data set, says what it took and why it dropped the rest."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from slt_engine.arguments import LineParser
from slt_engine.clips.errors import DataError
from slt_engine.importers.how2sign import read_how2sign
from slt_engine.importers.imported import Rows
from slt_engine.importers.lsat import read_lsat
from slt_engine.importers.mska import read_mska
from slt_engine.importers.phoenix import read_phoenix
from slt_engine.importers.plain import read_plain
from slt_engine.importers.poses import read_poses
from slt_engine.importers.writing import DROPPED, Summary, write_data_set


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code 0 when the data set is there, 1 with one line on stderr when not, 2 for wrong arguments."""
    parser = _parser()
    options = parser.parse_args(argv)
    try:
        summary = write_data_set(_counted(KINDS[options.kind](options)), options.out)
    except (DataError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted: nothing was written", file=sys.stderr)
        return 130
    print(_json(summary, options) if options.json else _sentences(summary, options))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = LineParser(prog="slt data import", description="Write a data set from another's files.")
    add = parser.add_argument
    add("kind", choices=tuple(KINDS), metavar="|".join(KINDS))
    add("source", type=Path, help="a table or pickle, or the directory of those of all splits")
    add("out", type=Path, help="directory of the data set; it must not be there")
    add("--poses", type=Path, help="directory of the .pose files; default SOURCE's own")
    add("--openpose", type=Path, help="directory with one of OpenPose JSON a sentence")
    add("--size", type=_size, help="of the picture that keypoints are counted in, as 1280x720")
    add("--column", type=_pair, action="append", default=[], metavar="OURS=THEIRS")
    add("--json", action="store_true", help="print JSON")
    return parser


def _counted(rows: Rows) -> Rows:
    """The same rows, with their number on a terminal's stderr while they are read."""
    shown = sys.stderr.isatty()
    for number, row in enumerate(rows, start=1):
        yield row
        if shown and number % 100 == 0:
            print(f"\r\033[K{number:,} rows", end="", file=sys.stderr, flush=True)
    if shown:
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def _sentences(summary: Summary, options: argparse.Namespace) -> str:
    return "\n".join(_lines(summary, options))


def _lines(summary: Summary, options: argparse.Namespace) -> Iterator[str]:
    yield f"{summary.rows:,} rows: {summary.taken:,} clips in {options.out}, {summary.dropped:,} dropped"
    splits = ", ".join(f"{name} {count:,}" for name, count in summary.splits.items())
    yield f"splits     {splits or f'none: slt data split {options.out}/meta.csv makes them'}"
    yield f"keypoints  {summary.with_keypoints:,} clips"
    for reason, count in summary.reasons.most_common():
        yield f"dropped    {count:,}  {reason}"
    if summary.dropped:
        yield f"all of them with their reasons in {options.out / DROPPED}"
    yield f"next       {_next(summary, options.out)}"


def _next(summary: Summary, out: Path) -> str:
    if summary.with_keypoints:
        return f"slt data check {out}"
    pieces = f" --clips {out / 'meta.csv'}" if summary.in_videos else ""
    return f"slt data extract VIDEOS {out / 'processed'}{pieces}"


def _json(summary: Summary, options: argparse.Namespace) -> str:
    told = {
        "out": str(options.out),
        "rows": summary.rows,
        "taken": summary.taken,
        "with_keypoints": summary.with_keypoints,
        "splits": dict(summary.splits),
        "dropped": dict(summary.reasons),
    }
    return json.dumps(told, indent=2, ensure_ascii=False)


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise argparse.ArgumentTypeError(f'"{text}" is no size such as 1280x720')
    return int(width), int(height)


def _pair(text: str) -> tuple[str, str]:
    ours, equals, theirs = text.partition("=")
    if not (equals and ours and theirs):
        raise argparse.ArgumentTypeError(f'"{text}" is not OURS=THEIRS, such as texto=Sentence')
    return ours, theirs


KINDS: dict[str, Callable[[argparse.Namespace], Rows]] = {
    "lsat": lambda options: read_lsat(options.source),
    "phoenix": lambda options: read_phoenix(options.source),
    "mska": lambda options: read_mska(options.source, size=options.size),
    "how2sign": lambda options: read_how2sign(options.source, openpose=options.openpose, size=options.size),
    "pose": lambda options: read_poses(
        options.source, poses=options.poses or options.source.parent, columns=dict(options.column)
    ),
    "csv": lambda options: read_plain(options.source, columns=dict(options.column)),
}
