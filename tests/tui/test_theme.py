"""In plain mode only what the terminal has is written, cell for cell."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from slt_tui.theme import PlainFilter, plain_text


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
