"""Where a run's weights begin: what fits is taken and the rest is counted, whatever the file looks like."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from slt_engine.checkpoint import CheckpointError, load_checkpoint
from slt_engine.config.initial import NAMES, PLACE, VARIABLE
from slt_engine.run.directory import RunDir
from slt_engine.train.dry_run import Talk
from slt_engine.train.initial import read_weights, start_from
from tests.support.runs import make_run, train_in_process
from tests.support.settings import config_with

WEIGHTS = {"encoder.weight": torch.full((3, 2), 7.0), "encoder.bias": torch.full((3,), 7.0)}
SHORT = ("training.epochs=1", "training.max_train_steps=1", "optim.lr=1e-30", "data.max_target_length=12")


class Halves(nn.Module):
    """An encoder that takes 2 values and a decoder of ``width``."""

    def __init__(self, width: int = 4) -> None:
        super().__init__()
        self.encoder = nn.Linear(2, 3)
        self.decoder = nn.Linear(3, width)


def begun(model: nn.Module, tmp_path: Path, **settings: Any) -> Talk:
    """What is said of ``model`` when it gets its initial weights, asked for in ``tmp_path``."""
    run, talk = RunDir(tmp_path / "run"), Talk()
    if not run.config.exists():
        RunDir.create(run.path, {"about": {"cwd": str(tmp_path)}}, {})
    start_from(model, config_with(**settings), run, talk)
    return talk


@pytest.fixture(autouse=True)
def _no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


def test_what_fits_is_taken_and_the_rest_is_counted(tmp_path: Path) -> None:
    path, model = tmp_path / "published.pt", Halves()
    before = model.decoder.weight.clone()
    torch.save({**WEIGHTS, "decoder.weight": torch.zeros(9, 3), "other": torch.zeros(1)}, path)

    talk = begun(model, tmp_path, model__pretrained_checkpoint=path)

    assert torch.equal(model.encoder.weight, WEIGHTS["encoder.weight"])
    assert torch.equal(model.decoder.weight, before)
    assert talk.notes == [
        f"initial weights: 2 of 4 tensors from {path} (pretrained_checkpoint); 2 stay fresh, 1 of them of another "
        "shape there; 1 of the file's are not in this model"
    ]


def test_a_file_in_the_place_is_used_unless_none_is_asked_for(tmp_path: Path) -> None:
    put(tmp_path / PLACE / NAMES[0])
    model, fresh = Halves(), Halves()
    before = fresh.encoder.weight.clone()

    assert f"({PLACE}/)" in begun(model, tmp_path).notes[0]
    assert begun(fresh, tmp_path, model__pretrained="none").notes == []

    assert torch.equal(model.encoder.weight, WEIGHTS["encoder.weight"])
    assert torch.equal(fresh.encoder.weight, before)


def test_the_variable_names_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, path = Halves(), put(tmp_path / "mine.pt")
    monkeypatch.setenv(VARIABLE, "mine.pt")
    assert f"2 of 4 tensors from {path} ({VARIABLE})" in begun(model, tmp_path).notes[0]
    assert torch.equal(model.encoder.weight, WEIGHTS["encoder.weight"])


def test_a_run_without_a_file_says_that_its_weights_are_fresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "absent.pt")
    assert begun(Halves(), tmp_path).notes == [
        f"fresh weights: no single_signer file in {VARIABLE} (absent.pt) or {PLACE}/"
    ]


@pytest.mark.parametrize(
    "stored",
    [
        WEIGHTS,
        {"model": WEIGHTS, "epoch": 3},
        {"averaged": WEIGHTS, "model": {name: value * 0 for name, value in WEIGHTS.items()}},
        {"model_state_dict": {f"module.{name}": value for name, value in WEIGHTS.items()}},
        {"state_dict": {f"_orig_mod.{name}": value for name, value in WEIGHTS.items()}, "lr": 0.1},
    ],
)
def test_weights_are_found_wherever_they_were_put(stored: dict[str, Any], tmp_path: Path) -> None:
    torch.save(stored, tmp_path / "a.pt")
    assert_same(read_weights(tmp_path / "a.pt"), WEIGHTS)


def test_the_two_halves_of_single_signer_are_joined(tmp_path: Path) -> None:
    encoder = {"init_kwargs": {"d_model": 3}, "state_dict": {"temporal.weight": torch.ones(3)}}
    torch.save({"encoder": encoder, "decoder": {"state_dict": {"bias": torch.ones(2)}}}, tmp_path / "a.pt")
    expected = {"temporal.weight": torch.ones(3), "decoder.bias": torch.ones(2)}
    assert_same(read_weights(tmp_path / "a.pt"), expected)


def test_safetensors_are_read(tmp_path: Path) -> None:
    save_file(WEIGHTS, tmp_path / "a.safetensors")
    assert_same(read_weights(tmp_path / "a.safetensors"), WEIGHTS)


@pytest.mark.parametrize(("name", "text"), [("a.pt", b"nonsense"), ("a.safetensors", b"nonsense")])
def test_a_file_of_another_kind_is_one_line(name: str, text: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(text)
    with pytest.raises(CheckpointError, match=rf"{name}: not a readable checkpoint .*; --pretrained none"):
        begun(Halves(), tmp_path, model__pretrained_checkpoint=tmp_path / name)


def test_a_checkpoint_that_was_asked_for_and_fits_nowhere_is_an_error(tmp_path: Path) -> None:
    torch.save({"other.weight": torch.zeros(2)}, tmp_path / "a.pt")
    with pytest.raises(CheckpointError, match="none of its 1 tensors has the name and the shape"):
        begun(Halves(), tmp_path, model__pretrained_checkpoint=tmp_path / "a.pt")


def test_a_file_that_was_only_found_and_fits_nowhere_is_a_warning(tmp_path: Path) -> None:
    put(tmp_path / PLACE / NAMES[0], {"other.weight": torch.zeros(2)})
    assert begun(Halves(), tmp_path).warnings[0].endswith("; the weights are fresh")


def test_an_init_checkpoint_must_fit_wholly_and_goes_before_the_rest(tmp_path: Path) -> None:
    put(tmp_path / PLACE / NAMES[0])
    whole = {name: torch.full_like(value, 5.0) for name, value in Halves().state_dict().items()}
    torch.save({"model": whole}, tmp_path / "best.pt")
    model = Halves()
    begun(model, tmp_path, training__init_checkpoint=tmp_path / "best.pt")
    assert_same(model.state_dict(), whole)
    with pytest.raises(CheckpointError, match="does not fit this model"):
        start_from(
            Halves(width=5),
            config_with(training__init_checkpoint=tmp_path / "best.pt"),
            RunDir(tmp_path / "run"),
            Talk(),
        )


def test_a_run_trains_on_from_the_weights_of_another(synthetic: Path, tmp_path: Path) -> None:
    """With a learning rate of nearly nothing its own last.pt still holds them."""
    first = make_run(tmp_path / "first", synthetic, *SHORT)
    assert train_in_process(first).returncode == 0
    second = make_run(
        tmp_path / "second",
        synthetic,
        *SHORT,
        "training.seed=5",
        "model.projector_dim=16",
        f"model.pretrained_checkpoint={first.last}",
    )
    done = train_in_process(second)
    assert done.returncode == 0, done.stderr

    before, after = load_checkpoint(first.last)["model"], load_checkpoint(second.last)["model"]
    assert any("pretrained_checkpoint" in line for line in second.train_log.read_text().splitlines())
    same = {name: torch.equal(before[name], after[name]) for name in before if name.startswith("decoder.")}
    assert all(same.values()), [name for name, equal in same.items() if not equal]


def put(path: Path, weights: dict[str, Tensor] = WEIGHTS) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(weights, path)
    return path


def assert_same(weights: dict[str, Tensor], others: dict[str, Tensor]) -> None:
    assert weights.keys() == others.keys()
    assert all(torch.equal(weights[name], others[name]) for name in weights)
