"""torch.compile changes no name and no result, and a batch of another length compiles nothing anew."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch._dynamo.utils import counters

from slt_engine.checkpoint import load_checkpoint
from slt_engine.losses import LossWeights, compute_losses
from slt_engine.model.errors import ModelError
from slt_engine.train.compiling import compile_model
from slt_engine.train.run import train
from tests.engine.model.small import small_batch, small_translator
from tests.support.runs import epochs_of, make_run, status_of, train_in_process

WEIGHTS = LossWeights(1.0, 1.0, 0.5, 1.0, detach_teacher=True, label_smoothing=0.1)
SHORT = (
    "training.compile=true",
    "training.epochs=1",
    "training.max_train_steps=1",
    "training.decode_every=0",
)
NO_DROPOUT = (
    "model.projector_dropout=0",
    "model.fusion_dropout=0",
    "model.temporal_dropout=0",
    "model.decoder_dropout=0",
    "model.mska_dropout=0",
)


def test_an_unknown_mode_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(ModelError, match=r"'turbo' is not one of torch's: .*reduce-overhead"):
        compile_model(small_translator(encoder="conv", decoder="t5"), "turbo")


@pytest.mark.slow
@pytest.mark.parametrize("where", ["blocks", "backbone"])
def test_what_the_compiler_cannot_do_is_one_line_that_names_the_way_out(
    where: str, synthetic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faces = f"data.face_dir={synthetic.parent / 'processed' / 'face'}"
    pairs = (faces, "model.face_backbone=tiny", "model.image_size=16") if where == "backbone" else ()
    monkeypatch.setenv("CXX", "/no/such/compiler")
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path / "cache"))
    run = make_run(tmp_path / "run", synthetic, *SHORT, *pairs)
    done = train_in_process(run)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    message = status_of(run)["message"]
    assert message.startswith("training.compile: ")
    assert message.endswith("--no-compile trains without")


@pytest.mark.slow
@pytest.mark.parametrize(("encoder", "decoder"), [("joint", "t5"), ("conv", "mbart")])
def test_losses_and_gradients_are_the_same_and_lengths_compile_nothing_anew(
    encoder: str, decoder: str
) -> None:
    torch._dynamo.reset()
    torch.manual_seed(0)
    plain = small_translator(encoder=encoder, decoder=decoder).train()
    torch.manual_seed(0)
    compiled = small_translator(encoder=encoder, decoder=decoder).train()
    compile_model(compiled, None)
    assert compiled.state_dict().keys() == plain.state_dict().keys()
    graphs = []
    for lengths in ([20, 24, 22], [9, 5, 12], [15, 7], [11, 13, 14, 8], [6, 23, 17, 3, 4]):
        batch = small_batch(lengths)
        ours, theirs = (compute_losses(model(batch), batch, WEIGHTS).total for model in (compiled, plain))
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-5)
        ours.backward()
        theirs.backward()
        graphs.append(counters["stats"]["unique_graphs"])
    assert graphs[0] > 0
    assert graphs[-1] == graphs[2]  # another number of clips may be one more
    for own, other in zip(compiled.parameters(), plain.parameters(), strict=True):
        if other.grad is not None:
            torch.testing.assert_close(own.grad, other.grad, atol=1e-4, rtol=1e-3)


@pytest.mark.slow
def test_a_compiled_run_leaves_weights_that_any_run_can_read(synthetic: Path, tmp_path: Path) -> None:
    runs = [make_run(tmp_path / str(i), synthetic, *NO_DROPOUT, *SHORT[i:]) for i in range(2)]
    assert [train(run.path, resume=False) for run in runs] == [0, 0]
    compiled, plain = (load_checkpoint(run.last)["model"] for run in runs)
    assert compiled.keys() == plain.keys()
    assert epochs_of(runs[0])[0]["loss"] == pytest.approx(epochs_of(runs[1])[0]["loss"], rel=1e-4)
