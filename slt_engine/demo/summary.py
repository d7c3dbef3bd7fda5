"""What a demo data set holds, counted from its meta.csv."""

from __future__ import annotations

import csv
from dataclasses import astuple, dataclass, fields
from pathlib import Path


@dataclass(frozen=True)
class SplitSummary:
    split: str
    clips: int
    texts: int
    frames: int
    minutes: float
    signers: str


def summarise(root: Path) -> list[SplitSummary]:
    """One line a split, in the order of meta.csv."""
    with (root / "meta.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    return [
        _count(split, [row for row in rows if row["split"] == split])
        for split in dict.fromkeys(r["split"] for r in rows)
    ]


def table(summaries: list[SplitSummary]) -> str:
    """The summaries as aligned columns, numbers to the right."""
    header = tuple(field.name for field in fields(SplitSummary))
    lines = [header] + [tuple(str(value) for value in astuple(summary)) for summary in summaries]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    numeric = [field.type in ("int", "float") for field in fields(SplitSummary)]
    return "\n".join(
        "  ".join(
            cell.rjust(w) if right else cell.ljust(w)
            for cell, w, right in zip(line, widths, numeric, strict=True)
        ).rstrip()
        for line in lines
    )


def _count(split: str, rows: list[dict[str, str]]) -> SplitSummary:
    return SplitSummary(
        split=split,
        clips=len(rows),
        texts=len({row["texto"] for row in rows}),
        frames=sum(int(row["frame_count"]) for row in rows),
        minutes=round(sum(int(row["frame_count"]) / float(row["fps"]) for row in rows) / 60, 1),
        signers=", ".join(sorted({row["signer"] for row in rows})),
    )
