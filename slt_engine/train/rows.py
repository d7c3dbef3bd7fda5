"""An epoch's row of metrics.jsonl, from its sums and scores."""

from __future__ import annotations

import resource
import sys
from typing import Any

import torch

from slt_engine.run.record import Best, TeacherForcing
from slt_engine.train.tally import Tally, iteration_times, quantiles


def epoch_row(
    *,
    epoch: int,
    step: int,
    tally: Tally,
    val: dict[str, Any],
    rate: float,
    best: Best | None,
    improved: bool,
    forcing: TeacherForcing,
) -> dict[str, Any]:
    """What metrics.jsonl says of an epoch: training's terms at the top level and again beside validation's."""
    terms = tally.terms()
    elapsed_s = max(tally.elapsed_s, 1e-9)
    return {
        "epoch": epoch,
        "step": step,
        **terms,
        "perplexity": tally.perplexity,
        "train": {**terms, "perplexity": tally.perplexity, "loss_quantiles": quantiles(tally.step_losses)},
        "val": val,
        "learning_rate": rate,
        "best": best,
        "improved": improved,
        "teacher_forcing": forcing,
        "epoch_time_s": tally.elapsed_s,
        "iteration_time_s": iteration_times(tally.step_times_s),
        "samples_per_s": tally.clips / elapsed_s,
        "frames_per_s": tally.frames / elapsed_s,
        "data_wait_share": tally.data_wait_s / elapsed_s,
        "peak_memory_bytes": peak_memory_bytes(),
    }


def peak_memory_bytes() -> int:
    """The most memory held so far: on the GPU where one is used, else by this process."""
    if torch.cuda.is_available():
        return int(torch.cuda.max_memory_allocated())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
