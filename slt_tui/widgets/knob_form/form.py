"""KnobForm: every setting in its group, one of them edited in place, with its help beside or below."""

from __future__ import annotations

from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.geometry import Offset
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from slt_tui.form.examination import Examination, Row
from slt_tui.form.search import best_match, matching
from slt_tui.path_completion import longest_start
from slt_tui.widgets.knob_form.candidates import Candidates, candidates_for
from slt_tui.widgets.knob_form.editor import KnobEditor
from slt_tui.widgets.knob_form.knob_help import KnobHelp
from slt_tui.widgets.knob_form.knob_list import KnobList
from slt_tui.widgets.knob_form.layout import VALUE_AT
from slt_tui.widgets.knob_form.outline import Outline, groups_of

_WIDE, _NARROW = 120, 66  # columns: from the one the help has a column of its own, below the other no outline


class KnobForm(Widget):
    """Shows an examined form; what is typed is posted, and shown when it comes back examined."""

    DEFAULT_CSS = Path(__file__).with_name("knob_form.tcss").read_text()

    class Typed(Message):
        """A text stands in a field so far."""

        def __init__(self, key: str, text: str) -> None:
            super().__init__()
            self.key, self.text = key, text

    class Entered(Typed):
        """A text was taken."""

    class Cancelled(Message):
        """What was typed is to be forgotten."""

    class ResetAsked(Message):
        """A setting is to be what the form is built on says."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.query_text = ""
        self.changed_only = False
        self.knobs, self.outline, self.help = (
            KnobList(id="knobs"),
            Outline(id="outline"),
            KnobHelp(id="about"),
        )
        self.editor, self.candidates = KnobEditor(id="editor"), Candidates(id="candidates")
        self._form: Examination | None = None
        self._edited: Row | None = None
        self._is_typed = False

    def compose(self) -> ComposeResult:
        with Horizontal(id="columns"):
            yield self.outline
            yield self.knobs
        yield self.help
        yield self.editor
        yield self.candidates

    def on_mount(self) -> None:
        self.watch(self.knobs, "scroll_y", self._place_editor, init=False)

    @property
    def is_editing(self) -> bool:
        """Whether a field is open."""
        return self._edited is not None

    @property
    def shown(self) -> int:
        """How many settings the search and the view leave."""
        return len(self.knobs.rows)

    def show(self, form: Examination) -> None:
        """Show a form."""
        self._form = form
        self._show_rows()

    def set_filter(self, query: str, *, changed_only: bool) -> None:
        """Show only the settings that have these words, or of them only those that were changed."""
        is_other_query = query != self.query_text
        self.query_text, self.changed_only = query, changed_only
        self._show_rows()
        if is_other_query and query.strip() and (best := best_match(self.knobs.rows, query)):
            self.knobs.go_to_key(best.key)

    def go_to_key(self, key: str) -> None:
        """Put the cursor on a setting; a filter that hides it is lifted."""
        if not self.knobs.go_to_key(key):
            self.set_filter("", changed_only=False)
            self.knobs.go_to_key(key)

    def take_open(self) -> tuple[str, str] | None:
        """Put the field away, and give its setting and what stands in it; None where none is open."""
        if self._edited is None:
            return None
        taken = self._edited.key, self.candidates.chosen or self.editor.value
        self.close_editor()
        return taken

    def close_editor(self) -> None:
        """Put the field away."""
        self._edited = None
        self.editor.display = self.candidates.display = False
        self.screen.set_focus(self.knobs)

    # What the parts say.

    @on(KnobList.Moved)
    def _show_help(self, event: KnobList.Moved) -> None:
        event.stop()
        self._tell_place()

    @on(Outline.GroupChosen)
    def _go_to_group(self, event: Outline.GroupChosen) -> None:
        event.stop()
        self.go_to_key(event.key)
        self.knobs.focus()

    @on(KnobList.Turned)
    def _take_turned(self, event: KnobList.Turned) -> None:
        event.stop()
        self.post_message(self.Entered(event.key, event.text))

    @on(KnobList.ResetAsked)
    def _ask_reset(self, event: KnobList.ResetAsked) -> None:
        event.stop()
        self.post_message(self.ResetAsked(event.key))

    @on(KnobList.EditAsked)
    def _open_editor(self, event: KnobList.EditAsked) -> None:
        event.stop()
        self.edit()

    def edit(self) -> None:
        """Open the field of the setting under the cursor."""
        row = self.knobs.current
        if row is None:
            return
        self._edited, self._is_typed = row, False
        with self.editor.prevent(Input.Changed):
            self.editor.value = row.text
            self.editor.placeholder = row.placeholder
        self.editor.cursor_position = len(row.text)
        self.editor.display = True
        self._show_candidates(row.text)
        self.screen.set_focus(self.editor)  # at once: the next key may be on its way

    @on(Input.Changed, "#editor")
    def _follow_typing(self, event: Input.Changed) -> None:
        event.stop()
        if self._edited is not None:
            self._is_typed = True
            self._show_candidates(event.value)
            self.post_message(self.Typed(self._edited.key, event.value))

    @on(KnobEditor.CandidateMoved)
    def _move_candidate(self, event: KnobEditor.CandidateMoved) -> None:
        event.stop()
        if not self.candidates.move(event.by):
            self._leave(event.by)

    @on(KnobEditor.Completed)
    def _complete(self, event: KnobEditor.Completed) -> None:
        """A path as far as there is one way to go on; then, and in any other field, to the next."""
        event.stop()
        row, text = self._edited, self.editor.value
        if row is not None and row.knob.is_path and text:
            further = self.candidates.chosen or longest_start(self.candidates.texts)
            if further and further != text:
                self._write(further)
                return
        self._leave(1, goes_on=True)

    @on(KnobEditor.Left)
    def _take_text(self, event: KnobEditor.Left) -> None:
        event.stop()
        self._leave(event.by, goes_on=event.goes_on)

    @on(KnobEditor.Cancelled)
    def _cancel(self, event: KnobEditor.Cancelled) -> None:
        event.stop()
        self.close_editor()
        self.post_message(self.Cancelled())

    @on(Candidates.Picked)
    def _pick(self, event: Candidates.Picked) -> None:
        event.stop()
        self._write(event.text)
        if not event.text.endswith("/"):
            self._leave(0)

    def _leave(self, by: int, *, goes_on: bool = False) -> None:
        """Take what stands in the field, and go on."""
        row = self._edited
        if row is None:
            return
        text = self.candidates.chosen or self.editor.value
        self._edited = None
        self.post_message(self.Entered(row.key, text))
        if by:
            self.knobs.action_move(by)
        following = self.knobs.current
        if goes_on and following and following.key != row.key and not following.knob.is_switch:
            self.edit()
        else:
            self.close_editor()

    def _write(self, text: str) -> None:
        self.editor.value = text
        self.editor.cursor_position = len(text)

    # Drawing.

    def on_resize(self) -> None:
        self.set_class(self.size.width >= _WIDE, "-wide")
        self.set_class(self.size.width < _NARROW, "-narrow")
        self.call_after_refresh(self._place_editor)

    def _show_rows(self) -> None:
        if self._form is None:
            return
        rows = matching(self._form.rows, self.query_text, changed_only=self.changed_only)
        if self._edited and self._edited.key not in [row.key for row in rows]:
            rows = [row for row in self._form.rows if row in rows or row.key == self._edited.key]
        self.knobs.words_for_nothing = (
            f"No setting has {self.query_text!r}." if self.query_text else "Nothing is changed."
        )
        self.knobs.set_rows(rows)
        self._tell_place()
        self._place_editor()

    def _tell_place(self) -> None:
        row, form = self.knobs.current, self._form
        if form is not None:
            self.outline.set_groups(groups_of(form.rows), row.knob.group if row else "")
            self.help.show(row, form.state.base.title)

    def _show_candidates(self, text: str) -> None:
        row = self._edited
        assert row is not None
        texts = candidates_for(row.knob, text, is_typed=self._is_typed)
        chosen = (texts[0] if self._is_typed else text) if row.knob.choices else None
        self.candidates.set_texts(texts, chosen)
        self._place_editor()

    def _place_editor(self) -> None:
        """Over the value of the row, the candidates below it, or above where there is no room."""
        if self._edited is None:
            return
        place = self.knobs.region.offset - self.region.offset
        x, y = place.x + VALUE_AT, place.y + self.knobs.line_in_sight()
        width = max(10, self.knobs.size.width - VALUE_AT)
        self.editor.display = 0 <= y - place.y < self.knobs.size.height
        self.editor.styles.offset, self.editor.styles.width = Offset(x, y), width
        lines = min(self.candidates.lines, max(y, self.size.height - y - 1))
        below = y + 1 + lines <= self.size.height
        self.candidates.display = self.editor.display and lines > 0
        self.candidates.styles.offset = Offset(x, y + 1 if below else y - lines)
        self.candidates.styles.width, self.candidates.styles.height = width, lines
