"""Live progress of a run in front of a terminal, or as plain lines where there is none."""

from slt_tui.cli.progress.display import follow, watch

__all__ = ["follow", "watch"]
