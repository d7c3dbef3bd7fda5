"""`slt flags`: the reference, made from the same declarations as the flags themselves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from slt_engine.config import knobs
from slt_tui.cli.flags import knob_parameter, option_help
from slt_tui.cli.root import run_command

ROOT = Path(__file__).parents[3]


def test_flags_prints_the_golden(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["flags"]) == 0
    assert capsys.readouterr().out == (ROOT / "tests/contract/flags.txt").read_text(encoding="utf-8")


def test_flags_as_json_has_every_knob_with_its_group(capsys: pytest.CaptureFixture[str]) -> None:
    run_command(["flags", "--json"])
    rows = {row["key"]: row["group"] for row in json.loads(capsys.readouterr().out)}
    assert {knob.key: knob.group for knob in knobs()}.items() <= rows.items()


def test_flags_can_be_searched(capsys: pytest.CaptureFixture[str]) -> None:
    run_command(["flags", "LABEL-smooth"])
    assert [line.split("\t")[0] for line in capsys.readouterr().out.splitlines()] == [
        "flag",
        "--label-smoothing",
    ]


def test_the_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["flags", "--schema"]) == 0
    assert json.loads(capsys.readouterr().out)["properties"].keys() >= {"data", "model", "optim", "training"}


def test_an_options_help_tells_what_it_takes_and_its_default() -> None:
    (lr,) = [knob for knob in knobs() if knob.key == "optim.lr"]
    assert option_help(lr).endswith(r"[dim]\[float > 0; default: 0.001][/dim]")


def test_every_option_defaults_to_not_said() -> None:
    assert {knob_parameter(knob).default for knob in knobs()} == {None}
