"""RunScreen: one run, live: its head, one of its views or two, and what can be done with it."""

from __future__ import annotations

import asyncio
import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from slt_engine.run.directory import RunError
from slt_tui.live_run import EVERYTHING, Changes
from slt_tui.messages import CommandDone, Problem
from slt_tui.readable import title
from slt_tui.screens.base import is_plain
from slt_tui.screens.run.asking import OF_OURS, RunActions
from slt_tui.screens.run.panels import BESIDE, NAMES, VIEWS
from slt_tui.screens.run.view_tabs import ViewTabs
from slt_tui.widgets.cells import cut_front
from slt_tui.widgets.curves import Curves
from slt_tui.widgets.row_list import RowList
from slt_tui.widgets.run_head import RunHead, state_text

if TYPE_CHECKING:
    from slt_tui.clip_reading import ClipFrames
    from slt_tui.widgets.translations import Translations

_POLL_S = 0.2
_POLL_OVER_S = 0.5  # where no trainer is at work
_SLICE_S = 0.006  # reading on, between two looks at the keyboard
_TURNS = 60  # of the event loop between two slices: what a key sets off takes several, each after the other
_REDRAW_S = 0.2  # between two pictures while a long run is being read
_FILES_S = 2.0
_WIDE = 130


class RunScreen(RunActions):
    """Follows the run at ``path`` by polling; what is to be done with it is asked for upward."""

    NAME = "run"
    SCOPE = "run"
    CSS_PATH = Path(__file__).with_name("run.tcss")
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(str(place), f"show_view('{name}')", name.capitalize(), show=False)
            for place, name in enumerate(NAMES, 1)
        ),
        Binding("tab", "next_view(1)", "Next view", show=False, priority=True),
        Binding("shift+tab", "next_view(-1)", "View before", show=False, priority=True),
        Binding("b", "change_beside", "Beside", show=False),
    ]

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.view = NAMES[0]
        self._beside = BESIDE[0]
        self._polls = False
        self._ready: set[str] = set()
        self._allowed: list[str] | None = None
        self._drawn_at = 0.0
        self._listed_at = 0.0
        self._waiting = Changes()  # what is read and not drawn yet

    def compose_body(self) -> ComposeResult:
        yield RunHead(self.live, id="head")
        yield ViewTabs(NAMES, id="tabs")
        yield Horizontal(id="views")

    def on_mount(self) -> None:
        self.live.poll(_SLICE_S)
        self.panel(self.view)
        self._focus(self.panel(self.view))
        self._tell_standing()
        self.call_after_refresh(self._lay_out)
        self.call_after_refresh(self._poll)

    def on_screen_resume(self) -> None:
        if self._ready and not self._polls:
            self._poll()

    def on_resize(self) -> None:
        self.set_heading()
        if self._ready:
            self._lay_out()

    def heading(self) -> Text:
        """The run's name and state, and where it lies."""
        plain = is_plain(self)
        words, variable = state_text(self.live, plain=plain) if self.is_mounted else ("", "foreground")
        colour = self.app.theme_variables[variable]
        line = Text.assemble((" slt ", "reverse bold"), " ", (self.path.name, "bold"), "  ", (words, colour))
        room = self.size.width - line.cell_len - 3
        place = str(self.path.parent)
        if room > 8 and place != ".":
            place = cut_front(place, room, plain=plain)
            line.append(" " * (self.size.width - line.cell_len - len(place) - 1)).append(place, "dim")
        return line

    # What changes.

    def _poll_later(self) -> None:
        self.set_timer(_POLL_OVER_S if self.live.standing.is_over else _POLL_S, self._poll)

    def _poll(self) -> None:
        self._polls = self.app.screen is self  # under another screen it rests, until that is left
        if not self._polls:
            return
        self._read_slice()
        if self.live.is_behind:
            self._read_on()
        else:
            self._poll_later()

    @work(exclusive=True, group="reading")
    async def _read_on(self) -> None:
        """Read slice after slice; whatever else there is to do comes in between."""
        while self.live.is_behind and self.app.screen is self:
            for _ in range(_TURNS):
                await asyncio.sleep(0)
            self._read_slice()
        self._poll_later()

    def _read_slice(self) -> None:
        self._waiting |= self.live.poll(_SLICE_S)
        now = time.monotonic()
        if not self.live.is_behind or now - self._drawn_at > _REDRAW_S:
            changes, self._waiting = self._waiting, Changes()
            self._take(changes)
            self._drawn_at = time.monotonic()
        self._list_files(now)

    def _take(self, changes: Changes) -> None:
        if changes.standing or changes.alerts:
            self._tell_standing()
        elif self.live.is_behind or self.head.says_it_reads:
            self.head.take_changes()
        else:
            self.head.take_time()
        for name in self._shown_views():
            self._show_changes(name, changes)

    def _tell_standing(self) -> None:
        self.set_heading()
        self.head.take_changes()
        self.query_one(ViewTabs).tell_alerts(len(self.live.alerts))
        allowed = [action for action in OF_OURS if self.check_action(action, ())]
        if allowed != self._allowed:  # the footer is made anew
            self._allowed = allowed
            self.refresh_bindings()

    def _list_files(self, now: float) -> None:
        if "files" in self._shown_views() and now - self._listed_at > _FILES_S and not self.live.is_gone:
            self._listed_at = now
            self._read_files()

    @work(thread=True, exclusive=True, group="files")
    def _read_files(self) -> None:
        files = self.live.list_files()
        if files != self.live.files:
            self.live.files = files
            self.app.call_from_thread(self._take, Changes(files=True))

    # Which views are shown.

    @property
    def head(self) -> RunHead:
        return self.query_one(RunHead)

    @property
    def beside(self) -> str:
        """What stands beside the curves; nothing where there is no room."""
        return self._beside if self.view == "curves" and self.size.width >= _WIDE else ""

    def panel(self, name: str) -> Widget:
        """A view's widget, made when it is first wanted."""
        found = self.query(f"#views > #{name}")
        return found.first() if found else self._mount_panel(name)

    def _mount_panel(self, name: str) -> Widget:
        widget = VIEWS[name].make(self.live, self.app.current_theme.dark)
        self.query_one("#views").mount(widget)
        widget.call_after_refresh(self._begin, name)
        return widget

    def _begin(self, name: str) -> None:
        """A view that was made has its parts by now."""
        self._ready.add(name)
        self._show_changes(name, EVERYTHING)

    def _show_changes(self, name: str, changes: Changes) -> None:
        if name in self._ready:
            VIEWS[name].take(self.panel(name), self.live, changes)

    def _shown_views(self) -> list[str]:
        return [self.view, *([self.beside] if self.beside else [])]

    def _lay_out(self) -> None:
        """Show the view, and the one beside it on its right."""
        shown = self._shown_views()
        for name in shown:
            self.panel(name)
        for widget in self.query("#views > *"):
            widget.display = widget.id in shown
            widget.set_class(widget.id == self.beside, "-beside")
        self.panel("curves").styles.width = "3fr" if self.beside else "1fr"  # no class: it has many parts
        self.query_one(ViewTabs).show(self.view, self.beside)

    def action_show_view(self, name: str) -> None:
        """Show one of the views."""
        was_shown = name in self._shown_views()
        self.view = name
        self._lay_out()
        panel = self.panel(name)
        self._focus(panel)
        if not was_shown:
            self._show_changes(name, EVERYTHING)
        self._list_files(time.monotonic())

    def action_next_view(self, by: int) -> None:
        """The view after, or before; from the curves first to what stands beside them."""
        beside = self.beside
        if beside and by > 0 and not self.panel(beside).has_focus_within:
            self._focus(self.panel(beside))
            return
        self.action_show_view(NAMES[(NAMES.index(self.view) + by) % len(NAMES)])

    def action_change_beside(self) -> None:
        """Another view beside the curves, or none."""
        self._beside = BESIDE[(BESIDE.index(self._beside) + 1) % len(BESIDE)]
        if self.view != "curves":
            self.view = "curves"
        self._lay_out()
        if self.beside:
            self._show_changes(self.beside, EVERYTHING)
        self._focus(self.panel("curves"))

    def _focus(self, panel: Widget) -> None:
        """Give the keys to a view, or to what in it takes them."""

        def give() -> None:
            focusable = panel.query("*").filter("Chart") if isinstance(panel, Curves) else None
            (focusable.first() if focusable else panel).focus()

        panel.call_after_refresh(give)

    @on(ViewTabs.Chosen)
    def _show_chosen(self, event: ViewTabs.Chosen) -> None:
        self.action_show_view(event.name)

    # What the views ask for.

    def on_translations_clip_asked(self, event: Translations.ClipAsked) -> None:
        self._read_clip(event.clip_id)

    @work(thread=True, exclusive=True, group="clip")
    def _read_clip(self, clip_id: str) -> None:
        from slt_engine.clips.errors import DataError
        from slt_tui.clip_reading import ClipSources, open_clip

        try:
            clip, words = open_clip(ClipSources.of(self.path), clip_id), ""
        except (DataError, OSError) as error:
            clip, words = None, f"no clip to show: {error}"
        self.app.call_from_thread(self._show_clip, clip_id, clip, words)

    def _show_clip(self, clip_id: str, clip: ClipFrames | None, words: str) -> None:
        if translations := self.translations():
            translations.show_clip(clip_id, clip, words)

    @on(Curves.MetricAsked)
    @work
    async def _choose_metric(self, event: Curves.MetricAsked) -> None:
        from slt_tui.screens.dialogs import ChooseDialog

        options = [(metric, title(metric)) for metric in event.curves.metrics]
        if chosen := await self.app.push_screen_wait(ChooseDialog("Metric", options)):
            event.curves.show_metric(chosen)

    @on(Curves.ExportAsked)
    @work
    async def _export(self, event: Curves.ExportAsked) -> None:
        from slt_tui.screens.dialogs import PathDialog

        metric = event.curves.metric or "chart"
        usual = f"{self.path.name}-{metric}.svg"
        path = await self.app.push_screen_wait(PathDialog("Write the chart to (.svg, .csv, .json)", usual))
        if path is None:
            return
        try:
            event.curves.export(path)
        except (RunError, OSError) as error:
            self.post_message(Problem(str(error)))
        else:
            name, to = shlex.quote(str(self.path)), shlex.quote(str(path))
            told = f"--metric {shlex.quote(metric)} --{path.suffix[1:]} {to}"
            self.post_message(CommandDone(f"slt runs plot {name} {told}"))

    @on(RowList.Opened, "#files")
    def _open_file(self, event: RowList.Opened) -> None:
        from slt_tui.screens.run.file_screen import FileScreen

        file = next((file for file in self.live.files if file.name == event.key), None)
        if file and file.is_text:
            self.app.push_screen(FileScreen(self.path / file.name))
        elif file:
            self.post_message(Problem(f"{file.name}: is no text; only its size and age are shown"))
