"""ClipSelection: a data set's clips, sifted, sorted, with a cursor; their lengths come in bit by bit."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cached_property
from time import perf_counter

from slt_tui.clip_reading.listing import NO_SPLIT, ClipFacts, ClipRow, measure_clip
from slt_tui.clip_reading.sources import ClipSources

ORDERS = ("listed", "id", "frames", "text")
ALL = ""
"""The split that stands for every split."""


class ClipSelection:
    """``shown`` are the clips that fit the split and the words, in the order asked for.

    ``frames`` and ``problems`` are sums over the clips looked at so far.
    """

    def __init__(self, sources: ClipSources, rows: Sequence[ClipRow]) -> None:
        self.sources, self.rows = sources, list(rows)
        self.shown: list[ClipRow] = list(rows)
        self.facts: dict[str, ClipFacts] = {}
        self.splits = list(dict.fromkeys(row.split for row in rows))
        self.split, self.words, self.order, self.is_turned = ALL, "", ORDERS[0], False
        self.cursor = self.frames = self.problems = 0
        self._left = list(reversed(rows))
        self._haystacks = [folded(f"{row.clip_id} {row.text or ''} {row.gloss or ''}") for row in rows]

    @property
    def current(self) -> ClipRow | None:
        return self.shown[self.cursor] if self.shown else None

    @cached_property
    def usual_id_length(self) -> int:
        """So long are nearly all ids at the most."""
        lengths = sorted(len(row.clip_id) for row in self.rows)
        return lengths[len(lengths) * 95 // 100] if lengths else 0

    @cached_property
    def has_texts(self) -> bool:
        return any(row.text is not None for row in self.rows)

    @property
    def measured(self) -> float:
        """The share of the clips whose files were looked at."""
        return 1.0 - len(self._left) / max(1, len(self.rows))

    def measure(self, budget_s: float) -> bool:
        """Look at the files of further clips for about that long; whether there are more to look at."""
        until = perf_counter() + budget_s
        while self._left and perf_counter() < until:
            row = self._left.pop()
            if row.clip_id not in self.facts:
                self._take(row, measure_clip(self.sources, row))
        if not self._left and self.order == "frames":
            self._select()
        return bool(self._left)

    def narrow(self, words: str) -> None:
        """Only clips that have every one of these words in their id, text or gloss."""
        self.words = words
        self._select()

    def show_split(self, split: str) -> None:
        """Only clips of a split, or ALL."""
        self.split = split
        self._select()

    def turn_split(self, by: int) -> None:
        """The next split, or the one before, all of them among them."""
        choices = [ALL, *self.splits]
        self.show_split(choices[(choices.index(self.split) + by) % len(choices)])

    def sort(self, order: str, *, turned: bool = False) -> None:
        """Sort by one of ORDERS."""
        self.order, self.is_turned = order, turned
        self._select()

    def move_to(self, place: int) -> None:
        """The cursor to a place among those shown, or the nearest there is."""
        self.cursor = min(max(0, place), max(0, len(self.shown) - 1))

    def find(self, clip_id: str) -> bool:
        """The cursor to a clip; whether it is shown."""
        place = next((place for place, row in enumerate(self.shown) if row.clip_id == clip_id), None)
        self.move_to(self.cursor if place is None else place)
        return place is not None

    @cached_property
    def summary(self) -> list[str]:
        """Clips by split, then how many lack something; one fact each."""
        counts = Counter(row.split for row in self.rows)
        facts = [f"{_split_name(split)} {counts[split]:,}" for split in self.splits]
        lacking = {
            "text": sum(not row.text for row in self.rows) if self.sources.metadata_csv else 0,
            "gloss": sum(not row.gloss for row in self.rows) if self.sources.gloss_csv else 0,
            "keypoints": sum(not row.keypoints for row in self.rows) if self.sources.keypoints_dir else 0,
            "pose": sum(not row.pose for row in self.rows) if self.sources.pose_dir else 0,
        }
        return facts + [f"{count:,} without {what}" for what, count in lacking.items() if count]

    def _take(self, row: ClipRow, facts: ClipFacts) -> None:
        self.facts[row.clip_id] = facts
        self.frames += facts.frames or 0
        self.problems += facts.problem is not None

    def _select(self) -> None:
        """Anew; the cursor stays on its clip where that is still shown."""
        stays = self.current
        words = folded(self.words).split()
        self.shown = [
            row
            for row, haystack in zip(self.rows, self._haystacks, strict=True)
            if self.split in (ALL, row.split) and all(word in haystack for word in words)
        ]
        if key := self._key():
            self.shown.sort(key=key)
        if self.is_turned:
            self.shown.reverse()
        places = (place for place, row in enumerate(self.shown) if row is stays)
        self.cursor = next(places, 0)

    def _key(self) -> Callable[[ClipRow], tuple[int, str]] | None:
        def frames(row: ClipRow) -> int:
            facts = self.facts.get(row.clip_id)
            return -1 if facts is None or facts.frames is None else facts.frames

        keys: dict[str, Callable[[ClipRow], tuple[int, str]]] = {
            "id": lambda row: (0, row.clip_id),
            "frames": lambda row: (frames(row), row.clip_id),
            "text": lambda row: (row.text is None, folded(row.text or "")),
        }
        return keys.get(self.order)


def _split_name(split: str) -> str:
    return "in no index" if split == NO_SPLIT else split


def folded(text: str) -> str:
    """Text as it is searched: without capitals and accents."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))
