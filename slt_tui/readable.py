"""Numbers, times and states as people read them, the same on every screen and in every command."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

FRACTIONS = frozenset({"cer", "wer", "gloss_wer"})  # error rates, shown in percent; they may pass 100 %
TITLES = {
    "loss": "loss",
    "perplexity": "perplexity",
    "cer": "CER",
    "wer": "WER",
    "bleu": "BLEU",
    "chrf": "chrF",
    "gloss_wer": "gloss WER",
}
HIGHER_IS_BETTER = frozenset({"bleu", "chrf"})
NOTHING = "-"


class Look(NamedTuple):
    """How a state is drawn: never by colour alone."""

    glyph: str
    ascii: str
    colour: str


LOOKS = {
    "created": Look("◌", ".", "bright_black"),
    "starting": Look("◔", ":", "cyan"),
    "running": Look("▶", ">", "green"),
    "stopping": Look("◑", "~", "yellow"),
    "finished": Look("✔", "*", "blue"),
    "stopped": Look("■", "=", "yellow"),
    "failed": Look("✘", "x", "red"),
    "lost": Look("?", "?", "magenta"),
    "foreign": Look("◇", "o", "cyan"),
}


def title(name: str) -> str:
    """A metric's name in a heading."""
    return TITLES.get(name, name.replace("_", " "))


def score(name: str, value: Any) -> str:
    """A metric's value: error rates in percent, the others with four digits at the most."""
    if finite(value) is None:
        return NOTHING
    if name in FRACTIONS:
        return f"{100 * value:.1f} %"
    if name in HIGHER_IS_BETTER:
        return f"{value:.1f}"
    return number(value)


def finite(value: Any) -> float | None:
    """The value where it is a number that can be shown."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return value if math.isfinite(value) else None
    except OverflowError:  # JSON's whole numbers have no end
        return None


def number(value: float) -> str:
    """A number in a narrow column: 0.01234, 1.234, 123.4, 1.2e+05."""
    size = abs(value)
    if size >= 100_000 or 0 < size < 0.0001:
        return f"{value:.1e}"
    if size >= 1000:
        return f"{value:.0f}"
    return f"{value:.4g}" if size < 1 else f"{value:#.4g}".rstrip(".")


def clock(seconds: float) -> str:
    """A duration that is counted: 0:07, 12:34, 1:02:03, 2 d 03:04."""
    whole = max(0, round(seconds))
    minutes, s = divmod(whole, 60)
    hours, m = divmod(minutes, 60)
    days, h = divmod(hours, 24)
    if days:
        return f"{days} d {h:02}:{m:02}"
    return f"{h}:{m:02}:{s:02}" if h else f"{m}:{s:02}"


def age(seconds: float) -> str:
    """How long ago, in one unit and to the minute, so that what shows it seldom changes."""
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return "now"


def size(amount: float) -> str:
    """Bytes: 512 B, 1.5 KB, 96 MB."""
    for unit in ("B", "KB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 10 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"
