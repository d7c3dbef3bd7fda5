"""Opening 1e5 and 1e6 steps of eight values: ours, LEET and TensorBoard, one after the other in the same run."""

from __future__ import annotations

import sys

import pytest

from tests.bench.figures import Figure, Figures
from tests.bench.long_runs import long_run
from tests.bench.opening import Opening, open_in_terminal
from tests.bench.peers.environment import peer_program, written_for
from tests.bench.peers.tensorboard import open_in_tensorboard

COUNTS = (100_000, 1_000_000)
FIRST_S = 0.6
KEPT = 1_000  # points of a series that TensorBoard keeps by itself


@pytest.mark.bench
@pytest.mark.parametrize("count", COUNTS)
def test_a_long_run_is_open_before_leet_has_it(figures: Figures, count: int) -> None:
    (run,) = written_for("wandb", count).glob("wandb/offline-run-*")
    command = [str(peer_program("wandb")), "leet", str(run)]
    theirs = open_in_terminal(command, useful=r"\d└─", whole=rf"_step +{count}\b", timeout_s=400)
    ours = open_ours(count)
    figures.hold(
        Figure(f"{count:,} x 8: first drawn", ours.useful_s, "s", FIRST_S, "LEET", theirs.useful_s),
        beside(f"{count:,} x 8: all drawn", "s", ours.whole_s, "LEET", theirs.whole_s),
        beside(f"{count:,} x 8: memory", "MB", ours.memory_mb, "LEET", theirs.memory_mb),
    )


@pytest.mark.bench
@pytest.mark.parametrize("count", COUNTS)
def test_a_long_run_is_open_before_tensorboard_could_send_it(figures: Figures, count: int) -> None:
    directory = written_for("tensorboard", count)
    all_s, all_mb = open_in_tensorboard(directory, count, kept=2 * count)
    some_s, some_mb = open_in_tensorboard(directory, count, kept=KEPT)
    ours = open_ours(count)
    figures.hold(
        beside(f"{count:,} x 8: all drawn", "s", ours.whole_s, "TensorBoard, all sent", all_s),
        beside(f"{count:,} x 8: memory", "MB", ours.memory_mb, "TensorBoard, all sent", all_mb),
    )
    figures.append(
        Figure(f"{count:,} x 8: all drawn", ours.whole_s, "s", None, "TensorBoard, 1,000 of them", some_s)
    )
    figures.append(
        Figure(f"{count:,} x 8: memory", ours.memory_mb, "MB", None, "TensorBoard, 1,000 of them", some_mb)
    )


def open_ours(count: int) -> Opening:
    """Our app on the same values; in the middle of three."""
    command = [sys.executable, "-m", "slt_tui", "open", str(long_run(count))]
    whole = f"step {count:,}/{count:,}"
    return sorted(
        (open_in_terminal(command, useful="┤", whole=whole) for _ in range(3)), key=lambda one: one.whole_s
    )[1]


def beside(what: str, unit: str, ours: float, peer: str, theirs: float) -> Figure:
    """A figure whose budget is the peer's."""
    return Figure(what, ours, unit, theirs, peer, theirs)
