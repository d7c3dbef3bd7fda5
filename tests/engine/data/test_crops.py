"""Streams of crops on their way into batches: lengths, masks, gaps, mirrors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from slt_engine.clips.errors import DataError
from slt_engine.data.catalogue import Source
from slt_engine.data.collate import collate
from slt_engine.data.dataset import View
from slt_engine.data.splits import Splits, open_data
from tests.engine.data.tiny import Tiny, build_tiny, draw_crops


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    return build_tiny(tmp_path / "data")


def opened(tiny: Tiny, source: Source) -> Splits:
    return open_data(
        source,
        train_index=tiny.train,
        val_index=tiny.val,
        tokenizer=None,
        vocab_size=400,
        characters=True,
        seed=0,
    )


def erase(tiny: Tiny, stream: str, pattern: str) -> None:
    for path in tiny.crops(stream).glob(pattern):
        path.unlink()


def test_a_run_may_read_crops_alone(tiny: Tiny) -> None:
    splits = opened(tiny, draw_crops(tiny, "face", "hand_left"))

    sample = splits.train[0]
    assert splits.train.lengths == tuple(min(frames, 16) for frames in tiny.frames[:9])
    assert set(sample.crops_THWC) == set(sample.crops_found_T) == {"face", "hand_left"}
    assert sample.crops_THWC["face"].shape == (sample.frames, 16, 16, 3)
    assert sample.keypoints_TJC is sample.pose_TPC is None


def test_crops_are_those_of_the_frames_that_are_sampled(tiny: Tiny) -> None:
    source = draw_crops(tiny, "face")
    longest = int(np.argmax(tiny.frames[:9]))
    sample = opened(tiny, Source(**{**vars(source), "frame_stride": 2})).train[longest]

    greens_T = sample.crops_THWC["face"][:, 8, 8, 1].astype(int)
    expected_T = 20 + 8 * np.arange(0, tiny.frames[longest], 2)
    assert np.abs(greens_T - expected_T).max() <= 3


def test_crops_follow_keypoints_that_have_a_frame_more(tiny: Tiny) -> None:
    draw_crops(tiny, "face")
    erase(tiny, "face", f"*_f{tiny.frames[0] - 1:06}.jpg")
    source = tiny.source(crop_dirs={"face": tiny.crops("face")}, sequence_length=99)
    sample = opened(tiny, source).train[0]

    assert sample.frames == tiny.frames[0]
    assert sample.crops_found_T["face"].all()


def test_a_clip_without_the_stream_is_masked_and_told(tiny: Tiny) -> None:
    draw_crops(tiny, "face", "hand_left")
    erase(tiny, "face", "002_f*.jpg")
    splits = opened(tiny, tiny.source(crop_dirs={s: tiny.crops(s) for s in ("face", "hand_left")}))

    sample = splits.train[2]
    assert splits.notes == ("train: 1 of 9 clips have no face",)
    assert not sample.crops_found_T["face"].any()
    assert not sample.crops_THWC["face"].any()
    assert sample.crops_found_T["hand_left"].all()


def test_a_gap_in_the_numbers_and_a_black_crop_are_masked_frames(tiny: Tiny) -> None:
    source = draw_crops(tiny, "face")
    erase(tiny, "face", "000_f000002.jpg")
    Image.new("RGB", (16, 16)).save(tiny.crops("face") / "000_f000003.jpg")

    sample = opened(tiny, Source(**{**vars(source), "sequence_length": 99})).train[0]

    assert np.flatnonzero(~sample.crops_found_T["face"]).tolist() == [2, 3]


def test_crops_with_gaps_may_end_before_the_clip(tiny: Tiny) -> None:
    draw_crops(tiny, "face")
    frames = tiny.frames[0]
    erase(tiny, "face", "000_f000000.jpg")
    for frame in range(frames // 2, frames):
        erase(tiny, "face", f"000_f{frame:06}.jpg")

    sample = opened(tiny, tiny.source(crop_dirs={"face": tiny.crops("face")}, sequence_length=99)).train[0]

    assert np.flatnonzero(sample.crops_found_T["face"]).tolist() == list(range(1, frames // 2))


def test_crops_of_another_recording_are_refused(tiny: Tiny) -> None:
    draw_crops(tiny, "face")
    for frame in range(tiny.frames[0] // 2, tiny.frames[0]):
        erase(tiny, "face", f"000_f{frame:06}.jpg")

    with pytest.raises(
        DataError, match=r"000\.npz: \d+ frames, but .*000_f\d+\.jpg has \d+; streams of one clip"
    ):
        opened(tiny, tiny.source(crop_dirs={"face": tiny.crops("face")}))


def test_a_broken_crop_names_its_file(tiny: Tiny) -> None:
    source = draw_crops(tiny, "face")
    (tiny.crops("face") / "001_f000001.jpg").write_bytes(b"\xff\xd8 nothing")

    with pytest.raises(DataError, match=r"001_f000001\.jpg: is no readable picture"):
        opened(tiny, source).train[1]


def test_a_mirrored_clip_has_the_other_hand_turned_about(tiny: Tiny) -> None:
    train = opened(tiny, draw_crops(tiny, "face", "hand_left", "hand_right")).train
    plain, mirrored = train[0], train.view(0, View(flipped=True))

    for stream, origin in {"face": "face", "hand_left": "hand_right", "hand_right": "hand_left"}.items():
        np.testing.assert_array_equal(mirrored.crops_THWC[stream], plain.crops_THWC[origin][:, :, ::-1])


def test_a_batch_pads_crops_and_says_which_are_there(tiny: Tiny) -> None:
    train = opened(tiny, draw_crops(tiny, "face")).train
    samples = [train[0], train[1]]
    batch = collate(samples)

    assert batch.crops_BTHWC["face"].dtype == torch.uint8
    for row, sample in enumerate(samples):
        frames = sample.frames
        np.testing.assert_array_equal(batch.crops_BTHWC["face"][row, :frames], sample.crops_THWC["face"])
        assert batch.crops_mask_BT["face"][row, :frames].all()
        assert not batch.crops_mask_BT["face"][row, frames:].any()
        assert not batch.crops_BTHWC["face"][row, frames:].any()


def test_crops_count_as_memory(tiny: Tiny) -> None:
    train = opened(tiny, draw_crops(tiny, "face", "hand_left")).train

    assert train.bytes == sum(train.lengths) * 2 * 16 * 16 * 3
