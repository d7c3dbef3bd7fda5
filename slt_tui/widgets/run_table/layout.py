"""Layout: which columns there is room for, and how wide they are."""

from __future__ import annotations

from collections.abc import Mapping

from slt_tui.widgets.run_table.columns import BY_KEY, COLUMNS, Column

GAP = 2
LEAD = 3  # the cursor, the mark and a blank
_NAME = 16  # cells of a name that stay while there are columns to leave out
# These take what is left over, in this order up to so many cells, and at last as many as they can fill.
_FLEXIBLE = (("name", 32), ("tags", 24), ("course", 24), ("name", 80), ("tags", 80))


def laid_out(width: int, filled: Mapping[str, int]) -> list[tuple[Column, int]]:
    """The columns from left to right with their cells; those of the least worth are left out first.

    ``filled`` says how many cells each could fill; one that fills none is left out. The name never is.
    """
    wanted = {key: min(cells, BY_KEY[key].most) for key, cells in filled.items() if cells}
    shown: dict[str, int] = {}
    left = width - LEAD + GAP
    for column in sorted(COLUMNS, key=lambda column: column.rank):
        cells = _least(column, wanted.get(column.key, 0))
        if cells and (column.key == "name" or cells + GAP <= left):
            shown[column.key] = max(1, min(cells, left - GAP))
            left -= shown[column.key] + GAP
    for key, most in _FLEXIBLE:
        if key in shown:
            more = max(0, min(min(wanted[key], most) - shown[key], left))
            shown[key] += more
            left -= more
    return [(column, shown[column.key]) for column in COLUMNS if column.key in shown]


def _least(column: Column, cells: int) -> int:
    """The cells below which the column is left out."""
    if column.key == "name":
        return min(cells, _NAME)
    if column.key in dict(_FLEXIBLE):
        return min(cells, column.least)
    return max(cells, column.least) if cells else 0
