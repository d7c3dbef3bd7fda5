"""Every flag that the guide and our additions to it name: its key, its default, what it takes and what it refuses.

guide_flags.tsv is written by hand. Values are separated by semicolons, and typed as one types them behind the flag.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer
from pydantic import ValidationError
from typer.testing import CliRunner

from slt_engine.config import Config, Knob, knobs_by_key
from slt_engine.config.reference import TYPED_ONLY
from slt_tui.cli.flags import takes_knobs
from tests.support.settings import LEAST

TABLE = Path(__file__).with_name("guide_flags.tsv")
SOURCES = {"--config", "--decoder-preset", "--set", "--resume/--no-resume"}

app = typer.Typer()
TYPED: list[dict[str, Any]] = []


@app.command()
@takes_knobs
def take(typed: Mapping[str, Any]) -> None:
    """Keep what was typed."""
    TYPED.append(dict(typed))


class Row(NamedTuple):
    """One flag."""

    flag: str
    key: str
    default: str
    takes: list[str]
    refuses: list[str]


def read_rows() -> list[Row]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(lines)
        return [
            Row(flag, key, default, *(split(text) for text in values))
            for flag, key, default, *values in lines
        ]


def split(text: str) -> list[str]:
    return [value for value in text.split(";") if value]


ROWS = read_rows()


def test_every_flag_is_a_setting_and_every_setting_is_in_the_table() -> None:
    assert {row.key for row in ROWS} == knobs_by_key().keys()


def test_what_names_settings_from_elsewhere_is_there_too() -> None:
    assert {row["flag"] for row in TYPED_ONLY} == SOURCES


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_a_flag_has_its_spelling_and_its_default(row: Row) -> None:
    """A switch that the guide only turns on may be turned off as well, since a preset may turn it on."""
    knob = knobs_by_key()[row.key]
    spelt, asked = set(knob.flag.split("/")), set(row.flag.split("/"))
    assert asked <= spelt
    assert all(spelling.startswith("--no-") for spelling in spelt - asked)
    assert same(knob, row.default), (knob.default_text, row.default)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_a_flag_takes_what_it_should_and_refuses_the_rest(row: Row) -> None:
    for text in row.takes:
        read(row.key, text)
    for text in row.refuses:
        with pytest.raises(ValidationError):
            read(row.key, text)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_a_flag_is_read_where_it_is_typed(row: Row) -> None:
    """Also a value that begins with a minus sign, after a space."""
    on, _, off = row.flag.partition("/")
    lines: dict[tuple[str, ...], Any] = (
        {(on,): True, (off,): False} if knobs_by_key()[row.key].is_switch else {}
    )
    lines = lines or {(on, text): text for text in row.takes}
    for words, expected in lines.items():
        if words != ("",):
            assert typed(*words) == {row.key: expected} or typed(*words) == {row.key: [expected]}


def typed(*words: str) -> dict[str, Any]:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == 0, result.output
    return {key: plain(value) for key, value in TYPED.pop().items()}


def plain(value: Any) -> Any:
    return str(value) if isinstance(value, Path) else value


def read(key: str, text: str) -> Any:
    """The value that a text stands for, by its section's own reading; raises ValidationError."""
    section, name = key.split(".")
    model = Config.model_fields[section].annotation
    assert model is not None
    least = {key.partition(".")[2]: value for key, value in LEAST.items() if key.startswith(f"{section}.")}
    return getattr(model(**{**least, name: text}), name)


def same(knob: Knob, text: str) -> bool:
    """Numbers may be spelt otherwise."""
    if knob.required or knob.default is None or isinstance(knob.default, bool | str):
        return knob.default_text == text
    if isinstance(knob.default, int | float):
        return knob.default == float(text)
    return knob.default_text == text


def test_the_table_says_something_of_every_flag() -> None:
    assert all(row.takes for row in ROWS)
    assert len({row.key for row in ROWS}) == len(ROWS) == len({row.flag for row in ROWS})
