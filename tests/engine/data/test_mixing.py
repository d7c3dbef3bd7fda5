"""Streams exchanged within a batch: lengths and masks go with them, everything else stays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from slt_engine.data.augment import Augmentation
from slt_engine.data.changes import Changes
from slt_engine.data.collate import collate
from slt_engine.data.dataset import Sample
from slt_engine.data.frames import Uncached
from slt_engine.data.mixing import Mixing, take_streams

FRAMES = (3, 7, 5)


def sample_of(number: int, frames: int) -> Sample:
    """A clip whose every value is its number; the first frame of its pose and crops was not found."""
    pose_TPC = np.full((frames, 33, 3), number, np.float32)
    pose_TPC[0] = 0
    found_T = np.arange(frames) > 0
    crops = np.full((frames, 4, 4, 3), number, np.uint8) * found_T[:, None, None, None]
    return Sample(
        clip_id=f"{number}",
        text=f"text {number}",
        frames=frames,
        labels_L=np.array([number]),
        glosses_G=np.array([number]),
        keypoints_TJC=np.full((frames, 5, 3), number, np.float32),
        pose_TPC=pose_TPC,
        crops_THWC={"face": crops, "hand_left": crops},
        crops_found_T={"face": found_T, "hand_left": found_T},
    )


SAMPLES = [sample_of(number, frames) for number, frames in enumerate(FRAMES, 1)]


class Clips:
    """Stands for a data set that has been read."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self.clips = self.samples = samples

    def __getitem__(self, position: int) -> Sample:
        return self.samples[position]


def mixed(**probabilities: float) -> tuple[list[Sample], dict[str, tuple[int, ...]]]:
    mixing = Mixing(seed=5, probabilities=probabilities)
    donors = dict(mixing.draw(3, epoch=1, batch=2))
    changes = Changes(Augmentation(seed=5), mixing, epoch=1)
    return changes.read(Clips(SAMPLES), (0, 1, 2), (0, 1, 2), batch=2), donors  # type: ignore[arg-type]


@given(st.integers(2, 40), st.integers(0, 9), st.integers(0, 999))
def test_an_exchanged_stream_goes_to_every_clip_once_and_none_keeps_its_own(
    clips: int, epoch: int, batch: int
) -> None:
    mixing = Mixing(seed=1, probabilities={"pose": 1.0})
    (donors,) = mixing.draw(clips, epoch=epoch, batch=batch).values()
    assert sorted(donors) == list(range(clips))
    assert all(donor != clip for clip, donor in enumerate(donors))
    assert mixing.draw(clips, epoch=epoch, batch=batch) == {"pose": donors}


def test_that_part_of_the_batches_is_mixed_each_stream_by_itself() -> None:
    mixing = Mixing(seed=1, probabilities={"face": 0.5, "pose": 0.25, "hand_left": 0.0})
    drawn = [mixing.draw(8, epoch=1, batch=batch) for batch in range(2000)]
    shares = {stream: sum(stream in one for one in drawn) / 2000 for stream in mixing.probabilities}
    assert abs(shares["face"] - 0.5) < 0.04
    assert abs(shares["pose"] - 0.25) < 0.04
    assert shares["hand_left"] == 0
    both = sum({"face", "pose"} <= one.keys() for one in drawn) / 2000
    assert abs(both - 0.125) < 0.03


def test_epochs_batches_and_seeds_mix_differently() -> None:
    drawn = {
        Mixing(seed=seed, probabilities={"pose": 1.0}).draw(30, epoch=epoch, batch=batch)["pose"]
        for seed in (1, 2)
        for epoch in (1, 2)
        for batch in (0, 1)
    }
    assert len(drawn) == 8


def test_a_clip_alone_in_its_batch_keeps_its_streams() -> None:
    assert Mixing(seed=1, probabilities={"pose": 1.0}).draw(1, epoch=1, batch=0) == {}


def test_a_mixed_stream_brings_its_length_and_its_masks() -> None:
    samples, donors = mixed(pose=1.0)
    batch = collate(samples)
    assert batch.pose_BTPC is not None
    assert batch.pose_mask_BTP is not None
    for row, donor in enumerate(donors["pose"]):
        frames = FRAMES[donor]
        assert (batch.pose_BTPC[row, 1:frames] == donor + 1).all()
        assert batch.pose_mask_BTP[row, :, 0].tolist() == [0 < t < frames for t in range(7)]
        assert int(batch.frames_BT[row].sum()) == max(frames, FRAMES[row])


def test_only_the_named_stream_changes_hands() -> None:
    samples, donors = mixed(face=1.0)
    batch, plain = collate(samples), collate(SAMPLES)
    rows = list(donors["face"])
    assert torch.equal(batch.crops_BTHWC["face"], plain.crops_BTHWC["face"][rows])
    assert torch.equal(batch.crops_mask_BT["face"], plain.crops_mask_BT["face"][rows])
    assert torch.equal(batch.crops_BTHWC["hand_left"], plain.crops_BTHWC["hand_left"])
    assert torch.equal(batch.crops_mask_BT["hand_left"], plain.crops_mask_BT["hand_left"])
    assert torch.equal(batch.pose_BTPC, plain.pose_BTPC)  # type: ignore[arg-type]
    assert torch.equal(batch.keypoints_mask_BTJ, plain.keypoints_mask_BTJ)  # type: ignore[arg-type]
    assert torch.equal(batch.labels_BL, plain.labels_BL)  # type: ignore[arg-type]
    assert batch.clip_ids == plain.clip_ids
    assert batch.texts == plain.texts


def test_features_and_what_is_still_to_be_computed_go_with_the_stream() -> None:
    known, unknown = SAMPLES[0], SAMPLES[1]
    known = Sample(
        **{
            **vars(known),
            "crops_THWC": {},
            "features_TF": {"face": np.ones((3, 8), np.float16)},
            "uncached": {},
        }
    )
    left = Uncached(np.arange(7), np.arange(7), np.zeros((7, 4, 4, 3), np.uint8), None)  # type: ignore[arg-type]
    unknown = Sample(**{**vars(unknown), "crops_THWC": {}, "uncached": {"face": left}})
    taken = take_streams(known, {"face": unknown})
    assert taken.uncached == {"face": left}
    assert "face" not in taken.features_TF
    assert taken.frames == 7
    back = take_streams(unknown, {"face": known})
    assert back.uncached == {}
    assert back.features_TF["face"] is known.features_TF["face"]
    assert back.clip_id == unknown.clip_id


def test_no_probability_leaves_the_samples_as_they_are() -> None:
    samples, donors = mixed(pose=0.0)
    assert donors == {}
    assert all(one is other for one, other in zip(samples, SAMPLES, strict=True))
