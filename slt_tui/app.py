"""Workbench: the app that knows the screens and does what they ask for."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.screen import Screen

from slt_engine.run.directory import RunDir, RunError, list_runs
from slt_tui.graphics import prepare_graphics
from slt_tui.keymap import named
from slt_tui.messages import (
    CommandDone,
    CompareAsked,
    DataOpened,
    KillAsked,
    NewRunAsked,
    Origin,
    Problem,
    RemoveAsked,
    ResumeAsked,
    RunLaunched,
    RunOpened,
    StopAsked,
    TagAsked,
)
from slt_tui.preferences import keep_theme, read_preferences, with_theme
from slt_tui.theme import THEMES, ColourlessFilter, PlainFilter

if TYPE_CHECKING:
    from slt_tui.extraction import Extraction


class Workbench(App[None]):
    """``roots`` are where runs are looked for; ``plain`` draws in ASCII."""

    TITLE = "slt"
    CSS_PATH = Path(__file__).with_name("app.tcss")
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = named(
        [
            Binding("question_mark", "help", "Help"),
            Binding("ctrl+q", "quit", "Quit", priority=True),
            Binding("f1", "show_runs", "Runs", show=False),
            Binding("f2", "new_run", "New run", show=False),
            Binding("f3", "show_data", "Data", show=False),
            Binding("f4", "help", "Help", show=False),
            Binding("ctrl+o", "jump", "Jump to a part of the screen", show=False),
            Binding("ctrl+l", "show_command_log", "Command log", show=False),
        ],
        "app",
    )

    def __init__(
        self,
        roots: Sequence[Path],
        *,
        plain: bool = False,
        encoding: str = "ascii",
        path: Path | None = None,
    ) -> None:
        super().__init__()
        self._path = path
        self.roots = list(roots)
        self.plain = plain
        self._plain_filter = PlainFilter(encoding) if plain else None
        if self.no_color:  # Textual's own answer to NO_COLOR is shades of grey
            self._filters = [ColourlessFilter()]
        self.command_lines: list[str] = []
        self.extraction: Extraction | None = None
        """The last one that was started: it goes on while other screens are shown."""
        for theme in THEMES:
            self.register_theme(theme)
        self.preferences = with_theme(read_preferences(), self.available_themes)
        self.theme = self.preferences.theme

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's own, and in plain mode the one that leaves only what the terminal has."""
        own = list(super().get_line_filters())
        return [*own, self._plain_filter] if self._plain_filter else own

    def on_mount(self) -> None:
        from slt_tui.screens.runs import RunsScreen

        self.set_keymap(dict(self.preferences.keys))
        self.theme_changed_signal.subscribe(self, lambda theme: self._keep_theme(theme.name))
        self._end_with_the_terminal()
        self.push_screen(RunsScreen())
        if self._path:
            self.on_run_opened(RunOpened(self._path))
        if self.preferences.problems:
            self.show_problem("Preferences", self.preferences.problems)

    def log_command(self, line: str) -> None:
        """Write down the command line that does what was just done, and show it for a moment."""
        self.command_lines.append(line)
        self.notify(line, timeout=4, markup=False)

    def show_problem(self, title: str, lines: Sequence[str]) -> None:
        """Say what is wrong."""
        from slt_tui.screens.dialogs import ProblemDialog

        self.push_screen(ProblemDialog(title, lines))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """For the palette: the ways to other screens, the themes, and every action of this screen."""
        from slt_tui.screens.help import help_rows, is_move

        yield SystemCommand("Runs", "Every run under the roots", self.action_show_runs)
        yield SystemCommand("New run", "Build, check and launch a run", self.action_new_run)
        yield SystemCommand("Data", "Look at clips", self.action_show_data)
        yield SystemCommand("Theme", "Dark, light and others", self.action_change_theme)
        yield SystemCommand("Command log", "What was done, as command lines", self.action_show_command_log)
        yield SystemCommand("Help", "Every key of this screen", self.action_help)
        yield SystemCommand("Quit", "Runs go on by themselves", self.action_quit)
        actions = {
            active.binding.id or "": (active.binding.action, active.node)
            for active in screen.active_bindings.values()
        }
        for row in help_rows(screen):
            if row.name in actions and not row.name.startswith("app.") and not is_move(row):
                action, node = actions[row.name]
                about = f"{row.keys}   {row.command}".rstrip()
                yield SystemCommand(row.words, about, self._runner(action, node))

    def _runner(self, action: str, node: Any) -> Callable[[], None]:
        def run() -> None:
            self.call_later(self.run_action, action, node)

        return run

    # Ways to other screens.

    def action_help(self) -> None:
        from slt_tui.screens.help import HelpScreen, help_rows

        self.push_screen(HelpScreen(help_rows(self.screen)))

    def action_show_command_log(self) -> None:
        from slt_tui.screens.command_log import CommandLog

        self.push_screen(CommandLog(self.command_lines))

    @work
    async def action_jump(self) -> None:
        from slt_tui.screens.jump import JumpScreen, jump_targets

        targets = jump_targets(self.screen)
        if targets and (chosen := await self.push_screen_wait(JumpScreen(targets))):
            chosen.focus()

    def action_show_runs(self) -> None:
        while len(self.screen_stack) > 2:
            self.pop_screen()

    def action_new_run(self) -> None:
        self.post_message(NewRunAsked())

    def action_show_data(self) -> None:
        self.post_message(DataOpened())

    def on_run_opened(self, message: RunOpened) -> None:
        from slt_tui.screens.run import RunScreen

        self.push_screen(RunScreen(message.path))

    def on_new_run_asked(self, message: NewRunAsked) -> None:
        self.open_new_run(message.origin)

    def open_new_run(self, origin: Origin) -> None:
        """The form, begun from ``origin``."""
        from slt_tui.screens.new_run import NewRunScreen

        self.push_screen(NewRunScreen(origin))

    def on_data_opened(self, message: DataOpened) -> None:
        from slt_tui.screens.data import DataScreen

        self.push_screen(DataScreen(message.source, message.clip_id))

    @work
    async def on_compare_asked(self, message: CompareAsked) -> None:
        from slt_tui.screens.compare import CompareScreen

        paths = message.paths
        if len(paths) == 1:
            other = await self._choose_run("Compare with", but=paths)
            paths = [*paths, other] if other else []
        if len(paths) > 1:
            self.push_screen(CompareScreen(paths))

    def on_run_launched(self, message: RunLaunched) -> None:
        self.log_command(message.command)
        self.action_show_runs()
        self.post_message(RunOpened(message.path))

    # What is done to runs.

    def on_stop_asked(self, message: StopAsked) -> None:
        from slt_tui import operations

        self._do_to_each(message.paths, operations.stop, "stop")

    @work
    async def on_kill_asked(self, message: KillAsked) -> None:
        from slt_tui import operations

        lines = [*map(str, message.paths), "", "What was trained since the last checkpoint is lost."]
        if await self._confirm(f"Kill {_runs(message.paths)} at once?", lines):
            self._do_to_each(message.paths, operations.kill, "kill")

    @work
    async def on_remove_asked(self, message: RemoveAsked) -> None:
        from slt_tui import operations

        lines = [*map(str, message.paths), "", "The directories are deleted, checkpoints and all."]
        if await self._confirm(f"Remove {_runs(message.paths)} for good?", lines):
            self._do_to_each(message.paths, operations.remove, "rm --yes")

    def on_resume_asked(self, message: ResumeAsked) -> None:
        from slt_tui.launch import resume

        def do(run: RunDir) -> None:
            resume(run.path, [], command=f"slt runs resume {_quoted(run.path)}")

        self._do_to_each([message.path], do, "resume --detach")

    @work
    async def on_tag_asked(self, message: TagAsked) -> None:
        from slt_engine.run.notes import read_notes
        from slt_tui import operations
        from slt_tui.screens.dialogs import TagDialog

        notes = [read_notes(RunDir(path)) for path in message.paths]
        tags = [tag for tag in notes[0].tags if all(tag in other.tags for other in notes)]
        note = notes[0].note if len(notes) == 1 else None
        change = await self.push_screen_wait(TagDialog(f"Tags of {_runs(message.paths)}", tags, note))
        if change is None or not (change.add or change.remove or change.note is not None):
            return
        words = [f"--add {tag}" for tag in change.add] + [f"--remove {tag}" for tag in change.remove]
        words += [] if change.note is None else [f"--note {_quoted(change.note)}"]

        def do(run: RunDir) -> None:
            operations.change_notes(run, add=change.add, remove=change.remove, note=change.note)

        self._do_to_each(message.paths, do, "tag", *words)

    def on_command_done(self, message: CommandDone) -> None:
        self.log_command(message.line)

    def on_problem(self, message: Problem) -> None:
        if len(message.lines) == 1:
            self.notify(message.lines[0], severity="error", timeout=8, markup=False)
        else:
            self.show_problem("This does not work yet", message.lines)

    def _do_to_each(self, paths: Sequence[Path], do: Callable[[RunDir], object], *words: str) -> None:
        """In a thread that leaving the app does not wait for: ``do`` may wait for files and processes."""
        Thread(target=self._do, args=(paths, do, *words), daemon=True).start()

    def _do(self, paths: Sequence[Path], do: Callable[[RunDir], object], *words: str) -> None:
        from slt_engine.config.errors import ConfigError

        done = []
        for path in paths:
            try:
                do(RunDir(path))
            except ConfigError as error:
                self.post_message(Problem(*error.problems))
            except (RunError, OSError) as error:
                self.post_message(Problem(str(error)))
            else:
                done.append(path)
        if done:
            verb, *options = words
            name, *switches = verb.split()
            named_runs = " ".join(map(_quoted, done))
            self.post_message(CommandDone(" ".join(["slt runs", name, named_runs, *switches, *options])))

    async def _confirm(self, question: str, lines: Sequence[str]) -> bool:
        from slt_tui.screens.dialogs import ConfirmDialog

        answer = await self.push_screen_wait(ConfirmDialog(question, lines, is_danger=True))
        return answer is True

    async def _choose_run(self, title: str, *, but: Sequence[Path]) -> Path | None:
        from slt_tui.screens.dialogs import ChooseDialog

        left_out = {path.absolute() for path in but}
        found = await asyncio.to_thread(list_runs, self.roots)  # a slow disk holds no key up
        runs = [run for run in found if run.path.absolute() not in left_out]
        if not runs:
            self.post_message(Problem("there is no other run to compare with; n builds one"))
            return None
        chosen = await self.push_screen_wait(
            ChooseDialog(title, [(str(run.path), str(run.path)) for run in runs])
        )
        return Path(chosen) if chosen else None

    def _keep_theme(self, theme: str) -> None:
        try:
            keep_theme(theme)
        except OSError as error:
            self.post_message(Problem(f"the theme could not be kept: {error}"))

    def _end_with_the_terminal(self) -> None:
        """A connection that is lost ends the app and nothing else; a polite end leaves the terminal in order."""
        loop = asyncio.get_running_loop()
        if self.is_headless:
            return
        loop.add_signal_handler(signal.SIGTERM, lambda: self.exit(return_code=143))
        loop.add_signal_handler(signal.SIGHUP, lambda: self.exit(return_code=129))


def run_workbench(roots: Sequence[Path], *, plain: bool, path: Path | None = None) -> int:
    """Show the app, on the run at ``path`` if one is named, until it is left; gives its exit code."""
    encoding = sys.__stderr__.encoding if sys.__stderr__ else "ascii"
    app = Workbench(
        roots, plain=plain, encoding="ascii" if plain and _is_utf(encoding) else encoding, path=path
    )
    if not plain:
        prepare_graphics()
    app.run()
    return app.return_code or 0


def _is_utf(encoding: str) -> bool:
    return encoding.lower().replace("-", "").startswith("utf")


def _runs(paths: Sequence[Path]) -> str:
    return paths[0].name if len(paths) == 1 else f"{len(paths)} runs"


def _quoted(value: object) -> str:
    import shlex

    text = str(value)
    return shlex.quote(f"./{text}" if text.startswith("-") and isinstance(value, Path) else text)
