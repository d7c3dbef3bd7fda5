"""FormState -> the command line that says the same, as short as it can be."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from slt_engine.config import Knob, knobs
from slt_tui.form.state import FormState, spelling, switch_value

TRAIN = ("slt", "train")


def command_words(state: FormState) -> list[str]:
    """The words of ``slt train``: the base, then a flag for each change in the order of the knobs."""
    changed = (knob for knob in knobs() if knob.key in state.changes)
    return [*TRAIN, *state.base.words, *(word for knob in changed for word in _words(knob, state))]


def command_line(state: FormState, *words: str) -> str:
    """The same as a shell takes it, with ``words`` at its end."""
    return shlex.join([*command_words(state), *words])


def command_lines(state: FormState, *words: str) -> list[str]:
    """The same over several lines, one a flag, that a shell reads as one."""
    lines = [" ".join(TRAIN)]
    for word in [*command_words(state)[len(TRAIN) :], *words]:
        if word.startswith("--"):
            lines.append(f"  {shlex.quote(word)}")
        else:
            lines[-1] += f" {shlex.quote(word)}"
    return [*(f"{line} \\" for line in lines[:-1]), lines[-1]]


def _words(knob: Knob, state: FormState) -> Iterator[str]:
    text = state.changes[knob.key]
    if knob.is_switch:
        value = switch_value(text)
        if value is None or not spelling(knob, value):
            yield from ("--set", f"{knob.key}={text}")
        else:
            yield spelling(knob, value)
    elif text.startswith("-") or not any(map(str.isalnum, text)):  # no flag, placeholder or operator
        yield f"{knob.flag}={text}"
    else:
        yield from (knob.flag, text)
