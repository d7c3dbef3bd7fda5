"""Progress: what a live display knows of a run, gathered from its watcher's news."""

from __future__ import annotations

from dataclasses import dataclass, field

from slt_engine.run.record import Row
from slt_engine.run.standing import Standing
from slt_tui.pace import Pace
from slt_tui.readable import finite
from slt_tui.watch import News

_KEPT_LOSSES = 2000


@dataclass
class Progress:
    """The latest of everything; ``take`` adds news to it."""

    standing: Standing = field(default_factory=lambda: Standing("created"))
    epoch: int = 0
    epochs: int = 0
    step: int = 0
    steps: int | None = None
    loss: float | None = None
    perplexity: float | None = None
    samples_per_s: float | None = None
    losses: list[float] = field(default_factory=list)
    sample: Row | None = None
    pace: Pace = field(default_factory=Pace)
    moment: float = 0.0  # when training last moved

    def take(self, news: News) -> None:
        """Add what is new. Of a step row and the status, the later one knows where training stands."""
        self.standing = news.standing
        for row in news.steps:
            self._take_step(row)
        for row in news.events:
            if row.get("kind") == "sample":
                self.sample = row
        self._take_status()

    @property
    def share(self) -> float | None:
        """Of the whole run, from 0 to 1; None before its length is known."""
        return min(1.0, self.step / self.steps) if self.steps else None

    def seconds_left(self, now: float) -> float | None:
        """Until all steps are done."""
        return self.pace.seconds_left(self.steps, now=now) if self.steps else None

    def _take_status(self) -> None:
        status = self.standing.status
        if status is None or status.process != self.standing.process:
            return
        self.epoch, self.epochs, self.steps = status.epoch, status.epochs, status.steps
        if status.state != "starting":  # a resumed run says step 0 until its checkpoint is read
            self._stand(status.step, status.progressed)

    def _take_step(self, row: Row) -> None:
        step, moment = row.get("step"), finite(row.get("time"))
        if not isinstance(step, int) or moment is None:
            return
        self._stand(step, moment)
        self.loss, self.perplexity = finite(row.get("loss")), finite(row.get("perplexity"))
        self.samples_per_s = finite(row.get("samples_per_s"))
        if self.loss is not None:
            self.losses = [*self.losses[-_KEPT_LOSSES:], self.loss]

    def _stand(self, step: int, moment: float) -> None:
        if moment >= self.moment:
            self.step, self.moment = step, moment
            self.pace.take(moment, step)


def part(row: Row, name: str) -> Row:
    """The row's ``train`` or ``val`` scores; nothing where it has none."""
    scores = row.get(name)
    return scores if isinstance(scores, dict) else {}
