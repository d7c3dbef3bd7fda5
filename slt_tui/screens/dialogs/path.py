"""PathDialog: a path, typed with completion."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from slt_engine.config.home import expanded
from slt_tui.path_completion import complete_path, longest_start
from slt_tui.screens.dialogs.dialog import Dialog

_SHOWN = 6


class PathDialog(Dialog[Path]):
    """``check`` says in a line what is wrong with a path, or nothing; a wrong one stays to be mended."""

    KEYS = "tab complete   enter ok   escape cancel"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", "Complete", show=False, priority=True),
    ]

    def __init__(self, title: str, value: str = "", *, check: Callable[[Path], str] | None = None) -> None:
        super().__init__(title)
        self._value, self._check = value, check

    def compose_body(self) -> ComposeResult:
        yield Input(self._value, select_on_focus=False)
        yield Static("", classes="hint", markup=False)
        yield Static("", classes="wrong", markup=False)

    @on(Input.Changed)
    def _show_candidates(self, event: Input.Changed) -> None:
        found = complete_path(event.value)
        more = f"\nand {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        self.query_one(".hint", Static).update("\n".join(found[:_SHOWN]) + more)
        self.query_one(".wrong", Static).update("")

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        if not event.value.strip():
            return
        path = expanded(event.value.strip())
        if problem := self._check(path) if self._check else "":
            self.query_one(".wrong", Static).update(problem)
            return
        self.dismiss(path)

    def action_complete(self) -> None:
        """As far as there is one way to go on."""
        typed = self.query_one(Input)
        typed.value = longest_start(complete_path(typed.value)) or typed.value
        typed.cursor_position = len(typed.value)
