"""Dialogs: each asks one thing and gives the answer back; Escape is no answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.widgets import Input, OptionList, Static

from slt_tui.screens.dialogs import (
    ChooseDialog,
    ConfirmDialog,
    PathDialog,
    ProblemDialog,
    TagChange,
    TagDialog,
)

NO_ANSWER = object()


class Asking(App[None]):
    """Shows one dialog and keeps its answer."""

    def __init__(self, dialog: Any) -> None:
        super().__init__()
        self.dialog, self.answer = dialog, NO_ANSWER

    def on_mount(self) -> None:
        self.push_screen(self.dialog, callback=self._keep)

    def _keep(self, answer: object) -> None:
        self.answer = answer


async def answer_to(dialog: Any, *keys: str) -> object:
    """What the dialog gives back after the keys."""
    app = Asking(dialog)
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()
    return app.answer


@pytest.mark.parametrize(("key", "answer"), [("y", True), ("n", False), ("escape", None)])
async def test_yes_no_and_escape_answer_a_question(key: str, answer: bool | None) -> None:
    assert await answer_to(ConfirmDialog("Kill it?", ["work_dirs/first"]), key) is answer


async def test_enter_does_not_say_yes() -> None:
    assert await answer_to(ConfirmDialog("Remove it?"), "enter") is NO_ANSWER


async def test_a_problem_is_closed_by_enter() -> None:
    assert await answer_to(ProblemDialog("Wrong", ["--lr: must be a number"]), "enter") is None


async def test_a_problem_is_copied_whole() -> None:
    app = Asking(ProblemDialog("Wrong", ["--lr: must be a number", "--seed: must be a whole number"]))
    async with app.run_test() as pilot:
        await pilot.press("y")
        assert app.clipboard == "--lr: must be a number\n--seed: must be a whole number"


RUNS = [("work_dirs/first", "first"), ("work_dirs/second", "second"), ("work_dirs/third", "third")]


async def test_one_of_several_is_chosen_with_the_arrows() -> None:
    assert await answer_to(ChooseDialog("Compare with", RUNS), "down", "enter") == "work_dirs/second"


async def test_one_of_several_is_chosen_by_a_part_of_its_name() -> None:
    assert await answer_to(ChooseDialog("Compare with", RUNS), *"thi", "enter") == "work_dirs/third"


async def test_up_from_the_first_is_the_last() -> None:
    assert await answer_to(ChooseDialog("Compare with", RUNS), "up", "enter") == "work_dirs/third"


async def test_enter_chooses_nothing_where_nothing_fits() -> None:
    assert await answer_to(ChooseDialog("Compare with", RUNS), *"xyz", "enter") is NO_ANSWER


async def test_what_does_not_fit_is_not_listed() -> None:
    app = Asking(ChooseDialog("Compare with", RUNS))
    async with app.run_test() as pilot:
        await pilot.press(*"sec")
        assert app.screen.query_one(OptionList).option_count == 1


async def test_a_path_is_completed_by_tab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "curves.svg").touch()
    monkeypatch.chdir(tmp_path)
    assert await answer_to(PathDialog("Export to"), *"cur", "tab", "enter") == Path("curves.svg")


async def test_a_wrong_path_stays_to_be_mended(tmp_path: Path) -> None:
    app = Asking(PathDialog("Open", str(tmp_path / "x"), check=lambda path: f"{path.name}: no such file"))
    async with app.run_test() as pilot:
        await pilot.press("enter")
        await pilot.pause()
        assert str(app.screen.query_one(".wrong", Static).content) == "x: no such file"
        assert app.screen.query_one(Input).value == str(tmp_path / "x")
        assert app.answer is NO_ANSWER


async def test_tags_that_were_typed_and_taken_away_are_told_apart() -> None:
    change = await answer_to(
        TagDialog("Tags of first", ["old", "kept"], "why"), "ctrl+u", *"kept new", "enter"
    )
    assert change == TagChange(add=("new",), remove=("old",), note=None)


async def test_a_note_that_was_changed_is_given_back() -> None:
    change = await answer_to(TagDialog("Tags of first", [], "why"), "tab", "ctrl+u", *"so", "enter")
    assert change == TagChange(add=(), remove=(), note="so")


async def test_no_note_is_asked_of_several_runs() -> None:
    change = await answer_to(TagDialog("Tags of 2 runs", [], None), *"x", "enter")
    assert change == TagChange(add=("x",), remove=(), note=None)
