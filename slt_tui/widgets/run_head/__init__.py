"""Where a run stands, in three lines."""

from slt_tui.widgets.run_head.head import RunHead, state_text

__all__ = ["RunHead", "state_text"]
