"""The table of runs, and what it tells of the run under the cursor."""

from slt_tui.widgets.run_table.detail import RunDetail
from slt_tui.widgets.run_table.table import RunTable

__all__ = ["RunDetail", "RunTable"]
