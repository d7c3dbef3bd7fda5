"""CTC prefix beam search, over all clips of a batch and all prefixes of their beams at once."""

# B clips, T frames, K prefixes of a beam (also I and J, two of them side by side), G labels with blank at 0.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

BLANK = 0
NEVER = -np.inf

Reals = NDArray[np.float64]
Ints = NDArray[np.int64]


def beam_ctc(logits_BTG: Tensor, mask_BT: Tensor, *, num_beams: int) -> list[list[int]]:
    """The likeliest labels of each clip (Hannun et al. 2014, First-Pass Large Vocabulary CSR, algorithm 1, no LM).

    A prefix's probability sums over all paths that spell it; the best ``num_beams`` go on from frame to frame.
    """
    return [labels for labels, _ in beam_ctc_scored(logits_BTG, mask_BT, num_beams=num_beams)]


def beam_ctc_scored(logits_BTG: Tensor, mask_BT: Tensor, *, num_beams: int) -> list[tuple[list[int], float]]:
    """The same, each with its log probability, which is exact where the beam held every prefix."""
    logp_BTG = torch.log_softmax(logits_BTG.detach().cpu().double(), dim=-1).numpy()
    mask = mask_BT.cpu().numpy()
    still_G = np.full(logp_BTG.shape[-1], NEVER)
    still_G[BLANK] = 0.0  # a frame of padding is a certain blank, which leaves every prefix as it is
    beam = Beam.begin(len(logp_BTG), frames=logp_BTG.shape[1], width=num_beams)
    for frame in range(logp_BTG.shape[1]):
        beam = step(beam, np.where(mask[:, frame, None], logp_BTG[:, frame], still_G))
    return beam.best()


@dataclass(frozen=True)
class Beam:
    """Prefixes, no two of a clip alike unless they are dead (of probability 0).

    ``labels_BKT`` are padded with blanks; ``blank_BK`` and ``label_BK`` are the log probabilities of the paths that
    spell the prefix and end in a blank or in its last label.
    """

    labels_BKT: Ints
    lengths_BK: Ints
    blank_BK: Reals
    label_BK: Reals

    @classmethod
    def begin(cls, clips: int, *, frames: int, width: int) -> Beam:
        """The empty prefix alone."""
        blank_BK = np.full((clips, width), NEVER)
        blank_BK[:, 0] = 0.0
        zeros_BK = np.zeros((clips, width), np.int64)
        labels_BKT = np.zeros((clips, width, frames), np.int64)
        return cls(labels_BKT, zeros_BK, blank_BK, np.full((clips, width), NEVER))

    def totals(self) -> Reals:
        """(B, K) log probabilities."""
        return np.logaddexp(self.blank_BK, self.label_BK)

    def last_labels(self) -> Ints:
        """(B, K) last labels; blank of an empty prefix."""
        ends_BK1 = np.maximum(self.lengths_BK - 1, 0)[..., None]
        return np.take_along_axis(self.labels_BKT, ends_BK1, axis=2)[..., 0]

    def best(self) -> list[tuple[list[int], float]]:
        """The likeliest prefix of each clip and its log probability."""
        total_BK = self.totals()
        return [
            (self.labels_BKT[clip, k, : self.lengths_BK[clip, k]].tolist(), float(total_BK[clip, k]))
            for clip, k in enumerate(total_BK.argmax(axis=1).tolist())
        ]


def step(beam: Beam, logp_BG: Reals) -> Beam:
    """One frame on: each prefix stays or grows by a label, and the likeliest of all these are kept."""
    total_BK, last_BK = beam.totals(), beam.last_labels()
    blank_BK = total_BK + logp_BG[:, None, BLANK]
    label_BK = beam.label_BK + np.take_along_axis(logp_BG, last_BK, axis=1)
    grown_BKG = total_BK[..., None] + logp_BG[:, None, :]
    grown_BKG[..., BLANK] = NEVER
    repeated_BK = beam.blank_BK + np.take_along_axis(logp_BG, last_BK, axis=1)  # a blank parts equal labels
    _put(grown_BKG, last_BK, np.where(beam.lengths_BK > 0, repeated_BK, NEVER))
    label_BK = _merge(beam, grown_BKG, label_BK)
    return _keep_likeliest(beam, grown_BKG, blank_BK=blank_BK, label_BK=label_BK)


def _merge(beam: Beam, grown_BKG: Reals, label_BK: Reals) -> Reals:
    """Paths that grow prefix i into prefix j of the same beam count for j, and no more as a candidate of their own."""
    clips, parents, children = np.nonzero(_is_grown(beam))
    labels = beam.last_labels()[clips, children]
    merged_BK = label_BK.copy()
    merged_BK[clips, children] = np.logaddexp(
        label_BK[clips, children], grown_BKG[clips, parents, labels]
    )  # a prefix has one parent, so no entry is written twice
    grown_BKG[clips, parents, labels] = NEVER
    return merged_BK


def _is_grown(beam: Beam) -> NDArray[np.bool_]:
    """(B, I, J): whether prefix j is prefix i and one more label; never for dead ones, which may be doubles."""
    longest = int(beam.lengths_BK.max())
    labels_BKT = beam.labels_BKT[..., : max(longest, 1)]
    places_T = np.arange(labels_BKT.shape[-1])
    shorter_BKT = np.where(places_T == beam.lengths_BK[..., None] - 1, BLANK, labels_BKT)
    same_BIJ = (labels_BKT[:, :, None] == shorter_BKT[:, None]).all(axis=-1)
    alive_BK = beam.totals() > NEVER
    child_BK = alive_BK & (beam.lengths_BK > 0)
    return same_BIJ & alive_BK[:, :, None] & child_BK[:, None, :]


def _keep_likeliest(beam: Beam, grown_BKG: Reals, *, blank_BK: Reals, label_BK: Reals) -> Beam:
    clips, width, _ = beam.labels_BKT.shape
    glosses = grown_BKG.shape[-1]
    scores_BN = np.concatenate([np.logaddexp(blank_BK, label_BK), grown_BKG.reshape(clips, -1)], axis=1)
    chosen_BK = np.argpartition(-scores_BN, width - 1, axis=1)[:, :width]
    grows_BK = chosen_BK >= width
    from_BK, label = np.divmod(chosen_BK - width, glosses)
    from_BK = np.where(grows_BK, from_BK, chosen_BK)
    labels_BKT = np.take_along_axis(beam.labels_BKT, from_BK[..., None], axis=1)
    lengths_BK = np.take_along_axis(beam.lengths_BK, from_BK, axis=1)
    ends_BK = np.minimum(lengths_BK, labels_BKT.shape[-1] - 1)
    before_BK = np.take_along_axis(labels_BKT, ends_BK[..., None], axis=2)[..., 0]
    _put(labels_BKT, ends_BK, np.where(grows_BK, label, before_BK))
    return Beam(
        labels_BKT,
        lengths_BK + grows_BK,
        np.where(grows_BK, NEVER, np.take_along_axis(blank_BK, from_BK, axis=1)),
        np.where(
            grows_BK,
            np.take_along_axis(scores_BN, chosen_BK, axis=1),
            np.take_along_axis(label_BK, from_BK, axis=1),
        ),
    )


def _put(array_BKN: NDArray[Any], places_BK: Ints, values_BK: NDArray[Any]) -> None:
    """One value a prefix into its place along the last axis."""
    np.put_along_axis(array_BKN, places_BK[..., None], values_BK[..., None], axis=2)
