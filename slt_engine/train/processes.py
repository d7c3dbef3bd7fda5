"""The processes of a run: whose share of a batch is whose, and what they tell each other."""

from __future__ import annotations

import contextlib
import gc
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.distributed_c10d import PrefixStore, Store

from slt_engine.data.loader import Share
from slt_engine.train.observer import Observer

T = TypeVar("T")

REASONS = ("", "stop file", "SIGINT", "SIGTERM")
LISTENS_EVERY_S = 0.2
TIMEOUT = timedelta(hours=2)  # the first may read a large data set before the others do
BUCKET_NUMBERS = 16 << 20  # gradients are added up in pieces of so many numbers

_STOP, _FAILURE = "slt/stop", "slt/failure"


class ProcessError(Exception):
    """Another process of the run ended before its time."""


class Processes:
    """This process, number ``rank`` of ``count``. The first, which leads, is the only one that writes files.

    What is gathered or added up is so over all of them, and every one of them must ask for it.
    """

    def __init__(self, rank: int = 0, count: int = 1, store: Store | None = None) -> None:
        self.rank, self.count = rank, count
        self._store = store
        self._posted, self._listened = False, 0.0

    @classmethod
    def join(cls, store: Store, rank: int, count: int) -> Processes:
        """Meet the others at ``store``."""
        backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
        dist.init_process_group(
            backend, store=PrefixStore("group", store), rank=rank, world_size=count, timeout=TIMEOUT
        )
        return cls(rank, count, store)

    @property
    def leads(self) -> bool:
        """Whether this is the process that reports and saves."""
        return self.rank == 0

    @property
    def share(self) -> Share:
        """Which clips of every batch are read here."""
        return Share(self.rank, self.count)

    def add_up(self, numbers: Sequence[float]) -> list[float]:
        """The sums of each number."""
        if self.count == 1:
            return list(numbers)
        summed = torch.tensor(numbers, dtype=torch.float64)
        dist.all_reduce(summed)
        sums: list[float] = summed.tolist()
        return sums

    def add_up_named(self, numbers: Mapping[str, int]) -> dict[str, int]:
        """The same for whole numbers by name, which have the same names everywhere."""
        return dict(zip(numbers, map(int, self.add_up(list(numbers.values()))), strict=True))

    def gather(self, own: T) -> list[T]:
        """Everybody's, in the order of their ranks."""
        if self.count == 1:
            return [own]
        gathered: list[T | None] = [None] * self.count
        dist.all_gather_object(gathered, own)
        return gathered  # type: ignore[return-value]

    def add_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Give every parameter the sum of its gradients; one that has none here counts as zero.

        One that has none anywhere keeps none: an optimizer passes it over, as it would in one process.
        """
        if self.count == 1:
            return
        for bucket in _buckets(self._reached(list(parameters))):
            for parameter in bucket:
                if parameter.grad is None:
                    parameter.grad = torch.zeros_like(parameter)
            gradients = [p.grad for p in bucket if p.grad is not None]
            flat = torch.cat([gradient.flatten() for gradient in gradients])
            dist.all_reduce(flat)
            parts = flat.split([gradient.numel() for gradient in gradients])
            torch._foreach_copy_(gradients, [p.view_as(g) for p, g in zip(parts, gradients, strict=True)])

    def _reached(self, parameters: list[nn.Parameter]) -> list[nn.Parameter]:
        """Those that any process has a gradient for."""
        reached = torch.tensor([p.grad is not None for p in parameters], dtype=torch.uint8)
        dist.all_reduce(reached, op=dist.ReduceOp.MAX)
        return [p for p, is_reached in zip(parameters, reached.tolist(), strict=True) if is_reached]

    @torch.no_grad()
    def copy_weights(self, model: nn.Module) -> None:
        """Give every process the weights and buffers of the one that leads."""
        if self.count == 1:
            return
        for tensor in (*model.parameters(), *model.buffers()):
            dist.broadcast(tensor.data, src=0)

    @contextlib.contextmanager
    def leader_first(self) -> Iterator[None]:
        """Do what is inside in the process that leads, and then in the others."""
        if not self.leads:
            self.add_up([])
        yield
        if self.leads:
            self.add_up([])

    def hears_stop(self, observer: Observer) -> bool:
        """Whether this process was asked to stop, or has heard that another was; asks nobody to wait."""
        if self._store is None:
            return observer.should_stop
        if observer.should_stop and not self._posted:
            self._posted = True
            self._store.set(_STOP, observer.stop_reason or "")
        elif time.monotonic() - self._listened > LISTENS_EVERY_S:
            self._listened = time.monotonic()
            if self._store.check([_STOP]):
                observer.ask_to_stop(self._store.get(_STOP).decode())
        return observer.should_stop

    def stop(self, observer: Observer) -> bool:
        """Whether any process was asked to stop; all give the same answer."""
        heard = self.hears_stop(observer)
        if self.count == 1:
            return heard
        code = torch.tensor(REASONS.index(observer.stop_reason or ""))
        dist.all_reduce(code, op=dist.ReduceOp.MAX)
        if int(code):
            observer.ask_to_stop(REASONS[int(code)])
        return bool(code)

    def tell_failure(self, message: str) -> None:
        """Leave word for the process that leads of why this one ends; it may be gone itself."""
        if self._store is not None:
            with contextlib.suppress(RuntimeError):
                self._store.set(_FAILURE, message)

    def failure(self) -> str | None:
        """What another process said before it ended."""
        if self._store is None or not self._store.check([_FAILURE]):
            return None
        return self._store.get(_FAILURE).decode()

    def leave(self) -> None:
        """Part from the others.

        Graphs that add up over processes hold their group: one that is left in a cycle of references at the end of
        Python takes the group's threads down with it, and the process aborts.
        """
        if dist.is_initialized():
            gc.collect()
            dist.destroy_process_group()


def _buckets(parameters: Iterable[nn.Parameter]) -> Iterator[list[nn.Parameter]]:
    """Parameters of one kind and device in order, in groups of about BUCKET_NUMBERS numbers."""
    bucket: list[nn.Parameter] = []
    held = 0
    for parameter in parameters:
        if bucket and (held + parameter.numel() > BUCKET_NUMBERS or not _alike(bucket[0], parameter)):
            yield bucket
            bucket, held = [], 0
        bucket.append(parameter)
        held += parameter.numel()
    if bucket:
        yield bucket


def _alike(one: Tensor, other: Tensor) -> bool:
    return one.dtype == other.dtype and one.device == other.device


ALONE = Processes()
"""The one process of most runs."""
