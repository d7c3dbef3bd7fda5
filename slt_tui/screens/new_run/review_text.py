"""What the review says: the changes, what is worth a word, the command, what a dry run told."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from slt_tui.dry_run import Report, report_rows
from slt_tui.form.command import command_lines
from slt_tui.form.examination import Examination
from slt_tui.form.outputs import list_changes
from slt_tui.widgets.cells import cut, cut_front, padded

KEY = 34
LABEL = 15


def changes_text(form: Examination, width: int) -> Text:
    """Each change with what was before, under what the form is built on."""
    changes = list_changes(form.state)
    title = f"{len(changes)} change{'' if len(changes) == 1 else 's'} to {form.state.base.title}"
    text = Text(title, style="bold")
    room = max(8, (width - KEY - 6) // 2)
    for change in changes:
        before = cut_front(change.before or "nothing", room)
        text.append(f"\n  {padded(change.key, KEY)}").append(padded(before, room), "dim").append(" → ", "dim")
        text.append(cut_front(change.after, room))
    if not changes:
        text.append("\n  none: it runs as it is", "dim")
    return text


def problems_text(problems: Sequence[str]) -> Text:
    """What keeps it from being launched."""
    text = Text(f"{len(problems)} problem{'' if len(problems) == 1 else 's'} to mend first", style="bold red")
    for problem in problems:
        text.append("\n  ✘ ", "red").append(problem, "not bold red")
    return text


def notices_text(notices: Sequence[str]) -> Text:
    """What is no error and worth knowing."""
    text = Text("Worth a word", style="bold")
    for notice in notices:
        text.append("\n  ! ", "yellow").append(notice, "not bold")
    return text


def command_text(form: Examination) -> Text:
    """The command line that does the same, as a shell takes it."""
    return Text("\n".join(command_lines(form.state)))


def report_text(report: Report, width: int) -> Text:
    """What a run would take, in two columns."""
    text = Text()
    for number, (label, told) in enumerate(report_rows(report)):
        style = "yellow" if label == "warning" else "dim"
        text.append(("\n" if number else "") + f"  {label:<{LABEL}}", style)
        words, line = told.split(), ""
        for word in words:
            if line and len(line) + len(word) + 1 > width - LABEL - 3:
                text.append(line + "\n" + " " * (LABEL + 2))
                line = ""
            line = f"{line} {word}".lstrip()
        text.append(line)
    return text


def progress_text(told: Sequence[str], seconds: int, width: int) -> Text:
    """What a dry run has done, and what it is at."""
    text = Text()
    for number, line in enumerate(told):
        is_last = number == len(told) - 1
        text.append(f"{'▶' if is_last else '✔'} ", "cyan" if is_last else "green")
        text.append(cut(line, width - 10)).append(f"  {seconds} s\n" if is_last else "\n", "dim")
    return text if told else Text(f"▶ loading torch  {seconds} s", "cyan")
