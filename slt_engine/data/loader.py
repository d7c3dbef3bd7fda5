"""A plan of batches, read in order, and ahead of the model by threads.

Threads, not processes: decoding a JPEG and copying arrays let other threads run, and a batch of crops (231 MB for four
clips of three streams) is where the model needs it, in page-locked memory too, without a copy through /dev/shm.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice

import torch

from slt_engine.batch import Batch
from slt_engine.data.batches import Plan
from slt_engine.data.changes import Changes
from slt_engine.data.collate import collate
from slt_engine.data.dataset import ClipDataset, Sample


@dataclass(frozen=True)
class Share:
    """Which clips of every batch one of ``count`` processes reads: every ``count``-th from place ``rank`` on."""

    rank: int = 0
    count: int = 1


def batches(
    dataset: ClipDataset,
    plan: Plan,
    *,
    start: int = 0,
    share: Share = Share(),
    num_workers: int = 0,
    pin_memory: bool = False,
    changes: Changes | None = None,
) -> Iterator[Batch]:
    """The batches of ``plan`` from position ``start`` on, the same whatever ``num_workers`` is.

    Clips come as they are, or with the ``changes`` of an epoch of training. Of each batch come the clips of ``share``;
    where there is none comes a batch without clips, which trains nothing.
    Draws nothing from torch's random generator. Raises DataError when a clip cannot be read.
    """
    pin = pin_memory and torch.cuda.is_available()
    read = partial(_read, dataset, plan, share=share, pin_memory=pin, changes=changes)
    places = iter(range(start, len(plan)))
    if not num_workers:
        yield from map(read, places)
        return
    with ThreadPoolExecutor(num_workers, thread_name_prefix="reader") as pool:
        ahead: deque[Future[Batch]] = deque(pool.submit(read, place) for place in islice(places, num_workers))
        try:
            while ahead:
                batch = ahead.popleft().result()
                ahead.extend(pool.submit(read, place) for place in islice(places, 1))
                yield batch
        finally:
            for unread in ahead:
                unread.cancel()


def _read(
    dataset: ClipDataset, plan: Plan, place: int, *, share: Share, pin_memory: bool, changes: Changes | None
) -> Batch:
    clips = plan[place]
    own = range(len(clips))[share.rank :: share.count]
    batch = collate(_read_samples(dataset, clips, own or range(1), batch=place, changes=changes))
    batch = batch if own else batch.without_clips()
    return batch.pin_memory() if pin_memory else batch


def _read_samples(
    dataset: ClipDataset, clips: Sequence[int], places: Sequence[int], *, batch: int, changes: Changes | None
) -> list[Sample]:
    """The samples at ``places`` of a batch of ``clips``, which is number ``batch`` of its plan. Raises DataError."""
    if changes is None:
        return [dataset[clips[place]] for place in places]
    return changes.read(dataset, clips, places, batch=batch)
