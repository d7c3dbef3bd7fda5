"""`slt` and `slt open` hand over to the app, which the command line itself does not import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from slt_tui.cli import open as opening
from slt_tui.cli import root
from slt_tui.cli.root import run_command
from tests.support.fake_runs import finished_run


@pytest.fixture
def wishes(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the app was asked to show, on a terminal."""
    monkeypatch.setattr(opening, "is_interactive", lambda: True)
    monkeypatch.setattr(root, "is_interactive", lambda: True)
    monkeypatch.setattr(opening, "has_unicode", lambda _: True)
    return []


def opened(wishes: list[dict[str, Any]], *arguments: str) -> dict[str, Any]:
    """What the app is asked to show by a command line."""

    def workbench(**wish: Any) -> int:
        wishes.append(wish)
        return 7

    assert run_command(arguments, workbench=workbench) == 7
    return wishes[-1]


def test_no_command_opens_the_app(wishes: list[dict[str, Any]]) -> None:
    assert opened(wishes) == {"roots": [Path("work_dirs")], "plain": False, "path": None}


def test_a_run_is_opened_by_name(wishes: list[dict[str, Any]], tmp_path: Path) -> None:
    finished_run(tmp_path / "first")
    assert opened(wishes, "open", "first", "--root", str(tmp_path))["path"] == tmp_path / "first"


def test_a_directory_that_is_not_ours_is_opened_by_its_path(
    wishes: list[dict[str, Any]], tmp_path: Path
) -> None:
    assert opened(wishes, "open", str(tmp_path))["path"] == tmp_path


@pytest.mark.parametrize("how", ["flag", "variable", "terminal"])
def test_ascii_is_drawn_where_it_is_asked_for_or_needed(
    how: str, wishes: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    if how == "variable":
        monkeypatch.setenv("SLT_ASCII", "1")
    if how == "terminal":
        monkeypatch.setattr(opening, "has_unicode", lambda _: False)
    assert opened(wishes, "open", *(["--ascii"] if how == "flag" else []))["plain"] is True


@pytest.mark.usefixtures("wishes")
def test_a_run_that_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["open", "nothing", "--root", str(tmp_path)], workbench=lambda **_: 0) == 2
    assert "nothing: no such run" in capsys.readouterr().err


def test_without_a_terminal_the_app_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["open"], workbench=lambda **_: 0) == 2
    assert "needs a terminal" in capsys.readouterr().err
