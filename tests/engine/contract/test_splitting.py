"""Splits of a table: every clip in one, a signer or a video in one only, the same for the same seed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slt_engine.clips.errors import DataError
from slt_engine.contract.splitting import assign_groups, split_table

SHARES = {"val": 0.2, "test": 0.1}


def write_meta(path: Path, clips: int = 40) -> Path:
    rows = [f"{number:03};hola {number};s{number % 7};v{number // 4}" for number in range(clips)]
    path.write_text("\n".join(["video_id;texto;signer;video", *rows]), encoding="utf-8")
    return path


@given(
    st.lists(st.integers(0, 12).map(str), min_size=1, max_size=60),
    st.floats(0, 0.6),
    st.floats(0, 0.39),
    st.integers(0, 99),
)
def test_every_group_has_one_split_and_no_split_with_a_share_is_empty(
    groups: list[str], val: float, test: float, seed: int
) -> None:
    shares = {"val": val, "test": test}
    wanted = [name for name, share in shares.items() if share]
    if len(set(groups)) <= len(wanted):
        with pytest.raises(DataError, match="cannot make"):
            assign_groups(groups, shares, seed=seed, what="signer")
        return
    placed = assign_groups(groups, shares, seed=seed, what="signer")
    assert placed == assign_groups(groups, shares, seed=seed, what="signer")
    assert set(placed) == set(groups)
    assert set(placed.values()) == {"train", *wanted}
    clips = Counter(placed[group] for group in groups)
    for name in wanted:
        one_group = Counter(placed.values())[name] == 1
        assert one_group or clips[name] <= shares[name] * len(groups) + 1e-9


@pytest.mark.parametrize("by", ["clip", "signer", "source"])
def test_the_clips_of_a_table_are_dealt_out_once_and_in_its_order(tmp_path: Path, by: str) -> None:
    splits = split_table(write_meta(tmp_path / "meta.csv"), by=by, shares=SHARES, seed=3)
    ids = [clip_id for split in splits.values() for clip_id in split.clip_ids]
    assert sorted(ids) == [f"{number:03}" for number in range(40)]
    assert all(list(split.clip_ids) == sorted(split.clip_ids) for split in splits.values())
    assert all(split.clip_ids for split in splits.values())


def test_clips_alone_are_dealt_out_in_exactly_those_shares(tmp_path: Path) -> None:
    splits = split_table(write_meta(tmp_path / "meta.csv"), by="clip", shares=SHARES, seed=3)
    assert {name: len(split.clip_ids) for name, split in splits.items()} == {"train": 28, "val": 8, "test": 4}


@pytest.mark.parametrize(("by", "group"), [("signer", lambda n: n % 7), ("source", lambda n: n // 4)])
def test_no_signer_and_no_video_is_in_two_splits(tmp_path: Path, by: str, group: object) -> None:
    splits = split_table(write_meta(tmp_path / "meta.csv"), by=by, shares=SHARES, seed=3)
    seen = [{group(int(clip_id)) for clip_id in split.clip_ids} for split in splits.values()]  # type: ignore[operator]
    assert sum(map(len, seen)) == len(set.union(*seen))
    assert [split.groups for split in splits.values()] == list(map(len, seen))


def test_another_seed_deals_otherwise(tmp_path: Path) -> None:
    meta = write_meta(tmp_path / "meta.csv")
    dealt = {split_table(meta, by="clip", shares=SHARES, seed=seed)["val"].clip_ids for seed in range(5)}
    assert len(dealt) == 5


def test_a_share_of_0_makes_no_split(tmp_path: Path) -> None:
    splits = split_table(write_meta(tmp_path / "meta.csv"), by="clip", shares={"val": 0.1, "test": 0}, seed=0)
    assert splits["test"].clip_ids == ()
    assert len(splits["train"].clip_ids) == 36


def test_a_column_of_another_name_keeps_clips_together(tmp_path: Path) -> None:
    meta = tmp_path / "meta.csv"
    meta.write_text("video_id;quien\na;x\nb;x\nc;y\nd;y\n")
    splits = split_table(meta, by="signer", shares={"val": 0.5}, seed=0, column="quien")
    assert {split.clip_ids for split in splits.values()} == {("a", "b"), ("c", "d")}


@pytest.mark.parametrize(
    ("table", "by", "shares", "said"),
    [
        ("video_id;texto\na;x\nb;y\nc;z\n", "signer", SHARES, "has no column signer but video_id, texto"),
        ("video_id;texto\na;x\n", "source", SHARES, "has no column video or source or source_video"),
        (
            "video_id;signer\na;x\nb;\nc;y\n",
            "signer",
            {"val": 0.1},
            "1 clips have no signer: b; fill them in",
        ),
        ("video_id;signer\na;x\nb;x\nc;y\n", "signer", SHARES, "2 signers cannot make 3 splits"),
        ("video_id\na\nb\nc\n", "clip", {"val": 0.5, "test": 0.5}, "leave nothing to train on"),
        (
            "video_id\na\nb\nc\n",
            "clip",
            {"val": 1.0},
            "the share of val is 1; it must be 0 or more and below 1",
        ),
        ("texto\nx\n", "clip", SHARES, 'has no column "video_id"'),
    ],
)
def test_what_cannot_be_split_is_told_in_a_line(
    tmp_path: Path, table: str, by: str, shares: dict[str, float], said: str
) -> None:
    (tmp_path / "meta.csv").write_text(table)
    with pytest.raises(DataError, match=said) as caught:
        split_table(tmp_path / "meta.csv", by=by, shares=shares, seed=0)
    assert "\n" not in str(caught.value)
