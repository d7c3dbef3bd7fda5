"""LSA-T's meta.csv as it circulates: id;text;video;playlist;start;end;duration;split;prev_delta;post_delta."""

from __future__ import annotations

import ast
from pathlib import Path

from slt_engine.importers.damaged import read_span
from slt_engine.importers.imported import Dropped, Imported, Rows, split_named
from slt_engine.importers.tables import read_table

NEEDED = ("id", "text", "video", "start", "end")


def read_lsat(source: Path) -> Rows:
    """Clips with their place in their video; a row without text or without readable times is dropped."""
    for row in read_table(source, NEEDED):
        if isinstance(row, Dropped):
            yield row
            continue
        span = read_span(row["start"], row["end"], row["duration"])
        if not row["text"]:
            yield Dropped(row.where, row["id"], "has no text")
        elif isinstance(span, str):
            yield Dropped(row.where, row["id"], span)
        else:
            yield Imported(
                clip_id=row["id"],
                text=row["text"],
                where=row.where,
                split=read_split(row["split"]),
                columns={
                    "video": row["video"],
                    "playlist": row["playlist"],
                    "start": f"{span.start_s:.3f}",
                    "end": f"{span.end_s:.3f}",
                },
            )


def read_split(text: str) -> str:
    """A split's name, bare or as a Python literal: a string, or a list with one in it. Anything else is no split."""
    try:
        value = ast.literal_eval(text) if text[:1] in "'\"[({" else text
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return ""
    names = (
        [value] if isinstance(value, str) else list(value) if isinstance(value, list | tuple | set) else []
    )
    return split_named(names[0]) if len(names) == 1 and isinstance(names[0], str) else ""
