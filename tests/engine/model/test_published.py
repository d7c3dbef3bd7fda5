"""The paper encoder beside the published network written out plainly: one state dict, the same numbers."""

# B clips, T frames, J points, C channels. Masks are True where real.

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from slt_engine.batch import Batch
from slt_engine.model.mska.heads import CtcHeads
from slt_engine.model.mska.paper import READ_BY, PaperEncoder, hold_last
from slt_engine.model.mska.paper_stream import table
from slt_engine.model.mska.published import translate_published
from slt_engine.train.initial import read_weights
from tests.support.published_mska import TABLE, PublishedMska

GLOSSES, FRAMES = 9, 16
LENGTHS = (16, 9)
NAMES = {"fused": "fuse", "left": "left", "right": "right", "body": "body"}


class Ours(nn.Module):
    """The encoder and its heads, named as in the whole model."""

    def __init__(self, *, batch_invariant: bool) -> None:
        super().__init__()
        self.keypoints = PaperEncoder(
            range(79),
            channels=3,
            subsets=2,
            rows=table(5),
            heads=tuple(READ_BY),
            dropout=0.0,
            slope=0.1,
            batch_invariant=batch_invariant,
        )
        widths = self.keypoints.stream_widths
        self.heads = CtcHeads(widths, width=self.keypoints.width, vocabulary=GLOSSES, make=nn.Linear)

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        logits_BTG: dict[str, Tensor] = self.heads(self.keypoints(batch))
        return logits_BTG


@pytest.fixture(name="batch")
def two_clips() -> Batch:
    random = torch.Generator().manual_seed(1)
    frames_BT = torch.arange(FRAMES) < torch.tensor(LENGTHS)[:, None]
    return Batch(
        clip_ids=("a", "b"),
        texts=("", ""),
        frames_BT=frames_BT,
        keypoints_BTJC=torch.rand(2, FRAMES, 79, 3, generator=random),
        keypoints_mask_BTJ=frames_BT.unsqueeze(-1).expand(-1, -1, 79),
    )


@pytest.fixture(name="published")
def plain_network() -> PublishedMska:
    torch.manual_seed(0)
    return PublishedMska(GLOSSES, subsets=2, table=TABLE[:5], dropout=0.0)


def as_published(batch: Batch) -> tuple[Tensor, Tensor]:
    """What the published data loader hands on: last frames held, x and y from -1 to 1, y upwards; the heads' mask."""
    assert batch.keypoints_BTJC is not None
    x_BTJC = hold_last(batch.keypoints_BTJC, batch.frames_BT).clone()
    x_BTJC[..., 1] = 1 - x_BTJC[..., 1]
    x_BTJC[..., :2] = (x_BTJC[..., :2] - 0.5) / 0.5
    return x_BTJC.permute(0, 3, 1, 2), batch.frames_BT[:, ::4]


@pytest.mark.parametrize("training", [False, True])
def test_off_gives_the_published_numbers_padding_and_all(
    batch: Batch, published: PublishedMska, training: bool
) -> None:
    ours = Ours(batch_invariant=False).train(training)
    ours.load_state_dict(translate_published(published.state_dict()))
    x_BCTJ, mask_BT = as_published(batch)

    expected, logits = published.train(training)(x_BCTJ, mask_BT), ours(batch)

    near = 1e-4 if training else 1e-5  # statistics of 7 frames, layer upon layer, magnify float32's rounding
    for name, there in NAMES.items():
        torch.testing.assert_close(logits[name][mask_BT], expected[there][mask_BT], atol=near, rtol=0)
    statistics = dict(ours.named_buffers())
    for name, value in translate_published(published.state_dict()).items():
        if name.endswith("running_var"):
            torch.testing.assert_close(statistics[name], value, rtol=1e-4, atol=1e-5)


def test_without_padding_on_and_off_give_the_same(batch: Batch, published: PublishedMska) -> None:
    full = replace(batch, frames_BT=torch.ones_like(batch.frames_BT))
    weights = translate_published(published.state_dict())
    on, off = Ours(batch_invariant=True), Ours(batch_invariant=False)
    on.load_state_dict(weights)
    off.load_state_dict(weights)

    with_padding = torch.equal(on(batch)["body"], off(batch)["body"])

    torch.testing.assert_close(on(full)["body"], off(full)["body"])
    assert not with_padding


@pytest.mark.parametrize("prefix", ["", "recognition_network."])
def test_a_checkpoint_with_the_published_names_loads(
    published: PublishedMska, tmp_path: Path, prefix: str
) -> None:
    path = tmp_path / "best.pth"
    torch.save({"model": {prefix + name: value for name, value in published.state_dict().items()}}, path)

    ours = Ours(batch_invariant=True)
    ours.load_state_dict(read_weights(path))

    assert torch.equal(ours.heads.heads["fused"].weight, published.fuse_visual_head.gloss_output_layer.weight)


def test_the_mapper_and_mbart_have_their_names_too() -> None:
    names = [
        "recognition_network.visual_backbone_keypoint.left_graph_layers.0.in_nets.weight",
        "vl_mapper.mapping.0.weight",
        "vl_mapper.mapping.2.bias",
        "translation_network.model.model.shared.weight",
        "translation_network.gloss_embedding.weight",
    ]
    assert list(translate_published(dict.fromkeys(names, torch.zeros(1)))) == [
        "keypoints.streams.left.blocks.0.in_nets.weight",
        "gloss.layers.0.weight",
        "gloss.layers.3.bias",
        "decoder.seq2seq.model.shared.weight",
        "translation_network.gloss_embedding.weight",
    ]


def test_other_weights_keep_their_names() -> None:
    weights = {"vl_mapper.mapping.0.weight": torch.zeros(1)}
    assert list(translate_published(weights)) == list(weights)
