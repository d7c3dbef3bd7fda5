"""Features on disk: what was written comes back, what was not is None, and no file ends a run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slt_engine.data.feature_cache import (
    FeatureCache,
    FeatureEntry,
    Features,
    format_features,
    parse_features,
)


class Crops:
    """Crops with a fingerprint."""

    def __init__(self, name: str) -> None:
        self.name = name

    def fingerprint(self) -> str:
        return self.name


def some(*frames: int, width: int = 3) -> Features:
    """Features that tell their frame; an odd frame was not found."""
    frames_N = np.array(frames, np.int32)
    values_NF = (frames_N[:, None] + np.arange(width) / 8).astype(np.float16)
    return Features(frames_N, frames_N % 2 == 0, values_NF)


@pytest.fixture
def warnings() -> list[str]:
    return []


@pytest.fixture
def cache(tmp_path: Path, warnings: list[str]) -> FeatureCache:
    return FeatureCache(lambda: "k" * 64, home=tmp_path, warn=warnings.append)


def assert_equal(one: Features | None, other: Features) -> None:
    assert one is not None
    np.testing.assert_array_equal(one.frames_N, other.frames_N)
    np.testing.assert_array_equal(one.found_N, other.found_N)
    np.testing.assert_array_equal(one.features_NF, other.features_NF)


def file_of(entry: FeatureEntry) -> Path:
    assert entry.path is not None
    return entry.path


def test_what_was_written_comes_back_to_another_run(cache: FeatureCache, tmp_path: Path) -> None:
    assert cache.entry(Crops("a")).read() is None
    cache.entry(Crops("a")).write(some(0, 1, 4))

    other = FeatureCache(lambda: "k" * 64, home=tmp_path, warn=print)
    assert_equal(other.entry(Crops("a")).read(), some(0, 1, 4))


@pytest.mark.parametrize("variant", ["", "mirrored"])
def test_other_crops_weights_and_variants_have_their_own(
    cache: FeatureCache, tmp_path: Path, variant: str
) -> None:
    cache.entry(Crops("a"), variant=variant).write(some(0))

    other = FeatureCache(lambda: "other weights", home=tmp_path, warn=print)
    assert cache.entry(Crops("b"), variant=variant).read() is None
    assert cache.entry(Crops("a"), variant=variant + "x").read() is None
    assert other.entry(Crops("a"), variant=variant).read() is None


def test_frames_are_added_to_those_that_are_there(cache: FeatureCache) -> None:
    entry = cache.entry(Crops("a"))
    entry.write(some(6, 2))
    entry.write(some(3, 2))
    assert_equal(entry.read(), some(2, 3, 6))


def test_places_tell_which_frames_are_known() -> None:
    at_T, has_T = some(2, 3, 6).places(np.array([0, 2, 6, 7]))
    assert has_T.tolist() == [False, True, True, False]
    assert at_T[has_T].tolist() == [0, 2]


def test_a_damaged_file_is_computed_anew_and_told(cache: FeatureCache, warnings: list[str]) -> None:
    entry = cache.entry(Crops("a"))
    entry.write(some(0, 1))
    file_of(entry).write_bytes(file_of(entry).read_bytes()[:-1] + b"x")

    assert entry.read() is None
    entry.write(some(0, 1))

    assert_equal(entry.read(), some(0, 1))
    assert warnings == [f"{file_of(entry)}: cached features are damaged; they are computed anew"]


def test_a_disk_that_refuses_is_told_once_and_the_run_goes_on(tmp_path: Path, warnings: list[str]) -> None:
    (tmp_path / "home").write_text("a file")
    cache = FeatureCache(lambda: "key", home=tmp_path / "home", warn=warnings.append)

    for name in "ab":
        cache.entry(Crops(name)).write(some(0))
        assert cache.entry(Crops(name)).read() is None

    assert len(warnings) == 1
    assert "features cannot be kept (Not a directory); going on without" in warnings[0]


def test_a_full_disk_leaves_no_half_file(
    cache: FeatureCache, warnings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, data: bytes) -> int:
        with path.open("wb") as file:
            file.write(data[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    entry = cache.entry(Crops("a"))
    entry.write(some(0, 1))

    assert list(file_of(entry).parent.iterdir()) == []
    assert "No space left on device" in warnings[0]


def test_without_a_home_nothing_is_kept() -> None:
    entry = FeatureCache(lambda: "key", home=None, warn=print).entry(Crops("a"))
    entry.write(some(0))
    assert entry.read() is None


@given(st.integers(0, 200), st.binary(min_size=1, max_size=30))
def test_a_file_is_read_whole_or_not_at_all(place: int, noise: bytes) -> None:
    data = format_features(some(0, 1, 2, 5))
    damaged = data[:place] + noise + data[place + len(noise) :]
    features = parse_features(damaged)
    assert features is None or damaged == data


@given(st.binary(max_size=300))
def test_any_bytes_are_no_features(data: bytes) -> None:
    assert parse_features(data) is None
    assert parse_features(b"SLTFEAT1" + data) is None
