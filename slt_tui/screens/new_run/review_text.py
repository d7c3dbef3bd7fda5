"""What the review says: the changes, what is worth a word, the command, what a dry run told."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from textual.content import Content

from slt_tui.dry_run import Report, report_rows
from slt_tui.form.command import command_lines
from slt_tui.form.examination import Examination
from slt_tui.form.outputs import Change, list_changes
from slt_tui.widgets.cells import cut, cut_front, padded

KEY = 34
LABEL = 15


def changes_text(form: Examination, width: int) -> Content:
    """Each change with what was before, under what the form is built on."""
    changes = list_changes(form.state)
    title = f"{_counted(len(changes), 'change')} to {form.state.base.title}"
    room = max(8, (width - KEY - 5) // 2)
    lines = [_change_line(change, room) for change in changes]
    return _part(title, "bold", lines or [Content.styled("none: it runs as it is", "dim")])


def _change_line(change: Change, room: int) -> Content:
    before = padded(cut_front(change.before or "nothing", room - 1), room)
    after = (cut_front(change.after, room), "$accent")
    return Content.assemble(padded(change.key, KEY), (before, "dim"), ("→ ", "dim"), after)


def problems_text(problems: Sequence[str]) -> Content:
    """What keeps it from being launched."""
    lines = [Content.assemble(("✘ ", "$error"), problem) for problem in problems]
    return _part(f"{_counted(len(problems), 'problem')} to mend first", "bold $error", lines)


def notices_text(notices: Sequence[str]) -> Content:
    """What is no error and worth knowing."""
    return _part("Worth a word", "bold", [Content.assemble(("! ", "$warning"), notice) for notice in notices])


def command_text(form: Examination) -> Content:
    """The command line that does the same, as a shell takes it."""
    return Content("\n".join(command_lines(form.state)))


def report_text(report: Report, width: int) -> Content:
    """What a run would take, in two columns."""
    return Content("\n").join(_report_lines(report, max(20, width - LABEL - 3)))


def _report_lines(report: Report, room: int) -> Iterator[Content]:
    for label, told in report_rows(report):
        style = "$warning" if label == "warning" else "dim"
        for number, line in enumerate(textwrap.wrap(told, room)):
            yield Content.assemble((f"  {'' if number else label:<{LABEL}}", style), line)


def progress_text(told: Sequence[str], seconds: int, width: int) -> Content:
    """What a dry run has done, and what it is at."""
    *done, now = told or ["loading torch"]
    lines = [Content.assemble(("  ✔ ", "$success"), (cut(line, width - 4), "dim")) for line in done]
    lines.append(Content.assemble(("  ▶ ", "$primary"), cut(now, width - 10), (f"  {seconds} s", "dim")))
    return Content("\n").join(lines)


def _part(title: str, style: str, lines: Sequence[Content]) -> Content:
    return Content("\n").join([Content.styled(title, style), *(Content("  ").append(line) for line in lines)])


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
