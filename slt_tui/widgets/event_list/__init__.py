"""What happened to a run: alerts, warnings, checkpoints."""

from slt_tui.widgets.event_list.view import EventList

__all__ = ["EventList"]
