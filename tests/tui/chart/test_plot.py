"""Pictures of plots: what stands where, with and without colours, braille and room."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slt_tui.chart import inks
from slt_tui.chart.line import Line
from slt_tui.chart.look import Look
from slt_tui.chart.picture import Picture, cells_of
from slt_tui.chart.plot import Plot, draw, finish
from slt_tui.chart.view import View
from tests.support.points import decay, line, points

PLAIN, MONO = Look(plain=True), Look(colours=False)


def picture_of(plot: Plot, width: int = 60, height: int = 14, **more: float) -> Picture:
    return finish(draw(plot, width, height), **more)  # type: ignore[arg-type]


def test_a_falling_line_with_ticks_legend_and_axis() -> None:
    plot = Plot([line([4.0, 3.0, 2.0, 1.0, 0.0])], title="loss", metric="loss", axis="epoch")
    assert picture_of(plot, 40, 12).text().split("\n") == [
        "loss  ━ train 0",
        "    4 ┤⠑⠢⢄⡀",
        "      │   ⠈⠑⠢⢄⡀",
        "      │       ⠈⠑⠢⢄⡀",
        "      │           ⠈⠒⠤⣀",
        "    2 ┤               ⠉⠒⠤⡀",
        "      │                  ⠈⠑⠢⢄⡀",
        "      │                      ⠈⠒⠤⣀",
        "      │                          ⠑⠢⢄⡀",
        "    0 ┤                             ⠈⠑⠤⣀",
        "      └────────┬───────────────┬────────",
        "               2               4   epoch",
    ]


def test_in_plain_mode_everything_is_ascii_and_lines_differ_by_their_characters() -> None:
    lines = [line([3.0] * 9, label="train"), line([1.0, math.nan, 1.0, 1.0, 1.0], label="val")]
    text = picture_of(Plot(lines, title="loss", metric="loss", look=PLAIN), crosshair=2.0).text()
    assert text.isascii()
    assert text.split("\n")[0].split()[:6] == ["loss", ".", "train", "3.000", ":", "val"]
    assert "......" in text
    assert "::::::" in text
    assert "x" in text.split("\n")[-3]


def test_a_cell_has_the_dots_of_the_topmost_line_only() -> None:
    noise = line([0.0, 8.0] * 100, label="noise")
    flat = Line("flat", points([1, 200], [4.0, 4.0]), "#e69f00")
    picture = picture_of(Plot([noise, flat], metric="loss"))
    rows, columns = np.nonzero(picture.inks[1:] == inks.line_ink(1))
    across = {chr(picture.codes[row + 1, column]) for row, column in zip(rows, columns, strict=True)}
    assert len(across) <= 2
    assert "⣿" not in across


def test_without_colours_no_dot_is_hidden_and_lines_carry_their_marks() -> None:
    lines = [line([0.0, 8.0] * 100), replace(line([4.0] * 200, label="val"), glyph="2")]
    picture = picture_of(Plot(lines, metric="loss", look=MONO))
    text = picture.text()
    assert text.split("\n")[0].split() == ["1", "train", "8.000", "2", "val", "4.000"]
    assert text.count("2") >= 3
    assert text.count("1") >= 3


def test_the_ghost_lies_behind() -> None:
    ghost = points(range(1, 201), [0.0, 8.0] * 100)  # type: ignore[arg-type]
    smoothed = Line("train", points(range(1, 201), [4.0] * 200), "#56b4e9", ghost=ghost)  # type: ignore[arg-type]
    found = picture_of(Plot([smoothed], metric="loss")).inks
    assert (found == inks.ghost_ink(0)).sum() > 300
    assert 40 < (found[1:] == inks.line_ink(0)).sum() < 70


def test_points_far_apart_have_dots_and_one_alone_is_seen() -> None:
    assert picture_of(Plot([replace(line([1.0, 2.0, 3.0]), dots=True)])).text().count("•") == 3 + 1
    assert picture_of(Plot([line([1.0])])).text().count("•") == 1
    assert picture_of(Plot([line([1.0, math.nan, 2.0, math.nan])])).text().count("•") == 2


def test_a_gap_has_a_mark_at_the_bottom() -> None:
    rows = picture_of(Plot([line([1.0, math.nan, 1.0])])).text().split("\n")
    assert [row.count("×") for row in rows].count(1) == 1
    assert "×" in rows[-3]


def test_more_lines_than_fit_flow_on_and_the_rest_are_counted() -> None:
    many = [line([1.0], label=f"a-rather-long-name-{number}") for number in range(9)]
    rows = picture_of(Plot(many, title="loss"), 60, 16).text().split("\n")
    named = [row for row in rows if "name" in row]
    assert len(named) == 3
    assert f"+{9 - sum(row.count('name') for row in named)}" in rows[0]


def test_the_labels_room_grows_with_them_and_never_beyond_a_third() -> None:
    far = [line([123_456.77, 123_456.78])]
    drawn = draw(Plot(far, metric="loss"), 60, 14)
    assert drawn.area
    assert 7 < drawn.area.x <= 20


def test_what_is_selected_lies_on_another_ground() -> None:
    drawn = draw(Plot([line(decay(100))]), 60, 14)
    assert drawn.area
    found = finish(drawn, selection=(20.0, 50.0)).inks >= inks.SELECTED
    assert found.any(axis=0).sum() == pytest.approx(53 * 30 / 100, abs=2)


def test_changes_are_the_spans_that_differ() -> None:
    before, after = Picture(20, 3), Picture(20, 3)
    after.put(2, 1, "ab", inks.TEXT)
    after.put(6, 1, "c", inks.TEXT)
    after.put(15, 1, "d", inks.TEXT)
    assert after.changes(before) == [(1, 2, 7), (1, 15, 16)]
    assert after.changes(after.copy()) == []
    assert after.changes(Picture(20, 4)) is None
    assert after.changes(None) is None


@pytest.mark.parametrize(
    ("text", "width"), [("ñandú", 5), ("n\u0303", 1), ("実験", 4), ("a\x1bb\n", 4), ("👍", 2)]
)
def test_every_character_has_its_cells(text: str, width: int) -> None:
    codes = cells_of(text)
    assert len(codes) == width
    assert all(code == 0 or chr(code).isprintable() for code in codes)


def test_half_of_a_wide_character_is_left_out() -> None:
    picture = Picture(3, 1)
    picture.put(0, 0, "実験", inks.TEXT)
    assert picture.text() == "実"
    assert picture.line(0) == [("実 ", inks.TEXT)]


numbers = st.one_of(st.floats(-5, 5), st.floats(allow_nan=True, allow_infinity=True))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.lists(numbers, max_size=30), max_size=4),
    st.integers(1, 70),
    st.integers(1, 24),
    st.sampled_from([Look(), PLAIN, MONO]),
    st.builds(View, st.none() | st.tuples(st.floats(-3, 5), st.floats(6, 40)), st.booleans(), st.booleans()),
    st.none() | st.floats(-10, 50),
    st.sampled_from(["step", "epoch", "time"]),
)
def test_any_plot_can_be_drawn_in_any_size(
    values: list[list[float]],
    width: int,
    height: int,
    look: Look,
    view: View,
    crosshair: float | None,
    axis: str,
) -> None:
    lines = [replace(line(y), dots=True, ghost=points(range(len(y)), y)) for y in values]  # type: ignore[arg-type]
    if view.x and view.x_log and view.x[0] <= 0:
        view = replace(view, x=None)
    plot = Plot(lines, view, "loss", "cer", axis, look)
    picture = finish(draw(plot, width, height), crosshair=crosshair)
    assert picture.codes.shape == (height, width)
    assert picture.text().isascii() or not look.plain
