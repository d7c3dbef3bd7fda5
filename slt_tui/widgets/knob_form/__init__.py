"""The form of settings: groups, rows, help, and a field that is edited in place."""

from slt_tui.widgets.knob_form.form import KnobForm
from slt_tui.widgets.knob_form.knob_list import KnobList

__all__ = ["KnobForm", "KnobList"]
