"""Batch and Output: the two shapes that cross from data to model to loss."""

# B clips, T frames, P pose landmarks, J joints, C channels (x, y, confidence; of crops red, green, blue), H x W pixels,
# F width of a backbone, D width, L tokens, G glosses, V vocabulary. Masks are True where real.

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from typing import Any

import torch
from torch import Tensor

IGNORED = -100
"""Padding in labels: what cross-entropy passes over."""


@dataclass(frozen=True)
class Uncomputed:
    """Crops of one clip (``row`` of the batch), at ``places_N``, whose frozen backbone's features are to be computed.

    ``found_N`` is False where a crop shows nothing. ``keep`` takes the features, a float16 array (N, F), to the cache.
    """

    stream: str
    row: int
    places_N: Tensor
    found_N: Tensor
    crops_NHWC: Tensor
    keep: Callable[[Any], None]


@dataclass(frozen=True)
class Batch:
    """Clips padded at the tail to one length; a stream that is off is None.

    ``frames_BT`` is True on a clip's own frames. ``pose_mask_BTP`` and ``keypoints_mask_BTJ`` are True where the
    landmark was found, and never True on padding. ``crops_BTHWC`` maps a stream of frames ("face", "hand_left",
    "hand_right") to uint8 pictures, ``features_BTF`` one whose frozen backbone's features were read from the cache to
    these; a stream is in one of the two at most, and ``crops_mask_BT`` says for either which frames have a crop.
    ``uncomputed`` holds what the cache had no features of: they must be there before the model reads the batch.
    ``labels_BL`` holds token ids with -100 as padding;
    ``glosses_BG`` holds CTC labels from 1 with 0 as padding, ``gloss_lengths_B`` how many are real.
    """

    clip_ids: tuple[str, ...]
    texts: tuple[str, ...]
    frames_BT: Tensor
    pose_BTPC: Tensor | None = None
    pose_mask_BTP: Tensor | None = None
    keypoints_BTJC: Tensor | None = None
    keypoints_mask_BTJ: Tensor | None = None
    crops_BTHWC: dict[str, Tensor] = field(default_factory=dict)
    features_BTF: dict[str, Tensor] = field(default_factory=dict)
    crops_mask_BT: dict[str, Tensor] = field(default_factory=dict)
    labels_BL: Tensor | None = None
    glosses_BG: Tensor | None = None
    gloss_lengths_B: Tensor | None = None
    uncomputed: tuple[Uncomputed, ...] = ()

    def __len__(self) -> int:
        return len(self.clip_ids)

    def to(self, device: torch.device) -> Batch:
        """The same batch with every tensor on ``device``."""
        return self._map(lambda tensor: tensor.to(device, non_blocking=True))

    def without_clips(self) -> Batch:
        """A batch of the same shape in which nothing is real: it can be read like any other and counts for nothing."""
        blank = self._map(lambda tensor: torch.zeros_like(tensor) if tensor.dtype == torch.bool else tensor)
        labels_BL, lengths_B = self.labels_BL, self.gloss_lengths_B
        return replace(
            blank,
            clip_ids=(),
            texts=(),
            labels_BL=None if labels_BL is None else torch.full_like(labels_BL, IGNORED),
            gloss_lengths_B=None if lengths_B is None else torch.zeros_like(lengths_B),
        )

    def pin_memory(self) -> Batch:
        """The same batch in page-locked memory; the loader calls it when asked to pin."""
        return self._map(Tensor.pin_memory)

    def _map(self, change: Callable[[Tensor], Tensor]) -> Batch:
        changed: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, Tensor):
                changed[one.name] = change(value)
            elif isinstance(value, dict):
                changed[one.name] = {name: change(tensor) for name, tensor in value.items()}
        return replace(self, **changed)


@dataclass(frozen=True)
class Encoded:
    """What the decoder attends to, and what the CTC heads say.

    ``ctc_BTG`` maps a head's name ("fused" and one a keypoint stream) to logits over blank (0) and the glosses;
    ``ctc_mask_BT`` is True on the frames that a clip has at the heads' rate; ``ctc_seen_B`` maps a head's name to
    the clips in which anything of its stream was seen.
    """

    states_BTD: Tensor
    mask_BT: Tensor
    ctc_BTG: dict[str, Tensor]
    ctc_mask_BT: Tensor | None = None
    ctc_seen_B: dict[str, Tensor] = field(default_factory=dict)


@dataclass(frozen=True)
class Output:
    """An encoding, and the decoder's logits when labels were given (else None)."""

    encoded: Encoded
    logits_BLV: Tensor | None = None
