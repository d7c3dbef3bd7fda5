"""The files of a run's directory."""

from slt_tui.widgets.file_list.view import FileList

__all__ = ["FileList"]
