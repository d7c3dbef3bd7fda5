"""Knob -> Typer option: a command that takes settings gets one option a knob, made from its declaration."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from slt_engine.config import Knob, knobs

METAVARS = {"int": "INT", "odd": "INT", "float": "FLOAT", "path": "PATH", "file": "FILE", "directory": "DIR"}


def takes_knobs(command: Callable[..., None]) -> Callable[..., None]:
    """The command with an option for every knob; its parameter ``typed`` receives those given, by key.

    Options are texts that default to "not said": the settings are checked once, all together, by ``resolve``.
    """
    return _offer(command, knobs(), panel=None)


def takes_some_knobs(*keys: str, panel: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The same for the settings of ``keys`` alone, which help shows together under ``panel``."""

    def offer(command: Callable[..., None]) -> Callable[..., None]:
        return _offer(command, [knob for knob in knobs() if knob.key in keys], panel=panel)

    return offer


def _offer(command: Callable[..., None], chosen: Sequence[Knob], *, panel: str | None) -> Callable[..., None]:
    offered = {knob.name: knob for knob in chosen}

    @wraps(command)
    def with_options(**values: Any) -> None:
        typed = {knob.key: _said(values[name]) for name, knob in offered.items() if _is_said(values[name])}
        own = {name: value for name, value in values.items() if name not in offered}
        command(typed=typed, **own)

    own = [
        parameter
        for parameter in inspect.signature(command, eval_str=True).parameters.values()
        if parameter.name != "typed"
    ]
    _set_signature(with_options, [*own, *(knob_parameter(knob, panel=panel) for knob in chosen)])
    return with_options


def knob_parameter(knob: Knob, *, panel: str | None = None) -> inspect.Parameter:
    """A knob as a parameter that Typer reads as an option, under its group's heading or another."""
    option = typer.Option(
        knob.flag,
        help=option_help(knob),
        rich_help_panel=panel or knob.group,
        metavar=option_metavar(knob),
        show_default=False,
        path_type=str,
        autocompletion=_completer(knob.choices) if knob.choices else None,
    )
    annotation: Any = Annotated[_python_type(knob) | None, option]
    return inspect.Parameter(knob.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def option_help(knob: Knob) -> str:
    """The knob's help with what it takes and its default, in Rich markup."""
    notes = [] if knob.is_switch or knob.is_path else [knob.kind]
    if knob.required:
        notes.append("required")
    elif knob.default_text != "none":
        notes.append(f"default: {knob.default_text}")
    remark = escape(f"[{'; '.join(notes)}]")
    return f"{escape(knob.help)} [dim]{remark}[/dim]" if notes else escape(knob.help)


def option_metavar(knob: Knob) -> str:
    """One word for the option's value; a switch takes none."""
    if knob.is_switch:
        return ""
    return "CHOICE" if knob.choices else METAVARS.get(knob.kind.split()[0], "TEXT")


def escape(text: str) -> str:
    """Text that Rich's markup shows as it is."""
    return text.replace("[", r"\[")


def _python_type(knob: Knob) -> Any:
    """Paths are typed as such for the shell's completion; everything else but a switch is text."""
    if knob.is_switch:
        return bool
    if knob.is_repeatable:
        return list[str]
    return Path if knob.is_path else str


def _is_said(value: Any) -> bool:
    """A flag that may be repeated and was not given is an empty list, or None."""
    return value is not None and value != []


def _said(value: Any) -> Any:
    return ",".join(value) if isinstance(value, list) else value


def _completer(choices: Sequence[str]) -> Callable[[str], list[str]]:
    def complete(incomplete: str) -> list[str]:
        return [choice for choice in choices if choice.startswith(incomplete)]

    return complete


def _set_signature(function: Callable[..., Any], parameters: Sequence[inspect.Parameter]) -> None:
    annotations: Mapping[str, Any] = {parameter.name: parameter.annotation for parameter in parameters}
    function.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]
    )
    function.__annotations__ = {**annotations, "return": None}
