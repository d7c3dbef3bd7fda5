"""What a run was asked to do: its settings, who set them, and where it was asked."""

from slt_tui.widgets.settings_view.view import SettingsView

__all__ = ["SettingsView"]
