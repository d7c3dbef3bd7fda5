"""DataScreen: choose a data set, look through its clips, play them."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import ContentSwitcher, Input, Static

from slt_engine.clips.errors import DataError
from slt_tui.clip_reading import ClipFrames, ClipSources, list_clips, open_clip
from slt_tui.clip_reading.discovery import find_data_sets
from slt_tui.clip_reading.pictures import ClipPictures
from slt_tui.clip_reading.selection import ClipSelection
from slt_tui.screens.base import WorkbenchScreen, is_plain, workbench
from slt_tui.screens.data.chooser import Chooser
from slt_tui.screens.data.details import describe_clip, describe_fault, describe_set
from slt_tui.widgets.clip_list import ClipList
from slt_tui.widgets.crop_strip import CropStrip, crop_strip
from slt_tui.widgets.skeleton import SkeletonPlayer

_OPEN_AFTER_S = 0.05  # a cursor that runs on opens nothing on its way
_SLICE_S, _EVERY_S = 0.012, 0.05  # a quarter of the time for counting, the rest for keys


_WITHOUT_CLIPS = {"choose_path", "extract", "go_back"}


class DataScreen(WorkbenchScreen):
    """``source`` is a run's directory, a --config file or a data set's directory; without one it asks."""

    NAME = "data"
    CSS_PATH = Path(__file__).with_name("data.tcss")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (72, "-wide")]  # noqa: RUF012 - Textual's is no class variable
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "toggle_playing", "Play/pause"),
        Binding("slash", "filter", "Filter"),
        Binding("n", "next_match(1)", "Next match", show=False),
        Binding("N", "next_match(-1)", "Match before", show=False),
        Binding("right_square_bracket", "turn_split(1)", "Split", key_display="[ ]"),
        Binding("left_square_bracket", "turn_split(-1)", "Split before", show=False),
        Binding("comma", "step(-1)", "Frame back", show=False),
        Binding("full_stop", "step(1)", "Frame on", show=False),
        Binding("less_than_sign", "change_speed(-1)", "Slower", show=False),
        Binding("greater_than_sign", "change_speed(1)", "Faster", show=False),
        Binding("l", "toggle_loop", "Loop", show=False),
        Binding("p", "toggle_pictures", "Pictures", show=False),
        Binding("y", "copy_id", "Copy id", show=False),
        Binding("c", "check", "Check"),
        Binding("e", "extract", "Extract", show=False),
        Binding("d", "choose_path", "Data set"),
    ]

    def __init__(self, source: Path | None = None, clip_id: str | None = None) -> None:
        super().__init__()
        self._source, self._clip_id = source, clip_id
        self._selection: ClipSelection | None = None
        self._counting: Timer | None = None
        self._opening: Timer | None = None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Without clips there is nothing to do but to choose some."""
        return self._selection is not None or action in _WITHOUT_CLIPS

    def heading(self) -> Text:
        named = [("  ", ""), (str(self._source), "")] if self._source else []
        return Text.assemble(super().heading(), *named)

    @property
    def is_busy(self) -> bool:
        """Whether a clip is about to be opened, or clips are still counted."""
        return self._opening is not None or self._counting is not None

    def compose_body(self) -> ComposeResult:
        with ContentSwitcher(initial="chooser"):
            yield Chooser(id="chooser")
            yield Static(id="fault")
            with Vertical(id="browser"):
                yield Static(id="set")
                with Horizontal(id="both"):
                    with Vertical(id="list"):
                        yield ClipList()
                        yield Input(placeholder="words in the id, text or gloss", id="filter")
                    with Vertical(id="clip"):
                        yield SkeletonPlayer()
                        yield crop_strip(plain=is_plain(self))
                        yield Static(id="details")

    def on_mount(self) -> None:
        if self._source:
            self.open_source(self._source)
        else:
            self.query_one(Chooser).offer(find_data_sets(workbench(self).roots))

    # Which data set.

    def open_source(self, source: Path) -> None:
        """Show the clips of another data set, or what is wrong with it."""
        self._source, self._selection = source, None
        self.set_heading()
        try:
            sources = ClipSources.of(source)
            self._selection = ClipSelection(sources, list_clips(sources))
        except DataError as problem:
            self._show_fault(str(problem))
            return
        finally:
            self.refresh_bindings()
        if self._clip_id and not self._selection.find(self._clip_id):
            self.notify(f'no clip is called "{self._clip_id}" here', severity="warning", markup=False)
        self.query_one(ContentSwitcher).current = "browser"
        self.query_one(ClipList).show(self._selection)
        self.query_one(ClipList).focus()
        self._tell_set()
        if self._counting:
            self._counting.stop()
        self._counting = self.set_interval(_EVERY_S, self._count)

    @on(Chooser.Chosen)
    def _open_chosen(self, message: Chooser.Chosen) -> None:
        self.open_source(message.source)

    @work
    async def action_choose_path(self) -> None:
        """Another data set, by its path."""
        from slt_tui.screens.dialogs import PathDialog

        title = "A run's directory, a --config file or a data set's directory"
        chosen = await self.app.push_screen_wait(PathDialog(title, check=_fault_of))
        if chosen:
            self._clip_id = None
            self.open_source(chosen)

    def action_extract(self) -> None:
        """Make clips from videos."""
        from slt_tui.screens.extract import ExtractScreen

        self.app.push_screen(ExtractScreen())

    def action_check(self) -> None:
        """Look for what is wrong with the data set."""
        from slt_tui.screens.check import CheckScreen

        if self._selection:
            self.app.push_screen(CheckScreen(self._selection.sources))

    def _show_fault(self, problem: str) -> None:
        self.query_one("#fault", Static).update(describe_fault(problem))
        self.query_one(ContentSwitcher).current = "fault"

    # Which clip.

    @on(ClipList.Moved)
    def _open_soon(self) -> None:
        if self._opening:
            self._opening.stop()
        self._opening = self.set_timer(_OPEN_AFTER_S, self._open_current)

    def _open_current(self) -> None:
        self._opening = None
        player, selection = self.query_one(SkeletonPlayer), self._selection
        row = selection.current if selection else None
        if selection is None or row is None:
            player.show(None, "")
            self._show_pictures(None)
            self.query_one("#details", Static).update("")
            return
        was_playing = player.playing
        clip, problems = _opened(selection.sources, row.clip_id)
        player.show(clip, "nothing to draw")
        self._show_pictures(ClipPictures.of(selection.sources, clip) if clip else None)
        if was_playing:
            player.play()
        words = describe_clip(
            row, clip, problems, stride=selection.sources.frame_stride, plain=is_plain(self)
        )
        self.query_one("#details", Static).update(words)

    def _show_pictures(self, pictures: ClipPictures | None) -> None:
        self.query_one(CropStrip).show(pictures)

    def action_toggle_pictures(self) -> None:
        """Show the crops or leave them out: a slow line is quicker without them."""
        self.query_one(CropStrip).toggle_class("-hidden")

    @on(SkeletonPlayer.FrameShown)
    def _show_crops(self, message: SkeletonPlayer.FrameShown) -> None:
        self.query_one(CropStrip).show_frame(message.frame)

    def action_turn_split(self, by: int) -> None:
        """Clips of the next split, or the one before; all of them among these."""
        if self._selection:
            self._selection.turn_split(by)
            self._redraw()

    def action_filter(self) -> None:
        """Only clips with some words."""
        if self._selection:
            self.add_class("-filtering")
            self.query_one("#filter", Input).focus()

    @on(Input.Changed, "#filter")
    def _narrow(self, event: Input.Changed) -> None:
        if self._selection:
            self._selection.narrow(event.value)
            self._redraw()

    @on(Input.Submitted, "#filter")
    def _leave_filter(self) -> None:
        if not self.query_one("#filter", Input).value:
            self.remove_class("-filtering")
        self.query_one(ClipList).focus()

    def action_next_match(self, by: int) -> None:
        """The next clip that fits, round and round."""
        if self._selection and self._selection.shown:
            count = len(self._selection.shown)
            self.query_one(ClipList).go_to((self._selection.cursor + by) % count)

    def action_copy_id(self) -> None:
        """The clip's id to the clipboard."""
        if self._selection and self._selection.current:
            clip_id = self._selection.current.clip_id
            self.app.copy_to_clipboard(clip_id)
            self.notify(f"copied {clip_id}", timeout=2, markup=False)

    def action_go_back(self) -> None:
        """First what narrows the list goes, then the screen."""
        if self.has_class("-filtering"):
            self.query_one("#filter", Input).value = ""
            self.remove_class("-filtering")
            self.query_one(ClipList).focus()
        else:
            super().action_go_back()

    def _redraw(self) -> None:
        self.query_one(ClipList).redraw()
        self._tell_set()

    # How it moves: the player's own keys, from the list too.

    @on(ClipList.Opened)
    def action_toggle_playing(self) -> None:
        self.query_one(SkeletonPlayer).action_toggle_playing()

    def action_step(self, frames: int) -> None:
        self.query_one(SkeletonPlayer).action_step(frames)

    def action_change_speed(self, places: int) -> None:
        self.query_one(SkeletonPlayer).action_change_speed(places)

    def action_toggle_loop(self) -> None:
        self.query_one(SkeletonPlayer).action_toggle_loop()

    # What is known of all.

    def _count(self) -> None:
        if self._selection is None:
            return
        more = self._selection.measure(_SLICE_S)
        if not more and self._counting:
            self._counting.stop()
            self._counting = None
        self._redraw()

    def _tell_set(self) -> None:
        if (selection := self._selection) is None:
            return
        words = describe_set(
            selection.summary,
            shown=selection.split,
            frames=selection.frames,
            measured=selection.measured,
            problems=selection.problems,
            broken=selection.sources.tables.problems,
            plain=is_plain(self),
        )
        line = self.query_one("#set", Static)
        if line.content != words:
            line.update(words, layout=False)


def _opened(sources: ClipSources, clip_id: str) -> tuple[ClipFrames | None, tuple[str, ...]]:
    """The clip, or what is wrong with it."""
    try:
        clip = open_clip(sources, clip_id)
    except DataError as problem:
        return None, (str(problem),)
    return clip, clip.problems


def _fault_of(path: Path) -> str:
    try:
        list_clips(ClipSources.of(path))
    except DataError as problem:
        return str(problem)
    except OSError as problem:  # a name too long for a file, a directory that may not be read
        return f"{str(path)[:200]}: {problem.strerror}; name a run, a --config file or a data set's directory"
    return ""
