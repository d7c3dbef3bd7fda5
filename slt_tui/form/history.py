"""History: the states of a form, to go back and forth between."""

from __future__ import annotations

from slt_tui.form.state import FormState


class History:
    """Starts with one state; a new one after going back takes the place of those ahead."""

    def __init__(self, state: FormState) -> None:
        self._states = [state]
        self._place = 0

    @property
    def state(self) -> FormState:
        """The state at hand."""
        return self._states[self._place]

    @property
    def is_touched(self) -> bool:
        """Whether anything differs from where the form began."""
        return self.state != self._states[0]

    def add(self, state: FormState) -> bool:
        """Go on to ``state``; whether it is another one."""
        if state == self.state:
            return False
        self._states[self._place + 1 :] = [state]
        self._place += 1
        return True

    def undo(self) -> bool:
        """Back one state; whether there was one."""
        if self._place == 0:
            return False
        self._place -= 1
        return True

    def redo(self) -> bool:
        """Forth again; whether there was one."""
        if self._place == len(self._states) - 1:
            return False
        self._place += 1
        return True
