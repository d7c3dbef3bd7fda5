"""Story: a run in a few lines. Its state, how far it is, its scores, its note, and the last word of its log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import zip_longest
from textwrap import wrap

from rich.cells import cell_len

from slt_tui.readable import LOOKS, clock, score, title
from slt_tui.run_entry import RunEntry
from slt_tui.widgets.cells import cut, cut_front
from slt_tui.widgets.painted import Piece
from slt_tui.widgets.run_table.course import columns_of_bars

Line = list[Piece]
Story = list[Line]

_LABEL = 10  # cells of the words at the left
_BAR = 24
_PERCENT = 6
_REASONS = 2  # lines
_NARROWEST = 8  # cells of a reason
_SIDE = 100  # from this width on, the course stands at the right
_SIDE_CELLS = 32


def story_of(entry: RunEntry, log_line: str, *, width: int, height: int, plain: bool, now: float) -> Story:
    """The lines, each of at most ``width`` cells."""
    has_side = width >= _SIDE and len(entry.course) > 1
    room = width - _SIDE_CELLS if has_side else width
    words = [("note", _one_line(entry.notes.note)), ("log", log_line), ("path", str(entry.path))]
    lines = [
        *_head(entry, room, plain),
        *filter(None, [_progress(entry, room, plain, now), _fitted(_scores(entry, plain), room, plain)]),
        *(_told(label, text, room, plain) for label, text in words if text),
    ][:height]
    return _with_course(lines, entry, room, height, plain) if has_side else lines


def _head(entry: RunEntry, room: int, plain: bool) -> Story:
    """Its name, its state and why; a reason that is too long for the line has lines of its own."""
    look, reason = LOOKS[entry.state], _one_line(entry.summary.standing.message)
    tags = " ".join(entry.notes.tags)
    line: Line = [
        (entry.label, "name"),
        ("  ", ""),
        (f"{look.ascii if plain else look.glyph} {entry.state}", entry.state),
    ]
    end: Line = [("  ", ""), (tags, "tags")] if tags else []
    if reason and sum(cell_len(text) for text, _ in (*line, *end)) + 2 + cell_len(reason) <= room:
        return [[*line, (f"  {reason}", ""), *end]]
    reasons = wrap(
        reason, max(_NARROWEST, room - _LABEL), max_lines=_REASONS, placeholder=" ..." if plain else " …"
    )
    labels = ["why", *[""] * _REASONS]
    told = [
        _fitted([_label(label), (text, "")], room, plain)
        for label, text in zip(labels, reasons, strict=False)
    ]
    return [_fitted([*line, *end], room, plain), *told]


def _progress(entry: RunEntry, room: int, plain: bool, now: float) -> Line:
    """How far it is, and how long that took or will take."""
    status, standing = entry.summary.standing.status, entry.summary.standing
    words: Line = []
    if status and status.epochs:
        words.append((f"epoch {status.epoch:.0f} of {status.epochs:.0f}", ""))
    if entry.ends is not None:
        words.append((f"{clock(entry.ends - now)} left", "done"))
    elif standing.started and standing.ended:
        words.append((f"took {clock(standing.ended - standing.started)}", "quiet"))
    if standing.started:
        words.append((f"started {_moment(standing.started, now)}", "quiet"))
    line: Line = _fitted([_label("progress")], room, plain)
    if status and status.steps and room >= _LABEL + _BAR + _PERCENT:
        share = min(1.0, max(0.0, status.step / status.steps))
        line += [*_bar(share, entry.state, plain), (f" {100 * share:3.0f} %", "")]
    for text, look in words:
        gap = "   " if len(line) > 1 else ""
        if sum(cell_len(piece) for piece, _ in line) + cell_len(gap + text) <= room:
            line.append((gap + text, look))
    return line if len(line) > 1 else []


def _scores(entry: RunEntry, plain: bool) -> Line:
    summary, best = entry.summary, entry.summary.best
    parts: list[str] = []
    if best:
        parts.append(f"best {score(summary.metric, best['value'])} at epoch {best['epoch']}")
    if entry.last is not None:
        parts.append(f"last {score(summary.metric, entry.last)}")
    if entry.smoothed is not None:
        parts.append(f"smoothed {score(summary.metric, entry.smoothed)}")
    dot = " - " if plain else " · "
    return [_label(title(summary.metric)), (dot.join(parts), "")] if parts else []


def _told(label: str, text: str, room: int, plain: bool) -> Line:
    fit = cut_front if label == "path" else cut
    line = [_label(label), (fit(text, room - _LABEL, plain=plain), "quiet" if label != "note" else "")]
    return _fitted(line, room, plain)


def _with_course(lines: Story, entry: RunEntry, room: int, height: int, plain: bool) -> Story:
    """The lines with the course at their right, as high as they are."""
    bars = columns_of_bars(entry.course, height - 1, plain=plain)
    name = title(entry.summary.metric)
    side: Story = [[(f"{name}, last {len(entry.course)} values", "label")]]
    side += [[(bar, "course")] for bar in bars]
    return [
        [*_filled(line or [], room), ("    ", ""), *(right or [])] for line, right in zip_longest(lines, side)
    ]


def _bar(share: float, state: str, plain: bool) -> Iterator[Piece]:
    done, rest = ("#", ".") if plain else ("━", "─")
    cells = round(_BAR * share)
    yield (done * cells, state)
    yield (rest * (_BAR - cells), "open")


def _fitted(line: Sequence[Piece], room: int, plain: bool) -> Line:
    """The pieces up to the edge; the one that crosses it is cut."""
    result: Line = []
    for text, look in line:
        if room <= 0:
            break
        result.append((cut(text, room, plain=plain), look))
        room -= cell_len(text)
    return result


def _filled(line: Line, room: int) -> Line:
    return [*line, (" " * (room - sum(cell_len(text) for text, _ in line)), "")]


def _label(text: str) -> Piece:
    return cut(text, _LABEL - 1).ljust(_LABEL), "label"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _moment(seconds: float, now: float) -> str:
    """The time of day, and the date where that is another than today's."""
    then, today = datetime.fromtimestamp(seconds), datetime.fromtimestamp(now).date()
    return then.strftime("%H:%M" if then.date() == today else "%Y-%m-%d %H:%M")
