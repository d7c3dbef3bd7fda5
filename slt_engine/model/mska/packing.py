"""Packing: the real frames of a padded batch, one after the other, so that nothing computes on padding."""

# B clips, T frames, N real frames of all clips. Masks are True where real.

from __future__ import annotations

from dataclasses import dataclass, field

from torch import Tensor


@dataclass(frozen=True)
class Packing:
    """Which of B x T places hold real frames; where all do, packing and unpacking are views.

    Whoever works on packed frames needs no mask: padding cannot reach a sum that it is not in.
    """

    mask_BT: Tensor
    places_N: Tensor | None
    _slower: dict[int, Packing] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, mask_BT: Tensor) -> Packing:
        """Waits for the device to say how many frames are real."""
        return cls(mask_BT, None if bool(mask_BT.all()) else mask_BT.flatten().nonzero().squeeze(1))

    @property
    def lengths(self) -> Tensor:
        """How many frames each clip has."""
        return self.mask_BT.sum(dim=1)

    def pack(self, x_BT: Tensor) -> Tensor:
        """(B, T, ...) -> (N, ...)."""
        flat = x_BT.flatten(0, 1)
        return flat if self.places_N is None else flat.index_select(0, self.places_N)

    def unpack(self, x_N: Tensor) -> Tensor:
        """(N, ...) -> (B, T, ...), zero on padding."""
        if self.places_N is not None:
            padded = x_N.new_zeros(self.mask_BT.numel(), *x_N.shape[1:])
            x_N = padded.index_copy(0, self.places_N, x_N)
        return x_N.view(*self.mask_BT.shape, *x_N.shape[1:])

    def spread(self, x_B: Tensor) -> Tensor:
        """(B, ...) -> (N, ...): to every frame what its clip has."""
        clips, frames = self.mask_BT.shape
        if self.places_N is not None:
            return x_B.index_select(0, self.places_N // frames)
        return x_B.unsqueeze(1).expand(clips, frames, *x_B.shape[1:]).flatten(0, 1)

    def every(self, stride: int) -> Packing:
        """Of every ``stride``-th frame."""
        if stride == 1:
            return self
        if stride not in self._slower:
            mask_BT = self.mask_BT[:, ::stride]
            self._slower[stride] = Packing(mask_BT, None) if self.places_N is None else Packing.of(mask_BT)
        return self._slower[stride]
