"""Keypoints relative to the signer: hands to their wrist, the rest to the shoulders, in shoulder widths."""

# B clips, T frames, J joints of the layout, j joints of a stream, C channels (x, y, confidence), F features.
# Masks are True where real.

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from slt_engine.batch import Batch
from slt_engine.clips.layouts import Layout
from slt_engine.model.errors import ModelError

NOMINAL_SHOULDER_WIDTH = 0.2
"""Of the image's width: the unit for a clip in which both shoulders are never seen together."""
SMALLEST_SHOULDER_WIDTH = 0.02
"""A signer in profile must not blow the unit up."""
HAND_IN_SHOULDER_WIDTHS = 0.2
"""A hand's points spread about this far around its wrist: with it as their unit they are as large as the body's."""


class KeypointStreams:
    """Which joints belong to which stream, and what each stream's coordinates are relative to.

    ``streams`` maps a name to joint indices, ``shoulders`` is the (left, right) joint or None where the layout has
    none, ``wrists`` maps a hand's stream to the joint, among all J, that is its wrist. ``channels`` is 2 (x, y) or
    3 (x, y, confidence).
    """

    def __init__(
        self,
        *,
        streams: Mapping[str, Sequence[int]],
        shoulders: tuple[int, int] | None,
        wrists: Mapping[str, int],
        channels: int,
    ) -> None:
        if channels not in (2, 3):
            raise ModelError(f"mska_input_dim {channels} is neither 2 (x and y) nor 3 (x, y and confidence)")
        if not streams or not all(streams.values()):
            raise ModelError("the keypoint layout has no stream, or a stream without joints")
        if unknown := sorted(set(wrists) - set(streams)):
            raise ModelError(f"the keypoint layout names a wrist for {unknown[0]!r}, which is not a stream")
        self.streams = {name: tuple(joints) for name, joints in streams.items()}
        self.shoulders = shoulders
        self.wrists = dict(wrists)
        self.channels = channels
        read = [
            *(shoulders or ()),
            *wrists.values(),
            *(joint for joints in streams.values() for joint in joints),
        ]
        self.joints = 1 + max(read)

    @classmethod
    def of_layout(cls, layout: Layout, *, channels: int) -> KeypointStreams:
        """The streams of ``layout``, each hand around its own wrist."""
        return cls(
            streams=layout.streams,
            shoulders=layout.shoulders,
            wrists={hand: layout.streams[hand][place] for hand, place in layout.wrists.items()},
            channels=channels,
        )

    def sizes(self) -> dict[str, int]:
        """How many joints each stream has."""
        return {name: len(joints) for name, joints in self.streams.items()}

    def features(self, stream: str) -> int:
        """How many values ``flat`` gives for a frame of ``stream``: its channels and a presence flag a joint."""
        return len(self.streams[stream]) * (self.channels + 1)

    def read(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """The keypoints of ``batch`` and where they were found; none at all where it has no such stream."""
        if batch.keypoints_BTJC is None or batch.keypoints_mask_BTJ is None:
            found_BTJ = batch.frames_BT.new_zeros(*batch.frames_BT.shape, self.joints)
            return torch.zeros(*found_BTJ.shape, self.channels, device=found_BTJ.device), found_BTJ
        return batch.keypoints_BTJC, batch.keypoints_mask_BTJ & batch.frames_BT.unsqueeze(-1)

    def flat(self, points_BTJC: Tensor, found_BTJ: Tensor) -> dict[str, Tensor]:
        """Each stream's (B, T, F): the relative coordinates, then the presence flags."""
        return {
            name: torch.cat([points_BTjC.flatten(2), found_BTj.to(points_BTjC.dtype)], dim=-1)
            for name, (points_BTjC, found_BTj) in self.relative(points_BTJC, found_BTJ).items()
        }

    def relative(self, points_BTJC: Tensor, found_BTJ: Tensor) -> dict[str, tuple[Tensor, Tensor]]:
        """Each stream's (B, T, j, C), zero where not found whatever stood there, and its (B, T, j) mask.

        x and y are in shoulder widths of the clip (a hand's in a fifth of them); confidence stays as it is.
        """
        self._check(points_BTJC)
        points_BTJC = torch.where(found_BTJ.unsqueeze(-1), points_BTJC[..., : self.channels], 0.0)
        centre_BT2, unit_B111 = self._body(points_BTJC[..., :2], found_BTJ)
        return {
            name: self._hand(name, points_BTJC, found_BTJ, unit_B111)
            if name in self.wrists
            else self._rest(name, points_BTJC, found_BTJ, centre_BT2, unit_B111)
            for name in self.streams
        }

    def seen(self, found_BTJ: Tensor) -> dict[str, Tensor]:
        """The (B,) clips in which a stream has a joint in any frame."""
        return {
            name: found_BTJ[:, :, list(joints)].flatten(1).any(dim=1) for name, joints in self.streams.items()
        }

    def _hand(
        self, name: str, points_BTJC: Tensor, found_BTJ: Tensor, unit_B111: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Around the wrist; around the middle of the hand in a frame without the wrist."""
        points_BTjC, found_BTj = self._choose(name, points_BTJC, found_BTJ)
        wrist = self.wrists[name]
        middle_BT2 = masked_mean(points_BTjC[..., :2], found_BTj.unsqueeze(-1), dim=2)
        centre_BT2 = torch.where(found_BTJ[:, :, wrist, None], points_BTJC[:, :, wrist, :2], middle_BT2)
        return place(points_BTjC, found_BTj, centre_BT2, unit_B111 * HAND_IN_SHOULDER_WIDTHS)

    def _rest(
        self, name: str, points_BTJC: Tensor, found_BTJ: Tensor, centre_BT2: Tensor, unit_B111: Tensor
    ) -> tuple[Tensor, Tensor]:
        return place(*self._choose(name, points_BTJC, found_BTJ), centre_BT2, unit_B111)

    def _choose(self, name: str, points_BTJC: Tensor, found_BTJ: Tensor) -> tuple[Tensor, Tensor]:
        joints = list(self.streams[name])
        return points_BTJC[:, :, joints], found_BTJ[:, :, joints]

    def _body(self, xy_BTJ2: Tensor, found_BTJ: Tensor) -> tuple[Tensor, Tensor]:
        """The middle of the shoulders in each frame, and their mean distance in the clip.

        Where a frame lacks a shoulder the clip's mean middle stands in, and without that the mean of all joints.
        """
        found_BN1 = found_BTJ.flatten(1).unsqueeze(-1)
        all_B12 = masked_mean(xy_BTJ2.flatten(1, 2), found_BN1, dim=1).unsqueeze(1)
        if self.shoulders is None:
            unit_B111 = xy_BTJ2.new_full((len(xy_BTJ2), 1, 1, 1), NOMINAL_SHOULDER_WIDTH)
            return all_B12.expand(-1, xy_BTJ2.shape[1], -1), unit_B111
        left_BT2, right_BT2 = (xy_BTJ2[:, :, joint] for joint in self.shoulders)
        seen_BT1 = found_BTJ[:, :, list(self.shoulders)].all(dim=-1, keepdim=True)
        ever_B11 = seen_BT1.any(dim=1, keepdim=True)
        middle_BT2 = (left_BT2 + right_BT2) / 2
        usual_B12 = torch.where(ever_B11, masked_mean(middle_BT2, seen_BT1, dim=1).unsqueeze(1), all_B12)
        distance_BT1 = (left_BT2 - right_BT2).norm(dim=-1, keepdim=True)
        distance_B11 = (
            masked_mean(distance_BT1, seen_BT1, dim=1).unsqueeze(1).clamp(min=SMALLEST_SHOULDER_WIDTH)
        )
        unit_B11 = torch.where(ever_B11, distance_B11, NOMINAL_SHOULDER_WIDTH)
        return torch.where(seen_BT1, middle_BT2, usual_B12), unit_B11.unsqueeze(-1)

    def _check(self, points_BTJC: Tensor) -> None:
        joints, channels = points_BTJC.shape[2:]
        if self.joints > joints or self.channels > channels:
            raise ModelError(
                f"the keypoint layout reads {self.joints} joints with {self.channels} channels, the clips hold "
                f"{joints} with {channels}: choose the keypoint_layout and mska_input_dim of the files"
            )


def place(
    points_BTjC: Tensor, found_BTj: Tensor, centre_BT2: Tensor, unit_B111: Tensor
) -> tuple[Tensor, Tensor]:
    """The points with x and y counted from ``centre_BT2`` in ``unit_B111``, zero where not found, and their mask."""
    xy_BTj2 = (points_BTjC[..., :2] - centre_BT2.unsqueeze(2)) / unit_B111
    placed_BTjC = torch.cat([xy_BTj2, points_BTjC[..., 2:]], dim=-1)
    return torch.where(found_BTj.unsqueeze(-1), placed_BTjC, 0.0), found_BTj


def masked_mean(x: Tensor, mask: Tensor, *, dim: int) -> Tensor:
    """The mean over ``dim`` of what ``mask`` (it broadcasts over ``x``) marks; zero where it marks nothing."""
    return torch.where(mask, x, 0.0).sum(dim) / mask.sum(dim).clamp(min=1)
