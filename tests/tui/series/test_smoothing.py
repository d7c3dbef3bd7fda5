"""Smoothing is TensorBoard's, written out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slt_tui.series import Smoother, smooth


def written_out(y: list[float], weight: float) -> list[float]:
    """The moving average as a loop."""
    average, count, smoothed = 0.0, 0, []
    for value in y:
        if not np.isfinite(value):
            smoothed.append(value)
            continue
        average = weight * average + (1 - weight) * value
        count += 1
        smoothed.append(average / (1 - weight**count))
    return smoothed


VALUES = st.lists(st.floats(-1e6, 1e6) | st.just(float("nan")), max_size=300)
WEIGHTS = st.sampled_from([0.001, 0.1, 0.5, 0.6, 0.9, 0.99, 0.999])


@given(y=VALUES, weight=WEIGHTS)
def test_smoothing_equals_the_loop_and_gaps_stay(y: list[float], weight: float) -> None:
    np.testing.assert_allclose(smooth(np.array(y), weight), written_out(y, weight), rtol=1e-9, atol=1e-6)


@given(y=VALUES, weight=WEIGHTS, cut=st.integers(0, 300))
def test_smoothing_in_pieces_equals_smoothing_whole(y: list[float], weight: float, cut: int) -> None:
    smoother, values = Smoother(weight), np.array(y)
    pieces = np.concatenate([smoother.extend(values[:cut]), smoother.extend(values[cut:])])
    np.testing.assert_allclose(pieces, smooth(values, weight), rtol=1e-9, atol=1e-6)


def test_blocks_leave_no_seams() -> None:
    y = np.random.default_rng(0).normal(size=20_000).cumsum()
    np.testing.assert_allclose(smooth(y, 0.6), written_out(y.tolist(), 0.6), rtol=1e-9, atol=1e-9)


def test_the_first_value_is_itself_and_a_constant_stays() -> None:
    assert smooth(np.array([4.0, 0.0]), 0.9)[0] == pytest.approx(4.0)
    np.testing.assert_allclose(smooth(np.full(100, 3.0), 0.99), 3.0)


def test_weight_0_changes_nothing() -> None:
    y = np.array([1.0, np.nan, 3.0])
    np.testing.assert_array_equal(smooth(y, 0.0), y)


@pytest.mark.parametrize("weight", [-0.1, 1.0, float("nan")])
def test_a_weight_outside_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="below 1"):
        smooth(np.ones(3), weight)


def test_enormous_values_do_not_warn() -> None:
    with np.errstate(all="raise"):
        np.testing.assert_allclose(smooth(np.array([1e300, 1e300]), 0.5), 1e300)
