"""SettingsView: the settings that somebody set, or all; a filter; what came with a resume; the command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from rich.cells import cell_len
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from slt_tui.keymap import Keyed
from slt_tui.run_settings import ResumedRow, SettingRow, about_rows, setting_rows
from slt_tui.screens.base import is_plain
from slt_tui.widgets.cells import padded
from slt_tui.widgets.painted import Piece
from slt_tui.widgets.row_list import ListRow, RowList

_LONGEST_KEY, _LONGEST_VALUE, _LONGEST_DEFAULT = 36, 28, 14
_HAS_ROOM = 110  # columns; with fewer the default stands below only, and values are shorter
_ABOUT = 20


class SettingsView(Keyed, Vertical):
    """Shows a config.json; the row under the cursor stands in full below."""

    SCOPE = "settings"
    DEFAULT_CSS = """
    SettingsView {
        & > Input { height: 1; border: none; padding: 0; background: $panel; display: none; }
        & > Input.-open { display: block; }
        & > #in-full { height: auto; max-height: 4; padding: 0 1; color: $foreground-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "toggle_all", "All or changed", show=False),
        Binding("slash", "filter", "Filter", show=False),
        Binding("escape", "leave_filter", "Leave the filter", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self.shows_all = False
        self._settings: list[SettingRow] = []
        self._about: list[tuple[str, str]] = []
        self._resumed: list[ResumedRow] = []

    def compose(self) -> ComposeResult:
        field = Input(placeholder="words of a key, a value or a source", select_on_focus=False)
        field.cursor_blink = False
        yield field
        yield RowList()
        yield Static("", id="in-full", markup=False)

    def show(self, document: Mapping[str, Any], resumed: Sequence[ResumedRow]) -> None:
        """Show a config.json, and what changed in it when the run was resumed."""
        self._settings, self._about = setting_rows(document), about_rows(document)
        self._resumed = list(resumed)
        self._lay_out()

    def focus(self, scroll_visible: bool = True) -> SettingsView:
        self.query_one(RowList).focus(scroll_visible)
        return self

    def on_resize(self) -> None:
        self._lay_out()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._lay_out()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus()

    def on_row_list_moved(self, event: RowList.Moved) -> None:
        event.stop()
        self.query_one("#in-full", Static).update(self._in_full(event.key))

    def action_toggle_all(self) -> None:
        self.shows_all = not self.shows_all
        self._lay_out()

    def action_filter(self) -> None:
        field = self.query_one(Input)
        field.add_class("-open")
        field.focus()

    def action_leave_filter(self) -> None:
        """Show all again; where nothing is filtered, the key is the screen's."""
        field = self.query_one(Input)
        if not field.has_class("-open"):
            raise SkipAction
        field.value = ""
        field.remove_class("-open")
        self.focus()

    def _lay_out(self) -> None:
        wanted = self.query_one(Input).value.lower().split()
        shown = [
            row
            for row in self._settings
            if (self.shows_all or row.is_set) and _has_all(wanted, row.key, row.value, row.source)
        ]
        about = [(name, words) for name, words in self._about if _has_all(wanted, name, words)]
        resumed = [row for row in self._resumed if _has_all(wanted, row.key, row.before, row.after)]
        rows = [ListRow("", [(self._heading(len(shown)), "strong")])]
        rows += self._setting_rows(shown)
        if resumed:
            rows += [ListRow("", []), ListRow("", [("Changed when it was resumed", "strong")])]
            rows += [self._resumed_row(row) for row in resumed]
        if about:
            rows += [ListRow("", []), ListRow("", [("Asked by", "strong")])]
            rows += [
                ListRow(name, [("  " + padded(name, _ABOUT), "muted"), (" ".join(words.split()), "")])
                for name, words in about
            ]
        self.query_one(RowList).show_rows(rows)

    def _heading(self, count: int) -> str:
        if not self._settings:
            return "No config.json, so nobody knows what was asked"
        kind = "settings" if self.shows_all else "settings that differ from the defaults"
        other = "a shows those that were changed" if self.shows_all else f"a shows all {len(self._settings)}"
        return f"{count} {kind}   {other}   / filters"

    def _setting_rows(self, rows: Sequence[SettingRow]) -> list[ListRow]:
        key = min(_LONGEST_KEY, max((cell_len(row.key) for row in rows), default=0))
        has_room = self.size.width >= _HAS_ROOM
        longest = self.size.width // 2 if has_room else _LONGEST_VALUE
        value = min(longest, max((cell_len(row.value) for row in rows), default=0))
        default = min(_LONGEST_DEFAULT, max((cell_len(row.default) for row in rows), default=0))
        plain = is_plain(self)

        def pieces(row: SettingRow) -> list[Piece]:
            instead = padded(row.default if row.is_set else "", default, plain=plain) + "  "
            return [
                ("  " + padded(row.key, key, plain=plain) + "  ", ""),
                (padded(row.value, value, plain=plain) + "  ", "mark" if row.is_set else ""),
                (instead if has_room else "", "muted"),
                (row.source if row.is_set else "default", "muted"),
            ]

        return [ListRow(row.key, pieces(row)) for row in rows]

    def _resumed_row(self, row: ResumedRow) -> ListRow:
        arrow = "->" if is_plain(self) else "→"
        return ListRow(
            f"{row.number} {row.key}",
            [
                (f"  {row.number}. resume  ", "muted"),
                (row.key, ""),
                (f"  {row.before} {arrow} ", "muted"),
                (row.after, "mark"),
            ],
        )

    def _in_full(self, key: str) -> str:
        """What a row may have had no room for."""
        for row in self._settings:
            if row.key == key:
                origin = f"{row.source}; by default {row.default}" if row.is_set else "the default"
                return f"{key} = {row.value}   ({origin})"
        return next((f"{name}: {words}" for name, words in self._about if name == key), "")


def _has_all(wanted: Sequence[str], *texts: str) -> bool:
    """Whether every word stands in one of the texts."""
    folded = " ".join(texts).lower()
    return all(word in folded for word in wanted)
