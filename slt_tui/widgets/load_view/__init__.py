"""GPUs, trainer and host: how busy they are, and were."""

from slt_tui.widgets.load_view.view import LoadView

__all__ = ["LoadView"]
