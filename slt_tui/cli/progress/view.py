"""The live display: a table that grows a line an epoch, a bar, the pace, the last losses and translation."""

from __future__ import annotations

import time
from itertools import pairwise

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.text import Text

from slt_engine.run.record import Row
from slt_tui.cli.progress.sentences import SCORES
from slt_tui.progress import Progress, part
from slt_tui.readable import LOOKS, NOTHING, clock, finite, number, score, title

_SPARKS = "▁▂▃▄▅▆▇█"
_SPARK_WIDTH = 10
_SPIN_S = 0.25
_IDLE_S = 5.0  # validation or a checkpoint, most often
_ECHO = 3  # columns left free, because the terminal writes ^C where it stands


class LiveView:
    """What is drawn again and again below the epochs."""

    def __init__(self, progress: Progress, hint: str) -> None:
        self.progress = progress
        self.hint = hint

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        plain = options.ascii_only
        width = options.max_width - _ECHO
        lines = [_headline(self.progress, width=width, plain=plain), _pace_line(self.progress, plain=plain)]
        if self.progress.sample:
            lines.append(_sample_line(self.progress.sample))
        lines.append(Text(f"  {self.hint}", style="dim"))
        for line in lines:
            line.truncate(width, overflow="crop" if plain else "ellipsis")
        yield Group(*lines)


class EpochTable:
    """The columns that an epoch's line has; which they are, the first row decides."""

    def __init__(self, first: Row, epochs: int) -> None:
        val = part(first, "val")
        self.epochs = epochs
        self.scores = [name for name in SCORES if name in val]

    def has_room_for(self, row: Row) -> bool:
        """Whether every score of the row has its column; not every epoch is decoded."""
        return all(name in self.scores for name in SCORES if name in part(row, "val"))

    def heading(self) -> Text:
        """The line above the epochs."""
        names = ["epoch", "loss", "val loss", *(title(name) for name in self.scores), "time"]
        return Text(self._line(names), style="bold")

    def line(self, row: Row) -> Text:
        """One epoch."""
        val, train = part(row, "val"), part(row, "train")
        took = finite(row.get("epoch_time_s"))
        cells = [f"{row.get('epoch')}/{self.epochs or NOTHING}"]
        cells += [score("loss", train.get("loss")), score("loss", val.get("loss"))]
        cells += [score(name, val.get(name)) for name in self.scores]
        cells += [clock(took) if took is not None else NOTHING]
        return Text(self._line(cells) + (" best" if row.get("improved") else ""))

    def _line(self, cells: list[str]) -> str:
        widths = [8, 8, 9, *(max(8, len(title(name)) + 1) for name in self.scores), 6]
        return "".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))


def _headline(progress: Progress, *, width: int, plain: bool) -> Text:
    state = progress.standing.state
    look = LOOKS[state]
    text = Text.assemble((f"{look.ascii if plain else look.glyph} ", look.colour), (state, look.colour))
    share = progress.share
    if share is None:
        return text.append(f" {_spinner(plain)} {progress.standing.message}".rstrip())
    text.append(f"  epoch {progress.epoch}/{progress.epochs}  ")
    left = progress.seconds_left(time.time())
    end = f"  {100 * share:3.0f} %" + (f"  {clock(left)} left" if left is not None else "")
    text.append_text(_bar(share, max(8, width - len(text) - len(end)), plain=plain))
    return text.append(end)


def _bar(share: float, width: int, *, plain: bool) -> Text:
    done = round(share * width)
    full, empty = ("#", ".") if plain else ("━", "─")
    return Text.assemble((full * done, "green"), (empty * (width - done), "bright_black"))


def _pace_line(progress: Progress, *, plain: bool) -> Text:
    parts = [f"step {progress.step:,}" + (f"/{progress.steps:,}" if progress.steps else "")]
    if rate := progress.pace.steps_per_s:
        parts.append(f"{rate:.3g} steps/s")
    if progress.loss is not None:
        parts.append(f"loss {'' if plain else _sparkline(progress.losses) + ' '}{number(progress.loss)}")
    idle_s = time.time() - progress.moment
    if progress.standing.state == "running" and progress.step and idle_s > _IDLE_S:
        parts.append(f"no step for {clock(idle_s)}")
    elif progress.perplexity is not None:
        parts.append(f"perplexity {number(progress.perplexity)}")
    return Text("  " + "   ".join(parts))


def _sample_line(row: Row) -> Text:
    right = row.get("reference") == row.get("hypothesis")
    return Text.assemble(
        "  ",
        (str(row.get("reference", "")), "bold"),
        ("  was translated as  ", "dim"),
        (str(row.get("hypothesis") or "(nothing)"), "green" if right else "yellow"),
    )


def _sparkline(values: list[float]) -> str:
    """The whole course in few columns: the mean of each stretch, from the lowest to the highest."""
    count = min(_SPARK_WIDTH, len(values))
    edges = [len(values) * place // count for place in range(count + 1)]
    means = [sum(values[a:b]) / (b - a) for a, b in pairwise(edges)]
    low, span = min(means), (max(means) - min(means)) or 1.0
    return "".join(_SPARKS[int((mean - low) / span * (len(_SPARKS) - 1))] for mean in means)


def _spinner(plain: bool) -> str:
    frames = "-\\|/" if plain else "⠋⠙⠹⠸⠼⠴⠦⠧"
    return frames[int(time.time() / _SPIN_S) % len(frames)]
