"""Checkpoints: whole or absent, and never code."""

from __future__ import annotations

import os
import pickle
import random
import resource
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from slt_engine.checkpoint import (
    CheckpointError,
    keep_as_best,
    load_checkpoint,
    load_weights,
    random_state,
    restore_random_state,
    save_checkpoint,
)


class Bomb:
    """What a stranger's pickle may do."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("bombed",)


def test_a_checkpoint_comes_back(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "last.pt", {"model": {"w": torch.arange(3.0)}, "epoch": 2})
    state = load_checkpoint(tmp_path / "last.pt")
    assert torch.equal(state["model"]["w"], torch.arange(3.0))
    assert state["epoch"] == 2
    assert [path.name for path in tmp_path.iterdir()] == ["last.pt"]


def test_a_pickle_that_runs_code_is_refused_and_runs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("last.pt").write_bytes(pickle.dumps({"model": Bomb()}))
    with pytest.raises(CheckpointError, match=r"last\.pt: not a readable checkpoint"):
        load_checkpoint(Path("last.pt"))
    torch.save({"model": Bomb()}, "other.pt")
    with pytest.raises(CheckpointError):
        load_checkpoint(Path("other.pt"))
    assert not Path("bombed").exists()


@pytest.mark.parametrize("size", [0, 10, 700])
def test_a_torn_checkpoint_is_said_to_be_unreadable(tmp_path: Path, size: int) -> None:
    path = tmp_path / "last.pt"
    save_checkpoint(path, {"model": {"w": torch.zeros(100)}})
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(CheckpointError, match=r"last\.pt: not a readable checkpoint"):
        load_checkpoint(path)


def test_a_disk_that_refuses_leaves_the_checkpoint_before_whole(tmp_path: Path) -> None:
    path = tmp_path / "last.pt"
    save_checkpoint(path, {"model": {"w": torch.zeros(10)}})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(CheckpointError, match="free space, then resume"):
            save_checkpoint(path, {"model": {"w": torch.zeros(100_000)}})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert len(load_checkpoint(path)["model"]["w"]) == 10
    assert [path.name for path in tmp_path.iterdir()] == ["last.pt"]


def test_best_outlives_the_next_last(tmp_path: Path) -> None:
    last, best = tmp_path / "last.pt", tmp_path / "best.pt"
    save_checkpoint(last, {"model": {"w": torch.tensor(1.0)}})
    keep_as_best(last, best)
    assert best.samefile(last)
    save_checkpoint(last, {"model": {"w": torch.tensor(2.0)}})
    assert load_checkpoint(best)["model"]["w"] == 1.0


def test_weights_that_do_not_fit_are_named() -> None:
    with pytest.raises(
        CheckpointError, match=r"other\.pt: does not fit this model: bias is missing; weight has shape"
    ):
        load_weights(nn.Linear(2, 2), {"weight": torch.zeros(3, 2)}, Path("other.pt"))


def test_all_three_generators_go_on_where_they_were() -> None:
    state = random_state()
    first = (random.random(), np.random.rand(), torch.rand(1).item())
    restore_random_state(state)
    assert (random.random(), np.random.rand(), torch.rand(1).item()) == first
