"""Packed streams: the same samples from one file a stream, made anew when a source changes, never believed blindly."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slt_engine.clips.errors import DataError
from slt_engine.data.dataset import ClipDataset, Sample
from slt_engine.data.packing import PackFile, pack_on_first_use, pack_split, read_packed
from slt_engine.data.splits import open_data
from tests.engine.data.tiny import Tiny, build_tiny, draw_crops

STREAMS = ("keypoints", "pose", "face", "hand_left")


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    tiny = build_tiny(tmp_path / "data")
    draw_crops(tiny, "face", "hand_left")
    for path in [*tiny.crops("face").glob("002_f*.jpg"), tiny.crops("face") / "000_f000003.jpg"]:
        path.unlink()
    (tiny.pose / "001.npz").unlink()
    return tiny


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def opened(tiny: Tiny) -> ClipDataset:
    dataset = open_data(
        tiny.source(crop_dirs={stream: tiny.crops(stream) for stream in ("face", "hand_left")}),
        train_index=tiny.train,
        val_index=tiny.val,
        tokenizer=None,
        vocab_size=400,
        characters=True,
        seed=0,
    ).train
    dataset.in_memory = False
    return dataset


def packed(dataset: ClipDataset, home: Path) -> list[PackFile]:
    return list(pack_split(dataset, home, streams=dataset.streams))


def assert_equal(one: Sample, other: Sample) -> None:
    np.testing.assert_array_equal(one.keypoints_TJC, other.keypoints_TJC)
    np.testing.assert_array_equal(one.pose_TPC, other.pose_TPC)
    assert one.aspect == other.aspect
    for stream in ("face", "hand_left"):
        np.testing.assert_array_equal(one.crops_THWC[stream], other.crops_THWC[stream])
        np.testing.assert_array_equal(one.crops_found_T[stream], other.crops_found_T[stream])


def test_a_pack_gives_the_samples_of_the_files(tiny: Tiny, home: Path) -> None:
    dataset = opened(tiny)
    made = packed(dataset, home)
    reading = read_packed(dataset, home)

    assert [(pack.stream, pack.clips, pack.made) for pack in made] == [
        ("keypoints", 9, True),
        ("pose", 8, True),
        ("face", 8, True),
        ("hand_left", 9, True),
    ]
    for position in range(len(dataset)):
        assert_equal(reading[position], dataset[position])


def test_a_pack_is_read_instead_of_the_files(tiny: Tiny, home: Path) -> None:
    dataset = opened(tiny)
    packed(dataset, home)
    reading, expected = read_packed(dataset, home), dataset[0]
    for folder in (tiny.keypoints, tiny.pose, tiny.crops("face"), tiny.crops("hand_left")):
        for path in folder.iterdir():
            path.unlink()

    assert_equal(reading[0], expected)
    with pytest.raises(DataError):
        dataset[1]


def test_a_pack_of_unchanged_files_stays_as_it_is(tiny: Tiny, home: Path) -> None:
    packed(opened(tiny), home)
    assert [pack.made for pack in packed(opened(tiny), home)] == [False] * 4


@pytest.mark.parametrize("stream", STREAMS)
def test_a_pack_is_made_anew_when_a_source_changed(tiny: Tiny, home: Path, stream: str) -> None:
    before = {pack.path for pack in packed(opened(tiny), home)}
    folder = tiny.root / "processed" / stream
    path = next(path for path in sorted(folder.iterdir()) if path.name.startswith("003"))
    os.utime(path, ns=(1, 1))

    stale = read_packed(opened(tiny), home)
    again = packed(opened(tiny), home)

    assert_equal(stale[3], opened(tiny)[3])
    assert [pack.stream for pack in again if pack.made] == [stream]
    assert {pack.path for pack in again} == before == set(home.iterdir())


def test_points_are_packed_on_first_use_and_crops_are_not(tiny: Tiny, home: Path) -> None:
    said: list[str] = []
    dataset = opened(tiny)
    reading = pack_on_first_use(dataset, home, notice=said.append)

    assert sorted(path.suffix for path in home.iterdir()) == [".keypoints", ".pose"]
    assert len(said) == 2
    assert_equal(reading[4], dataset[4])


def test_a_split_that_stays_in_memory_is_not_packed(tiny: Tiny, home: Path) -> None:
    dataset = opened(tiny)
    dataset.in_memory = True
    assert pack_on_first_use(dataset, home, notice=pytest.fail) is dataset
    assert not home.exists()


def test_a_disk_that_refuses_is_told_and_files_are_read(tiny: Tiny, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    said: list[str] = []
    dataset = opened(tiny)
    reading = pack_on_first_use(dataset, tmp_path / "cache", notice=said.append)

    assert_equal(reading[0], dataset[0])
    assert len(said) == 1
    assert "clips cannot be packed (File exists); reading their files" in said[0]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.sampled_from(STREAMS), st.floats(0, 1), st.binary(min_size=1, max_size=30), st.booleans())
def test_a_damaged_pack_gives_samples_or_a_data_error(
    tiny: Tiny, home: Path, stream: str, share: float, noise: bytes, cut: bool
) -> None:
    dataset = opened(tiny)
    path = next(pack.path for pack in packed(dataset, home) if pack.stream == stream)
    whole = path.read_bytes()
    place = int(share * len(whole))
    path.write_bytes(whole[:place] + noise + (b"" if cut else whole[place + len(noise) :]))
    try:
        for position in range(len(dataset)):
            assert read_packed(dataset, home)[position].frames == dataset.lengths[position]
    except DataError:
        pass
    finally:
        path.write_bytes(whole)


def test_the_command_packs_crops_too(tiny: Tiny, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLT_CACHE", str(home))
    config = tiny.root / "config.json"
    paths = {
        "metadata_csv": tiny.root / "meta.csv",
        "pose_dir": tiny.pose,
        "face_dir": tiny.crops("face"),
        "train_index": tiny.train,
        "val_index": tiny.val,
    }
    config.write_text(json.dumps({"data": {name: str(path) for name, path in paths.items()}}))
    command = [sys.executable, "-m", "slt_engine", "pack", str(config)]
    first, second = (subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(2))

    for done, made in ((first, True), (second, False)):
        packs = json.loads(done.stdout)["packs"]
        assert [(pack["split"], pack["stream"], pack["made"]) for pack in packs] == [
            ("train", "pose", made),
            ("train", "face", made),
            ("val", "pose", made),
            ("val", "face", made),
        ]
    assert "train: face is packed already: 8 clips" in second.stderr
