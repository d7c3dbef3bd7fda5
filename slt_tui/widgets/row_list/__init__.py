"""Lists: lines that scroll, and lines one of which is chosen, drawn only where they are in sight."""

from slt_tui.widgets.row_list.lines import LineList
from slt_tui.widgets.row_list.rows import ListRow, RowList

__all__ = ["LineList", "ListRow", "RowList"]
