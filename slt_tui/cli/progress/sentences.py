"""A run's progress in sentences: for logs, pipes and the last word on a terminal."""

from __future__ import annotations

import shlex
from typing import Any

from slt_engine.run.directory import RunDir
from slt_engine.run.logs import last_lines
from slt_engine.run.record import Row
from slt_engine.run.standing import Standing
from slt_tui.progress import Progress, part
from slt_tui.readable import NOTHING, clock, finite, number, score, title

SCORES = ("cer", "wer", "bleu", "chrf", "gloss_wer")
LINES_OF_FAILURE = 10


def epoch_sentence(row: Row, epochs: int) -> str:
    """An epoch's row as one line that needs no heading."""
    parts = [
        f"{name} loss {score('loss', part(row, name).get('loss'))}"
        for name in ("train", "val")
        if part(row, name)
    ]
    val = part(row, "val")
    parts += [
        f"{title(name)} {score(name, val[name])}" for name in SCORES if finite(val.get(name)) is not None
    ]
    if (took := finite(row.get("epoch_time_s"))) is not None:
        parts.append(clock(took))
    if row.get("improved"):
        parts.append("best")
    return f"epoch {row.get('epoch')}/{epochs or NOTHING}: {', '.join(parts)}"


def step_sentence(progress: Progress, now: float) -> str:
    """Where training stands, in one line."""
    parts = [f"step {progress.step:,}" + (f"/{progress.steps:,}" if progress.steps else "")]
    if progress.loss is not None:
        parts.append(f"loss {number(progress.loss)}")
    if rate := progress.pace.steps_per_s:
        parts.append(f"{rate:.3g} steps/s")
    if (left := progress.seconds_left(now)) is not None:
        parts.append(f"{clock(left)} left")
    return ", ".join(parts)


def last_word(run: RunDir, standing: Standing, *, at_our_wish: bool) -> list[str]:
    """How the run ended and what can be done now; of a failure, unless we wished it, the end of the log."""
    status, path = standing.status, shlex.quote(str(run.path))
    where = f" at epoch {status.epoch}, step {status.step:,}" if status and status.step else ""
    took = f", in {clock(standing.ended - standing.started)}" if standing.started and standing.ended else ""
    lines = [f"{standing.state}{where}{_best(status.best if status else None)}{took}{_reason(standing)}"]
    if standing.state in ("failed", "lost") and not at_our_wish:
        tail = last_lines(run.console_log, LINES_OF_FAILURE)
        lines += [f"  | {line}" for line in tail]
        lines.append(f"  the rest: {run.console_log}")
    if standing.signal == "SIGKILL" and not at_our_wish:
        lines.append("  SIGKILL often comes from the kernel when memory runs out: `dmesg | tail` tells")
    if standing.state == "finished":
        lines.append(f"  its curves: slt runs plot {path}   all about it: slt runs show {path}")
    elif run.last.exists():
        lines.append(f"  go on from its last checkpoint: slt runs resume {path}")
    return lines


def _reason(standing: Standing) -> str:
    return f": {standing.message}" if standing.message else ""


def _best(best: Any) -> str:
    if not isinstance(best, dict) or not {"metric", "value", "epoch"} <= best.keys():
        return ""
    return f", best {title(best['metric'])} {score(best['metric'], best['value'])} (epoch {best['epoch']})"
