"""Files damaged at random: the check ends with a report, whatever lies there."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slt_engine.contract import check
from slt_engine.contract.stats import split_stats
from slt_tui.clip_reading import ClipSources
from tests.engine.contract.planted import crop_path, moving, plant

FILES = ("meta.csv", "gloss.csv", "index/val.csv", "processed/keypoints/a1.npz", "processed/pose/a1.npz")


@pytest.fixture(scope="module")
def root() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        whole = plant(Path(folder) / "set")
        np.save(whole / "processed/keypoints/008.npy", moving(9, 79, seed=5))
        yield whole


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """The bytes cut, some of them changed, or others put in."""
    spoiled = bytearray(content[: draw(st.integers(0, len(content)))] if draw(st.booleans()) else content)
    for _ in range(draw(st.integers(0, 8))):
        if spoiled:
            spoiled[draw(st.integers(0, len(spoiled) - 1))] = draw(st.integers(0, 255))
    place = draw(st.integers(0, len(spoiled)))
    return bytes(spoiled[:place]) + draw(st.binary(max_size=12)) + bytes(spoiled[place:])


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_file_is_a_problem_and_never_a_crash(root: Path, data: st.DataObject) -> None:
    files = [*FILES, "processed/keypoints/008.npy", str(crop_path(root, "a1", 0).relative_to(root))]
    name = data.draw(st.sampled_from(files))
    content = (root / name).read_bytes()
    try:
        (root / name).write_bytes(data.draw(damaged(content)))
        report = check(ClipSources.of(root), deep=True)
        assert all("\n" not in str(problem) for problem in report.problems)
        split_stats(report)
    finally:
        (root / name).write_bytes(content)


@given(st.text(max_size=300), st.sampled_from(["meta.csv", "gloss.csv", "index/train.csv"]))
@settings(max_examples=100, deadline=None)
def test_any_text_may_stand_in_a_table(root: Path, text: str, name: str) -> None:
    content = (root / name).read_bytes()
    try:
        (root / name).write_text(text, encoding="utf-8", errors="surrogatepass")
        check(ClipSources.of(root))
    finally:
        (root / name).write_bytes(content)


def test_a_pipe_in_place_of_a_file_does_not_hang(tmp_path: Path) -> None:
    import os

    whole = plant(tmp_path / "set")
    for name in ("processed/keypoints/a1.npz", "processed/face/a1_f000000.jpg"):
        (whole / name).unlink()
        os.mkfifo(whole / name)
    rules = {problem.rule for problem in check(ClipSources.of(whole)).problems}
    assert {"unreadable", "crop-broken"} <= rules
    shutil.rmtree(whole)
