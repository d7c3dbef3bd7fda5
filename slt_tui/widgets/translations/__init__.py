"""Translations of the same clips, epoch by epoch."""

from slt_tui.widgets.translations.view import Translations

__all__ = ["Translations"]
