"""The same clips by several runs, as of an epoch."""

from __future__ import annotations

from pathlib import Path

from slt_tui.comparison.labels import labels
from slt_tui.comparison.translations import epochs_of, side_by_side
from slt_tui.samples import Samples


def samples(*rows: tuple[str, int, str]) -> Samples:
    found = Samples()
    for clip, epoch, text in rows:
        found.take(
            {"kind": "sample", "clip_id": clip, "epoch": epoch, "reference": "hola", "hypothesis": text}
        )
    return found


RUNS = [samples(("a", 1, "h"), ("a", 3, "hol"), ("b", 1, "x")), samples(("c", 2, "y"), ("a", 2, "hola"))]


def test_clips_that_most_runs_have_come_first() -> None:
    assert [side.clip_id for side in side_by_side(RUNS)] == ["a", "b", "c"]


def test_without_an_epoch_the_latest_translations_stand_side_by_side() -> None:
    side = side_by_side(RUNS)[0]
    assert side.reference == "hola"
    assert [sample.hypothesis if sample else None for sample in side.samples] == ["hol", "hola"]
    assert side_by_side(RUNS)[1].samples[1] is None


def test_as_of_an_epoch_the_latest_translation_until_then_counts() -> None:
    side = side_by_side(RUNS, 2)[0]
    assert [sample.hypothesis if sample else None for sample in side.samples] == ["h", "hola"]
    assert [sample is None for sample in side_by_side(RUNS, 1)[2].samples] == [True, True]


def test_the_epochs_of_all_runs_are_known() -> None:
    assert epochs_of(RUNS) == [1, 2, 3]


def test_runs_of_one_name_are_told_apart_by_their_paths() -> None:
    assert labels([Path("/r/a/x"), Path("/r/b/x"), Path("/r/y")]) == ["a/x", "b/x", "y"]
    assert labels([Path("/r/x"), Path("/r/x")]) == ["x", "x"]
