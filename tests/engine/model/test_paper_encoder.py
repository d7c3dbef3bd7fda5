"""The paper encoder among its settings: what it reads, at which rate it answers, what its flags change."""

# B clips, T frames, J joints, C channels, D width. Masks are True where real.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn

from slt_engine.batch import Batch
from slt_engine.clips.layouts import LAYOUTS
from slt_engine.config import Layer, resolve
from slt_engine.config.notices import list_notices
from slt_engine.data.tokenizer import train_tokenizer
from slt_engine.model.build import gloss_rate, outline_model
from slt_engine.model.errors import ModelError
from slt_engine.model.mska.paper import STREAMS, PaperEncoder
from slt_engine.model.mska.paper_stream import table
from slt_engine.model.mska.paper_trunk import HeadTrunk, PublishedTrunk
from slt_engine.model.translator import SignTranslator, _add, _nearest
from tests.engine.model.small import small_batch, small_paper
from tests.support.settings import KEYPOINTS, LEAST, config_with, problems_with

PAPER = {**KEYPOINTS, "data.pose_dir": None, "model.mska_encoder": "paper", "model.mska_ctc_weight": 1.0}
WHOLE = {"model.mska_stream_heads": 6, "model.mska_temporal_blocks": 8}


def batch_of_79(frames: int = 9) -> Batch:
    """One clip in the layout ``mska_79``."""
    random = torch.Generator().manual_seed(0)
    points_BTJC = torch.rand(1, frames, 79, 3, generator=random)
    frames_BT = torch.ones(1, frames, dtype=torch.bool)
    found_BTJ = torch.ones(1, frames, 79, dtype=torch.bool)
    return Batch(("a",), ("",), frames_BT, keypoints_BTJC=points_BTJC, keypoints_mask_BTJ=found_BTJ)


def paper_of_79(**changes: Any) -> PaperEncoder:
    torch.manual_seed(0)
    encoder = small_paper(**changes)
    encoder.points = list(range(79))
    return encoder.eval()


def outline(
    values: dict[str, Any], *, layout: str = "coco_wholebody_133", glosses: int = 1094
) -> SignTranslator:
    names = [str(gloss) for gloss in range(glosses)]
    tokenizer = train_tokenizer(["a b"], vocab_size=300, characters=True)
    return outline_model(
        config_with({**PAPER, **values}), layout=LAYOUTS[layout], tokenizer=tokenizer, gloss_names=names
    )


def test_x_and_y_run_from_minus_one_to_one_with_y_upwards() -> None:
    batch = batch_of_79()
    assert batch.keypoints_BTJC is not None
    assert batch.keypoints_mask_BTJ is not None
    batch.keypoints_BTJC[0, 0, 3] = torch.tensor([0.25, 1.0, 0.7])
    batch.keypoints_mask_BTJ[0, 0, 4] = False

    points_BTJC, _ = paper_of_79().read(batch)

    torch.testing.assert_close(points_BTJC[0, 0, 3], torch.tensor([-0.5, -1.0, 0.7]))
    assert not points_BTJC[0, 0, 4].any()


@pytest.mark.parametrize(
    ("points", "heads"),
    [
        (range(21), {"left", "body"}),
        (range(21, 42), {"right", "body"}),
        (range(42, 68), {"left", "right", "body"}),
        ([74], {"left", "right", "body"}),
    ],
    ids=["left hand", "right hand", "face", "nose"],
)
def test_a_head_changes_with_the_points_that_its_streams_read(points: Sequence[int], heads: set[str]) -> None:
    encoder, batch = paper_of_79(), batch_of_79()
    assert batch.keypoints_BTJC is not None
    moved_BTJC = batch.keypoints_BTJC.clone()
    moved_BTJC[:, ::2, list(points)] += 0.3

    still, moved = encoder(batch), encoder(replace(batch, keypoints_BTJC=moved_BTJC))

    changed = {name for name, x in still.streams_BTW.items() if not torch.equal(x, moved.streams_BTW[name])}
    assert changed == heads
    assert not torch.equal(still.fused_BTD, moved.fused_BTD)


def test_a_stream_that_is_missing_throughout_is_not_judged_and_the_rest_is_finite() -> None:
    batch = batch_of_79()
    assert batch.keypoints_mask_BTJ is not None
    batch.keypoints_mask_BTJ[:, :, list(STREAMS["left"])] = False

    features = paper_of_79()(batch)

    seen = {name: bool(seen_B.all()) for name, seen_B in features.seen_B.items()}
    assert seen == {"left": False, "right": True, "body": True}
    assert all(x_BTD.isfinite().all() for x_BTD in (features.fused_BTD, *features.streams_BTW.values()))


def test_a_clip_leaves_a_quarter_of_its_frames_rounded_up() -> None:
    encoder = small_paper(rows=table(5)).eval()
    features = encoder(small_batch([12, 5, 1]))
    assert features.fused_BTD.shape[:2] == (3, 3)
    assert features.mask_BT.sum(dim=1).tolist() == [3, 2, 1]
    assert gloss_rate(config_with({**PAPER, **WHOLE})) == encoder.rate == 4


def test_the_model_has_the_published_network_whole() -> None:
    model = outline(WHOLE)
    parts = [model.keypoints, model.heads]
    assert sum(p.numel() for part in parts if part is not None for p in part.parameters()) == 44_159_272


def test_without_a_gloss_loss_there_is_the_fused_trunk_alone() -> None:
    model = outline({"model.mska_ctc_weight": 0.0})
    assert model.heads is None
    assert isinstance(model.keypoints, PaperEncoder)
    assert list(model.keypoints.trunks) == ["fused"]


def test_a_layout_without_the_points_is_an_error_that_names_those_with_them() -> None:
    with pytest.raises(
        ModelError, match="reads 79 points that this keypoint layout does not name: choose mediapipe"
    ):
        outline({}, layout="msl_226")


@pytest.mark.parametrize("layout", [name for name, layout in LAYOUTS.items() if layout.paper])
def test_every_layout_with_the_points_builds(layout: str) -> None:
    assert isinstance(outline({}, layout=layout).keypoints, PaperEncoder)


def test_the_settings_reach_the_network() -> None:
    model = outline(
        {
            "model.mska_stream_heads": 3,
            "model.mska_temporal_blocks": 9,
            "model.leaky_relu_negative_slope": 0.25,
            "model.mska_dropout": 0.4,
            "model.mska_input_dim": 2,
            "model.mska_batch_invariant": False,
        }
    )
    assert isinstance(model.keypoints, PaperEncoder)
    stream, trunk = model.keypoints.streams["body"], model.keypoints.trunks["body"]
    assert (len(stream.blocks), stream.blocks[0].subsets, stream.blocks[8].slope) == (9, 3, 0.25)
    assert {layer.p for layer in model.keypoints.modules() if isinstance(layer, nn.Dropout)} == {0.4}
    assert stream.input_map[0].in_channels == 2
    assert isinstance(trunk, PublishedTrunk)
    assert not isinstance(outline({}).keypoints.trunks["body"], PublishedTrunk)
    assert isinstance(outline({}).keypoints.trunks["body"], HeadTrunk)


def test_heads_across_streams_are_an_error_with_paper() -> None:
    told = problems_with({**PAPER, "model.mska_heads": 8})
    assert any("the paper encoder has no attention across streams" in problem for problem in told)


def test_settings_that_paper_does_not_read_are_told() -> None:
    values = {**LEAST, **PAPER, "model.mska_temporal_kernel": 5, "model.mska_ff_multiplier": 2}
    told = "\n".join(list_notices(resolve([Layer("test", values)])))
    assert "mska_temporal_kernel has no effect: the paper encoder's table has its own" in told
    assert "mska_ff_multiplier has no effect" in told
    assert "leaky_relu_negative_slope is 0.01, and the published network has 0.1" in told
    assert "mska_stream_heads" not in told


def test_a_shorter_gloss_sequence_is_added_at_the_nearest_place_of_each_clip() -> None:
    assert _nearest(torch.tensor([8, 3]), torch.tensor([2, 1]), frames=8).tolist() == [
        [0, 0, 0, 0, 1, 1, 1, 1],
        [0] * 8,
    ]
    mask_BT = torch.arange(8) < torch.tensor([[8], [3]])
    gloss_BTD = torch.tensor([[[1.0], [2.0]], [[5.0], [0.0]]])

    added_BTD, _ = _add(torch.zeros(2, 8, 1), mask_BT, gloss_BTD, gloss_BTD[..., 0] > 0)

    assert added_BTD[..., 0].tolist() == [[1.0] * 4 + [2.0] * 4, [5.0] * 3 + [0.0] * 5]
