"""Two processes normalise, and learn, as one that has the whole batch."""

# B clips, T frames, J joints, C channels. Masks are True where real.

from __future__ import annotations

import socket
from pathlib import Path

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as processes
from torch import Tensor, nn

from slt_engine.model.mska.packing import Packing
from slt_engine.model.mska.paper_stream import PaperStream, table
from slt_engine.model.mska.shared_norm import SharedBatchNorm
from slt_engine.train.processes import Processes

SPLIT = ([0, 2], [1])
"""Which clips each process has: not even as many."""


def network() -> PaperStream:
    torch.manual_seed(0)
    return PaperStream(5, channels=3, subsets=2, rows=table(2), dropout=0.0)


def clips() -> tuple[Tensor, Tensor]:
    random = torch.Generator().manual_seed(1)
    return torch.randn(3, 12, 5, 3, generator=random), torch.arange(12) < torch.tensor([[12], [7], [5]])


def learn(stream: PaperStream, x_BTJC: Tensor, mask_BT: Tensor) -> dict[str, Tensor]:
    """Gradients and statistics after one pass."""
    features_BTW, _ = stream(x_BTJC, Packing.of(mask_BT))
    features_BTW.square().sum().backward()
    gradients = {name: p.grad for name, p in stream.named_parameters() if p.grad is not None}
    return {**gradients, **{name: value for name, value in stream.named_buffers() if "running" in name}}


def work(rank: int, port: int, out: Path) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=2)
    x_BTJC, mask_BT = clips()
    learned = learn(network(), x_BTJC[SPLIT[rank]], mask_BT[SPLIT[rank]])
    for name, value in learned.items():
        if "running" not in name:
            dist.all_reduce(value)
    if rank == 0:
        torch.save(learned, out)
    Processes(rank, 2).leave()


def test_two_processes_have_the_gradients_and_statistics_of_one(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    out = tmp_path / "learned.pt"
    processes.spawn(work, args=(port, out), nprocs=2)

    together, alone = torch.load(out), learn(network(), *clips())

    assert together.keys() == alone.keys()
    for name, value in alone.items():
        torch.testing.assert_close(together[name], value, atol=2e-4, rtol=1e-4)


@pytest.mark.parametrize("shape", [(6, 5, 4), (6, 4)])
def test_by_hand_is_as_pytorch_does_it(shape: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    ours, theirs = SharedBatchNorm(4), nn.BatchNorm1d(4)
    x = torch.randn(*shape)
    torch.testing.assert_close(ours._normalise(x).flatten(0, -2), theirs(x.flatten(0, -2)))
    torch.testing.assert_close(ours(x).flatten(0, -2), theirs(x.flatten(0, -2)))
    for (name, value), expected in zip(ours.named_buffers(), theirs.buffers(), strict=True):
        torch.testing.assert_close(value, expected, msg=name)


def test_a_single_value_and_none_at_all_are_finite() -> None:
    norm = SharedBatchNorm(4)
    assert torch.equal(norm(torch.randn(1, 4)), norm.bias.unsqueeze(0))
    assert norm(torch.randn(0, 3, 4)).shape == (0, 3, 4)
    assert all(value.isfinite().all() for value in norm.buffers())
