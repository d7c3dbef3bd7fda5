"""What stands beside a clip: its text, its gloss, its files, what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from slt_tui.clip_reading import ClipFrames, ClipRow

NAMES = {"hand_l": "left", "hand_r": "right"}


def describe_clip(
    row: ClipRow, clip: ClipFrames | None, problems: Sequence[str], *, stride: int, plain: bool
) -> Content:
    """Lines of a label and what it stands for; problems first."""
    lines = [Content.assemble(("! ", "bold $error"), (problem, "$error")) for problem in problems]
    lines.append(_line("text", row.text if row.text else "none" if row.text is None else "empty"))
    if row.gloss is not None:
        lines.append(_line("gloss", row.gloss or "none"))
    lines.append(_line("clip", f" {'-' if plain else '·'} ".join(_facts(row, clip, stride))))
    return Content("\n").join(lines)


def _facts(row: ClipRow, clip: ClipFrames | None, stride: int) -> list[str]:
    facts = [row.split] if row.split != "-" else ["in no index"]
    if clip is None:
        return facts
    facts.append(f"{clip.frames} frames" + (f", 1 in {stride} is read" if stride > 1 else ""))
    if row.keypoints:
        facts.append(f"keypoints {clip.layout}" if clip.layout not in ("", "pose") else "keypoints")
    if row.pose:
        facts.append("pose")
    crops = [_crop(name, int(mask.sum()), clip.frames) for name, mask in clip.images.items()]
    return facts + ([f"crops {', '.join(crops)}"] if crops else [])


def _crop(stream: str, images: int, frames: int) -> str:
    name = NAMES.get(stream, stream)
    return name if images == frames else f"{name} in {images} of {frames}"


def _line(label: str, value: str) -> Content:
    return Content.assemble((f"{label:<6}", "dim"), value)


def describe_set(
    facts: Sequence[str],
    *,
    shown: str,
    frames: int,
    measured: float,
    problems: int,
    broken: Sequence[str],
    plain: bool,
) -> Content:
    """The data set in one line: clips by split, what is lacking, what counting has found so far."""
    counted = f"{frames:,} frames" + (f" in {100 * measured:.0f} %" if measured < 1 else "")
    words = Content(f" {'-' if plain else '·'} ").join(Content(fact) for fact in [*facts, counted])
    if problems:
        words = words.append(Content.styled(f"  ! {problems:,} with a problem", "bold $error"))
    for table in broken:
        words = words.append(Content.styled(f"  ! {table}", "bold $error"))
    return Content.assemble((f"{shown}   ", "bold"), words) if shown else words


def describe_fault(problem: str) -> Content:
    """Why there is nothing to show, and what to do."""
    return Content.assemble(
        ("! ", "bold $error"), problem, "\n\n", ("d opens another data set; escape goes back", "dim")
    )


def describe_choice(found: int) -> Content:
    """What stands above the data sets to choose from."""
    if found:
        return Content.assemble(
            "Which clips?  ", ("enter opens a data set, d takes a path, e reads videos", "dim")
        )
    return Content.assemble(
        "There is no data set yet.\n\n",
        ("slt data demo data/demo", "bold"),
        "   builds one of real fingerspelling in seconds\n",
        ("e", "bold"),
        "   makes one from videos\n",
        ("d", "bold"),
        "   opens one by its path: a run, a --config file, or a directory",
    )
