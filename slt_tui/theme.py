"""Themes: dark and light, in the colours that series have; and the filters for terminals without UTF-8 or colours."""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import Theme

from slt_tui.preferences import DARK, LIGHT

THEMES = (
    Theme(
        name=DARK,
        primary="#56b4e9",
        secondary="#009e73",
        accent="#e69f00",
        warning="#e69f00",
        error="#ff6b5e",
        success="#2fbf8f",
        foreground="#d8dee6",
        background="#12161c",
        surface="#171c24",
        panel="#1f2630",
        variables={"block-cursor-text-style": "none", "footer-key-foreground": "#56b4e9"},
    ),
    Theme(
        name=LIGHT,
        primary="#0072b2",
        secondary="#00795a",
        accent="#b36b00",
        warning="#9a5b00",
        error="#b3261e",
        success="#00694e",
        foreground="#1d232b",
        background="#fbfbf9",
        surface="#f3f3f0",
        panel="#e7e8e5",
        dark=False,
        variables={"block-cursor-text-style": "none", "footer-key-foreground": "#0072b2"},
    ),
)


class PlainFilter(LineFilter):
    """Writes with what an encoding has: other characters become the ASCII that looks most like them."""

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self.encoding = encoding

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """The same segments, cell for cell."""
        return [
            segment
            if segment.control or segment.text.isascii()
            else Segment(plain_text(segment.text, self.encoding), segment.style)
            for segment in segments
        ]


class ColourlessFilter(LineFilter):
    """Writes without any colour: what has a ground that stands out, such as a cursor's, is reversed instead."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments in no colour, bold, dim and underlined as before."""
        ground = background.brightness
        return [
            segment
            if segment.control or segment.style is None
            else Segment(segment.text, _without_colour(segment.style, ground))
            for segment in segments
        ]


@lru_cache(maxsize=4096)
def _without_colour(style: Style, ground: float) -> Style:
    own = style.color if style.reverse else style.bgcolor
    if own is None or own.is_default:
        return style.without_color
    stands_out = abs(Color.from_rich_color(own).brightness - ground) > _STANDS_OUT
    return style.without_color + Style(reverse=stands_out)


@lru_cache(maxsize=4096)
def plain_text(text: str, encoding: str = "ascii") -> str:
    """``text`` with as many cells, in characters that ``encoding`` has."""
    return "".join(_plain_character(char, encoding) for char in text)


def _plain_character(char: str, encoding: str) -> str:
    if char.isascii() or (char.isalpha() and _encodes(char, encoding)):
        return char
    if char in _LIKE:
        return _LIKE[char]
    code = ord(char)
    if 0x2500 <= code < 0x2580:  # box drawing
        return "|" if char in _UPRIGHT else "-" if char in _LEVEL else "+"
    if 0x2580 <= code < 0x25A0:  # blocks
        return "#"
    if 0x2800 <= code < 0x2900:  # braille
        return " " if code == 0x2800 else ":"
    return _unaccented(char)


def _unaccented(char: str) -> str:
    """The letter below an accent; a wide character takes two cells."""
    import unicodedata

    letter = unicodedata.normalize("NFKD", char)[:1]
    if letter.isascii():
        return letter
    if unicodedata.combining(char):
        return ""
    return "??" if unicodedata.east_asian_width(char) in "WF" else "?"


def _encodes(char: str, encoding: str) -> bool:
    try:
        char.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


_STANDS_OUT = 0.25  # of brightness, which goes from 0 to 1
_UPRIGHT = "│┃╎╏┆┇┊┋║╵╷╹╻╽╿"
_LEVEL = "─━╌╍┄┅┈┉═╴╶╸╺╼╾"
_LIKE = {
    "•": "*", "·": ".", "…": "~", "→": ">", "←": "<", "↑": "^", "↓": "v", "▲": "^", "▼": "v", "▶": ">", "◀": "<",
    "✔": "*", "✘": "x", "■": "=", "◌": ".", "◔": ":", "◑": "~", "●": "@", "○": "o", "×": "x", "±": "+", "–": "-",
    "—": "-", "“": '"', "”": '"', "‘": "'", "’": "'", "«": "<", "»": ">", "≤": "<", "≥": ">", "Δ": "d", "⎯": "-",
    "▏": "|", "▕": "|", "✓": "*", "✗": "x", "⏎": "<", "␣": "_", "^": "^", "▾": "v", "▸": ">", "◆": "*", "◇": "o",
}  # fmt: skip
