"""Every setting of the optimizer, of training and of the losses changes a run: two runs, one setting apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from slt_engine.batch import Batch
from slt_engine.checkpoint import load_checkpoint
from slt_engine.data.tokenizer import train_tokenizer
from slt_engine.run.directory import RunDir
from slt_engine.run.journal import read_rows
from slt_engine.train.dry_run import Talk
from slt_engine.train.prepare import prepare
from slt_engine.train.run import train
from tests.support.runs import epochs_of, make_run, steps_of, train_in_process

SHORT = (
    "training.epochs=1",
    "training.max_train_steps=2",
    "training.log_every_steps=1",
    "training.decode_every=0",
    "optim.warmup_steps=0",
    "data.batch_size=4",
)
TWO_EPOCHS = ("training.epochs=2", "training.max_train_steps=none", "data.batch_size=14")
DECODED = ("training.decode_every=1", "data.max_target_length=12")
GLOSSES = ("model.mska_distillation_weight=0.5",)
PAPER = ("model.mska_encoder=paper", "model.mska_temporal_blocks=1", "model.mska_stream_heads=1")
TURNED = (*PAPER, "data.keypoint_rotate_range=30,40")


@dataclass(frozen=True)
class Told:
    """What a run leaves."""

    steps: list[dict[str, Any]]
    epochs: list[dict[str, Any]]
    events: list[dict[str, Any]]
    state: dict[str, Any]

    @property
    def weights(self) -> dict[str, Tensor]:
        weights: dict[str, Tensor] = self.state["model"]
        return weights

    def moved(self, other: Told) -> set[str]:
        """The parts of the model whose weights are not those of the other run."""
        names = {name for name in self.weights if not torch.equal(self.weights[name], other.weights[name])}
        return {name.partition(".")[0] for name in names}


Trained = Callable[..., Told]


@pytest.fixture(scope="module")
def trained(synthetic: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Trains a run with these settings over the short ones, or tells again what it left."""
    made: dict[Sequence[str], Told] = {}

    def take(*pairs: str) -> Told:
        if pairs not in made:
            run = make_run(tmp_path_factory.mktemp("run") / "run", synthetic, *SHORT, *pairs)
            assert train(run.path, resume=False) == 0
            made[pairs] = read(run)
        return made[pairs]

    return take


def read(run: RunDir) -> Told:
    return Told(
        steps_of(run), epochs_of(run), [dict(row) for row in read_rows(run.events)], load_checkpoint(run.last)
    )


def test_the_same_settings_train_the_same_run(trained: Trained) -> None:
    """Without it none of the tests below could fail."""
    assert trained().moved(trained("data.num_workers=0")) == set()


@pytest.mark.parametrize(
    ("pair", "parts"),
    [
        ("optim.lr=0.02", {"decoder", "fusion", "gloss", "heads", "keypoints", "pose", "temporal"}),
        ("optim.lr_encoder=0.02", {"fusion", "heads", "keypoints", "pose", "temporal"}),
        ("optim.lr_mska=0.02", {"heads", "keypoints"}),
        ("optim.lr_mapper=0.02", {"gloss"}),
        ("optim.lr_decoder=0.02", {"decoder"}),
    ],
)
def test_a_learning_rate_moves_its_part(pair: str, parts: set[str], trained: Trained) -> None:
    """Of the first step, after which every part sees that the others have moved."""
    one = ("training.max_train_steps=1",)
    assert trained(*one).moved(trained(*one, pair)) == parts


@pytest.mark.parametrize(
    ("base", "pair"),
    [
        ((), "optim.optimizer=sgd"),
        ((), "optim.weight_decay=0.5"),
        ((), "optim.label_smoothing=0.5"),
        (("optim.optimizer=sgd",), "optim.clip_grad_norm=0.001"),
        ((), "optim.warmup_steps=10"),
        ((), "training.seed=5"),
        ((), "training.grad_accum_steps=2"),
        ((), "training.subset_size=5"),
        ((), "data.batch_size=3"),
        ((), "data.frame_stride=2"),
        ((), "data.frames_per_batch=100"),
        ((), "data.max_target_length=3"),
        ((), "model.sequence_length=20"),
        ((), "model.mska_translation_weight=0.5"),
        ((), "model.mska_ctc_weight=0.5"),
        ((), "model.mska_distillation_weight=0.5"),
        ((), "data.tokenizer_vocab_size=290"),
        ((), "data.tokenizer_characters=true"),
        ((), "data.mix_streams=pose"),
        ((), "data.flip_probability=1"),
        ((), "data.keypoint_rotate_range=30,40"),
        ((), "data.keypoint_resample_range=0.5,0.6"),
        (PAPER, "data.keypoint_scale_range=0.5,0.6"),
        (PAPER, "data.keypoint_translate_range=0.2,0.3"),
        (TURNED, "data.keypoint_normalize_center=false"),
        (PAPER, "model.mska_batch_invariant=false"),
        (GLOSSES, "model.mska_distillation_temperature=3"),
        (GLOSSES, "model.mska_detach_teacher=false"),
    ],
)
def test_a_setting_changes_the_weights_of_the_first_steps(
    base: tuple[str, ...], pair: str, trained: Trained
) -> None:
    assert trained(*base).moved(trained(*base, pair)) != set()


@pytest.mark.parametrize(
    ("pairs", "rates"),
    [
        ((), [2e-3, 2e-3]),
        (("optim.warmup_steps=4",), [5e-4, 1e-3]),
        (("optim.scheduler=steplr", "optim.scheduler_step_size=1"), [2e-3, 1e-3]),
        (("optim.scheduler=steplr",), [2e-3, 2e-3]),
        (
            ("optim.scheduler=steplr", "optim.scheduler_step_size=1", "optim.scheduler_gamma=0.1"),
            [2e-3, 2e-4],
        ),
        (("optim.scheduler=cosine",), [2e-3, 1e-3]),
        (("optim.scheduler=cosine", "optim.scheduler_tmax=1"), [2e-3, 0.0]),
    ],
)
def test_the_rates_of_two_epochs_are_those_of_the_schedule(
    pairs: tuple[str, ...], rates: list[float], trained: Trained
) -> None:
    assert [row["lr"] for row in trained(*TWO_EPOCHS, *pairs).steps] == pytest.approx(rates)


def test_bf16_changes_the_weights_of_the_first_steps(
    trained: Trained, synthetic: Path, tmp_path: Path
) -> None:
    """In a process of its own: Accelerate keeps the first precision of a process."""
    run = make_run(tmp_path / "run", synthetic, *SHORT, "training.precision=bf16")
    assert train_in_process(run).returncode == 0
    assert trained().moved(read(run)) != set()


def test_epochs_and_steps_end_where_they_should(trained: Trained) -> None:
    whole = ("training.max_train_steps=none",)
    assert [row["epoch"] for row in trained(*TWO_EPOCHS).epochs] == [1, 2]
    assert [row["step"] for row in trained(*whole).steps] == [1, 2, 3, 4]
    assert [row["step"] for row in trained("training.max_train_steps=1").steps] == [1]
    assert [row["step"] for row in trained(*whole, "training.grad_accum_steps=2").steps] == [1, 2]
    assert [row["step"] for row in trained(*whole, "training.log_every_steps=3").steps] == [1, 3]


def test_checkpoints_are_written_inside_an_epoch_as_asked(trained: Trained) -> None:
    def count(told: Told) -> int:
        return sum(row["kind"] == "checkpoint" and row.get("path") == "last.pt" for row in told.events)

    assert count(trained("training.checkpoint_every_steps=1")) > count(trained())


def test_patience_ends_a_run_that_gets_no_better(trained: Trained) -> None:
    still = ("training.epochs=4", "training.max_train_steps=none", "data.batch_size=14", "optim.lr=1e-30")
    assert len(trained(*still, "training.early_stopping_patience=1").epochs) == 2
    assert len(trained(*still).epochs) == 4


def test_the_best_is_chosen_by_the_metric_that_was_asked_for(trained: Trained) -> None:
    assert trained(*DECODED).epochs[0]["best"]["metric"] == "loss"
    assert trained(*DECODED, "training.best_metric=chrf").epochs[0]["best"]["metric"] == "chrf"


def test_decoding_comes_as_often_and_over_as_many_clips_as_asked(trained: Trained) -> None:
    every = trained(*TWO_EPOCHS, *DECODED).epochs
    second = trained(*TWO_EPOCHS, *DECODED, "training.decode_every=2").epochs
    assert [row["val"].get("cer") is None for row in every] == [False, False]
    assert [row["val"].get("cer") is None for row in second] == [True, False]
    assert every[0]["val"]["clips_decoded"] == 3
    assert trained(*DECODED, "training.decode_clips=1").epochs[0]["val"]["clips_decoded"] == 1


def test_a_tokenizer_by_its_folder_makes_the_labels(trained: Trained, tmp_path: Path) -> None:
    train_tokenizer(["hola mundo"], vocab_size=300, characters=True).save_pretrained(tmp_path)
    assert trained(f"data.tokenizer={tmp_path}").moved(trained()) != set()


@pytest.mark.parametrize(
    ("base", "pair"),
    [
        ((), "training.max_new_tokens=2"),
        ((), "training.num_beams=4"),
        (("training.num_beams=4",), "training.length_penalty=-9"),
    ],
)
def test_decoding_is_what_was_asked_for(base: tuple[str, ...], pair: str, trained: Trained) -> None:
    one, other = texts_of(trained(*DECODED, *base)), texts_of(trained(*DECODED, *base, pair))
    assert one != other


def texts_of(told: Told) -> list[str]:
    return [row["hypothesis"] for row in told.events if row["kind"] == "sample"]


@pytest.mark.parametrize("size", [1, 2])
def test_a_batch_to_validate_has_the_size_that_was_asked_for(
    size: int, synthetic: Path, tmp_path: Path
) -> None:
    work = prepare(make_run(tmp_path / "run", synthetic, f"data.val_batch_size={size}"), Talk())
    assert max(len(batch) for batch in work.validation.batches()) == size


@pytest.mark.parametrize("pinned", [True, False])
def test_batches_are_pinned_for_a_gpu_where_asked(
    pinned: bool, synthetic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = prepare(make_run(tmp_path / "run", synthetic, f"data.pin_memory={pinned}"), Talk())
    copied: list[Batch] = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(Batch, "pin_memory", lambda batch: copied.append(batch) or batch)
    batch = next(iter(work.training_batches(work.plan(1), epoch=1, start=0)))
    assert copied == ([batch] if pinned else [])


def test_scheduled_sampling_changes_what_is_learned(trained: Trained) -> None:
    scheduled = ("training.teacher_forcing_mode=scheduled", "training.teacher_forcing_ratio=0.2")
    assert trained().moved(trained(*scheduled)) != set()
    assert trained(*scheduled).epochs[0]["teacher_forcing"] == {"mode": "scheduled", "ratio": 0.2}
