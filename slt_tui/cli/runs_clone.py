"""What `slt runs clone` does: another run with the settings of one that is there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from slt_engine.config import Layer, set_layers
from slt_engine.config.record import NAMES_THE_RUN
from slt_engine.run.directory import RunDir
from slt_tui.form.command import command_line
from slt_tui.form.origins import from_run
from slt_tui.form.state import FormState


def clone_layers(run: RunDir, pairs: Sequence[str], work_dir: Path | None) -> list[Layer]:
    """The run's settings with ``pairs`` on top, in ``work_dir`` or a free directory beside it."""
    return [*_state(run, work_dir).layers(), *set_layers(pairs)]


def clone_line(run: RunDir, pairs: Sequence[str], work_dir: Path | None) -> str:
    """The ``slt train`` line that starts it."""
    words = [word for pair in pairs for word in ("--set", pair)]
    return command_line(_state(run, work_dir), *words)


def _state(run: RunDir, work_dir: Path | None) -> FormState:
    state = from_run(run)
    return state.with_change(NAMES_THE_RUN, str(work_dir)) if work_dir else state
