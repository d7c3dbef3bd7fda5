"""What the extract screen says: how far it is, what it came to."""

from __future__ import annotations

from typing import Any

from textual.content import Content

from slt_tui.extraction import End, Progress

_BAR = 24
ORIGINS = {"detector": "found", "pose": "by the pose", "previous": "by the box before", "none": "black"}
"""Where a crop's box comes from, as `slt data extract --json` calls it, and in words."""


def describe_progress(progress: Progress | None, *, plain: bool) -> Content:
    """A bar, clips, rate and what is left."""
    if progress is None:
        return Content("starting: MediaPipe takes a second or two")
    full = round(_BAR * progress.share)
    solid, empty = ("#", ".") if plain else ("━", "━")
    bar = (solid * full, "$primary"), (empty * (_BAR - full), "$foreground 20%")
    left_s = progress.left_s
    left = "" if left_s is None else f"   {left_s // 60}:{left_s % 60:02} left"
    words = f"  {progress.done} of {progress.total} clips   {progress.frames_per_s:.1f} frames/s{left}"
    failed = f"   ! {progress.failed} failed" if progress.failed else ""
    return Content.assemble(*bar, words, (failed, "bold $error"))


def describe_end(end: End) -> Content:
    """What was made, in one line, or why nothing was."""
    summary = end.summary
    if summary is None:
        return Content.assemble(("! ", "bold $error"), end.complaint or f"it ended with exit code {end.code}")
    kept = f", {summary['there_already']} there already" if summary["there_already"] else ""
    words = f"{summary['extracted']} clips extracted{kept}: {summary['frames']:,} frames in {summary['seconds']:.0f} s"
    failed = f"   ! {len(summary['failed'])} passed over" if summary["failed"] else ""
    return Content.assemble(("done  ", "bold $success"), words, (failed, "bold $error"))


def describe_report(summary: dict[str, Any] | None) -> Content:
    """Where the crops come from; then the videos that were passed over, each with what to do."""
    if summary is None:
        return Content("")
    lines = [_crops_line(stream, counts) for stream, counts in summary["crops"].items()]
    problems = [*summary["failed"], *summary["warnings"]]
    told = [Content.assemble((f"{one['video_id']}  ", "bold"), one["problem"]) for one in problems]
    return Content("\n").join([*lines, Content(""), *told])


def _crops_line(stream: str, counts: dict[str, int]) -> Content:
    detected, *others = (f"{counts[name]:,} {words}" for name, words in ORIGINS.items())
    return Content.assemble((f"{stream:<8}", "dim"), detected, (f", {', '.join(others)}", "$foreground 60%"))
