"""Dialogs: each asks one thing over the screen and gives the answer back; Escape is no answer."""

from __future__ import annotations

from slt_tui.screens.dialogs.choose import ChooseDialog
from slt_tui.screens.dialogs.confirm import ConfirmDialog
from slt_tui.screens.dialogs.path import PathDialog
from slt_tui.screens.dialogs.problem import ProblemDialog
from slt_tui.screens.dialogs.tags import TagChange, TagDialog

__all__ = ["ChooseDialog", "ConfirmDialog", "PathDialog", "ProblemDialog", "TagChange", "TagDialog"]
