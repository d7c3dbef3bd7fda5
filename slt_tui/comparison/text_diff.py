"""Where a translation differs from its reference: by words, and by characters where each is a single word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from rapidfuzz.distance import Indel

Kind = Literal["equal", "insert", "delete", "replace"]


class Span(NamedTuple):
    """A stretch of both texts; ``gap`` lies between it and the next, a space between words.

    ``insert`` is in the hypothesis only, ``delete`` in the reference only.
    """

    kind: Kind
    reference: str
    hypothesis: str
    gap: str


class Piece(NamedTuple):
    """A stretch of one text, to be drawn in one style; ``equal`` needs no mark."""

    text: str
    kind: Kind


def diff_text(reference: str, hypothesis: str) -> list[Span]:
    """As many words (characters) as can be are equal, in order; runs of blanks count as one space."""
    wanted, got = reference.split(), hypothesis.split()
    if len(wanted) <= 1 and len(got) <= 1:
        return _spans("".join(wanted), "".join(got), "")
    return _spans(wanted, got, " ")


def reference_pieces(spans: Iterable[Span]) -> list[Piece]:
    """The reference, whole, with what the translation lacks or has otherwise marked."""
    return _pieces([(span.reference, span) for span in spans])


def hypothesis_pieces(spans: Iterable[Span]) -> list[Piece]:
    """The translation, whole, with what the reference lacks or has otherwise marked."""
    return _pieces([(span.hypothesis, span) for span in spans])


def _spans(wanted: Sequence[str], got: Sequence[str], gap: str) -> list[Span]:
    """Between two equal stretches lies one that differs, whatever was left out and put in there."""
    spans: list[Span] = []
    i = j = 0
    for code in Indel.opcodes(wanted, got):
        if code.tag != "equal":
            continue
        spans += _differing(wanted[i : code.src_start], got[j : code.dest_start], gap)
        i, j = code.src_end, code.dest_end
        same = gap.join(wanted[code.src_start : i])
        spans.append(Span("equal", same, same, gap))
    return spans + _differing(wanted[i:], got[j:], gap)


def _differing(wanted: Sequence[str], got: Sequence[str], gap: str) -> list[Span]:
    if not wanted and not got:
        return []
    kind: Kind = "replace" if wanted and got else "delete" if wanted else "insert"
    return [Span(kind, gap.join(wanted), gap.join(got), gap)]


def _pieces(parts: list[tuple[str, Span]]) -> list[Piece]:
    pieces: list[Piece] = []
    for text, span in parts:
        if not text:
            continue
        if pieces and span.gap:
            pieces.append(Piece(span.gap, "equal"))
        pieces.append(Piece(text, span.kind))
    return pieces
