"""ChooseDialog: one of several, by typing a part of its name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from slt_tui.screens.dialogs.dialog import Dialog


class ChooseDialog(Dialog[str]):
    """``options`` maps what is given back to what is shown."""

    KEYS = "type to search   up down choose   enter ok   escape cancel"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "Down", show=False, priority=True),
        Binding("up", "move(-1)", "Up", show=False, priority=True),
    ]

    def __init__(self, title: str, options: Sequence[tuple[str, str]]) -> None:
        super().__init__(title)
        self._options = list(options)

    def compose_body(self) -> ComposeResult:
        yield Input(placeholder="search", select_on_focus=False)
        yield OptionList(*(Option(shown, id=value) for value, shown in self._options), markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self.query_one(OptionList).highlighted = 0

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        words = event.value.lower().split()
        fitting = [
            (value, shown) for value, shown in self._options if all(word in shown.lower() for word in words)
        ]
        listed = self.query_one(OptionList)
        listed.set_options(Option(shown, id=value) for value, shown in fitting)
        listed.highlighted = 0 if fitting else None

    @on(Input.Submitted)
    def _choose(self) -> None:
        listed = self.query_one(OptionList)
        if listed.highlighted is not None:
            self.dismiss(listed.get_option_at_index(listed.highlighted).id)

    @on(OptionList.OptionSelected)
    def _take(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)

    def action_move(self, by: int) -> None:
        """The choice goes up or down."""
        listed = self.query_one(OptionList)
        if listed.option_count:
            listed.highlighted = ((listed.highlighted or 0) + by) % listed.option_count
