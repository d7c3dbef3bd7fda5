"""Gradients of several processes add up to those of one, down to the weights that no clip reached."""

from __future__ import annotations

import socket
from pathlib import Path

import torch
import torch.distributed as dist
import torch.multiprocessing as processes
from torch import nn

from slt_engine.train.processes import Processes

GRADIENTS = ((1.0, 2.0, None), (3.0, None, None))
"""Of three weights, in each of two processes."""


def work(rank: int, port: int, out: Path) -> None:
    dist.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=2)
    weights = [nn.Parameter(torch.zeros(2)) for _ in GRADIENTS[rank]]
    for weight, value in zip(weights, GRADIENTS[rank], strict=True):
        weight.grad = None if value is None else torch.full((2,), value)
    Processes(rank, 2).add_gradients(weights)
    torch.save([weight.grad for weight in weights], out / f"{rank}.pt")
    dist.destroy_process_group()


def test_a_weight_that_no_process_has_a_gradient_for_has_none(tmp_path: Path) -> None:
    """An optimizer passes it over then, as it does in one process: no decay, no step by old moments."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    processes.spawn(work, args=(port, tmp_path), nprocs=2)
    for rank in range(2):
        first, second, third = torch.load(tmp_path / f"{rank}.pt")
        assert (first.tolist(), second.tolist(), third) == ([4.0, 4.0], [2.0, 2.0], None)
