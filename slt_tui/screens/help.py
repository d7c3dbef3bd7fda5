"""HelpScreen: every key of where one is, what it does, and the command line that does the same; filterable."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar, NamedTuple

from rich.table import Table
from textual import on
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, Static

from slt_tui.actions import command_of

_WIDE = 120  # columns from which the names for a key map have room


class HelpRow(NamedTuple):
    """One action: its keys, what it does, the command line that does the same, its name for a key map."""

    keys: str
    words: str
    command: str
    name: str


class HelpScreen(ModalScreen[None]):
    """The keys of the screen below."""

    CSS_PATH = Path(__file__).with_name("help.tcss")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Close", show=False),
        Binding("down", "scroll_rows(1)", "Down", show=False),
        Binding("up", "scroll_rows(-1)", "Up", show=False),
        Binding("pagedown", "scroll_rows(10)", "Page down", show=False),
        Binding("pageup", "scroll_rows(-10)", "Page up", show=False),
    ]

    def __init__(self, rows: Sequence[HelpRow]) -> None:
        super().__init__()
        self.rows = list(rows)

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Input(placeholder="search keys, words, commands", select_on_focus=False)
            with VerticalScroll(can_focus=False):
                yield Static(id="rows")
            yield Static("", id="keys", markup=False)

    def on_mount(self) -> None:
        self._show("")

    def on_resize(self) -> None:
        self._show(self.query_one(Input).value)

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        self._show(event.value)

    def _show(self, typed: str) -> None:
        wide = self.app.size.width >= _WIDE
        rows = fitting_rows(self.rows, typed)
        self.query_one("#rows", Static).update(help_table(rows, with_names=wide))
        names = "   the names at the right are for keys: in workbench.yaml" if wide else ""
        self.query_one("#keys", Static).update(f"up down scroll   escape close{names}")

    def action_scroll_rows(self, by: int) -> None:
        """Up or down."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)


def help_rows(screen: Screen[object]) -> list[HelpRow]:
    """The actions that can be called from where the focus is, each once: what does something outside comes first.

    What Textual binds by itself has no name of ours, but for tab.
    """
    by_action: dict[str, list[ActiveBinding]] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        named = binding.id or binding.action in _TEXTUALS_OWN
        if binding.description and named and not binding.system:
            scope = (binding.id or "").partition(".")[0]
            by_action.setdefault(f"{scope} {binding.action}", []).append(active)
    return sorted((_row(screen, bindings) for bindings in by_action.values()), key=_rank)


def is_move(row: HelpRow) -> bool:
    """Whether an action only moves a cursor: nothing that a palette should offer."""
    return row.name.rpartition(".")[2].startswith(_MOVES) or row.name in ("workbench.go_back", "")


def _rank(row: HelpRow) -> int:
    """Actions of the screen with a command line, then without, then moves, then the app's."""
    if row.name.startswith("app.") or not row.name:
        return 3
    return 2 if is_move(row) else 1 - bool(row.command)


def fitting_rows(rows: Iterable[HelpRow], typed: str) -> list[HelpRow]:
    """The rows that have every word that was typed."""
    words = typed.lower().split()
    return [row for row in rows if all(word in " ".join(row).lower() for word in words)]


def help_table(rows: Sequence[HelpRow], *, with_names: bool) -> Table:
    """The rows in columns."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False, expand=True)
    table.add_column(style="bold", no_wrap=True, min_width=9)
    table.add_column(ratio=3)
    table.add_column(ratio=3, style="cyan")
    if with_names:
        table.add_column(style="dim", overflow="ellipsis", no_wrap=True)
    for row in rows:
        table.add_row(*(row if with_names else row[:3]))
    if not rows:
        table.add_row("", "nothing fits; change the words above", "")
    return table


def _row(screen: Screen[object], bindings: Sequence[ActiveBinding]) -> HelpRow:
    first = bindings[0].binding
    keys = " ".join(dict.fromkeys(screen.app.get_key_display(active.binding) for active in bindings))
    words = bindings[0].tooltip or first.description
    name = first.id or ""
    return HelpRow(keys, words, command_of(name), name)


_TEXTUALS_OWN = ("app.focus_next", "app.focus_previous")
_MOVES = ("move", "go_to", "page", "scroll", "step", "pan", "first", "last", "crosshair")
