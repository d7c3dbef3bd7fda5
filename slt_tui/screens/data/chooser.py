"""Chooser: the data sets there are, to pick one of, or how to get the first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from slt_tui.clip_reading.discovery import Found
from slt_tui.screens.data.details import describe_choice


class Chooser(Vertical):
    """Shows the data sets that it is given."""

    class Chosen(Message):
        """One of them."""

        def __init__(self, source: Path) -> None:
            super().__init__()
            self.source = source

    def compose(self) -> ComposeResult:
        yield Static(id="choice")
        yield OptionList(id="sets", markup=False)

    def offer(self, found: Sequence[Found]) -> None:
        """Show these, and take the focus."""
        width = max((len(str(entry.source)) for entry in found), default=0)
        sets = self.query_one(OptionList)
        sets.clear_options()
        sets.add_options(
            Option(f"{entry.source!s:<{width}}   {entry.where}", id=str(entry.source)) for entry in found
        )
        sets.display = bool(found)
        sets.highlighted = 0 if found else None
        self.query_one("#choice", Static).update(describe_choice(len(found)))
        sets.focus()

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option.id:
            self.post_message(self.Chosen(Path(event.option.id)))
