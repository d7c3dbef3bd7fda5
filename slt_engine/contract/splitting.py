"""Splits without leaks: which clips train, validate and test, those of one signer or one video together."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from slt_engine.clips.errors import DataError
from slt_engine.clips.index import read_column, read_header, read_ids

TRAIN, VAL, TEST = "train", "val", "test"
COLUMNS = {"clip": ("video_id",), "signer": ("signer",), "source": ("video", "source", "source_video")}
"""What clips may be kept together by, and the columns of meta.csv that can say it, the first one that is there."""


@dataclass(frozen=True)
class Split:
    """Clips of one split in the table's order, and how many signers or videos they are of."""

    clip_ids: tuple[str, ...]
    groups: int


def split_table(
    path: Path, *, by: str, shares: Mapping[str, float], seed: int, column: str | None = None
) -> dict[str, Split]:
    """Splits of the clips of a meta.csv; ``shares`` are those of "val" and "test", the rest trains.

    ``column`` names the signer or the video where it is called otherwise. Raises DataError.
    """
    clip_ids = read_ids(path)
    group_of = _read_groups(path, clip_ids, by=by, column=column)
    placed = assign_groups([group_of[clip_id] for clip_id in clip_ids], shares, seed=seed, what=by)
    splits = {}
    for name in (TRAIN, *shares):
        ids = tuple(clip_id for clip_id in clip_ids if placed[group_of[clip_id]] == name)
        splits[name] = Split(ids, len({group_of[clip_id] for clip_id in ids}))
    return splits


def assign_groups(
    groups: Sequence[str], shares: Mapping[str, float], *, seed: int, what: str
) -> dict[str, str]:
    """The split of each group, given the group of every clip.

    In random order each goes to the first split that it does not overfill, else to training. A split with a share
    that would get nothing takes the smallest group that can be spared. Raises DataError where there are too few groups.
    """
    _check_shares(shares)
    sizes = Counter(groups)
    wanted = {name: share * len(groups) for name, share in shares.items() if share}
    if len(sizes) <= len(wanted):
        raise DataError(
            f"{len(sizes)} {what}s cannot make {len(wanted) + 1} splits; lower a share to 0, or keep clips together by "
            "something else"
        )
    order = sorted(sizes)
    random.Random(seed).shuffle(order)
    placed = _fill(order, sizes, wanted)
    for name in wanted:
        if name not in placed.values():
            held = Counter(placed.values())
            spare = [group for group in order if held[placed[group]] > 1]
            placed[min(spare, key=lambda group: (placed[group] != TRAIN, sizes[group]))] = name
    return placed


def _fill(order: Sequence[str], sizes: Mapping[str, int], wanted: Mapping[str, float]) -> dict[str, str]:
    placed: dict[str, str] = {}
    held = dict.fromkeys(wanted, 0)
    for group in order:
        name = next((name for name in wanted if held[name] + sizes[group] <= wanted[name] + 1e-9), TRAIN)
        placed[group] = name
        if name != TRAIN:
            held[name] += sizes[group]
    return placed


def _check_shares(shares: Mapping[str, float]) -> None:
    for name, share in shares.items():
        if not 0 <= share < 1:
            raise DataError(f"the share of {name} is {share:g}; it must be 0 or more and below 1")
    if sum(shares.values()) >= 1:
        raise DataError(f"the shares of {' and '.join(shares)} leave nothing to train on; lower them")


def _read_groups(path: Path, clip_ids: Sequence[str], *, by: str, column: str | None) -> dict[str, str]:
    if by == "clip" and column is None:
        return {clip_id: clip_id for clip_id in clip_ids}
    header = read_header(path)
    name = next((name for name in ([column] if column else COLUMNS[by]) if name in header), None)
    if name is None:
        asked = column or " or ".join(COLUMNS[by])
        raise DataError(f"{path}: has no column {asked} but {', '.join(header)}; name the one with --column")
    values = read_column(path, name)
    lacking = [clip_id for clip_id in clip_ids if not values.get(clip_id)]
    if lacking:
        shown = ", ".join(lacking[:5]) + (", ..." if len(lacking) > 5 else "")
        raise DataError(
            f"{path}: {len(lacking)} clips have no {name}: {shown}; fill them in, or split --by clip"
        )
    return values
