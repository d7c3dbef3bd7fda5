"""A plan of batches, read in order: in this process, or in others that nobody needs to look after."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from typing import Any

import torch
from torch.utils.data import DataLoader, Dataset

from slt_engine.batch import Batch
from slt_engine.clips.errors import DataError
from slt_engine.data.batches import Plan
from slt_engine.data.collate import collate
from slt_engine.data.dataset import ClipDataset

_PR_SET_PDEATHSIG = 1  # prctl(2)


def batches(
    dataset: ClipDataset, plan: Plan, *, start: int = 0, num_workers: int = 0, pin_memory: bool = False
) -> Iterator[Batch]:
    """The batches of ``plan`` from position ``start`` on, the same whatever ``num_workers`` is.

    A split that is kept in memory is read by this process alone: its workers' copies would be lost with them.
    Draws nothing from torch's random generator. Raises DataError when a clip cannot be read.
    """
    loader = DataLoader(
        _Planned(dataset, plan),
        batch_size=None,
        sampler=range(start, len(plan)),
        num_workers=0 if dataset.in_memory else num_workers,
        collate_fn=_as_it_is,
        pin_memory=pin_memory and torch.cuda.is_available(),
        worker_init_fn=_Worker(os.getpid()),
        generator=torch.Generator().manual_seed(0),
    )
    for batch in loader:
        if isinstance(batch, DataError):
            raise batch
        yield batch


class _Planned(Dataset[Batch | DataError]):
    """Batches by position in the plan. A clip's fault is an item, so that it crosses processes unchanged."""

    def __init__(self, dataset: ClipDataset, plan: Plan) -> None:
        self._dataset, self._plan = dataset, plan

    def __len__(self) -> int:
        return len(self._plan)

    def __getitem__(self, position: int) -> Batch | DataError:
        try:
            return collate([self._dataset[clip] for clip in self._plan[position]])
        except DataError as error:
            return error


class _Worker:
    """Makes a worker deaf to the signals of its parent, which may still need it, and die with it."""

    def __init__(self, parent: int) -> None:
        self._parent = parent

    def __call__(self, _worker: int) -> None:
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), signal.SIG_IGN)
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != self._parent:
                os._exit(1)


def _as_it_is(item: Any) -> Any:
    return item
