"""Texts in cells of the terminal: padded to a width, cut where they are longer."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size


def padded(text: str, width: int, *, right: bool = False, plain: bool = False) -> str:
    """``text`` in so many cells, at the left or the right of them."""
    text = cut(text, width, plain=plain)
    space = " " * (width - cell_len(text))
    return space + text if right else text + space


def cut(text: str, width: int, *, plain: bool = False) -> str:
    """As much of the text as fits, with a mark at its end where some is missing."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(0, width - 1)).rstrip() + ("~" if plain else "…") if width > 0 else ""


def cut_front(text: str, width: int, *, plain: bool = False) -> str:
    """As much of the end of the text as fits: that of a path tells more than its beginning."""
    if cell_len(text) <= width:
        return text
    while text and cell_len(text) >= width:
        text = text[1:]
    return ("~" if plain else "…") + text if width > 0 else ""


def printable(text: str) -> str:
    """``text`` without what would move the cursor or cannot be written: a file's name may hold anything."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char == "\xa0" else "?" for char in text)
