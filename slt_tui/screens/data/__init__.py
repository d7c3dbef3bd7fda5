"""The data screen: a data set's clips, and one of them moving."""

from __future__ import annotations

from slt_tui.screens.data.screen import DataScreen

__all__ = ["DataScreen"]
