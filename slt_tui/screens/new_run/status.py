"""The lines above and below the form: what it is built on, what is wrong, what is shown."""

from __future__ import annotations

from rich.text import Text

from slt_engine.config.record import NAMES_THE_RUN
from slt_tui.form.examination import Examination
from slt_tui.widgets.knob_form import KnobForm


def heading_of(line: Text, form: Examination) -> Text:
    """The heading, gone on with: what the form is built on, and where the run goes."""
    line.append("  ").append(form.state.base.title)
    if work_dir := form.state.text(NAMES_THE_RUN):
        line.append(" → ", "dim").append(work_dir, "dim")
    return line


def status_of(form: Examination, *, shown: int, of: int, view: KnobForm, plain: bool) -> Text:
    """How many problems there are and how to come to them; what a search or a view leaves."""
    parts = [_standing(form, plain)]
    if changed := len(form.state.changes):
        parts.append(Text(f"{changed} changed"))
    if view.changed_only:
        parts.append(Text(f"only what is changed: {shown} of {of}", "bold"))
    elif view.query_text.strip():
        parts.append(Text(f"found: {shown} of {of}", "bold"))
    return Text(" ").append_text(Text(" - " if plain else " · ", "dim").join(parts))


def _standing(form: Examination, plain: bool) -> Text:
    count = len(form.problems)
    if count:
        words = f"{count} problem{'' if count == 1 else 's'}"
        text = Text(f"{'x' if plain else '✘'} {words}", "red")
        if form.others:
            return text.append(f": {form.others[0]}")
        return text.append(", ! goes to the next", "dim")
    text = Text(f"{'*' if plain else '✔'} nothing is wrong", "green")
    return text.append(f", {len(form.notices)} worth a word", "yellow") if form.notices else text
