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
from slt_tui.keymap import action_name

_NOT_OURS = ("screen.", "app.", "textual")


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
                yield Static(help_table(self.rows), id="rows")
            yield Static(
                "escape close   the names at the right are for keys: in workbench.yaml",
                id="keys",
                markup=False,
            )

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        self.query_one("#rows", Static).update(help_table(fitting_rows(self.rows, event.value)))

    def action_scroll_rows(self, by: int) -> None:
        """Up or down."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)


def help_rows(screen: Screen[object]) -> list[HelpRow]:
    """The actions that can be called from where the focus is, the focused widget's first, each once."""
    by_action: dict[str, list[ActiveBinding]] = {}
    for active in screen.active_bindings.values():
        name = (active.binding.id or action_name(active.binding.action)).partition(".")[0]
        if active.binding.description and not active.binding.system:
            by_action.setdefault(f"{name} {active.binding.action}", []).append(active)
    return [_row(screen, bindings) for bindings in by_action.values()]


def fitting_rows(rows: Iterable[HelpRow], typed: str) -> list[HelpRow]:
    """The rows that have every word that was typed."""
    words = typed.lower().split()
    return [row for row in rows if all(word in " ".join(row).lower() for word in words)]


def help_table(rows: Sequence[HelpRow]) -> Table:
    """The rows in columns."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False, expand=True)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(ratio=2)
    table.add_column(ratio=2, style="cyan")
    table.add_column(style="dim", overflow="ellipsis", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    if not rows:
        table.add_row("", "nothing fits; change the words above", "", "")
    return table


def _row(screen: Screen[object], bindings: Sequence[ActiveBinding]) -> HelpRow:
    first = bindings[0].binding
    keys = " ".join(dict.fromkeys(screen.app.get_key_display(active.binding) for active in bindings))
    words = bindings[0].tooltip or first.description
    name = first.id or action_name(first.action)
    return HelpRow(keys, words, command_of(name), name)
