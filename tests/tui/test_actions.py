"""Both faces do the same: every key's action has its command line, or only looks, moves or asks."""

from __future__ import annotations

import importlib
import pkgutil
import re
import shlex
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import ModalScreen

import slt_tui.app
import slt_tui.screens
import slt_tui.widgets
from slt_tui.actions import COMMANDS, VIEW_ONLY, command_of
from slt_tui.cli.root import run_command


class Named(NamedTuple):
    """A binding's name for a key map, its scope, and its action without the arguments."""

    name: str
    scope: str
    action: str


def bound_classes() -> list[type[DOMNode]]:
    """Every class of the app that binds keys."""
    modules = [slt_tui.app]
    for package in (slt_tui.screens, slt_tui.widgets):
        found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        modules += [importlib.import_module(module.name) for module in found]
    classes = {value for module in modules for value in vars(module).values() if isinstance(value, type)}
    ours = [one for one in classes if issubclass(one, DOMNode) and one.__module__.startswith("slt_tui.")]
    return sorted((one for one in ours if one.__dict__.get("BINDINGS")), key=lambda one: one.__qualname__)


def bindings_of(one: type[DOMNode]) -> list[Binding]:
    return [entry if isinstance(entry, Binding) else Binding(*entry) for entry in one.__dict__["BINDINGS"]]


def looks_only(one: Named) -> bool:
    return bool(VIEW_ONLY & {one.name, one.scope, one.action})


def named_bindings() -> Iterator[Named]:
    for one in bound_classes():
        for binding in bindings_of(one):
            if binding.id:
                scope = binding.id.partition(".")[0]
                action = binding.action.rpartition(".")[2].partition("(")[0]
                yield Named(binding.id, scope, f"{scope}.{action}")


ALL = sorted(set(named_bindings()))


def test_what_binds_keys_gives_them_names_or_is_a_dialog_that_asks() -> None:
    nameless = [
        one.__qualname__ for one in bound_classes() if not all(binding.id for binding in bindings_of(one))
    ]
    dialogs = [one.__qualname__ for one in bound_classes() if issubclass(one, ModalScreen)]
    assert set(nameless) <= set(dialogs)


def test_every_action_has_a_command_line_or_only_looks_moves_or_asks() -> None:
    assert [one.name for one in ALL if not command_of(one.name) and not looks_only(one)] == []


def test_no_command_line_is_for_an_action_that_is_not_there() -> None:
    assert sorted(COMMANDS.keys() - {one.name for one in ALL}) == []


def test_nothing_that_only_looks_is_an_action_that_is_not_there() -> None:
    assert sorted(VIEW_ONLY - {word for one in ALL for word in one}) == []


def test_no_action_that_has_a_command_line_is_said_to_look_only() -> None:
    assert sorted(COMMANDS.keys() & {one.name for one in ALL if looks_only(one)}) == []


@pytest.mark.parametrize("line", sorted(set(COMMANDS.values())))
def test_a_command_line_of_an_action_exists_with_its_flags(
    line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    words = shlex.split(line)[1:]
    command = [word for word in words if word.islower() and not word.startswith("-")]
    assert run_command([*command, "--help"]) == 0
    text = capsys.readouterr().out
    flags = [word for word in words if word.startswith("-")]
    assert [flag for flag in flags if not re.search(rf"(?<![\w-]){flag}(?![\w-])", text)] == []
