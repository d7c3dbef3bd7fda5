"""SGR: a learned joint-by-joint matrix, the same in every frame and clip, beside the attention that a clip computes."""

# X frames or clips, H heads or subsets, j joints of a stream. Masks are True where real.

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn

from slt_engine.model.errors import ModelError
from slt_engine.model.mska.growth import enlarged

SHARED = "shared"


class GlobalWeights(NamedTuple):
    """What each joint (row) takes from each other (column) whatever the clip shows: rows add up to 1 or are zero."""

    rows_Xjj: Tensor
    mix: float

    def blend(self, local_XHjj: Tensor) -> Tensor:
        """(1 - mix) * local + mix * global, in which every head or subset has the same global part."""
        return (1 - self.mix) * local_XHjj + self.mix * self.rows_Xjj.unsqueeze(1)

    def as_columns(self) -> GlobalWeights:
        """For maps in which the joint that takes is the column, as the published network has them."""
        return GlobalWeights(self.rows_Xjj.transpose(-1, -2), self.mix)


class GlobalAttention(nn.Module):
    """One matrix a stream, or one for all of them; each starts as the identity: a joint takes from itself.

    ``joints`` gives each stream's size, so that the matrices are there before an optimizer is. A joint is known by its
    place in its stream: the shared matrix is as large as the largest stream, a stream of j joints reads its first j
    rows and columns, and so the two hands learn together.
    """

    def __init__(self, joints: Mapping[str, int], *, shared: bool, activation: str, mix: float) -> None:
        super().__init__()
        if activation not in ACTIVATIONS:
            raise ModelError(
                f"mska_sgr_activation {activation!r} is unknown; choose one of {', '.join(ACTIVATIONS)}"
            )
        self.shared, self.activation, self.mix = shared, activation, mix
        sizes = {SHARED: max(joints.values())} if shared else joints
        self.matrices = nn.ModuleDict({name: JointMatrix(size) for name, size in sizes.items()})

    def forward(self, stream: str, valid_Xj: Tensor) -> GlobalWeights:
        """The weights among the joints of ``stream`` that ``valid_Xj`` marks."""
        joints = valid_Xj.shape[-1]
        matrix_jj = self._matrix(SHARED if self.shared else stream).matrix_jj[:joints, :joints]
        rows_Xjj = ACTIVATIONS[self.activation](matrix_jj, valid_Xj.unsqueeze(-2))
        return GlobalWeights(_normalise(rows_Xjj), self.mix)

    def grow(self, joints: Mapping[str, int]) -> None:
        """Make room for streams of these sizes; the new rows and columns are the identity's."""
        sizes = {SHARED: max(joints.values())} if self.shared else joints
        for name, size in sizes.items():
            self._matrix(name).grow(size)

    def _matrix(self, name: str) -> JointMatrix:
        matrix = self.matrices[name]
        assert isinstance(matrix, JointMatrix)
        return matrix


class JointMatrix(nn.Module):
    """The parameter, in a module of its own: the end of its name tells optimizer and growth what it is."""

    def __init__(self, joints: int) -> None:
        super().__init__()
        self.matrix_jj = nn.Parameter(torch.eye(joints))

    def grow(self, joints: int) -> None:
        """Another parameter of this size in the old one's place, with what it learned."""
        self.matrix_jj = enlarged(self.matrix_jj, torch.eye(joints))


def _normalise(rows_Xjj: Tensor) -> Tensor:
    """Each row over its sum; a row without anything, as without valid joints, stays zero."""
    sums_Xj1 = rows_Xjj.sum(-1, keepdim=True)
    return rows_Xjj / torch.where(sums_Xj1 > 0, sums_Xj1, 1.0)


def _softmax(matrix_jj: Tensor, valid_X1j: Tensor) -> Tensor:
    """Over each row's valid joints; where there are none the row is zero."""
    scores_Xjj = matrix_jj.masked_fill(~valid_X1j, torch.finfo(matrix_jj.dtype).min)
    return scores_Xjj.softmax(-1) * valid_X1j


def _element_by_element(function: Callable[[Tensor], Tensor]) -> Callable[[Tensor, Tensor], Tensor]:
    """``function``, then without negatives, then at valid joints.

    By clamp and not by relu: the gradient of relu is zero at zero, where the identity's entries start, and they would
    never move.
    """

    def activate(matrix_jj: Tensor, valid_X1j: Tensor) -> Tensor:
        return function(matrix_jj).clamp(min=0) * valid_X1j

    return activate


ACTIVATIONS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "softmax": _softmax,
    "sigmoid": _element_by_element(torch.sigmoid),
    "tanh": _element_by_element(torch.tanh),
    "relu": _element_by_element(lambda matrix_jj: matrix_jj.clamp(min=0)),
    "identity": _element_by_element(lambda matrix_jj: matrix_jj),
}
