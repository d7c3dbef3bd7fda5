"""Streams of crops: masks, chunks, checkpointing, freezing, shared weights, features for the cache."""

# B clips, T frames, F width of a backbone, D width, V vocabulary.

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import pytest
import torch
from torch import Tensor, nn

from slt_engine.batch import Batch
from slt_engine.losses import LossWeights, compute_losses
from slt_engine.model.frames import FROZEN_FORMATS, FrameStreams
from slt_engine.model.translator import SignTranslator
from tests.engine.model.small import MAX_FRAMES, only
from tests.engine.model.small_frames import (
    STREAMS,
    crops_batch,
    frames_translator,
    small_frames,
    spoil_crops,
    without_crops,
)

WEIGHTS = LossWeights(
    translation=1.0, ctc=0.0, distillation=0.0, temperature=1.0, detach_teacher=True, label_smoothing=0.0
)
KINDS = ("tiny", "dinov2")


def model_of(**settings: object) -> SignTranslator:
    torch.manual_seed(0)
    return frames_translator(small_frames(**settings))  # type: ignore[arg-type]


def logits(model: SignTranslator, batch: Batch) -> Tensor:
    with torch.no_grad():
        logits_BLV = model(batch).logits_BLV
    assert logits_BLV is not None
    return logits_BLV


def gradients(model: SignTranslator, batch: Batch) -> dict[str, Tensor]:
    model.zero_grad()
    compute_losses(model(batch), batch, WEIGHTS).total.backward()
    return {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}


def assert_trains(model: SignTranslator, batch: Batch) -> None:
    losses = compute_losses(model.train()(batch), batch, WEIGHTS)
    losses.total.backward()
    assert losses.total.isfinite()
    trained = {
        name: p for name, p in model.named_parameters() if p.requires_grad and name.startswith("frames.")
    }
    assert [name for name, p in trained.items() if p.grad is None or not p.grad.isfinite().all()] == []
    assert logits(model.eval(), batch).isfinite().all()


def count_pictures(backbone: nn.Module) -> list[int]:
    """How many pictures each call of ``backbone`` saw."""
    seen: list[int] = []
    backbone.register_forward_pre_hook(lambda _, inputs: seen.append(len(inputs[0])))
    return seen


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("clip", [0, 1])
def test_a_clip_alone_gives_what_it_gives_in_a_padded_batch(kind: str, clip: int) -> None:
    model, batch = model_of(backbone=kind, chunk=5), crops_batch([7, 4, MAX_FRAMES])

    padded, alone = model.encode(batch).states_BTD[clip], model.encode(only(batch, clip)).states_BTD[0]

    torch.testing.assert_close(alone, padded[: len(alone)], atol=1e-5, rtol=0)


def test_what_stands_where_no_crop_was_found_changes_nothing() -> None:
    model, batch = model_of(), crops_batch()
    assert torch.equal(logits(model, batch), logits(model, spoil_crops(batch)))


def test_features_where_no_crop_was_found_change_nothing_even_nan() -> None:
    model, batch = model_of(frozen=STREAMS), with_features(model_of(frozen=STREAMS), crops_batch())
    spoilt = {
        name: features_BTF.masked_fill(~batch.crops_mask_BT[name][..., None], math.nan)
        for name, features_BTF in batch.features_BTF.items()
    }
    assert torch.equal(logits(model, batch), logits(model, replace(batch, features_BTF=spoilt)))


@pytest.mark.parametrize("stream", STREAMS)
def test_a_stream_that_a_clip_lacks_is_a_vector_that_learns(stream: str) -> None:
    model, batch = model_of(), without_crops(crops_batch(), stream, clip=1)
    assert_trains(model, batch)

    before = logits(model, batch)
    with torch.no_grad():
        model.get_parameter(f"frames.projectors.{stream}.missing_D").add_(1.0)
    assert not torch.equal(before[1], logits(model, batch)[1])


def test_a_hand_that_is_missing_hides_that_hand_alone() -> None:
    model, batch = model_of(), without_crops(crops_batch(), "hand_left")
    other = replace(
        batch, crops_BTHWC={**batch.crops_BTHWC, "hand_right": 255 - batch.crops_BTHWC["hand_right"]}
    )
    assert not torch.equal(logits(model, batch), logits(model, other))


def test_a_batch_without_the_stream_is_one_whose_every_crop_is_missing() -> None:
    model, batch = model_of(), without_crops(crops_batch(), "face")
    absent = replace(
        batch,
        crops_BTHWC={name: crops for name, crops in batch.crops_BTHWC.items() if name != "face"},
        crops_mask_BT={name: found for name, found in batch.crops_mask_BT.items() if name != "face"},
    )
    torch.testing.assert_close(logits(model, batch), logits(model, absent), atol=1e-6, rtol=0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("frozen", [(), STREAMS])
def test_a_batch_without_any_crop_trains_every_weight_that_trains(kind: str, frozen: tuple[str, ...]) -> None:
    batch = crops_batch()
    for stream in STREAMS:
        batch = without_crops(batch, stream)
    model = model_of(backbone=kind, frozen=frozen)
    model.train()
    compute_losses(model(batch), batch, WEIGHTS).total.backward()
    assert [n for n, p in model.frames.named_parameters() if p.requires_grad and p.grad is None] == []  # type: ignore[union-attr]
    assert_trains(model, batch)


@pytest.mark.parametrize("kind", KINDS)
def test_a_clip_of_one_frame_is_finite(kind: str) -> None:
    assert_trains(model_of(backbone=kind), crops_batch([1, 6]))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("chunk", [1, 4, 1000])
def test_chunks_change_neither_outputs_nor_gradients(kind: str, chunk: int) -> None:
    batch = crops_batch()
    whole, chunked = model_of(backbone=kind, chunk=0), model_of(backbone=kind, chunk=chunk)

    torch.testing.assert_close(logits(whole, batch), logits(chunked, batch), atol=1e-6, rtol=0)
    expected = gradients(whole, batch)
    for name, gradient in gradients(chunked, batch).items():
        torch.testing.assert_close(gradient, expected[name], atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("chunk", [0, 4])
def test_checkpointed_activations_give_the_same_gradients(kind: str, chunk: int) -> None:
    batch = crops_batch()
    plain, again = (
        model_of(backbone=kind, chunk=chunk),
        model_of(backbone=kind, chunk=chunk, checkpointing=True),
    )

    expected, found = gradients(plain.train(), batch), gradients(again.train(), batch)

    assert found.keys() == expected.keys()
    for name, gradient in found.items():
        torch.testing.assert_close(gradient, expected[name], atol=1e-6, rtol=0)


def test_a_backbone_that_trains_sees_real_frames_alone_a_chunk_at_a_time() -> None:
    model, batch = model_of(streams=("face",), chunk=4), crops_batch()
    seen = count_pictures(model.frames.backbones["face"])  # type: ignore[union-attr]

    model(batch)

    real = int(batch.crops_mask_BT["face"].sum())
    assert seen == [4] * (real // 4) + [real % 4] * bool(real % 4)


def test_checkpointing_runs_each_chunk_once_more_in_the_backward_pass() -> None:
    model, batch = model_of(streams=("face",), chunk=4, checkpointing=True), crops_batch()
    seen = count_pictures(model.frames.backbones["face"])  # type: ignore[union-attr]
    gradients(model, batch)
    assert sum(seen) == 2 * int(batch.crops_mask_BT["face"].sum())


def test_checkpointing_keeps_no_activation_of_a_backbone() -> None:
    def kept(model: SignTranslator) -> int:
        sizes: list[int] = []
        batch = crops_batch()
        with torch.autograd.graph.saved_tensors_hooks(lambda t: sizes.append(t.numel()) or t, lambda t: t):
            model.frames(batch)  # type: ignore[misc]
        return sum(sizes)

    plain = kept(model_of(backbone="dinov2", chunk=4))
    assert kept(model_of(backbone="dinov2", chunk=4, checkpointing=True)) < plain / 10


def test_compiled_backbones_see_full_chunks_in_training_and_change_nothing() -> None:
    batch = crops_batch(streams=("face",))
    plain, compiled = (model_of(streams=("face",), chunk=4) for _ in range(2))
    frames = compiled.frames
    assert isinstance(frames, FrameStreams)
    frames.compile_backbones(partial(torch.compile, backend="eager"))
    seen = count_pictures(frames.backbones["face"])

    expected = gradients(plain.train(), batch)
    for name, gradient in gradients(compiled.train(), batch).items():
        torch.testing.assert_close(gradient, expected[name], atol=1e-6, rtol=1e-4)
    assert set(seen) == {4}
    assert list(compiled.state_dict()) == list(plain.state_dict())


def test_evaluation_and_frozen_backbones_run_as_they_are_where_others_are_compiled() -> None:
    batch = crops_batch(streams=("face", "hand_left"))
    model = model_of(streams=("face", "hand_left"), frozen=("face",))
    assert isinstance(model.frames, FrameStreams)
    expected = logits(model, batch)

    def refuse(*_: object) -> None:
        raise AssertionError("compiled")

    model.frames.compile_backbones(partial(torch.compile, backend=refuse))

    assert torch.equal(logits(model, batch), expected)
    with pytest.raises(Exception, match="compiled"):
        model.train()(batch)


def test_a_frozen_backbone_does_not_train_and_stays_in_eval_mode() -> None:
    model = model_of(frozen=("face",)).train()
    frames = model.frames
    assert isinstance(frames, FrameStreams)
    assert not frames.backbones["face"].training
    assert frames.backbones["hand_left"].training

    found = gradients(model, crops_batch())

    assert not any(name.startswith("frames.backbones.face.") for name in found)
    assert any(name.startswith("frames.backbones.hand_left.") for name in found)
    assert "frames.projectors.face.projection.weight" in found


def test_backbones_are_in_the_encoder_group_and_frozen_ones_ask_for_no_gradient() -> None:
    group = dict(model_of(frozen=("face",)).parameter_groups()["encoder"])
    trains = {name: p.requires_grad for name, p in group.items() if name.startswith("frames.backbones.")}
    assert trains
    assert all(on != name.startswith("frames.backbones.face.") for name, on in trains.items())


@pytest.mark.parametrize("kind", KINDS)
def test_features_from_the_cache_give_what_the_crops_give(kind: str) -> None:
    model, batch = model_of(backbone=kind, frozen=STREAMS), crops_batch()
    cached = with_features(model, batch)

    assert {features_BTF.dtype for features_BTF in cached.features_BTF.values()} == {torch.float16}
    assert torch.equal(logits(model, batch), logits(model, cached))
    expected = gradients(model.train(), batch)
    assert all(torch.equal(gradient, expected[name]) for name, gradient in gradients(model, cached).items())


def test_features_do_not_depend_on_the_precision_of_training() -> None:
    model, batch = model_of(frozen=STREAMS), crops_batch()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        under_autocast = model.frame_features("face", batch.crops_BTHWC["face"], batch.crops_mask_BT["face"])
    plain = model.frame_features("face", batch.crops_BTHWC["face"], batch.crops_mask_BT["face"])
    assert torch.equal(under_autocast, plain)


@pytest.mark.parametrize("cached", [False, True])
def test_a_frozen_and_a_trained_stream_run_in_bf16_on_a_cpu(cached: bool) -> None:
    model, batch = (
        model_of(streams=("face", "hand_left"), frozen=("face",)),
        crops_batch(streams=("face", "hand_left")),
    )
    if cached:
        features = {
            "face": model.frame_features("face", batch.crops_BTHWC["face"], batch.crops_mask_BT["face"])
        }
        batch = replace(
            batch, crops_BTHWC={"hand_left": batch.crops_BTHWC["hand_left"]}, features_BTF=features
        )
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = logits(model, batch)
    torch.testing.assert_close(found.float(), logits(model, batch), atol=0.05, rtol=0)


def test_the_key_of_features_changes_with_weights_spec_and_size() -> None:
    model = model_of(frozen=("face",))
    frames = model.frames
    assert isinstance(frames, FrameStreams)
    key = model.feature_key("face")
    assert key == model_of(frozen=("face",)).feature_key("face")

    frames.image_size = 56
    resized = model.feature_key("face")
    with torch.no_grad():
        next(frames.backbones["face"].parameters()).view(-1)[0] += 1e-3
    assert len({key, resized, model.feature_key("face")}) == 3


def test_the_key_of_features_changes_with_the_decoding_of_crops_and_the_devices_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = model_of(frozen=("face",))
    keys = [model.feature_key("face")]
    monkeypatch.setattr("slt_engine.model.frames.DECODING", 0)
    keys.append(model.feature_key("face"))
    monkeypatch.setitem(FROZEN_FORMATS, "cpu", torch.float16)
    keys.append(model.feature_key("face"))
    assert len(set(keys)) == 3


def test_a_stream_that_trains_or_is_off_has_no_key() -> None:
    model = model_of(streams=("face", "hand_left"), frozen=("face",))
    assert model.feature_key("hand_left") is None
    assert model.feature_key("hand_right") is None


def test_shared_hands_have_one_set_of_weights() -> None:
    shared, apart = model_of(share=True), model_of()
    assert isinstance(shared.frames, FrameStreams)
    assert list(shared.frames.backbones) == ["face", "hand"]
    tiny = sum(p.numel() for p in shared.frames.backbones["hand"].parameters())
    assert count(apart) - count(shared) == tiny

    batch = crops_batch(streams=("hand_left", "hand_right"))
    left_alone = gradients(shared, without_crops(batch, "hand_right"))
    both = gradients(shared, batch)
    name = "frames.backbones.hand.layers.0.weight"
    assert not torch.allclose(left_alone[name], both[name])


def test_pictures_are_normalised_as_dinov2_was_trained() -> None:
    frames = small_frames(("face",))
    got: list[Tensor] = []
    frames.backbones["face"].register_forward_pre_hook(lambda _, inputs: got.append(inputs[0]))
    batch = crops_batch([2], ("face",))
    batch = replace(batch, crops_mask_BT={"face": batch.frames_BT})
    frames(batch)
    mean_C, std_C = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    expected_NHWC = (batch.crops_BTHWC["face"][0] / 255 - mean_C) / std_C
    torch.testing.assert_close(got[0], expected_NHWC.permute(0, 3, 1, 2), atol=1e-5, rtol=1e-5)


def test_weights_of_a_stream_have_names_that_stay() -> None:
    names = set(model_of(streams=("face", "hand_left"), share=True).state_dict())
    assert {
        "frames.backbones.face.layers.0.weight",
        "frames.backbones.hand.layers.0.weight",
        "frames.projectors.hand_left.projection.weight",
        "frames.projectors.hand_left.missing_D",
    } <= names
    assert not any("scale_C" in name or "shift_C" in name for name in names)


def with_features(model: SignTranslator, batch: Batch) -> Batch:
    """The batch as the cache gives it."""
    features = {
        stream: model.frame_features(stream, crops, batch.crops_mask_BT[stream])
        for stream, crops in batch.crops_BTHWC.items()
    }
    return replace(batch, crops_BTHWC={}, features_BTF=features)


def count(model: nn.Module) -> int:
    return sum(p.numel() for p in model.parameters())
