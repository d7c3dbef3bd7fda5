"""Translations: the clips that are translated again and again; of the chosen one every epoch, and its skeleton."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message

from slt_tui.clip_reading import ClipFrames
from slt_tui.keymap import Keyed
from slt_tui.samples import Samples
from slt_tui.screens.base import is_plain
from slt_tui.widgets.row_list import LineList, ListRow, RowList
from slt_tui.widgets.skeleton import SkeletonPlayer
from slt_tui.widgets.translations.history import history_lines

_WIDE, _TALL = 110, 30


class Translations(Keyed, Horizontal):
    """Shows samples. Whoever has it gives it clips when it asks: ``ClipAsked`` is answered by ``show_clip``."""

    SCOPE = "translations"
    DEFAULT_CSS = """
    Translations {
        & > #clips { width: 24; border-right: vkey $panel; }
        & > #history { width: 1fr; padding: 0 1; }
        & > SkeletonPlayer { display: none; border-left: vkey $panel; }
        &.-wide > #clips { width: 30; }
        &.-wide > SkeletonPlayer { display: block; width: 40%; max-width: 70; }
        &.-tall { layout: vertical; }
        &.-tall > #clips { width: 1fr; height: 9; border: none; border-bottom: hkey $panel; }
        &.-tall > SkeletonPlayer { display: block; border: none; border-top: hkey $panel; }
        &.-player > SkeletonPlayer { display: block; width: 1fr; }
        &.-player > #history { display: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "toggle_player", "Skeleton"),
        Binding("space", "play", "Play"),
        Binding("J,greater_than_sign", "choose(1)", "Next clip", show=False),
        Binding("less_than_sign", "choose(-1)", "Clip before", show=False),
    ]

    class ClipAsked(Message):
        """The chosen clip's points are wanted."""

        def __init__(self, clip_id: str) -> None:
            super().__init__()
            self.clip_id = clip_id

    def __init__(self, samples: Samples, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self.samples = samples
        self._asked = ""

    def compose(self) -> ComposeResult:
        yield RowList(id="clips")
        yield LineList(id="history")
        yield SkeletonPlayer()

    @property
    def clips(self) -> RowList:
        return self.query_one("#clips", RowList)

    @property
    def player(self) -> SkeletonPlayer:
        return self.query_one(SkeletonPlayer)

    @property
    def clip_id(self) -> str:
        """The chosen clip; nothing where there is none."""
        return self.clips.key

    def take_samples(self) -> None:
        """Show what was translated since."""
        width = self.clips.size.width
        mark = "*" if is_plain(self) else "✔"
        rows = []
        for clip_id in self.samples.clips:
            latest = self.samples.of(clip_id)[0]
            look = "good" if latest.is_right else ""
            rows.append(
                ListRow(
                    clip_id, [(f" {mark if latest.is_right else ' '} ", look), (latest.reference[:width], "")]
                )
            )
        self.clips.show_rows(rows or [ListRow("", [("nothing translated yet", "muted")])])
        self._show_history()

    def show_clip(self, clip_id: str, clip: ClipFrames | None, words: str = "") -> None:
        """Show the clip that was asked for, or say why it cannot be shown."""
        if clip_id == self.clip_id:
            self.player.show(clip, words)

    def focus(self, scroll_visible: bool = True) -> Translations:
        self.clips.focus(scroll_visible)
        return self

    def on_mount(self) -> None:
        self.take_samples()

    def on_resize(self) -> None:
        width = self.size.width
        self.set_class(width >= _WIDE, "-wide")
        self.set_class(width < _WIDE and self.size.height >= _TALL, "-tall")
        self.call_after_refresh(self.take_samples)

    def on_row_list_moved(self, event: RowList.Moved) -> None:
        event.stop()
        history = self.query_one("#history", LineList)
        history.top = 0
        self._show_history()
        self._ask_for_clip()

    def on_show(self) -> None:
        self._ask_for_clip()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Where there is room for text and skeleton, there is nothing to change."""
        return action != "toggle_player" or not (self.has_class("-wide") or self.has_class("-tall"))

    def action_toggle_player(self) -> None:
        """Where there is no room for both: the texts, or the skeleton."""
        self.toggle_class("-player")
        self._ask_for_clip()

    def action_play(self) -> None:
        if not self.player.display:
            self.action_toggle_player()
        self.player.action_toggle_playing()

    def action_choose(self, by: int) -> None:
        self.clips.action_move(by)

    def _ask_for_clip(self) -> None:
        if self.clip_id and self.clip_id != self._asked and self.player.display:
            self._asked = self.clip_id
            self.player.show(None, "reading the clip")
            self.post_message(self.ClipAsked(self.clip_id))

    def _show_history(self) -> None:
        """The chosen clip's; who has scrolled down stays with what is read."""
        history = self.query_one("#history", LineList)
        width = history.content_size.width
        samples = self.samples.of(self.clip_id)
        if not samples:
            words = "translations come after each epoch that is decoded"
            return history.show([[(words, "muted")]])
        lines = history_lines(samples, width, plain=is_plain(self))
        if history.top and len(lines) > len(history.lines) > 1:
            history.top += len(lines) - len(history.lines)
        return history.show(lines)
