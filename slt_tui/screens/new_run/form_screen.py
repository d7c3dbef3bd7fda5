"""FormScreen: what the form and its review both do with a form: launch it, keep it as a preset, copy its command."""

from __future__ import annotations

import shlex
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from slt_engine.config import ConfigError
from slt_engine.config.resolution import Resolved
from slt_engine.run.directory import RunError
from slt_tui.form.command import command_line
from slt_tui.form.draft import forget_draft
from slt_tui.form.examination import Examination, examine
from slt_tui.form.outputs import config_file_text, keep_preset, preset_words
from slt_tui.form.state import FormState
from slt_tui.messages import CommandDone, Problem, RunLaunched
from slt_tui.screens.base import WorkbenchScreen
from slt_tui.screens.new_run.saving import SavePresetDialog


class FormScreen(WorkbenchScreen):
    """To be subclassed with ``take_form``."""

    SCOPE = "new_run"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,L", "launch", "Launch", key_display="^s"),
        Binding("w", "save_preset", "Save as a preset", show=False),
        Binding("y", "copy_command", "Copy the command", show=False),
        Binding("Y", "copy_config", "Copy as a --config file", show=False),
    ]
    _is_launching = False

    def take_form(self) -> FormState:
        """What is to be launched."""
        raise AssertionError("a form screen has a form")

    def refuse(self, form: Examination) -> None:
        """Say why this cannot be launched."""
        self.post_message(Problem(*form.problems))

    def action_launch(self) -> None:
        """Start the run, if nothing is wrong with it; the files are looked at once more."""
        form = examine(self.take_form())
        if form.resolved is None or not form.is_sound:
            self.refuse(form)
        elif not self._is_launching:
            self._is_launching = True
            self.notify(f"starting {form.resolved.config.data.work_dir}", timeout=3, markup=False)
            self._launch(form.resolved, command_line(form.state, "--detach"))

    @work(thread=True)
    def _launch(self, resolved: Resolved, command: str) -> None:
        from slt_tui.launch import launch

        try:
            run = launch(resolved)
        except ConfigError as error:
            self.post_message(Problem(*error.problems))
        except (RunError, OSError) as error:
            self.post_message(Problem(str(error)))
        else:
            forget_draft()
            self.post_message(RunLaunched(run.path, command))
        self._is_launching = False

    @work
    async def action_save_preset(self) -> None:
        state = self.take_form()
        if (named := await self.app.push_screen_wait(SavePresetDialog())) is None:
            return
        name, title, description = named
        try:
            keep_preset(state, name, title=title, description=description)
        except ConfigError as error:
            self.post_message(Problem(*error.problems))
        else:
            words = preset_words(state, name, title=title, description=description)
            self.post_message(CommandDone(shlex.join(words)))

    def action_copy_command(self) -> None:
        """To the terminal's clipboard."""
        self.app.copy_to_clipboard(command_line(self.take_form()))
        self.notify("the command is copied", timeout=2)

    def action_copy_config(self) -> None:
        """To the terminal's clipboard."""
        self.app.copy_to_clipboard(config_file_text(self.take_form()))
        self.notify("the settings are copied as a --config file", timeout=2)
