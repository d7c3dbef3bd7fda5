"""Smoothing: the exponential moving average that TensorBoard draws, for a million points in a moment."""

from __future__ import annotations

import math
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

_Values = NDArray[np.float64]

_DECADES = 60.0  # a block's weights span 1e60: far from overflow, and few blocks
_LARGEST = 1e200  # values beyond are scaled down meanwhile


def smooth(y: _Values, weight: float) -> _Values:
    """The debiased moving average of ``y``; NaN and infinities are passed over and stay. Weight 0 gives ``y``.

    As in TensorBoard (tensorboard/components/vz_line_chart2/line-chart.ts, resmoothDataset), after Adam's
    bias correction (Kingma and Ba, 2015, section 3): s_k = w s_(k-1) + (1 - w) y_k, s_0 = 0, drawn is
    s_k / (1 - w^k). Raises ValueError unless 0 <= weight < 1.
    """
    return Smoother(weight).extend(y)


class Smoother:
    """Smooths a series piece by piece, with the result of smoothing it whole."""

    def __init__(self, weight: float) -> None:
        if not 0.0 <= weight < 1.0:
            raise ValueError(f"a smoothing weight lies from 0 to below 1, not at {weight}")
        self.weight = weight
        self._average = 0.0
        self._count = 0

    def extend(self, y: _Values) -> _Values:
        """The smoothed values of what follows."""
        values = np.asarray(y, np.float64)
        is_number = np.isfinite(values)
        if self.weight == 0.0:
            return values.copy()
        if is_number.all():
            return self._debiased(values)
        smoothed = values.copy()
        smoothed[is_number] = self._debiased(values[is_number])
        return smoothed

    def _debiased(self, values: _Values) -> _Values:
        scale = max(1.0, float(np.abs(values).max(initial=0.0)) / _LARGEST)
        averages = self._averages(values / scale if scale > 1.0 else values, self._average / scale) * scale
        counts = np.arange(self._count + 1, self._count + 1 + len(values), dtype=np.float64)
        self._count += len(values)
        if len(values):
            self._average = float(averages[-1])
        return np.divide(averages, -np.expm1(counts * math.log(self.weight)), out=averages)

    def _averages(self, values: _Values, before: float) -> _Values:
        """The recurrence in blocks of L: s_i = w^i (s_0 + (1 - w) sum of w^-j y_j, j = 1 to i)."""
        if len(values) == 0:
            return np.empty(0)
        length = self._block_length(len(values))
        blocks = -(-len(values) // length)
        powers = self.weight ** np.arange(1, length + 1, dtype=np.float64)
        padded = np.zeros((blocks, length))
        padded.reshape(-1)[: len(values)] = values
        padded *= (1.0 - self.weight) / powers
        np.cumsum(padded, axis=1, out=padded)
        padded *= powers
        carried = list(accumulate(padded[:, -1].tolist(), lambda s, e: s * powers[-1] + e, initial=before))
        padded += np.outer(carried[:-1], powers)
        return padded.reshape(-1)[: len(values)]

    def _block_length(self, count: int) -> int:
        decades = -math.log10(self.weight)
        return max(1, min(count, int(_DECADES / decades) if decades else count))
