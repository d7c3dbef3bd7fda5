"""`slt runs tag|kill|rm`: what they do, what they ask, what they refuse."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from slt_engine.run.notes import Notes, read_notes
from slt_engine.run.standing import standing
from slt_tui.cli.root import run_command
from tests.support.fake_runs import finished_run, has_stepped, start_fake
from tests.support.runs import wait_for

LONG = ("--epochs", "2", "--steps", "100000")
HEAVY = {"torch", "numpy", "pandas", "transformers", "textual", "rich", "pydantic", "yaml", "psutil"}


def test_tags_and_a_note_are_given_to_several_runs(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = finished_run(root / "one"), finished_run(root / "two")
    assert (
        run_command(["runs", "tag", "one", "two", "--add", "paper", "-a", "v1", "--note", "for table 2"]) == 0
    )
    assert read_notes(one) == read_notes(two) == Notes(("paper", "v1"), "for table 2")
    assert capsys.readouterr().out.splitlines()[1] == "one\tpaper v1\tfor table 2"
    assert run_command(["runs", "tag", "two", "--remove", "v1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {"name": "two", "path": str(two.path), "tags": ["paper"], "note": "for table 2"}
    ]
    assert read_notes(one).tags == ("paper", "v1")


def test_without_a_change_the_notes_are_only_printed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = finished_run(root / "one")
    assert run_command(["runs", "tag", "one"]) == 0
    assert capsys.readouterr().out.splitlines() == ["name\ttags\tnote", "one\t\t"]
    assert not run.notes.exists()


def test_a_word_that_is_no_tag_changes_no_run(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs = [finished_run(root / name) for name in ("one", "two")]
    assert run_command(["runs", "tag", "one", "two", "--add", "v1", "--add", "two words"]) == 2
    assert "tag 'two words': a tag is one word" in capsys.readouterr().err
    assert [read_notes(run) for run in runs] == [Notes(), Notes()]


def test_a_killed_run_is_told_with_what_it_left(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = start_fake(root / "one", *LONG)
    wait_for(lambda: has_stepped(run))
    assert run_command(["runs", "kill", "one", "--grace", "20"]) == 0
    told = capsys.readouterr().err
    assert "asking" in told
    assert "stopped; go on with: slt runs resume" in told
    assert standing(run).exit_code == 130


def test_a_run_that_is_over_need_not_be_killed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    finished_run(root / "one")
    assert run_command(["runs", "kill", "one"]) == 0
    assert "nothing to kill" in capsys.readouterr().err


def test_runs_are_removed_without_a_question_where_yes_is_said(root: Path) -> None:
    runs = [finished_run(root / name) for name in ("one", "two", "three")]
    assert run_command(["runs", "rm", "one", "two", "--yes"]) == 0
    assert [run.path.exists() for run in runs] == [False, False, True]


def test_without_a_terminal_nothing_is_removed_unasked(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = finished_run(root / "one")
    assert run_command(["runs", "rm", "one"]) == 2
    assert "--yes is needed" in capsys.readouterr().err
    assert run.path.exists()


@pytest.mark.parametrize(("reply", "code"), [("y", 0), ("n", 1)])
def test_on_a_terminal_the_question_names_the_sizes(
    root: Path, monkeypatch: pytest.MonkeyPatch, reply: str, code: int
) -> None:
    run = finished_run(root / "one")
    run.last.write_bytes(b"x" * 2_000_000)
    asked: list[str] = []

    def confirm(text: str, *, err: bool) -> bool:
        asked.append(text)
        return err and reply == "y"

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr("typer.confirm", confirm)
    assert run_command(["runs", "rm", "one"]) == code
    assert asked == ["Remove this run (2.0 MB) for good?"]
    assert run.path.exists() == (reply == "n")


def test_a_run_at_work_keeps_all_from_being_removed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    over, working = finished_run(root / "over"), start_fake(root / "working", *LONG)
    wait_for(lambda: has_stepped(working))
    assert run_command(["runs", "rm", "over", "working", "--yes"]) == 2
    assert "slt runs stop" in capsys.readouterr().err
    assert over.path.exists()
    assert run_command(["runs", "kill", "working"]) == 0


@pytest.mark.parametrize(
    "arguments", [("ls", "--metric", "cer"), ("tag", "one"), ("kill", "one"), ("rm", "one", "--yes")]
)
def test_what_is_done_to_runs_imports_nothing_heavy(root: Path, arguments: tuple[str, ...]) -> None:
    finished_run(root / "one")
    code = (
        f"import sys; from slt_tui.cli.root import run_command; code = run_command({['runs', *arguments]!r}); "
        "print(*sys.modules, file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert HEAVY & set(done.stderr.split()) == set()
