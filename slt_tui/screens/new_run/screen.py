"""NewRunScreen: from a preset, a run, a file or a pasted line to a run; every setting in one form."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import ContentSwitcher, Input, Static

from slt_engine.config import ConfigError
from slt_engine.run.directory import RunError
from slt_tui.form.draft import keep_draft, read_draft
from slt_tui.form.examination import Examination, examine
from slt_tui.form.history import History
from slt_tui.form.origins import WORK_DIRS
from slt_tui.form.state import FormState
from slt_tui.messages import Origin, Problem
from slt_tui.screens.base import is_plain
from slt_tui.screens.dialogs import ConfirmDialog, PathDialog, ProblemDialog
from slt_tui.screens.new_run.beginning import ASK, problems_of, read_origin, refuse_file
from slt_tui.screens.new_run.form_screen import FormScreen
from slt_tui.screens.new_run.paste import PasteDialog
from slt_tui.screens.new_run.review import ReviewScreen
from slt_tui.screens.new_run.sources import SourceList, list_sources
from slt_tui.screens.new_run.status import heading_of, status_of
from slt_tui.widgets.knob_form import KnobForm

_NEEDS_FORM = frozenset(
    {"search", "show_changed", "undo", "redo", "review", "dry_run", "launch", "save_preset", "choose_source"}
    | {"copy_command", "copy_config", "add_file"}
)


class NewRunScreen(FormScreen):
    """Begins from ``origin``; where that says nothing, from what is chosen on a list."""

    NAME = "new run"
    CSS_PATH = Path(__file__).with_name("new_run.tcss")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search"),
        Binding("c", "show_changed", "Changed"),
        Binding("u", "undo", "Undo", show=False),
        Binding("U,ctrl+y", "redo", "Redo", show=False),
        Binding("r,ctrl+r", "review", "Review"),
        Binding("d", "dry_run", "Dry run", show=False),
        Binding("f", "add_file", "Settings from a file", show=False),
        Binding("o", "choose_source", "Begin from something else", show=False),
    ]

    def __init__(self, origin: Origin | None = None) -> None:
        super().__init__()
        self._origin = origin or Origin()
        self._began_on_list = self._origin == Origin()
        self._history = History(FormState())
        self._asks_before_leaving = False
        self.examination: Examination | None = None

    def compose_body(self) -> ComposeResult:
        with ContentSwitcher(initial="sources", id="pages"):
            with Vertical(id="sources"):
                yield Static("What does the run begin from?", classes="question")
                yield SourceList(id="list")
            with Vertical(id="form"):
                search = Input(id="search", placeholder="words of key, flag or help", select_on_focus=False)
                search.cursor_blink = False
                yield search
                yield KnobForm(id="knob_form")
                yield Static(id="status")

    def on_mount(self) -> None:
        self._show_sources()
        if not self._began_on_list:
            self.begin(self._origin)

    def on_resize(self) -> None:
        self.set_heading()

    def take_form(self) -> FormState:
        """What stands in the form; a field that is open is taken first."""
        if self.is_mounted and (taken := self.knob_form.take_open()):
            self._change(self._history.state.with_change(*taken))
        return self._history.state

    @property
    def knob_form(self) -> KnobForm:
        """The form."""
        return self.query_one(KnobForm)

    @property
    def has_form(self) -> bool:
        """Whether something has been begun."""
        return self.query_one(ContentSwitcher).current == "form"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """What needs a form is not to be had on the list, nor a search while a field is open."""
        if not self.is_mounted or action not in _NEEDS_FORM:
            return True
        return self.has_form and not (action == "search" and self.knob_form.is_editing)

    # Where it begins.

    def begin(self, origin: Origin) -> None:
        """Show the form that begins so, or say why there is none; a pasted text can then be mended."""
        try:
            begun = read_origin(origin, self._roots[0])
        except (ConfigError, RunError, OSError) as error:
            if origin.command is not None:
                self._mend(origin.command)
            else:
                self.post_message(Problem(*problems_of(error)))
            return
        self._open(begun.state, asks=origin.command is not None)
        if begun.remarks:
            self.app.push_screen(ProblemDialog("Not understood; the rest is in the form", begun.remarks))

    @on(SourceList.Chosen)
    def _begin_chosen(self, event: SourceList.Chosen) -> None:
        self.begin(event.origin)

    @on(SourceList.Pasted)
    def _begin_pasted(self, event: SourceList.Pasted) -> None:
        self.begin(Origin(command=event.text))

    @on(SourceList.Asked)
    def _ask(self, event: SourceList.Asked) -> None:
        self._ask_and_begin(event.what)

    @work
    async def _ask_and_begin(self, what: str) -> None:
        try:
            origin = await ASK[what](self.app, self._roots)
        except RunError as error:
            self.post_message(Problem(str(error)))
            return
        if origin:
            self.begin(origin)

    @work
    async def _mend(self, text: str) -> None:
        mended = await self.app.push_screen_wait(PasteDialog(text))
        if mended is not None:
            self.begin(Origin(command=mended))

    @property
    def _roots(self) -> list[Path]:
        return list(getattr(self.app, "roots", None) or [WORK_DIRS])

    def _open(self, state: FormState, *, asks: bool = False) -> None:
        self._history, self._asks_before_leaving = History(state), asks
        self.query_one(ContentSwitcher).current = "form"
        self._end_search()
        self.knob_form.set_filter("", changed_only=False)
        self._show(state)
        self.knob_form.knobs.go_to(0)
        self.knob_form.knobs.focus()
        self.refresh_bindings()

    def _show_sources(self) -> None:
        self.query_one(ContentSwitcher).current = "sources"
        listed = self.query_one(SourceList)
        listed.set_sources(list_sources(read_draft()))
        listed.focus()
        self.set_heading()
        self.refresh_bindings()

    # What is typed.

    @on(KnobForm.Typed)
    def _follow_typing(self, event: KnobForm.Typed) -> None:
        self._show(self._history.state.with_change(event.key, event.text))

    @on(KnobForm.Entered)
    def _take_text(self, event: KnobForm.Entered) -> None:
        self._change(self._history.state.with_change(event.key, event.text))

    @on(KnobForm.ResetAsked)
    def _take_back(self, event: KnobForm.ResetAsked) -> None:
        self._change(self._history.state.without(event.key))

    @on(KnobForm.Cancelled)
    def _forget_typing(self) -> None:
        self._show(self._history.state)

    def action_undo(self) -> None:
        self._step(self._history.undo())

    def action_redo(self) -> None:
        self._step(self._history.redo())

    def _step(self, was_there: bool) -> None:
        if was_there:
            self._show(self._history.state)
            keep_draft(self._history.state)
        else:
            self.app.bell()

    def _change(self, state: FormState) -> None:
        if self._history.add(state):
            keep_draft(state)
        self._show(self._history.state)

    @work
    async def action_add_file(self) -> None:
        """What a --config file says, such as where a data set lies, under what was changed."""
        state = self.take_form()
        if (
            path := await self.app.push_screen_wait(
                PathDialog("Settings from which file?", check=refuse_file)
            )
        ) is None:
            return
        try:
            self._change(state.with_file(path))
        except ConfigError as error:
            self.post_message(Problem(*error.problems))

    # The view.

    def action_search(self) -> None:
        self.add_class("-searching")
        self.set_focus(self.query_one("#search", Input))  # at once: the next key may be on its way

    @on(Input.Changed, "#search")
    def _narrow(self, event: Input.Changed) -> None:
        self.knob_form.set_filter(event.value, changed_only=self.knob_form.changed_only)
        self._show_status()

    @on(Input.Submitted, "#search")
    def _keep_search(self, event: Input.Submitted) -> None:
        self.set_class(bool(event.value.strip()), "-searching")
        self.knob_form.knobs.focus()

    def action_show_changed(self) -> None:
        """Only what was changed, or everything again."""
        form = self.knob_form
        form.set_filter(form.query_text, changed_only=not form.changed_only)
        self._show_status()

    def action_review(self) -> None:
        self.app.push_screen(ReviewScreen(self.take_form()))

    def action_dry_run(self) -> None:
        self.app.push_screen(ReviewScreen(self.take_form(), tries_at_once=True))

    def refuse(self, form: Examination) -> None:
        """Go to what is wrong."""
        self._show(form.state)
        wrong = next((row for row in form.rows if row.problems), None)
        if wrong is None:
            super().refuse(form)
            return
        self.knob_form.go_to_key(wrong.key)
        self.notify(f"{wrong.knob.flag}: {wrong.problems[0]}", severity="error", markup=False)

    def action_choose_source(self) -> None:
        self._leave(self._show_sources)

    def action_go_back(self) -> None:
        """The search goes first, then the view, then the form, then the screen."""
        form = self.knob_form
        if self.has_class("-searching"):
            self._end_search()
            form.knobs.focus()
        elif self.has_form and form.changed_only:
            self.action_show_changed()
        elif self.has_form and self._began_on_list:
            self._leave(self._show_sources)
        elif self.has_form:
            self._leave(super().action_go_back)
        else:
            super().action_go_back()

    @work
    async def _leave(self, go: object) -> None:
        """Ask, if something would be left behind."""
        if self._history.is_touched or self._asks_before_leaving:
            lines = ["It is not launched. It stays on the list of beginnings as 'unfinished'."]
            if not await self.app.push_screen_wait(ConfirmDialog("Leave this form?", lines)):
                return
            keep_draft(self._history.state)
        assert callable(go)
        go()

    def _end_search(self) -> None:
        self.remove_class("-searching")
        self.query_one("#search", Input).value = ""

    def _show(self, state: FormState) -> None:
        self.examination = examine(state)
        self.knob_form.show(self.examination)
        self._show_status()
        self.set_heading()

    def _show_status(self) -> None:
        if self.examination is None:
            return
        text = status_of(self.examination, self.knob_form, plain=is_plain(self))
        line = self.query_one("#status", Static)
        if not (isinstance(line.content, Content) and line.content.is_same(text)):
            line.update(text, layout=False)

    def heading(self) -> Text:
        line = super().heading()
        is_begun = self.is_mounted and self.has_form and self.examination is not None
        return heading_of(line, self.examination, self.size.width) if is_begun and self.examination else line
