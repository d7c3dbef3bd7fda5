"""The lines above and below the form: what it is built on, what is wrong, what is shown."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text
from textual.content import Content

from slt_engine.config.record import NAMES_THE_RUN
from slt_tui.form.examination import Examination
from slt_tui.widgets.cells import cut
from slt_tui.widgets.knob_form import KnobForm


def heading_of(line: Text, form: Examination, width: int) -> Text:
    """The heading, gone on with: what the form is built on, and where the run goes."""
    work_dir = form.state.text(NAMES_THE_RUN)
    where = f" → {work_dir}" if work_dir else ""
    room = width - line.cell_len - 3
    base = cut(form.state.base.title, max(12, room - cell_len(where)))
    line.append(f"  {base}").append(cut(where, max(0, room - cell_len(base))), "dim")
    return line


def status_of(form: Examination, view: KnobForm, *, plain: bool) -> Content:
    """How many problems there are and how to come to them; what a search or a view leaves."""
    parts = [_standing(form, plain)]
    if changed := len(form.state.changes):
        parts.append(Content(f"{changed} changed"))
    shown = f"{view.shown} of {len(form.rows)}"
    if view.changed_only:
        parts.append(Content.styled(f"only what is changed: {shown}", "bold"))
    elif view.query_text.strip():
        parts.append(Content.styled(f"found: {shown}", "bold"))
    return Content(" ").append(Content.styled(" - " if plain else " · ", "dim").join(parts))


def _standing(form: Examination, plain: bool) -> Content:
    if count := len(form.problems):
        words = f"{'x' if plain else '✘'} {count} problem{'' if count == 1 else 's'}"
        more = f": {form.others[0]}" if form.others else ", ! goes to the next"
        if form.state.base.config is None and any(row.problems for row in form.rows if row.knob.is_path):
            more += ", f takes settings from a data set's --config file"
        return Content.assemble((words, "bold $error"), more)
    sound = Content.styled(f"{'*' if plain else '✔'} nothing is wrong", "$success")
    if form.notices:
        sound = sound.append(Content.styled(f", {len(form.notices)} worth a word", "$warning"))
    return sound
