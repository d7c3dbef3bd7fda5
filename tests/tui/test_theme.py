"""In plain mode only what the terminal has is written, cell for cell."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from slt_tui.theme import ColourlessFilter, PlainFilter, plain_text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("▶ running", "> running"),
        ("┌──┐│", "+--+|"),
        ("⣿⠀⠁", ": :"),
        ("█▁", "##"),
        ("señal", "senal"),
        ("a … b", "a ~ b"),
        ("日", "??"),
    ],
)
def test_ascii_stands_for_what_looks_like_it(text: str, plain: str) -> None:
    assert plain_text(text) == plain
    assert cell_len(plain) == cell_len(text)


def test_a_letter_that_the_encoding_has_stays() -> None:
    assert plain_text("señal ▶", "latin-1") == "señal >"


def test_styles_and_controls_stay_as_they_are() -> None:
    style = Style(color="red")
    segments = [Segment("✔ ok", style), Segment("plain")]
    assert PlainFilter("ascii").apply(segments, Color(0, 0, 0)) == [Segment("* ok", style), Segment("plain")]


BLACK = Color(0, 0, 0)


def test_without_colours_a_cursor_is_reversed_and_a_panel_is_not() -> None:
    cursor, panel = (
        Style(color="#000000", bgcolor="#56b4e9", bold=True),
        Style(color="#dddddd", bgcolor="#1f2630"),
    )
    shown = ColourlessFilter().apply([Segment("cursor", cursor), Segment("panel", panel)], BLACK)
    assert shown == [
        Segment("cursor", Style(bold=True, reverse=True)),
        Segment("panel", Style(reverse=False)),
    ]


def test_without_colours_what_was_reversed_stays_so_and_controls_are_left_alone() -> None:
    heading = Style(color="#dddddd", bgcolor="#101010", reverse=True)
    control = Segment("\x07", None, [(1,)])  # type: ignore[list-item]
    shown = ColourlessFilter().apply([Segment(" slt ", heading), control], BLACK)
    assert shown == [Segment(" slt ", Style(reverse=True)), control]
