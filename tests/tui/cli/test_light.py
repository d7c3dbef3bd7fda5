"""Plain options are read without pydantic and refuse what Typer's own would refuse."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
import typer

from slt_tui.cli.light import LightCommand, LightGroup


def app_of(seen: list[dict[str, Any]]) -> typer.Typer:
    app = typer.Typer(cls=LightGroup)

    @app.command("one", cls=LightCommand)
    def one(
        names: Annotated[list[str] | None, typer.Argument()] = None,
        count: Annotated[int | None, typer.Option("--count", min=1, max=9)] = None,
        share: Annotated[float, typer.Option("--share")] = 0.5,
        place: Annotated[Path | None, typer.Option("--place")] = None,
        roots: Annotated[list[Path] | None, typer.Option("--root")] = None,
        by: Annotated[Literal["epoch", "step"], typer.Option("--by")] = "epoch",
        loud: Annotated[bool, typer.Option("--loud")] = False,
    ) -> None:
        seen.append(
            {
                "names": names,
                "count": count,
                "share": share,
                "place": place,
                "roots": roots,
                "by": by,
                "loud": loud,
            }
        )

    @app.command("other")
    def other() -> None:
        """Makes a group of the two."""

    return app


def read(*arguments: str) -> dict[str, Any]:
    seen: list[dict[str, Any]] = []
    app_of(seen)(["one", *arguments], standalone_mode=False)
    return seen[0]


def test_what_was_not_given_has_its_default() -> None:
    nothing: dict[str, Any] = {"names": None, "count": None, "share": 0.5, "place": None, "roots": None}
    assert read() == {**nothing, "by": "epoch", "loud": False}


def test_what_was_given_has_its_type() -> None:
    words = [
        "a",
        "b",
        "--count",
        "3",
        "--share",
        "1e-2",
        "--place",
        "x/y",
        "--root",
        "p",
        "--root",
        "q",
        "--by",
        "step",
    ]
    given: dict[str, Any] = {"names": ["a", "b"], "count": 3, "share": 0.01, "place": Path("x/y")}
    assert read(*words, "--loud") == {**given, "roots": [Path("p"), Path("q")], "by": "step", "loud": True}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--count", "x"], "'x' is not a valid integer"),
        (["--count", "0"], "0 is out of range: at least 1"),
        (["--count", "10"], "10 is out of range: at most 9"),
        (["--share", "much"], "'much' is not a valid float"),
        (["--by", "week"], "not one of"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: list[str], message: str) -> None:
    with pytest.raises(typer.BadParameter, match=message):
        read(*arguments)
