"""The fingerspelling data set, read back by the readers that training uses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from slt_engine.clips.index import gloss_names, read_glosses, read_index, read_texts
from slt_engine.clips.keypoints import layout_of_file, read_keypoints
from slt_engine.clips.pose import read_pose
from slt_engine.config import knobs
from slt_engine.demo import fingerspelling
from slt_engine.demo.fingerspelling import LAYOUT, build_demo
from tests.engine.demo.conftest import SMALL, tree

SPLITS = {"train": 12, "val": 6, "test": 6}
LEFT, RIGHT = slice(0, 21), slice(21, 42)


def ids(root: Path, split: str) -> list[str]:
    return read_index(root / f"index/{split}.csv")


def test_every_split_has_its_clips_and_none_is_in_two(spelled: Path) -> None:
    assert {split: len(ids(spelled, split)) for split in SPLITS} == SPLITS
    every = [clip_id for split in (*SPLITS, "unseen") for clip_id in ids(spelled, split)]
    assert len(set(every)) == len(every)
    assert set(every) == set(read_texts(spelled / "meta.csv"))


def test_the_glosses_are_the_letters_of_the_text(spelled: Path) -> None:
    texts, glosses = read_texts(spelled / "meta.csv"), read_glosses(spelled / "gloss.csv")
    assert all("".join(glosses[clip_id].tokens).lower() == text for clip_id, text in texts.items())
    assert gloss_names(glosses)[1:4] == ["A", "B", "C"]
    assert max(max(gloss.labels) for gloss in glosses.values()) <= 27


def test_keypoints_are_of_the_layout_they_claim_and_inside_the_picture(spelled: Path) -> None:
    for clip_id in ids(spelled, "train"):
        path = spelled / f"processed/keypoints/{clip_id}.npz"
        layout = layout_of_file(path)
        assert layout.name == LAYOUT
        points_TJC = read_keypoints(path, layout)
        hand_TJC = points_TJC[:, RIGHT]
        assert hand_TJC[..., 2].mean() > 0.9
        assert np.mean((hand_TJC[..., :2] > 0) & (hand_TJC[..., :2] < 1)) > 0.95
        assert not points_TJC[:, LEFT].any()


def test_keypoints_and_pose_have_the_frames_that_meta_counts(spelled: Path) -> None:
    lines = [line.split(";") for line in (spelled / "meta.csv").read_text().splitlines()[1:]]
    assert {line[2] for line in lines} == {"25"}
    for clip_id, _, _, frames, *_ in lines:
        with np.load(spelled / f"processed/keypoints/{clip_id}.npz", allow_pickle=False) as file:
            assert file["keypoints"].shape == (int(frames), 48, 3)
            assert file["keypoints"].dtype == np.float32
        with np.load(spelled / f"processed/pose/{clip_id}.npz", allow_pickle=False) as file:
            assert file["pose"].shape == (int(frames), 99)
            assert str(file["pose_norm"]) == "signing_space_v1"


def test_the_pose_is_centred_between_the_shoulders(spelled: Path) -> None:
    pose_TPC = read_pose(spelled / f"processed/pose/{ids(spelled, 'val')[0]}.npz")
    np.testing.assert_allclose(pose_TPC[:, [11, 12], :2].mean(axis=1), 0.5, atol=1e-4)


def test_the_config_file_names_keys_that_exist_and_paths_that_are_there(spelled: Path) -> None:
    section = yaml.safe_load((spelled / "demo.yaml").read_text())["data"]
    assert {f"data.{key}" for key in section} <= {knob.key for knob in knobs()}
    assert all(Path(value).exists() for key, value in section.items() if key != "keypoint_layout")


@pytest.mark.usefixtures("spelled")
def test_equal_recipes_give_equal_files(spelled: Path, tmp_path: Path) -> None:
    build_demo(tmp_path / "again", SMALL)
    assert tree(tmp_path / "again") == tree(spelled)


def test_a_complete_data_set_is_not_built_again(spelled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerspelling, "read_lexicon", lambda: pytest.fail("built again"))
    assert build_demo(spelled, SMALL) == spelled / "demo.yaml"


@pytest.mark.usefixtures("installed")
def test_a_build_that_was_cut_off_is_done_over(
    spelled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill_the_disk(*_: object, **__: object) -> None:
        raise OSError("full")

    with monkeypatch.context() as patch:
        patch.setattr(fingerspelling, "write_tables", fill_the_disk)
        with pytest.raises(OSError, match="full"):
            build_demo(tmp_path / "out", SMALL)
    assert not (tmp_path / "out/demo.yaml").exists()
    build_demo(tmp_path / "out", SMALL)
    assert tree(tmp_path / "out") == tree(spelled)
