"""The panes of the comparison, the line that names them, and the lines that those of text consist of."""

from __future__ import annotations

from typing import Any, Literal, get_args

from rich.style import Style
from rich.text import Text
from textual.widgets import Static

from slt_tui.comparison.live import Change, LiveComparison
from slt_tui.comparison.scores import At, compare_scores
from slt_tui.comparison.settings import differing_settings
from slt_tui.comparison.translations import side_by_side
from slt_tui.screens.compare.score_lines import KEYS, score_lines
from slt_tui.screens.compare.setting_lines import setting_lines
from slt_tui.screens.compare.translation_lines import translation_lines
from slt_tui.widgets.painted import Piece

Pane = Literal["curves", "table", "settings", "translations"]
PANES: tuple[Pane, ...] = get_args(Pane)
# What each pane is drawn from.
SOURCES: dict[Pane, set[Change]] = {
    "curves": {"numbers"},
    "table": {"numbers"},
    "settings": {"settings"},
    "translations": {"samples"},
}


class PanesLine(Static):
    """Names the panes, to be clicked too, and says how the one that is shown is read."""

    DEFAULT_CSS = """
    PanesLine {
        height: 1;
        padding: 0 1;
        color: $foreground 60%;
        link-style: none;
        link-color: $foreground 80%;
        link-style-hover: bold;
        link-color-hover: $foreground;
        link-background-hover: $panel;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    """

    def __init__(self, **arguments: Any) -> None:
        super().__init__("", **arguments)

    def show_pane(self, shown: Pane, hint: str) -> None:
        """Show which pane is shown."""
        line = Text()
        for number, pane in enumerate(PANES, start=1):
            meta = Style(meta={"@click": f"screen.show_pane('{pane}')"})
            line.append(f" {number} {pane} ", Style.parse("reverse bold") if pane == shown else meta)
        line.append(f"   {hint}")
        if line != self.content:
            self.update(line, layout=False)


def hint_of(pane: Pane, epoch: int | None, *, plain: bool) -> str:
    """How a pane is read."""
    as_of = "latest" if epoch is None else f"epoch {epoch}"
    return {
        "curves": "",
        "table": f"{KEYS[plain]}  [ ] epoch",
        "settings": "bold: not as in the base",
        "translations": f"{as_of}  [ ] epoch",
    }[pane]


def at_epoch(epoch: int | None) -> At | None:
    """The place that scores are compared at, too."""
    return None if epoch is None else At("epoch", epoch)


def text_lines(
    pane: Pane, comparison: LiveComparison, epoch: int | None, width: int, *, plain: bool
) -> list[list[Piece]]:
    """What a pane of text shows."""
    runs = comparison.runs
    if pane == "settings":
        settings = differing_settings(comparison.documents)
        return setting_lines(settings, runs, width, baseline=comparison.baseline, plain=plain)
    if pane == "translations":
        return translation_lines(side_by_side([run.samples for run in runs], epoch), runs, width, plain=plain)
    tables = compare_scores(comparison.series, at=at_epoch(epoch), baseline=comparison.baseline)
    return score_lines(tables, runs, width, at_epoch(epoch), plain=plain) or [[("No numbers yet.", "muted")]]
