"""FormState -> every setting as a row, with what stands there, who said so and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from slt_engine.config import ConfigError, Knob, Resolved, knobs, resolve
from slt_engine.config.errors import Problem
from slt_engine.config.notices import Notice, find_notices
from slt_engine.config.paths import find_absent
from slt_engine.config.record import NAMES_THE_RUN
from slt_engine.config.texts import means_the_same
from slt_engine.run.directory import RunDir, RunError
from slt_tui.form.command import command_line
from slt_tui.form.state import FormState


@dataclass(frozen=True)
class Row:
    """A setting in the form. ``text`` is empty where nothing is given, and then ``placeholder`` says what holds."""

    knob: Knob
    text: str
    placeholder: str
    base_text: str
    origin: str
    is_changed: bool
    problems: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return self.knob.key

    @property
    def shown(self) -> str:
        """What stands in the field, or what holds instead."""
        return self.text or self.placeholder


@dataclass(frozen=True)
class Examination:
    """A state looked over: ``rows`` in the order of the knobs; ``others`` are problems that no row has."""

    state: FormState
    rows: tuple[Row, ...]
    others: tuple[str, ...]
    problems: tuple[str, ...]
    resolved: Resolved | None

    @property
    def is_sound(self) -> bool:
        """Whether it could be launched."""
        return not self.problems

    @cached_property
    def by_key(self) -> dict[str, Row]:
        """The rows by their settings."""
        return {row.key: row for row in self.rows}

    @property
    def notices(self) -> list[str]:
        """What is worth a word, with its setting."""
        return [f"{row.key}: {notice}" for row in self.rows for notice in row.notices]


def examine(state: FormState) -> Examination:
    """Ask ``resolve`` and the disk about the state, in a millisecond."""
    resolved, problems = _resolve(state)
    notices = find_notices(resolved) if resolved else []
    rows = tuple(_row(knob, state, problems, notices) for knob in knobs())
    shown = {problem for row in rows for problem in problems if row.key in problem.keys[:1]}
    others = tuple(str(problem) for problem in problems if problem not in shown)
    return Examination(state, rows, others, tuple(map(str, problems)), resolved)


def _resolve(state: FormState) -> tuple[Resolved | None, Sequence[Problem]]:
    try:
        resolved = resolve(state.layers(), command=command_line(state))
    except ConfigError as error:
        return None, error.found
    absent = find_absent(resolved.config, resolved.origin)
    return resolved, [*_taken(resolved), *absent]


def _taken(resolved: Resolved) -> list[Problem]:
    try:
        RunDir(resolved.config.data.work_dir).refuse_if_taken()
    except RunError as error:
        return [Problem(str(error), (NAMES_THE_RUN,))]
    return []


def _row(knob: Knob, state: FormState, problems: Sequence[Problem], notices: Sequence[Notice]) -> Row:
    base_text = state.base.text(knob.key)
    return Row(
        knob=knob,
        text=state.text(knob.key),
        placeholder="" if knob.required else knob.default_text,
        base_text=base_text,
        origin=_origin(knob, state),
        is_changed=knob.key in state.changes,
        problems=tuple(one.message for one in problems if knob.key in one.keys[:1]),
        notices=tuple(one.message for one in notices if one.key == knob.key),
    )


def _origin(knob: Knob, state: FormState) -> str:
    """Who said it. A run's config.json names every setting; what is the default there was said by nobody."""
    if knob.key in state.changes:
        return "you"
    layer = next((layer for layer in reversed(state.base.layers) if knob.key in layer.values), None)
    if layer is None:
        return "" if knob.required else "default"
    if layer.preset:
        return f"preset {layer.preset}"
    if not knob.required and means_the_same(knob.key, layer.values[knob.key], knob.default):
        return "default"
    path = state.base.config
    assert path is not None
    return f"run {path.parent.name}" if path.name == "config.json" else path.name
