"""pydantic's errors in our words: one line that says what may stand there."""

from __future__ import annotations

import difflib
from typing import Any

from pydantic_core import ErrorDetails

from slt_engine.config.knob import Knob


def explain(problem: ErrorDetails, knob: Knob) -> str:
    """What is wrong with a value and what would be right."""
    kind, value, context = problem["type"], problem["input"], problem.get("ctx", {})
    if kind == "missing":
        return f"required; give {knob.flag}"
    if value == "":
        return "must not be empty"
    if kind == "value_error":
        return _own(str(context["error"]), value)
    if kind == "literal_error":
        return _not_a_choice(value, knob)
    text = MESSAGES[kind].format(kind=knob.kind, **context) if kind in MESSAGES else problem["msg"]
    return f"{text[0].lower()}{text[1:]}, not {_shown(value)}"


def _own(message: str, value: Any) -> str:
    return f"{message}, not {_shown(value)}" if message.startswith("must ") else message


def _not_a_choice(value: Any, knob: Knob) -> str:
    close = difflib.get_close_matches(str(value).lower(), knob.choices, n=1)
    hint = f"; did you mean {close[0]}?" if close else ""
    return f"{_shown(value)} is not one of {', '.join(knob.choices)}{hint}"


def _shown(value: Any) -> str:
    """A value as files spell it."""
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else repr(value)


MESSAGES = {
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "dict_type": "must be a mapping of names to values",
    "finite_number": "must be a finite number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "greater_than": "must be above {gt}",
    "greater_than_equal": "must be at least {ge}",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a smaller number",
    "invalid-json-value": "must hold what JSON can say",
    "int_type": "must be a whole number",
    "less_than_equal": "must be at most {le}",
    "path_type": "must be a path",
    "string_pattern_mismatch": "must be one of {kind}",
    "string_type": "must be text",
    "too_short": "must name at least {min_length}",
    "tuple_type": "must be a list",
}
