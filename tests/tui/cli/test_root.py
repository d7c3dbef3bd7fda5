"""The root command: help without imports, mistakes in one line, the exit code as the truth."""

from __future__ import annotations

import subprocess
import sys

import pytest

import slt_engine
from slt_tui.cli.root import COMMANDS, called_command, run_command


def modules_after(*arguments: str) -> set[str]:
    """The modules that a command line has imported when it ends."""
    code = (
        "import sys; from slt_tui.cli.root import run_command; "
        f"run_command({list(arguments)!r}); print(*sys.modules, sep='\\n', file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_help_imports_no_command() -> None:
    heavy = {"torch", "numpy", "pandas", "transformers", "textual", "rich", "pydantic", "yaml"}
    assert heavy & modules_after("--help") == set()


def test_no_command_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command([]) == 0
    assert capsys.readouterr().out.startswith("Usage: slt")


def test_help_tells_every_command_in_full_at_80_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    run_command(["--help"])
    text = capsys.readouterr().out
    assert [name for name, command in COMMANDS.items() if command.help not in text] == []


def test_the_version_is_the_engines(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["--version"]) == 0
    assert capsys.readouterr().out == f"slt {slt_engine.__version__}\n"


def test_settings_commands_import_neither_torch_nor_numpy() -> None:
    assert {"torch", "numpy", "pandas", "transformers", "textual"} & modules_after(
        "train", "--lr", "x"
    ) == set()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["trian"], "No such command 'trian'. Did you mean 'train'?"),
        (["--nope"], "No such option: --nope"),
        (["train", "--epoch", "3"], "No such option: --epoch (Possible options: --detach, --epochs)"),
        (["train", "--lr"], "Option '--lr' requires an argument."),
        (["train", "x"], "Got unexpected extra argument(s) (x)"),
        (["presets", "show"], "Missing argument 'PRESET'."),
    ],
)
def test_wrong_use_is_one_line_on_stderr_and_exit_2(
    arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(arguments) == 2
    assert capsys.readouterr() == ("", f"{line}\n")


def test_the_called_command_is_the_first_word_that_is_no_option() -> None:
    assert called_command(["--version", "runs", "ls"]) == "runs"
    assert called_command(["--help"]) is None


def test_the_shell_completes_what_belongs_to_the_called_command() -> None:
    environment = {"_SLT_COMPLETE": "complete_bash", "COMP_WORDS": "slt train --mska-enc", "COMP_CWORD": "2"}
    command = [sys.executable, "-m", "slt_tui"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.stdout.split() == ["--mska-encoder"]
