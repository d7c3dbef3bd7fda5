"""`slt data demo` hands what was typed, and nothing else, to the engine."""

from __future__ import annotations

import pytest

import slt_tui.launch
from slt_tui.cli.root import run_command


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    seen: list[list[str]] = []

    def run_engine(arguments: list[str]) -> int:
        seen.append(arguments)
        return 3

    monkeypatch.setattr(slt_tui.launch, "run_engine", run_engine)
    return seen


def test_only_typed_options_are_passed_on_and_the_engines_code_comes_back(calls: list[list[str]]) -> None:
    assert run_command(["data", "demo", "out"]) == 3
    assert calls == [["demo-data", "--", "out"]]


def test_every_option_is_passed_on(calls: list[list[str]]) -> None:
    typed = ["--seed", "1", "--alphabets", "ssp", "--unseen", "sgg", "--held-out", "9", "--train-words", "8"]
    more = ["--clips-per-word", "2", "--clips", "12", "--size", "64", "--synthetic", "--json"]
    run_command(["data", "demo", "out", *typed, *more])
    assert calls == [["demo-data", *typed, *more, "--", "out"]]


def test_a_value_out_of_range_ends_with_code_2_before_the_engine_starts(calls: list[list[str]]) -> None:
    assert run_command(["data", "demo", "out", "--held-out", "0"]) == 2
    assert calls == []
