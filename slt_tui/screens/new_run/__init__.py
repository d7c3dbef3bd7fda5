"""The new-run form: what a run begins from, every setting, the review, the launch."""

from slt_tui.screens.new_run.screen import NewRunScreen

__all__ = ["NewRunScreen"]
