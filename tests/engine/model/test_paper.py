"""The published MSKA network: equal to it number for number, and blind to padding when asked to be."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from slt_engine.model.mska.packing import Packing
from slt_engine.model.mska.paper_block import PaperBlock
from slt_engine.model.mska.paper_stream import PaperStream, rate_of, table
from slt_engine.model.mska.paper_trunk import HeadTrunk

GOLDEN = Path(__file__).resolve().parents[4] / "shared/data/mska_golden"
BLOCKS = {"same": (1, 3), "stride2_k7": (2, 7), "widen": (1, 3), "widen_stride2": (2, 3)}

needs_golden = pytest.mark.skipif(not GOLDEN.is_dir(), reason=f"{GOLDEN} is not here")


def unpadded(clips: int, frames: int) -> Packing:
    """All clips are as long."""
    return Packing.of(torch.ones(clips, frames, dtype=torch.bool))


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
@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_equals_the_published_one_in_eval_and_in_training(name: str) -> None:
    arrays = golden(name)
    stride, kernel = BLOCKS[name]
    block, x_BCTJ = published(arrays, stride=stride, kernel=kernel), arrays["x"]
    frames = unpadded(len(x_BCTJ), x_BCTJ.shape[2])
    x_NJC = x_BCTJ.permute(0, 2, 3, 1).flatten(0, 1)

    def run(block: PaperBlock) -> Tensor:
        return frames.every(stride).unpack(block(x_NJC, frames)).permute(0, 3, 1, 2)

    torch.testing.assert_close(run(block.eval()), arrays["y_eval"], atol=1e-5, rtol=0)
    torch.testing.assert_close(block.train().attention(x_NJC, frames), arrays["attn"], atol=1e-5, rtol=0)
    torch.testing.assert_close(run(block), arrays["y_train"], atol=1e-5, rtol=0)


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
    x_BTJC = torch.randn(2, 24, 9, 3)

    together, seen = stream(x_BTJC, Packing.of(torch.arange(24) < torch.tensor([[length], [24]])))
    together = trunk(together, seen)
    alone, own = stream(x_BTJC[:1, :length], unpadded(1, length))
    alone = trunk(alone, own)

    frames = alone.shape[1]
    torch.testing.assert_close(together[:1, :frames], alone, atol=1e-5, rtol=0)
    assert int(seen.lengths[0]) == frames
    assert not together[0, frames:].any()


def test_what_stands_on_padding_reaches_neither_the_output_nor_the_statistics() -> None:
    torch.manual_seed(0)
    quiet_stream = PaperStream(5, channels=3, subsets=2, rows=table(2), dropout=0.0)
    loud_stream = copy.deepcopy(quiet_stream)
    x_BTJC = torch.randn(2, 12, 5, 3)
    frames = Packing.of(torch.arange(12) < torch.tensor([[7], [12]]))
    quiet, loud = (torch.where(frames.mask_BT[:, :, None, None], x_BTJC, noise) for noise in (0.0, 1e4))
    torch.testing.assert_close(loud_stream(loud, frames)[0], quiet_stream(quiet, frames)[0])
    for (name, heard), expected in zip(loud_stream.named_buffers(), quiet_stream.buffers(), strict=True):
        torch.testing.assert_close(heard, expected, msg=name)


def test_more_blocks_than_the_table_has_repeat_its_last_row() -> None:
    assert [row.stride for row in table(2)] == [2, 1]
    assert table(10)[7:] == [table(8)[-1]] * 3
    assert rate_of(table(8)) == 4
