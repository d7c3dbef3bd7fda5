"""A keypoint layout as builtins, for a checkpoint: a model is built from it where the files are gone."""

from __future__ import annotations

from typing import Any

from slt_engine.clips.layouts import Layout


def record_layout(layout: Layout) -> dict[str, Any]:
    """``layout`` in builtins that ``layout_of_record`` reads."""
    return {
        "name": layout.name,
        "points": layout.points,
        "streams": dict(layout.streams),
        "shoulders": layout.shoulders,
        "wrists": dict(layout.wrists),
        "paper": layout.paper,
        "mirror": layout.mirror,
    }


def layout_of_record(record: dict[str, Any]) -> Layout:
    """The layout that ``record_layout`` took down."""
    return Layout(**record)
