"""What README and CONTRIBUTING tell people to type exists: every make target, every slt command and flag."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FENCES = re.compile(r"^```(?:bash|sh|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def shell_lines() -> list[str]:
    """The command lines of README's shell blocks, prompts and continuations undone."""
    text = "".join(FENCES.findall(README)).replace("\\\n", " ")
    lines = [line.removeprefix("$ ").split("  #")[0].strip() for line in text.splitlines()]
    return [line for line in lines if line.startswith(("slt", "make", "jq", "python -m slt_engine"))]


@cache
def help_of(command: tuple[str, ...]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "slt_tui", *command, "--help"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"slt {' '.join(command)} --help: {done.stderr}"
    return done.stdout


@pytest.mark.parametrize("line", [line for line in shell_lines() if line.startswith("make")])
def test_a_make_target_of_the_readme_exists(line: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    target = next(word for word in shlex.split(line)[1:] if "=" not in word)
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)


@pytest.mark.parametrize("line", [line for line in shell_lines() if line.startswith("slt")])
def test_a_command_of_the_readme_exists_with_its_flags(line: str) -> None:
    words = shlex.split(line.split(" | ")[0].split(" && ")[0])[1:]
    groups = ("runs", "presets", "data")
    command = tuple(words[:2] if words[:1] and words[0] in groups else words[:1])
    text = help_of(tuple(word for word in command if not word.startswith("-")))
    for flag in (word.partition("=")[0] for word in words if word.startswith("-")):
        assert re.search(rf"(?<![\w-]){re.escape(flag)}(?![\w-])", text), (
            f"{flag} is not in slt {command} --help"
        )


def test_the_readme_shows_the_two_commands_on_its_first_screen() -> None:
    first = "\n".join(README.splitlines()[:60])
    assert "make demo" in first
    assert "make test" in first


def test_every_file_that_the_readme_links_to_is_there() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", README) + re.findall(r'src="([^"]+)"', README)
    missing = [target for target in targets if "://" not in target and not (ROOT / target).exists()]
    assert missing == []
