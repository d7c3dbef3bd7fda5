"""The published MSKA network: equal to it number for number, and blind to padding when asked to be."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from slt_engine.model.mska.paper_block import PaperBlock
from slt_engine.model.mska.paper_stream import PaperStream, rate_of, table
from slt_engine.model.mska.paper_trunk import HeadTrunk

GOLDEN = Path(__file__).resolve().parents[4] / "shared/data/mska_golden"
BLOCKS = {"same": (1, 3), "stride2_k7": (2, 7), "widen": (1, 3), "widen_stride2": (2, 3)}

needs_golden = pytest.mark.skipif(not GOLDEN.is_dir(), reason=f"{GOLDEN} is not here")


def golden(name: str) -> dict[str, Tensor]:
    """Inputs, weights and outputs of the published block."""
    with np.load(GOLDEN / f"block_{name}.npz") as arrays:
        return {key: torch.from_numpy(arrays[key]) for key in arrays.files}


def published(arrays: dict[str, Tensor], *, stride: int, kernel: int) -> PaperBlock:
    """Our block with the published weights."""
    weights = {key[2:]: value for key, value in arrays.items() if key.startswith("w.")}
    subsets, joints = weights["attention0s"].shape[1:3]
    block = PaperBlock(
        weights["in_nets.weight"].shape[1],
        weights["ff_nets.0.weight"].shape[0],
        query_channels=weights["in_nets.weight"].shape[0] // (2 * subsets),
        joints=joints,
        subsets=subsets,
        kernel=kernel,
        stride=stride,
        dropout=0.0,
    )
    block.load_state_dict(weights)
    return block


@needs_golden
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_equals_the_published_one_in_eval_and_in_training(name: str, masked: bool) -> None:
    arrays = golden(name)
    stride, kernel = BLOCKS[name]
    block, x_BCTJ = published(arrays, stride=stride, kernel=kernel), arrays["x"]
    mask_BT = torch.ones(len(x_BCTJ), x_BCTJ.shape[2], dtype=torch.bool) if masked else None
    torch.testing.assert_close(block.eval()(x_BCTJ, mask_BT), arrays["y_eval"], atol=1e-5, rtol=0)
    torch.testing.assert_close(block.train().attention(x_BCTJ, mask_BT), arrays["attn"], atol=1e-5, rtol=0)
    torch.testing.assert_close(block(x_BCTJ, mask_BT), arrays["y_train"], atol=1e-5, rtol=0)


def test_the_whole_network_has_as_many_parameters_as_the_published_one() -> None:
    streams = [PaperStream(joints, channels=3, subsets=6, rows=table(8)) for joints in (27, 27, 26, 79)]
    trunks = [HeadTrunk(width) for width in (1024, 512, 512, 256)]
    parts = [*streams, *trunks, *(nn.Linear(512, 1094) for _ in trunks)]
    assert sum(p.numel() for part in parts for p in part.parameters()) == 44_159_272


@pytest.mark.parametrize("length", [1, 5, 16, 23])
def test_a_clip_is_the_same_alone_and_in_a_padded_batch(length: int) -> None:
    torch.manual_seed(0)
    stream = PaperStream(9, channels=3, subsets=2, rows=table(8)).eval()
    trunk = HeadTrunk(256).eval()
    x_BCTJ = torch.randn(2, 3, 24, 9)
    mask_BT = torch.arange(24) < torch.tensor([[length], [24]])
    together, seen_BT = stream(x_BCTJ, mask_BT)
    together = trunk(together, seen_BT)
    alone, all_BT = stream(x_BCTJ[:1, :, :length], torch.ones(1, length, dtype=torch.bool))
    alone = trunk(alone, all_BT)
    frames = alone.shape[1]
    torch.testing.assert_close(together[:1, :frames], alone, atol=1e-5, rtol=0)
    assert int(seen_BT[0].sum()) == frames
    assert not together[0, frames:].any()


def test_what_stands_on_padding_reaches_neither_the_output_nor_the_statistics() -> None:
    torch.manual_seed(0)
    quiet_block = PaperBlock(4, 8, query_channels=4, joints=5, subsets=2, kernel=3, stride=2, dropout=0.0)
    loud_block = copy.deepcopy(quiet_block)
    x_BCTJ = torch.randn(2, 4, 12, 5)
    mask_BT = torch.arange(12) < torch.tensor([[7], [12]])
    quiet, loud = (torch.where(mask_BT[:, None, :, None], x_BCTJ, noise) for noise in (0.0, 1e4))
    torch.testing.assert_close(loud_block(loud, mask_BT), quiet_block(quiet, mask_BT))
    for (name, heard), expected in zip(loud_block.named_buffers(), quiet_block.buffers(), strict=True):
        torch.testing.assert_close(heard, expected, msg=name)


def test_more_blocks_than_the_table_has_repeat_its_last_row() -> None:
    assert [row.stride for row in table(2)] == [2, 1]
    assert table(10)[7:] == [table(8)[-1]] * 3
    assert rate_of(table(8)) == 4
