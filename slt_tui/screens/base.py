"""WorkbenchScreen: the heading line, the footer and the keys that every screen has."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer, Static

from slt_tui.keymap import Keyed

if TYPE_CHECKING:
    from slt_tui.app import Workbench


def workbench(widget: Widget) -> Workbench:
    """The app that a widget lives in."""
    return cast("Workbench", widget.app)


def is_plain(widget: Widget) -> bool:
    """Whether only ASCII may be drawn: a terminal without UTF-8, or --ascii."""
    return bool(getattr(widget.app, "plain", False))  # a widget may be shown in another app, as in its tests


class WorkbenchScreen(Keyed, Screen[None]):
    """A screen of the workbench: ``compose_body`` between a line that says where one is, and the keys."""

    NAME: ClassVar[str] = ""
    """What the heading calls the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "go_back", "Back", show=False)]

    def compose(self) -> ComposeResult:
        yield Static(self.heading(), id="heading")
        yield from self.compose_body()
        yield Footer(show_command_palette=False)

    def compose_body(self) -> ComposeResult:
        """What lies between the heading and the footer."""
        raise AssertionError("a screen composes something")

    def heading(self) -> Text:
        """The line at the top; ``set_heading`` draws it again."""
        return Text.assemble((" slt ", "reverse bold"), " ", (self.NAME, "bold"))

    def set_heading(self) -> None:
        """Draw the heading anew; nothing is sent where it says the same."""
        line = self.query_one("#heading", Static)
        if line.content != (words := self.heading()):
            line.update(words, layout=False)

    def action_go_back(self) -> None:
        """To the screen before; the first one stays."""
        if len(self.app.screen_stack) > 2:  # the app's own screen lies below the first
            self.app.pop_screen()
