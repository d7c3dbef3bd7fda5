"""EventList: the alerts that hold, and below them what happened, the latest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from slt_engine.run.record import Row
from slt_tui.alerts import Alert
from slt_tui.readable import finite
from slt_tui.screens.base import is_plain
from slt_tui.widgets.painted import Piece
from slt_tui.widgets.row_list import LineList

_LOOKS = {"warning": "warning", "alert": "error", "checkpoint": "muted"}


class EventList(LineList):
    """Shows alerts and the rows of events.jsonl that are no samples."""

    SCOPE = "events"

    def show_events(self, alerts: Sequence[Alert], events: Iterable[Row]) -> None:
        """Show these."""
        lines: list[list[Piece]] = [[("Alerts", "strong")]]
        mark = "! " if is_plain(self) else "▲ "
        lines += [
            [("  " + mark, "error"), (alert.kind.ljust(11), "error"), (alert.message, "")] for alert in alerts
        ]
        if not alerts:
            lines.append([("  none", "muted")])
        lines += [[], [("Events", "strong")]]
        happened = [_line(row) for row in reversed(list(events))]
        lines += happened or [[("  none so far", "muted")]]
        self.show(lines)


def _line(row: Row) -> list[Piece]:
    kind = str(row.get("kind", ""))
    words = row.get("message") or row.get("path") or ""
    where = f"epoch {row.get('epoch', '-')}, step {row.get('step', '-')}"
    return [
        (f"  {_moment(row)}  ", "muted"),
        (kind.ljust(11), _LOOKS.get(kind, "")),
        (f"{where:<24}", "muted"),
        (" ".join(str(words).split()), ""),
    ]


def _moment(row: Row) -> str:
    moment = finite(row.get("time"))
    try:
        return datetime.fromtimestamp(moment or 0).strftime("%m-%d %H:%M:%S") if moment else " " * 14
    except (ValueError, OverflowError, OSError):
        return " " * 14
