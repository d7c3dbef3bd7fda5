"""RunActions: what can be done with a run, asked for upward, as far as its state allows it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType

from slt_tui.live_run import LiveRun
from slt_tui.messages import (
    CompareAsked,
    DataOpened,
    KillAsked,
    NewRunAsked,
    Origin,
    ResumeAsked,
    StopAsked,
    TagAsked,
)
from slt_tui.screens.base import WorkbenchScreen

if TYPE_CHECKING:
    from slt_tui.widgets.translations import Translations

_AT_WORK, _OVER = ("stop_run", "kill_run"), ("resume_run",)
OF_OURS = (*_AT_WORK, *_OVER, "clone_run", "tag_run", "show_clips")


class RunActions(WorkbenchScreen):
    """The keys of a screen that shows the run at ``path``."""

    SCOPE = "run"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "stop_run", "Stop"),
        Binding("r", "resume_run", "Resume"),
        Binding("c", "compare", "Compare"),
        Binding("C", "clone_run", "Clone", show=False),
        Binding("K", "kill_run", "Kill", show=False),
        Binding("T", "tag_run", "Tags", show=False),
        Binding("y", "copy_path", "Copy the path", show=False),
        Binding("D", "show_clips", "Its clips", show=False),
    ]

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.live = LiveRun(path)

    def translations(self) -> Translations | None:
        """The view of them, once somebody has looked at it."""
        found = self.query("#translations")
        return cast("Translations", found.first()) if found else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Only what its state allows."""
        if action not in OF_OURS:
            return True
        if not self.live.is_ours or self.live.is_gone:
            return False
        now = self.live.standing
        if action in _AT_WORK:
            return now.process is not None and not now.is_over
        return now.is_over or action not in _OVER

    def action_stop_run(self) -> None:
        self.post_message(StopAsked([self.path]))

    def action_kill_run(self) -> None:
        self.post_message(KillAsked([self.path]))

    def action_resume_run(self) -> None:
        self.post_message(ResumeAsked(self.path))

    def action_clone_run(self) -> None:
        self.post_message(NewRunAsked(Origin(run=self.path)))

    def action_compare(self) -> None:
        self.post_message(CompareAsked([self.path]))

    def action_tag_run(self) -> None:
        self.post_message(TagAsked([self.path]))

    def action_copy_path(self) -> None:
        self.app.copy_to_clipboard(str(self.path.absolute()))
        self.notify(f"copied {self.path.absolute()}", markup=False)

    def action_show_clips(self) -> None:
        translations = self.translations()
        self.post_message(DataOpened(self.path, (translations.clip_id if translations else "") or None))
