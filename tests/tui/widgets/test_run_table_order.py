"""Sorting, filtering, laying out and drawing of runs, without a terminal."""

from __future__ import annotations

import pytest

from slt_tui.run_entry import RunEntry
from slt_tui.widgets.cells import cut, cut_front, padded
from slt_tui.widgets.run_table.columns import BY_KEY, COLUMNS, View, shared_metric, sorted_entries
from slt_tui.widgets.run_table.course import columns_of_bars, sparkline
from slt_tui.widgets.run_table.filled import Filled
from slt_tui.widgets.run_table.layout import GAP, LEAD, laid_out
from slt_tui.widgets.run_table.query import fits
from slt_tui.widgets.run_table.rows import heading_pieces, key_at, row_pieces
from slt_tui.widgets.run_table.run_list import RunList
from slt_tui.widgets.run_table.story import story_of
from tests.support.entries import NOW, entry


def by(key: str, *entries: RunEntry, turned: bool = False) -> list[str]:
    """The names in the order of a column."""
    return [one.label for one in sorted_entries(entries, BY_KEY[key], turned=turned)]


def texts(entry: RunEntry, *, width: int = 200, plain: bool = False) -> str:
    """A run's line."""
    view = View(plain, NOW, shared_metric([entry]))
    layout = laid_out(width, Filled().of([entry], view))
    return "".join(text for text, _ in row_pieces(entry, layout, view, marked=False, cursor=False))


def test_names_are_sorted_as_people_count() -> None:
    assert by("name", entry("run-10"), entry("Run-9"), entry("a/2"), entry("a")) == [
        "a",
        "a/2",
        "Run-9",
        "run-10",
    ]


def test_the_best_score_is_on_top_whether_high_or_low_is_good() -> None:
    runs = [entry("a", best=0.5), entry("b", best=0.25), entry("none", best=None)]
    assert by("best", *runs) == ["b", "a", "none"]
    runs = [entry("a", metric="bleu", best=5.0), entry("b", metric="bleu", best=20.0)]
    assert by("best", *runs) == ["b", "a"]


def test_what_has_no_score_stays_at_the_end_whichever_way_one_sorts() -> None:
    runs = [entry("none", last=None), entry("a", last=0.1), entry("b", last=0.2)]
    assert by("last", *runs) == ["a", "b", "none"]
    assert by("last", *runs, turned=True) == ["b", "a", "none"]


def test_runs_at_work_come_first_and_their_heartbeats_do_not_shuffle_them() -> None:
    old, young = entry("old", "running", age_s=1), entry("young", "running", age_s=0.5)
    assert by("age", entry("done", age_s=0), old, young) == ["young", "old", "done"]


def test_states_are_sorted_by_what_they_ask_of_one() -> None:
    assert by("state", entry("a"), entry("b", "failed"), entry("c", "running")) == ["c", "b", "a"]


def test_the_course_is_sorted_by_how_much_better_it_became() -> None:
    runs = [
        entry("half", course=(1.0, 0.5)),
        entry("tenth", course=(1.0, 0.1)),
        entry("short", course=(1.0,)),
    ]
    assert by("course", *runs) == ["tenth", "half", "short"]


@pytest.mark.parametrize("key", [column.key for column in COLUMNS])
def test_every_column_sorts_every_run(key: str) -> None:
    bare = entry("bare", best=None, last=None, course=())
    assert len(by(key, bare, entry("a", tags=("x",)), entry("b", "running", metric="bleu"))) == 3


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", True),
        ("finger LARGE", True),
        ("fail", True),
        ("state:fail", True),
        ("state:finger", False),
        ("tag:base", True),
        ("tag:aug", False),
        ("note:large name:finger", True),
        ("name:large", False),
        ("http://x", False),
    ],
)
def test_a_query_looks_at_name_state_tags_and_note(query: str, shown: bool) -> None:
    run = entry("fingerspelling", "failed", tags=("baseline",), note="large batches, no augmentation")
    assert fits(run, query) is shown


@pytest.mark.parametrize("width", [20, 40, 80, 120, 160, 300])
def test_columns_fit_and_the_name_never_vanishes(width: int) -> None:
    runs = [
        entry("sweep/lr-1e-4" * 4, tags=("baseline", "paper"), course=(0.5,) * 24),
        entry("b", metric="loss"),
    ]
    layout = laid_out(width, Filled().of(runs, View()))
    assert LEAD + sum(cells + GAP for _, cells in layout) - GAP <= width
    assert "name" in [column.key for column, _ in layout]


def test_at_80_columns_the_least_important_are_left_out_first() -> None:
    runs = [entry("fingerspelling", tags=("baseline",), course=(0.5,) * 24)]
    keys = [column.key for column, _ in laid_out(79, Filled().of(runs, View()))]
    assert keys == ["state", "name", "epoch", "best", "last", "course", "age"]
    assert len(laid_out(159, Filled().of(runs, View()))) == len(COLUMNS)


def test_columns_without_anything_to_say_are_left_out() -> None:
    keys = [column.key for column, _ in laid_out(160, Filled().of([entry("a", course=())], View()))]
    assert "tags" not in keys
    assert "course" not in keys


def test_a_line_has_the_state_as_glyph_and_word() -> None:
    assert "✘ failed" in texts(entry("a", "failed"))
    assert "x failed" in texts(entry("a", "failed"), plain=True)


def test_a_plain_line_is_ascii() -> None:
    run = entry("a" * 90, "running", course=(1.0, 0.5, 0.1, 0.3))
    assert texts(run, plain=True, width=80).isascii()


def test_the_metric_is_said_once_where_all_runs_have_the_same() -> None:
    one, other = entry("a", best=0.125), entry("b", metric="loss")
    assert BY_KEY["best"].heading(View(metric="cer")) == "CER best"
    assert BY_KEY["best"].text(one, View(metric="cer")) == "12.5 %"
    assert shared_metric([one, other]) is None
    assert BY_KEY["best"].text(one, View()) == "CER 12.5 %"


def test_a_long_name_keeps_its_beginning_and_its_group_its_end() -> None:
    run = entry("experiments/learning-rates/lr-1e-4")
    assert "…arning-rates/lr-1e-4" in "".join(
        text for text, _ in row_pieces(run, [(BY_KEY["name"], 21)], View(), marked=False, cursor=False)
    )


def test_the_heading_points_at_the_column_that_is_sorted_by() -> None:
    layout = [(BY_KEY["name"], 10), (BY_KEY["age"], 8)]
    words = "".join(text for text, _ in heading_pieces(layout, View(), ("age", True)))
    assert words.rstrip() == "   name           age ▲"
    assert [key_at(x, layout) for x in (0, 3, 14, 16, 40)] == ["", "name", "name", "age", ""]


def test_a_sparkline_shows_the_latest_between_least_and_largest() -> None:
    assert sparkline((9.0, 1.0, None, 4.0), 3, plain=False) == "▁ ▇"
    assert sparkline((0.0, 1.0), 8, plain=True) == "_|"
    assert sparkline((1.0, 1.0), 8, plain=True) == "__"
    assert sparkline((None,), 8, plain=True) == ""
    assert columns_of_bars((0.0, None, 1.0), 2, plain=False) == ["  █", "▁ █"]


def test_texts_are_cut_by_their_cells() -> None:
    assert cut("señas", 4) == "señ…"
    assert cut("手話翻訳", 5, plain=True) == "手話~"
    assert cut_front("/a/b/c", 4) == "…b/c"
    assert padded("手", 4, right=True) == "  手"
    assert cut("x", 0) == ""


def test_the_cursor_and_the_marks_follow_runs() -> None:
    runs = RunList()
    runs.take([entry("a", age_s=60), entry("b", age_s=30)])
    runs.go_to(1)
    runs.marked = {entry("a").path, entry("b").path}
    runs.take([entry("a", age_s=60), entry("c", age_s=1)])
    assert runs.current is not None
    assert (runs.current.label, runs.row, runs.marked) == ("a", 1, {entry("a").path})
    runs.sort(BY_KEY["name"], turned=False)
    assert (runs.current.label, runs.row) == ("a", 0)


def test_a_run_that_the_filter_hid_gets_the_cursor_back() -> None:
    runs = RunList()
    runs.take([entry("a"), entry("b"), entry("c")])
    runs.go_to(2)
    runs.narrow("a")
    assert [runs.row, runs.current and runs.current.label] == [0, "a"]
    runs.narrow("")
    assert runs.row == 2


def test_a_cursor_whose_run_is_gone_stays_in_its_row() -> None:
    runs = RunList()
    runs.take([entry("a"), entry("b"), entry("c")])
    runs.go_to(1)
    runs.take([entry("a"), entry("c")])
    assert runs.current is not None
    assert runs.current.label == "c"
    runs.take([])
    assert (runs.current, runs.chosen) == (None, [])


def story(run: RunEntry, width: int = 80, height: int = 6, *, plain: bool = False) -> list[str]:
    """The lines below the table."""
    lines = story_of(run, "the last line", width=width, height=height, plain=plain, now=NOW)
    return ["".join(text for text, _ in line) for line in lines]


def test_a_story_tells_state_progress_scores_note_log_and_path() -> None:
    run = entry("a", "failed", message="killed by SIGKILL", note="no\naugmentation", tags=("x",))
    head, progress, scores, note, log, path = story(run)
    assert head == "a  ✘ failed  killed by SIGKILL  x"
    assert "38 %   epoch 2 of 4   took 1:00:00" in progress
    assert scores == "CER       best 25.0 % at epoch 1 · last 50.0 % · smoothed 59.4 %"
    assert (note, log, path) == (
        "note      no augmentation",
        "log       the last line",
        "path      work_dirs/a",
    )


def test_a_long_reason_has_lines_of_its_own() -> None:
    lines = story(entry("a", "failed", message="the loss is not a number " * 9))
    assert lines[0] == "a  ✘ failed"
    assert lines[1].startswith("why       the loss")
    assert lines[2].endswith("…")


@pytest.mark.parametrize("width", [10, 40, 80, 120, 160])
@pytest.mark.parametrize("state", ["created", "running", "failed"])
def test_no_line_of_a_story_is_too_long_and_plain_ones_are_ascii(width: int, state: str) -> None:
    run = entry("a" * 99, state, message="why " * 50, note="b" * 300, course=(0.5, 0.25, 0.5))
    for line in story(run, width, plain=True):
        assert len(line) <= width
        assert line.isascii()


def test_where_there_is_room_the_course_stands_beside() -> None:
    assert story(entry("a"), 120)[0].rstrip().endswith("CER, last 2 values")
