"""Keyed: bindings that have names, so that a user's file can give them other keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, ClassVar

from textual.binding import Binding, BindingType


class Keyed:
    """To be put before Screen or Widget: each binding gets the name SCOPE.action, as in ``runs.stop_runs``."""

    SCOPE: ClassVar[str] = ""

    def __init_subclass__(cls, **arguments: Any) -> None:
        own = cls.__dict__.get("BINDINGS")
        if own:
            scope = cls.SCOPE or cls.__name__.removesuffix("Screen").lower()
            cls.BINDINGS = named(own, scope)  # type: ignore[attr-defined]
        super().__init_subclass__(**arguments)


def named(bindings: Iterable[BindingType], scope: str) -> list[BindingType]:
    """The same bindings, each with its name; those of one action share it, and the first has the plain one."""
    counts: dict[str, int] = {}
    result: list[BindingType] = []
    for entry in bindings:
        binding = entry if isinstance(entry, Binding) else Binding(*entry)
        name = f"{scope}.{action_name(binding.action)}"
        counts[name] = counts.get(name, 0) + 1
        suffix = "" if counts[name] == 1 else f".{counts[name]}"
        result.append(binding if binding.id else replace(binding, id=name + suffix))
    return result


def action_name(action: str) -> str:
    """``move(1)`` is called ``move_1``; ``app.help`` is ``help``."""
    name, _, argument = action.rpartition(".")[2].partition("(")
    words = "".join(char if char.isalnum() else " " for char in argument.replace("-", "minus ")).split()
    return "_".join([name, *words])
