"""LightCommand, LightGroup: commands whose plain options are read without pydantic, which takes 0.1 s to import.

Typer 0.29 reads every option through a pydantic adapter, also one that was not given. Here texts, numbers, paths
and switches read themselves; any other type still goes Typer's way.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup


class LightCommand(TyperCommand):
    """To be given as ``cls`` to ``app.command``."""

    def get_params(self, ctx: Any) -> list[Any]:
        """The parameters, --help among them, lightened."""
        return lightened(super().get_params(ctx))


class LightGroup(TyperGroup):
    """To be given as ``cls`` to ``typer.Typer``: Typer's options for completion are read by every command."""

    def get_params(self, ctx: Any) -> list[Any]:
        """The parameters, --help among them, lightened."""
        return lightened(super().get_params(ctx))


class PlainReader:
    """Turns what was typed into a value; has the one method that Typer asks its own readers for."""

    def __init__(
        self, read: Callable[[str], Any], kind: str, *, least: float | None, most: float | None
    ) -> None:
        self._read, self._kind = read, kind
        self._least, self._most = least, most

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The value, or several; raises BadParameter in Typer's own words."""
        several = param.multiple or param.nargs == -1
        if value is None:
            return () if several else None
        return [self._one(item, param, ctx) for item in value] if several else self._one(value, param, ctx)

    def _one(self, value: Any, param: Any, ctx: Any) -> Any:
        try:
            number = self._read(value)
        except ValueError:
            raise typer.BadParameter(
                f"{value!r} is not a valid {self._kind}.", ctx=ctx, param=param
            ) from None
        low = self._least is not None and number < self._least
        if low or (self._most is not None and number > self._most):
            allowed = f"at least {self._least:g}" if low else f"at most {self._most:g}"
            raise typer.BadParameter(f"{value} is out of range: {allowed}.", ctx=ctx, param=param)
        return number


def lightened(parameters: list[Any]) -> list[Any]:
    """The parameters, of which those of plain types read themselves."""
    for parameter in parameters:
        if reader := reader_of(getattr(parameter, "type_descriptor", None)):
            parameter.get_runtime_param = partial(_given, reader)
    return parameters


def reader_of(descriptor: Any) -> PlainReader | None:
    """A reader for the option that Typer describes so; None where it is better left to Typer."""
    if descriptor is None:
        return None
    info = descriptor.parameter_info
    kind = _item_type(descriptor.annotation)
    if kind not in _READERS or info.parser is not None or info.exists or info.resolve_path:
        return None
    return PlainReader(*_READERS[kind], least=info.min, most=info.max)


def _given(reader: PlainReader) -> PlainReader:
    return reader


def _item_type(annotation: Any) -> Any:
    """What one value of ``list[X]`` or ``X | None`` is."""
    while typing.get_origin(annotation) in (list, typing.Union, types.UnionType):
        options = [option for option in typing.get_args(annotation) if option is not type(None)]
        annotation = options[0] if len(options) == 1 else None
    return annotation


_READERS: dict[Any, tuple[Callable[[str], Any], str]] = {
    str: (str, "text"),
    int: (int, "integer"),
    float: (float, "float"),
    Path: (Path, "path"),
    bool: (bool, "switch"),
}
