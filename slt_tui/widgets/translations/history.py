"""A clip's translations as lines: the reference, and what every epoch made of it, differences marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len

from slt_tui.comparison.text_diff import diff_text
from slt_tui.samples import Sample
from slt_tui.widgets.painted import Piece
from slt_tui.widgets.wrapping import wrapped

_EPOCH = 7


def history_lines(samples: Sequence[Sample], width: int, *, plain: bool) -> list[list[Piece]]:
    """Lines of so many columns; ``samples`` begin with the latest."""
    if not samples:
        return []
    lines = [*_indented([("reference", "muted")], [(samples[0].reference, "strong")], width)]
    if gloss := samples[0].gloss_reference:
        lines += _indented([("glosses", "muted")], [(gloss, "muted")], width)
    lines.append([])
    for sample in samples:
        lines += _indented([_label(sample, plain=plain)], marked(sample.reference, sample.hypothesis), width)
        if sample.gloss_hypothesis:
            glosses = marked(sample.gloss_reference, sample.gloss_hypothesis)
            lines += _indented([("", "")], [(text, look or "muted") for text, look in glosses], width)
    return lines


def marked(reference: str, hypothesis: str) -> list[Piece]:
    """The hypothesis: what is wrong is underlined, what is missing stands in brackets."""
    if not hypothesis.strip():
        return [("(nothing)", "missing")]
    pieces: list[Piece] = []
    for place, span in enumerate(diff_text(reference, hypothesis)):
        if place and span.gap:
            pieces.append((span.gap, ""))
        if span.kind == "delete":
            pieces.append((f"[{span.reference}]", "missing"))
        else:
            pieces.append((span.hypothesis, "" if span.kind == "equal" else "wrong"))
    return pieces


def _label(sample: Sample, *, plain: bool) -> Piece:
    tick = ("*" if plain else "✔") if sample.is_right else " "
    return (f"{sample.epoch:>{_EPOCH - 2}} {tick}", "good" if sample.is_right else "muted")


def _indented(label: Sequence[Piece], pieces: Iterable[Piece], width: int) -> Iterator[list[Piece]]:
    """The pieces, wrapped between words, beside a label."""
    indent = max(_EPOCH, *(cell_len(text) for text, _ in label)) + 2
    begin: list[Piece] = [*label, (" " * (indent - sum(cell_len(text) for text, _ in label)), "")]
    for line in wrapped(pieces, max(8, width - indent)):
        yield [*begin, *line]
        begin = [(" " * indent, "")]
