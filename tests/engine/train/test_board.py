"""TensorBoard's event files hold what the journals hold, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from slt_engine.config import ConfigError, check_paths
from slt_engine.config import paths as config_paths
from slt_engine.run.directory import RunDir
from slt_engine.train.board import Board
from slt_engine.train.run import train
from tests.support.runs import epochs_of, make_run, steps_of
from tests.support.settings import config_with

event_accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")

PAIRS = (
    "training.tensorboard=true",
    "training.log_every_steps=1",
    "training.checkpoint_every_steps=2",
    "training.decode_every=2",
    "training.epochs=2",
    "data.batch_size=4",
)


def shown(run: RunDir, tag: str) -> list[tuple[int, float]]:
    """Steps and values of a curve, as TensorBoard reads the folder."""
    accumulator = event_accumulator.EventAccumulator(str(run.tensorboard))
    accumulator.Reload()
    return [(one.step, one.value) for one in accumulator.Scalars(tag)]


def test_the_curves_are_the_journals_numbers_also_after_a_resume(synthetic: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", synthetic, *PAIRS, "training.max_train_steps=4")
    assert train(run.path, resume=False) == 0
    board = Board(run.tensorboard, step=4)  # a session that went on and was killed before it saved
    board.step({"step": 5, "loss": 99.0})
    board.close()
    document = run.read_config()
    document["training"]["max_train_steps"] = None
    run.archive_config(document)
    assert train(run.path, resume=True) == 0

    steps, epochs = steps_of(run), epochs_of(run)
    for name in ("loss", "loss_ctc", "lr", "grad_norm"):
        curve = [(row["step"], pytest.approx(row[name])) for row in steps]
        assert shown(run, f"step/{name}") == curve
    for name in ("loss", "perplexity"):
        assert shown(run, f"val/{name}") == [(row["step"], pytest.approx(row["val"][name])) for row in epochs]
    assert shown(run, "val/cer")[-1] == (epochs[-1]["step"], pytest.approx(epochs[-1]["val"]["cer"]))
    assert [step for step, _ in shown(run, "epoch/samples_per_s")] == [row["step"] for row in epochs]


def test_without_the_setting_there_is_no_folder(synthetic: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", synthetic, "training.max_train_steps=1", "training.decode_every=0")
    assert train(run.path, resume=False) == 0
    assert not run.tensorboard.exists()


def test_tensorboard_that_is_not_installed_is_told_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config_paths, "find_spec", lambda _: None)
    problems = check_paths(config_with({"training.tensorboard": True}))
    assert any(line.startswith("training.tensorboard") and "[tensorboard]" in line for line in problems)
    assert not any("training.tensorboard" in line for line in check_paths(config_with()))
    with pytest.raises(ConfigError, match="pip install 'slt-workbench"):
        Board(tmp_path / "tensorboard", step=0)
