"""Opening a data set: what is read, what is said, what is refused."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from slt_engine.clips.errors import DataError
from slt_engine.clips.keypoints import Space
from slt_engine.data.batches import plan_batches
from slt_engine.data.catalogue import Source
from slt_engine.data.loader import batches
from slt_engine.data.splits import Splits, open_data, open_split
from tests.engine.data.tiny import TEXTS, Tiny, build_tiny


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    return build_tiny(tmp_path / "data")


def opened(tiny: Tiny, source: Source | None = None, subset_size: int | None = None) -> Splits:
    return open_data(
        source or tiny.source(),
        train_index=tiny.train,
        val_index=tiny.val,
        tokenizer=None,
        vocab_size=400,
        characters=True,
        seed=0,
        subset_size=subset_size,
    )


def test_a_data_set_opens_into_its_splits(tiny: Tiny) -> None:
    splits = opened(tiny)
    assert [clip.clip_id for clip in splits.train.clips] == [f"{n:03}" for n in range(9)]
    assert [clip.clip_id for clip in splits.val.clips] == ["009", "010", "011"]
    assert splits.train.lengths == tuple(min(frames, 16) for frames in tiny.frames[:9])
    assert splits.gloss_names == ["<blank>", "A", "B", "C", "D"]
    assert splits.layout is not None
    assert (splits.layout.name, splits.layout.points) == ("hands_body_48", 48)
    assert splits.notes == ()
    assert splits.space is None


def test_a_sample_holds_the_file_s_frames_and_the_text_s_tokens(tiny: Tiny) -> None:
    splits = opened(tiny, tiny.source(frame_stride=2))
    sample = splits.train[1]
    values = np.load(tiny.keypoints / "001.npz")["keypoints"][::2]
    assert sample.keypoints_TJC is not None
    np.testing.assert_array_equal(sample.keypoints_TJC, values)
    assert splits.tokenizer.decode(sample.labels_L, skip_special_tokens=True) == sample.text == TEXTS[1]
    assert sample.labels_L[-1] == splits.tokenizer.eos_token_id
    assert sample.glosses_G is not None
    assert sample.glosses_G.tolist() == [1, 3]


def test_a_batch_comes_out(tiny: Tiny) -> None:
    splits = opened(tiny)
    plan = plan_batches(splits.train.lengths, batch_size=4, seed=0)
    read = list(batches(splits.train, plan))
    assert [len(batch) for batch in read] == [len(positions) for positions in plan]
    assert read[0].clip_ids == tuple(splits.train.clips[position].clip_id for position in plan[0])


def test_only_points_that_a_stream_reads_are_kept(tmp_path: Path) -> None:
    splits = opened(build_tiny(tmp_path / "data", points=586))
    sample = splits.train[0]
    assert splits.layout is not None
    assert sample.keypoints_TJC is not None
    assert splits.layout.points == sample.keypoints_TJC.shape[1] == 33 + 26 + 42
    values = np.load(tmp_path / "data" / "processed" / "keypoints" / "000.npz")["keypoints"]
    np.testing.assert_array_equal(
        sample.keypoints_TJC[0, splits.layout.streams["hand_l"]], values[0, 33 + 478 : 33 + 478 + 21]
    )


def test_keypoints_alone_are_enough(tiny: Tiny) -> None:
    sample = opened(tiny, tiny.source(pose_dir=None, gloss_csv=None)).train[0]
    assert sample.pose_TPC is None
    assert sample.glosses_G is None


def test_pose_alone_is_enough(tiny: Tiny) -> None:
    splits = opened(tiny, tiny.source(keypoints_dir=None))
    assert splits.layout is None
    assert splits.train[0].keypoints_TJC is None
    assert splits.train[0].pose_TPC is not None


def test_a_stream_that_a_clip_lacks_is_masked_and_counted(tiny: Tiny) -> None:
    (tiny.pose / "002.npz").unlink()
    (tiny.keypoints / "003.npz").unlink()
    splits = opened(tiny)
    assert splits.notes == (
        "train: 1 of 9 clips have no keypoints",
        "train: 1 of 9 clips have no pose",
    )
    without_pose, without_keypoints = splits.train[2], splits.train[3]
    assert without_pose.pose_TPC is not None
    assert without_pose.pose_TPC.shape == (without_pose.frames, 33, 3)
    assert not without_pose.pose_TPC.any()
    assert without_keypoints.keypoints_TJC is not None
    assert not without_keypoints.keypoints_TJC.any()
    assert without_keypoints.frames == min(tiny.frames[3], 16)


def test_streams_that_differ_by_a_frame_or_two_are_read_at_the_same_moments(tiny: Tiny) -> None:
    pose = np.linspace(0.1, 0.9, 44, dtype=np.float32)[:, None].repeat(99, axis=1)
    np.savez(tiny.pose / "000.npz", pose=pose)
    values = np.linspace(0.1, 0.9, 40, dtype=np.float32)[:, None, None].repeat(48, 1).repeat(3, 2)
    np.savez(tiny.keypoints / "000.npz", keypoints=values, space="normalized")
    sample = opened(tiny).train[0]
    assert sample.pose_TPC is not None
    assert sample.keypoints_TJC is not None
    np.testing.assert_allclose(sample.pose_TPC[:, 0, 0], sample.keypoints_TJC[:, 0, 0], atol=0.02)


def test_streams_that_differ_much_are_refused(tiny: Tiny) -> None:
    np.savez(tiny.pose / "000.npz", pose=np.full((tiny.frames[0] * 2, 99), 0.5, np.float32))
    with pytest.raises(DataError, match=r"000\.npz: \d+ frames, but .*000\.npz has \d+; streams of one clip"):
        opened(tiny)


def test_the_first_suffix_wins_when_a_clip_has_two_files(tiny: Tiny) -> None:
    np.save(tiny.keypoints / "000.npy", np.ones((3, 48, 3), np.float32))
    assert opened(tiny).train.clips[0].frames == tiny.frames[0]


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (
            lambda t: t.train.write_text("000\n001\nzzz\n"),
            'train.csv: not in meta.csv: 1 of 3 clips, "zzz"; add',
        ),
        (
            lambda t: t.val.write_text("x1\nx2\nx3\nx4\nx5\nx6\n"),
            '6 of 6 clips, "x1", "x2", "x3", "x4", "x5", ...',
        ),
        (
            lambda t: (t.root / "meta.csv").write_text(
                (t.root / "meta.csv").read_text(encoding="utf-8").replace('"hola"', " "), encoding="utf-8"
            ),
            'train.csv: without a text in meta.csv: 2 of 9 clips, "001", "006"; write it or drop them',
        ),
        (
            lambda t: [(t.pose / "004.npz").unlink(), (t.keypoints / "004.npz").unlink()],
            'train.csv: without a file in any stream: 1 of 9 clips, "004"; extract them or drop them',
        ),
        (lambda t: (t.keypoints / "001.npz").write_bytes(b"PK"), "001.npz: cannot be read"),
        (lambda t: t.root.joinpath("gloss.csv").write_text("a;b\n"), 'has no column "video_id"'),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tiny: Tiny, break_it: object, message: str) -> None:
    break_it(tiny)  # type: ignore[operator]
    with pytest.raises(DataError) as caught:
        opened(tiny)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_directory_without_any_clip_is_refused(tiny: Tiny, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="has no keypoint file of any clip"):
        opened(tiny, tiny.source(keypoints_dir=tmp_path / "empty"))


def test_a_directory_that_is_not_there_is_refused(tiny: Tiny, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="none: cannot be listed"):
        opened(tiny, tiny.source(pose_dir=tmp_path / "none"))


def test_a_subset_is_drawn_by_the_seed_and_leaves_validation_and_tokenizer_alone(tiny: Tiny) -> None:
    whole, some = opened(tiny), opened(tiny, subset_size=4)
    ids = [clip.clip_id for clip in some.train.clips]
    assert len(ids) == 4
    assert ids == sorted(ids)
    assert ids == [clip.clip_id for clip in opened(tiny, subset_size=4).train.clips]
    assert len(some.val) == 3
    assert some.tokenizer.get_vocab() == whole.tokenizer.get_vocab()


def test_keypoints_in_pixels_are_recognised_and_told(tiny: Tiny) -> None:
    for path in tiny.keypoints.iterdir():
        values = np.load(path)["keypoints"]
        np.savez(path, keypoints=values * np.array([640, 640, 1], np.float32))
    splits = opened(tiny)
    assert splits.space is not None
    assert splits.space.width > 500
    assert splits.notes[0].startswith("keypoints: files do not tell their space; their values are pixels")
    sample = splits.train[0]
    assert sample.keypoints_TJC is not None
    assert sample.keypoints_TJC.max() <= 1


def test_a_split_for_evaluation_is_read_with_the_training_s_tokenizer_and_space(tiny: Tiny) -> None:
    splits = opened(tiny)
    again = open_split(tiny.source(), tiny.val, tokenizer=splits.tokenizer, space=Space())
    assert [clip.labels for clip in again.clips] == [clip.labels for clip in splits.val.clips]
    assert again.lengths == splits.val.lengths


def test_a_dataset_travels_light_and_reads_the_same_on_the_other_side(tiny: Tiny) -> None:
    train = opened(tiny).train
    before = len(pickle.dumps(train))
    samples = [train[position] for position in range(len(train))]
    sent = pickle.loads(pickle.dumps(train))
    assert len(pickle.dumps(train)) == before < 10_000
    for mine, theirs in zip(samples, (sent[position] for position in range(len(sent))), strict=True):
        assert mine.clip_id == theirs.clip_id
        assert mine.keypoints_TJC is not None
        assert theirs.keypoints_TJC is not None
        np.testing.assert_array_equal(mine.keypoints_TJC, theirs.keypoints_TJC)


def test_a_small_split_is_read_once_and_then_kept(tiny: Tiny) -> None:
    train = opened(tiny).train
    assert train.in_memory
    first = train[0]
    (tiny.keypoints / "000.npz").unlink()
    assert train[0] is first


def test_a_file_that_changes_while_it_is_in_use_is_noticed(tiny: Tiny) -> None:
    train = opened(tiny).train
    np.savez(tiny.keypoints / "000.npz", keypoints=np.full((99, 48, 3), 0.5, np.float32))
    with pytest.raises(DataError, match=r"000\.npz: 99 frames, \d+ at the start of the run"):
        train[0]


def test_a_subset_of_a_dataset_reads_like_the_whole(tiny: Tiny) -> None:
    train = opened(tiny).train
    some = train.subset([4, 2])
    assert [some[0].clip_id, some[1].clip_id] == ["004", "002"]
    assert some.lengths == (train.lengths[4], train.lengths[2])
    assert some[0] is train[4]
