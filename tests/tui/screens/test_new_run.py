"""The new-run screen: every key of the form, what it changes, and what it asks of the app."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.app import App
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

import slt_tui.launch
from slt_engine.config.resolution import Resolved
from slt_engine.run.directory import RunDir, RunError
from slt_tui import messages
from slt_tui.form.draft import read_draft
from slt_tui.messages import CommandDone, Origin, Problem, RunLaunched
from slt_tui.screens.dialogs import ChooseDialog, ConfirmDialog, PathDialog, ProblemDialog
from slt_tui.screens.new_run import NewRunScreen
from slt_tui.screens.new_run.paste import PasteDialog
from slt_tui.screens.new_run.review import ReviewScreen
from slt_tui.screens.new_run.sources import SourceList
from tests.support.runs import make_run


class Forms(App[None]):
    """The screen, and what it asks for."""

    CSS_PATH = Path(slt_tui.launch.__file__).with_name("app.tcss")

    def __init__(self, origin: Origin) -> None:
        super().__init__()
        self.origin = origin
        self.roots = [Path("work_dirs")]
        self.asked: list[Message] = []

    def on_mount(self) -> None:
        self.push_screen(NewRunScreen(self.origin))

    def post_message(self, message: Message) -> bool:
        if type(message).__module__ == messages.__name__:
            self.asked.append(message)
        return super().post_message(message)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data set's files in the current directory, with a --config file that names them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    Path("k").mkdir()
    for name in ("g", "m", "t", "v"):
        Path(name).touch()
    text = "data: {keypoints_dir: k, gloss_csv: g, metadata_csv: m, train_index: t, val_index: v}\n"
    Path("set.yaml").write_text(text)
    return tmp_path


SOUND = Origin(command="slt train --decoder-preset demo --config set.yaml --work-dir work_dirs/x")


@asynccontextmanager
async def form(
    origin: Origin = SOUND, *, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[None], NewRunScreen, list[Message]]]:
    """The screen, begun from ``origin``."""
    app = Forms(origin)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        screen = app.screen_stack[1]
        assert isinstance(screen, NewRunScreen)
        yield pilot, screen, app.asked


async def go_to(pilot: Pilot[None], screen: NewRunScreen, key: str) -> None:
    screen.knob_form.go_to_key(key)
    await pilot.pause()


def changes(screen: NewRunScreen) -> dict[str, str]:
    """What was changed, but for where the run goes."""
    return {key: text for key, text in screen.take_form().changes.items() if key != "data.work_dir"}


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    for _ in range(500):
        if condition():
            return
        await pilot.pause(0.01)
    raise AssertionError("waited in vain")


# Where it begins.


async def test_without_an_origin_the_presets_and_other_beginnings_are_listed() -> None:
    async with form(Origin()) as (pilot, screen, _):
        listed = screen.query_one(SourceList)
        first = str(listed.get_option_at_index(0).prompt)
        assert (screen.has_form, "demo" in first, listed.has_focus) == (False, True, True)
        await pilot.press("enter")
        assert (screen.has_form, screen.take_form().base.preset) == (True, "demo")
        assert screen.take_form().text("data.work_dir") == "work_dirs/demo-1"


async def test_keys_of_the_form_do_nothing_on_the_list() -> None:
    async with form(Origin()) as (pilot, screen, asked):
        await pilot.press("r", "u", "w", "y", "slash", "ctrl+s")
        assert (pilot.app.screen, screen.has_form, asked) == (screen, False, [])


@pytest.mark.parametrize(("key", "dialog"), [("c", ChooseDialog), ("p", PasteDialog), ("f", PathDialog)])
async def test_a_beginning_is_asked_for(key: str, dialog: type) -> None:
    make_run(Path("work_dirs/mine"), Path("set.yaml"))
    Path("work_dirs/mine/lock").touch()
    async with form(Origin()) as (pilot, screen, _):
        await pilot.press(key)
        await until(pilot, lambda: isinstance(pilot.app.screen, dialog))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert not screen.has_form


async def test_the_defaults_are_a_beginning() -> None:
    async with form(Origin()) as (pilot, screen, _):
        await pilot.press("d")
        await until(pilot, lambda: screen.has_form)
        assert screen.take_form().base.words == []


async def test_a_run_is_cloned_from_the_list() -> None:
    make_run(Path("work_dirs/mine"), Path("set.yaml"), "optim.lr=0.5")
    Path("work_dirs/mine/lock").touch()
    async with form(Origin()) as (pilot, screen, _):
        await pilot.press("c")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChooseDialog))
        await pilot.press("enter")
        await until(pilot, lambda: screen.has_form)
        assert screen.take_form().text("optim.lr") == "0.5"
        assert screen.take_form().text("data.work_dir") == "work_dirs/mine-1"


async def test_without_runs_there_is_nothing_to_clone() -> None:
    async with form(Origin()) as (pilot, _, asked):
        await pilot.press("c")
        await until(pilot, lambda: asked)
        assert isinstance(asked[0], Problem)
        assert asked[0].lines == ["no runs under work_dirs yet"]


async def test_a_paste_that_cannot_be_read_stays_to_be_mended() -> None:
    async with form(Origin(command="slt train --lr '1")) as (pilot, screen, _):
        await until(pilot, lambda: isinstance(pilot.app.screen, PasteDialog))
        area = pilot.app.screen.query_one(TextArea)
        assert area.text == "slt train --lr '1"
        area.text = "slt train --lr 7 --zzz 3"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProblemDialog))
        assert isinstance(pilot.app.screen, ProblemDialog)
        assert pilot.app.screen.lines == ["--zzz 3: no such flag; `slt flags` lists them all"]
        await pilot.press("enter")
        assert changes(screen) == {"optim.lr": "7"}


async def test_a_text_pasted_into_the_list_fills_the_form() -> None:
    from textual import events

    async with form(Origin()) as (pilot, screen, _):
        pilot.app.post_message(events.Paste("python tools/train_slt_multistream_v9.py \\\n --epochs 9 ..."))
        await until(pilot, lambda: screen.has_form)
        assert changes(screen) == {"training.epochs": "9"}


async def test_a_preset_that_cannot_be_read_is_told() -> None:
    async with form(Origin(preset="nope")) as (pilot, screen, asked):
        await until(pilot, lambda: asked)
        assert isinstance(asked[0], Problem)
        assert (screen.has_form, "neither a preset nor a file" in asked[0].lines[0]) == (False, True)


# Typing.


async def test_a_value_is_typed_in_place_and_taken_with_enter() -> None:
    async with form() as (pilot, screen, _):
        await go_to(pilot, screen, "optim.lr")
        await pilot.press("enter", "home", "ctrl+k", *"0.5", "enter")
        await pilot.pause()
        assert (changes(screen), screen.knob_form.is_editing) == ({"optim.lr": "0.5"}, False)
        assert screen.knob_form.knobs.has_focus


async def test_an_error_is_shown_while_one_types_and_the_text_stays() -> None:
    async with form() as (pilot, screen, _):
        await go_to(pilot, screen, "optim.lr")
        await pilot.press("enter", "x")
        await pilot.pause()
        assert screen.examination is not None
        assert screen.examination.by_key["optim.lr"].problems == ("must be a number, not '0.001x'",)
        await pilot.press("enter")
        await pilot.pause()
        assert changes(screen) == {"optim.lr": "0.001x"}


async def test_escape_forgets_what_was_typed() -> None:
    async with form() as (pilot, screen, _):
        await go_to(pilot, screen, "optim.lr")
        await pilot.press("enter", "x", "escape")
        await pilot.pause()
        assert screen.examination is not None
        assert (changes(screen), screen.examination.is_sound) == ({}, True)
        assert pilot.app.screen is screen


async def test_tab_takes_the_text_and_goes_on_with_the_next() -> None:
    async with form() as (pilot, screen, _):
        await go_to(pilot, screen, "optim.lr")
        await pilot.press("enter", "5", "tab", "1", "shift+tab")
        await pilot.pause()
        assert (screen.knob_form.is_editing, screen.knob_form.editor.value) == (True, "0.0015")
        assert changes(screen) == {"optim.lr": "0.0015", "optim.lr_encoder": "1"}


async def test_a_switch_is_turned_with_space_and_with_enter() -> None:
    async with form() as (pilot, screen, _):
        await go_to(pilot, screen, "data.pin_memory")
        await pilot.press("space")
        await pilot.pause()
        assert changes(screen) == {"data.pin_memory": "false"}
        await pilot.press("enter")
        await pilot.pause()
        assert changes(screen) == {}


async def test_choices_go_round_with_space_and_minus() -> None:
    async with form() as (pilot, screen, _):
        await go_to(pilot, screen, "optim.scheduler")
        await pilot.press("space")
        await pilot.pause()
        assert changes(screen) == {"optim.scheduler": "none"}
        await pilot.press("minus", "minus")
        await pilot.pause()
        assert changes(screen) == {"optim.scheduler": "steplr"}


async def test_a_choice_is_picked_from_a_list_by_arrows_and_by_typing() -> None:
    async with form() as (pilot, screen, _):
        await go_to(pilot, screen, "optim.optimizer")
        await pilot.press("enter", "down", "down", "enter")
        await pilot.pause()
        assert changes(screen) == {"optim.optimizer": "sgd"}
        await pilot.press("enter", "home", "ctrl+k", *"rmsp", "enter")
        await pilot.pause()
        assert changes(screen) == {"optim.optimizer": "rmsprop"}


async def test_tab_completes_a_path_and_then_goes_on(here: Path) -> None:
    (here / "datasets" / "poses").mkdir(parents=True)
    async with form() as (pilot, screen, _):
        await go_to(pilot, screen, "data.pose_dir")
        await pilot.press("enter", "d", "tab", "tab")
        await pilot.pause()
        assert screen.knob_form.editor.value == "datasets/poses/"
        await pilot.press("tab")
        await pilot.pause()
        assert changes(screen) == {"data.pose_dir": "datasets/poses/"}
        assert screen.knob_form.knobs.current is not None
        assert screen.knob_form.knobs.current.key == "data.keypoints_dir"


async def test_backspace_takes_a_change_back_and_undo_and_redo_go_through_all() -> None:
    async with form() as (pilot, screen, _):
        await go_to(pilot, screen, "data.pin_memory")
        await pilot.press("space")
        await pilot.pause()
        await pilot.press("backspace")
        await pilot.pause()
        assert changes(screen) == {}
        await pilot.press("u")
        assert changes(screen) == {"data.pin_memory": "false"}
        await pilot.press("u")
        assert changes(screen) == {}
        await pilot.press("U", "ctrl+y")
        assert changes(screen) == {}
        await pilot.press("u")
        assert changes(screen) == {"data.pin_memory": "false"}


# Moving and looking.


async def test_keys_move_over_settings_and_groups() -> None:
    async with form() as (pilot, screen, _):
        knobs = screen.knob_form.knobs
        seen = []
        for key in ("j", "down", "tab", "k", "shift+tab", "right_square_bracket", "l", "h", "G", "g"):
            await pilot.press(key)
            assert knobs.current is not None
            seen.append(knobs.current.knob.name)
        assert seen[:5] == ["face_dir", "hand_left_dir", "hand_right_dir", "hand_left_dir", "face_dir"]
        assert (seen[5], seen[7], seen[9]) == ("batch_size", "batch_size", "work_dir")
        assert seen[8] == knobs.rows[-1].knob.name


async def test_a_search_narrows_enter_keeps_it_and_escape_ends_it() -> None:
    async with form() as (pilot, screen, _):
        await pilot.press("slash", *"smoothing")
        await pilot.pause()
        assert [row.key for row in screen.knob_form.knobs.rows] == ["optim.label_smoothing"]
        await pilot.press("enter", "enter", "1", "enter")
        await pilot.pause()
        assert changes(screen) == {"optim.label_smoothing": "0.11"}
        await pilot.press("escape")
        assert screen.knob_form.shown == len(screen.knob_form.knobs.rows) > 50
        assert pilot.app.screen is screen


async def test_only_what_was_changed_is_shown_until_c_again() -> None:
    async with form() as (pilot, screen, _):
        await pilot.press("c")
        assert [row.key for row in screen.knob_form.knobs.rows] == ["data.work_dir"]
        await pilot.press("escape")
        assert screen.knob_form.shown > 50
        await pilot.press("c", "c")
        assert screen.knob_form.shown > 50


async def test_the_next_problem_is_a_key_away_and_round_the_end() -> None:
    async with form(Origin(command="slt train --lr x --seed y --work-dir w")) as (pilot, screen, _):
        seen = []
        for key in ("exclamation_mark", "n", "n", "n", "n", "n", "N"):
            await pilot.press(key)
            assert screen.knob_form.knobs.current is not None
            seen.append(screen.knob_form.knobs.current.knob.name)
        assert seen == [
            *("metadata_csv", "train_index", "val_index", "lr", "seed", "metadata_csv", "seed"),
        ]


async def test_settings_of_a_data_set_come_from_its_file() -> None:
    async with form(Origin(preset="demo")) as (pilot, screen, _):
        assert screen.examination is not None
        assert not screen.examination.is_sound
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, PathDialog))
        await pilot.press(*"set.yaml", "enter")
        await until(pilot, lambda: pilot.app.screen is screen)
        await pilot.pause()
        assert screen.examination.is_sound
        assert screen.take_form().base.words == ["--decoder-preset", "demo", "--config", "set.yaml"]


async def test_mouse_goes_to_a_setting_edits_its_value_and_to_a_group() -> None:
    async with form() as (pilot, screen, _):
        await pilot.click("#knobs", offset=(8, 2))
        assert screen.knob_form.knobs.place == 1
        await pilot.click("#knobs", offset=(38, 2))
        await pilot.pause()
        assert screen.knob_form.is_editing
        await pilot.press("escape")
        await pilot.click("#outline", offset=(3, 1))
        await pilot.pause()
        assert screen.knob_form.knobs.current is not None
        assert screen.knob_form.knobs.current.key == "data.batch_size"


# What is asked of the app.


async def test_launch_starts_what_the_form_says_and_tells_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started: list[Resolved] = []

    def launch(resolved: Resolved) -> RunDir:
        started.append(resolved)
        return RunDir(resolved.config.data.work_dir)

    monkeypatch.setattr(slt_tui.launch, "launch", launch)
    async with form() as (pilot, screen, asked):
        await go_to(pilot, screen, "optim.lr")
        await pilot.press("enter", "5", "ctrl+s")
        await until(pilot, lambda: any(isinstance(one, RunLaunched) for one in asked))
        told = next(one for one in asked if isinstance(one, RunLaunched))
    line = "slt train --decoder-preset demo --config set.yaml --work-dir work_dirs/x --lr 0.0015"
    assert (told.path, told.command) == (Path("work_dirs/x"), f"{line} --detach")
    assert (started[0].command, started[0].config.optim.lr) == (line, 0.0015)
    assert read_draft() == ""


async def test_what_is_wrong_is_gone_to_instead_of_launched() -> None:
    async with form() as (pilot, screen, asked):
        await go_to(pilot, screen, "optim.lr")
        await pilot.press("enter", "x", "enter", "g", "L")
        await pilot.pause()
        assert screen.knob_form.knobs.current is not None
        assert (screen.knob_form.knobs.current.key, asked) == ("optim.lr", [])


async def test_a_launch_that_fails_is_told_and_the_form_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    def launch(_: Resolved) -> RunDir:
        raise RunError("work_dirs/x: its supervisor did not start")

    monkeypatch.setattr(slt_tui.launch, "launch", launch)
    async with form() as (pilot, screen, asked):
        await pilot.press("ctrl+s")
        await until(pilot, lambda: any(isinstance(one, Problem) for one in asked))
        assert screen.has_form


async def test_a_form_is_saved_as_a_preset_and_the_command_told(here: Path) -> None:
    async with form() as (pilot, _, asked):
        await pilot.press("w")
        await pilot.pause()
        await pilot.press(*"demo", "enter")
        await pilot.pause()
        assert not asked
        await pilot.press(*"2", "tab", *"Mine", "enter")
        await until(pilot, lambda: asked)
        assert isinstance(asked[0], CommandDone)
        assert asked[0].line.startswith("slt presets save demo2 --title Mine --decoder-preset demo --config")
        assert (here / "config/slt/presets/demo2.yaml").is_file()


async def test_the_command_and_the_config_are_copied() -> None:
    async with form() as (pilot, _, __):
        await pilot.press("y")
        assert pilot.app.clipboard.endswith("--config set.yaml --work-dir work_dirs/x")
        await pilot.press("Y")
        assert "work_dir: work_dirs/x" in pilot.app.clipboard


async def test_review_and_dry_run_open_on_the_form_as_it_stands() -> None:
    async with form() as (pilot, screen, _):
        await go_to(pilot, screen, "optim.lr")
        await pilot.press("enter", "5", "ctrl+r")
        await pilot.pause()
        review = pilot.app.screen
        assert isinstance(review, ReviewScreen)
        assert review.take_form().changes["optim.lr"] == "0.0015"
        await pilot.press("escape")
        assert pilot.app.screen is screen


# Leaving.


async def test_leaving_with_changes_asks_and_the_form_is_offered_again() -> None:
    async with form(Origin()) as (pilot, screen, _):
        await pilot.press("enter", "escape")
        await pilot.pause()
        assert not screen.has_form
        await pilot.press("enter")
        await go_to(pilot, screen, "data.pin_memory")
        await pilot.press("space")
        await pilot.pause()
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        await pilot.press("n")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert screen.has_form
        await pilot.press("o")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        await pilot.press("y")
        await until(pilot, lambda: not screen.has_form)
        assert "unfinished" in str(screen.query_one(SourceList).get_option_at_index(0).prompt)
        await pilot.press("g", "enter")
        assert changes(screen) == {"data.pin_memory": "false"}


async def test_what_was_typed_outlives_a_lost_connection() -> None:
    async with form() as (pilot, screen, _):
        await go_to(pilot, screen, "data.pin_memory")
        await pilot.press("space")
        await pilot.pause()
    assert "--no-pin-memory" in read_draft()


@pytest.mark.parametrize("size", [(80, 24), (160, 45), (50, 12)])
async def test_it_draws_at_any_size(size: tuple[int, int]) -> None:
    async with form(size=size) as (pilot, screen, _):
        await pilot.press("G", "g", "enter")
        await pilot.pause()
        assert screen.query_one("#editor", Input).region.bottom <= size[1]
        assert os.path.basename(str(screen.take_form().text("data.work_dir"))) == "x"  # noqa: PTH119
