"""What is drawn of the reduced points is what is drawn of all points."""

from __future__ import annotations

import math
from bisect import bisect_right
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from slt_tui.chart.limits import level_axis
from slt_tui.chart.raster import Dots, raster, rows_of
from slt_tui.chart.reduce import columns, kept
from slt_tui.chart.scale import FAR, Scale, axis

Floats = NDArray[np.float64]
NAN = math.nan

values = st.one_of(
    st.floats(-10, 10),
    st.sampled_from([0.0, 1.0, 1.0, -1.0, NAN, NAN, math.inf, -math.inf, 1e9, 1e300, -1e308, 1e-300, 5e-324]),
    st.floats(allow_nan=True, allow_infinity=True),
)
places = st.one_of(st.integers(-5, 60).map(float), st.floats(-100, 1e6), st.floats(1e-9, 1e9))


@st.composite
def pictures(draw: st.DrawFn) -> tuple[Floats, Floats, Scale, bool, int, int]:
    """Points, the part of them that is looked at, whether values are logarithmic, and a size in dots."""
    y = draw(st.lists(values, min_size=1, max_size=60))
    x = sorted(draw(st.lists(places, min_size=len(y), max_size=len(y))))
    x_log = draw(st.booleans())
    ends = (x[0], x[-1]) if draw(st.booleans()) else sorted((draw(places), draw(places)))
    scale = axis(ends[0], ends[1], log=x_log)
    size = draw(st.tuples(st.integers(1, 24), st.integers(1, 24)))
    return np.array(x), np.array(y), scale, draw(st.booleans()), *size


@settings(max_examples=600, deadline=None)
@given(pictures())
def test_the_reduced_points_draw_the_same_picture_as_all(
    picture: tuple[Floats, Floats, Scale, bool, int, int],
) -> None:
    x, y, scale, y_log, width, height = picture
    above = 0.0 if y_log else -math.inf
    all_of_it = columns(x, y, scale, width, above=above)
    levels = level_axis([all_of_it], 4, log=y_log)
    if levels is None:
        return
    chosen = kept(x, y, scale, width, above=above)
    reduced = columns(x[chosen], y[chosen], scale, width, above=above)
    assert len(chosen) <= 6 * (width + 2)
    assert (raster(reduced, levels, width, height) == raster(all_of_it, levels, width, height)).all()
    assert (reduced.has_gap == all_of_it.has_gap).all()


@settings(max_examples=600, deadline=None)
@given(pictures())
def test_the_picture_is_that_of_every_point_and_every_join(
    picture: tuple[Floats, Floats, Scale, bool, int, int],
) -> None:
    x, y, scale, y_log, width, height = picture
    above = 0.0 if y_log else -math.inf
    found = columns(x, y, scale, width, above=above)
    levels = level_axis([found], 4, log=y_log)
    if levels is None:
        return
    expected = drawn_point_by_point(x, y, scale, levels, width, height, above)
    assert (raster(found, levels, width, height) == expected).all()


def drawn_point_by_point(
    x: Floats, y: Floats, scale: Scale, levels: Scale, width: int, height: int, above: float
) -> Dots:
    """Each point, each join of two points that follow each other, and each column from its lowest to its highest."""
    start = bisect_right(x.tolist(), 0.0) if scale.log else 0
    found: list[tuple[int, int] | None] = [
        (cell(scale, across, width), height - 1 - cell(levels, up, height))
        if math.isfinite(up) and up > above
        else None
        for across, up in zip(x[start:].tolist(), y[start:].tolist(), strict=True)
    ]
    dots = np.zeros((height, width), bool)
    for column in range(width):
        rows = [point[1] for point in found if point and point[0] == column]
        if rows:
            dots[max(min(rows), 0) : max(max(rows) + 1, 0), column] = True
    for one, other in pairwise(found):
        if one and other and one[0] != other[0]:
            join(dots, one, other)
    return dots


def cell(scale: Scale, value: float, count: int) -> int:
    """The cell by the definition: as many borders as are not above the value."""
    edges = scale.edges(count).tolist()
    if scale.low <= value <= scale.high:
        return bisect_right(edges[1:-1], value)
    place = math.floor(min(max(scale.share(value) * count, -FAR), FAR))
    return min(place, -1) if value < scale.low else max(place, count)


def join(dots: Dots, one: tuple[int, int], other: tuple[int, int]) -> None:
    """A line of single dots, by fractions."""
    (left, start), (right, end) = one, other
    height, width = dots.shape

    def halfway_after(column: int) -> int:
        if column == right:
            return end
        gone = Fraction(2 * (column - left) + 1, 2 * (right - left))
        return math.floor(start + (end - start) * gone + Fraction(1, 2))

    for column in range(max(left, 0), min(right, width - 1) + 1):
        stop = halfway_after(column)
        begin = start if column == left else halfway_after(column - 1)
        if column != left and begin != stop:
            begin += 1 if stop > begin else -1
        for row in range(max(min(begin, stop), 0), min(max(begin, stop), height - 1) + 1):
            dots[row, column] = True


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("spike_at", [0, 12_345, 99_999])
def test_one_spike_in_a_hundred_thousand_points_is_visible(spike_at: int, log: bool) -> None:
    x, y = np.arange(1.0, 100_001.0), np.ones(100_000)
    y[spike_at] = 9.0
    scale = axis(1.0, 100_000.0, log=log)
    found = columns(x, y, scale, 320)
    levels = level_axis([found], 8, log=log)
    assert levels is not None
    dots = raster(found, levels, 320, 160)
    row, ground = rows_of(np.array([9.0, 1.0]), levels, 160).tolist()
    column = int(scale.cells(np.array([x[spike_at]]), 320)[0])
    assert dots[row, column]
    assert dots[row].sum() == 1
    assert dots[ground].sum() >= 300


def test_a_gap_breaks_the_line() -> None:
    x, y = np.arange(9.0), np.array([1, 1, 1, NAN, 1, 1, 1, 1, 2.0])
    found = columns(x, y, axis(0.0, 8.0), 9)
    dots = raster(found, axis(0.0, 2.0), 9, 4)
    assert dots.any(axis=0).tolist() == [True, True, True, False, True, True, True, True, True]
    assert np.flatnonzero(found.has_gap).tolist() == [3]


def test_a_line_comes_in_from_a_point_left_of_the_view_and_goes_on_to_one_right_of_it() -> None:
    x, y = np.array([0.0, 100.0]), np.array([0.0, 10.0])
    dots = raster(columns(x, y, axis(40.0, 60.0), 10), axis(0.0, 10.0), 10, 10)
    assert dots.any(axis=0).all()
    assert np.flatnonzero(dots.any(axis=1)).tolist() == [4, 5]


def test_a_steep_line_has_no_holes_and_no_corners() -> None:
    x, y = np.array([0.0, 3.0]), np.array([0.0, 9.0])
    dots = raster(columns(x, y, axis(0.0, 3.0), 4), axis(0.0, 9.0), 4, 10)
    assert dots.sum(axis=1).tolist() == [1] * 10


def test_points_at_one_x_stand_above_each_other() -> None:
    x, y = np.array([1.0, 1.0, 1.0]), np.array([0.0, 5.0, 2.0])
    dots = raster(columns(x, y, axis(0.0, 2.0), 3), axis(0.0, 5.0), 3, 6)
    assert dots[:, 1].all()
    assert dots.sum() == 6
