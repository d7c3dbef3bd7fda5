"""`slt data extract` on real signing: the files of the contract, and what fails is told and passed over."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from slt_engine.clips.crops import list_crops
from slt_engine.clips.keypoints import layout_of_file, read_keypoints
from slt_engine.clips.pose import read_pose
from slt_engine.data.frames import read_crops
from slt_engine.extract.command import main
from tests.engine.extract.videos import contents, plain_frames, write_table, write_video

Extract = Callable[..., tuple[int, str, str]]


def metadata(out: Path) -> dict[str, dict[str, object]]:
    lines = [json.loads(line) for line in (out / "metadata.jsonl").read_text().splitlines()]
    return {line["video_id"]: line for line in lines}


@pytest.fixture(scope="session")
def extracted(videos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the two clips come to, by one worker."""
    out = tmp_path_factory.mktemp("extracted") / "processed"
    command = [sys.executable, "-m", "slt_engine", "extract", str(videos), str(out)]
    subprocess.run(command, check=True, capture_output=True)
    return out


def test_each_frame_has_three_crops_of_224_pixels_numbered_from_0(extracted: Path) -> None:
    from PIL import Image

    for stream in ("face", "hand_l", "hand_r"):
        listed = list_crops(extracted / stream)
        assert {clip: (crops.frames, crops.has_gaps) for clip, crops in listed.items()} == {
            "one": (8, False),
            "two": (8, False),
        }
        with Image.open(extracted / stream / "one_f000000.jpg") as picture:
            assert (picture.size, picture.mode) == ((224, 224), "RGB")


def test_pose_and_keypoints_are_read_by_the_readers(extracted: Path) -> None:
    with np.load(extracted / "pose" / "one.npz") as file:
        assert file["pose"].shape == (8, 99)
        assert str(file["pose_norm"]) == "signing_space_v1"
    pose_FP3 = read_pose(extracted / "pose" / "one.npz")
    assert abs(pose_FP3[:, [11, 12], 0].mean() - 0.5) < 1e-3
    path = extracted / "keypoints" / "one.npz"
    layout = layout_of_file(path)
    keypoints_FJ3 = read_keypoints(path, layout)
    assert layout.name == "mediapipe_543"
    assert keypoints_FJ3.shape == (8, 543, 3)
    assert (keypoints_FJ3[:, 33:501, 2] == 1).all()
    assert not keypoints_FJ3[:, 501:522].any()  # the left hand is not in the picture


def test_a_hand_that_is_never_seen_is_black_and_told(extracted: Path) -> None:
    from PIL import Image

    with Image.open(extracted / "hand_l" / "one_f000003.jpg") as picture:
        assert not np.asarray(picture).any()
    with np.load(extracted / "keypoints" / "one.npz") as file:
        assert (file["hand_l_from"] == 0).all()
        assert (file["face_from"] == 1).all()
    assert metadata(extracted)["one"]["fallbacks"]["hand_l"] == {"none": 8, "pose": 0, "previous": 0}  # type: ignore[index]


@pytest.mark.parametrize(("stream", "found"), [("face", True), ("hand_l", False)])
def test_the_loader_masks_what_was_not_found(extracted: Path, stream: str, found: bool) -> None:
    crops = list_crops(extracted / stream)["one"]
    _, found_T = read_crops(crops, np.arange(8), image_size=64, mirrored=False)
    assert found_T.tolist() == [found] * 8


def test_metadata_tells_frames_rate_and_length(extracted: Path) -> None:
    line = metadata(extracted)["two"]
    assert line["video"] == "two.mkv"
    assert line["status"] == "done"
    assert line["frames"] == dict.fromkeys(("face", "hand_l", "hand_r", "pose", "keypoints"), 8)
    assert (line["fps_source"], line["fps_observed"], line["stride"]) == (25.0, 25.0, 1.0)
    assert line["duration_s"] == pytest.approx(0.32)
    assert (line["width"], line["height"]) == (540, 720)


def test_two_workers_write_the_same_files_as_one(
    videos: Path, extracted: Path, extract: Extract, tmp_path: Path
) -> None:
    assert extract(videos, tmp_path / "out", "--workers", 2)[0] == 0
    assert contents(tmp_path / "out") == contents(extracted)


def test_fewer_frames_a_second_are_kept_on_request(videos: Path, extract: Extract, tmp_path: Path) -> None:
    code, out, _ = extract(videos / "one.mp4", tmp_path / "out", "--fps", 12.5, "--json")
    assert code == 0
    assert json.loads(out)["frames"] == 4
    line = metadata(tmp_path / "out")["one"]
    assert (line["fps"], line["fps_source"], line["stride"]) == (12.5, 25.0, 2.0)


def test_a_limit_keeps_every_second_frame(videos: Path, extract: Extract, tmp_path: Path) -> None:
    assert extract(videos / "one.mp4", tmp_path / "out", "--fps-limit", 13)[0] == 0
    assert metadata(tmp_path / "out")["one"]["stride"] == 2


def test_pieces_of_a_video_are_cut_out(videos: Path, extract: Extract, tmp_path: Path) -> None:
    rows = [("a", "one.mp4", 0, 0.12), ("b", "one", 0.12, 0.32), ("c", "one", "", ""), ("d", "one", 7, 8)]
    table = write_table(tmp_path / "meta.csv", ("id", "video", "start", "end"), rows)
    code, out, _ = extract(videos, tmp_path / "out", "--clips", table)
    assert code == 1
    lines = metadata(tmp_path / "out")
    assert [lines[clip].get("frames", {}).get("pose") for clip in "abcd"] == [3, 5, None, None]  # type: ignore[attr-defined]
    assert "meta.csv line 4" in out
    assert "no frame can be decoded from 7 s to 8 s" in out


def test_what_cannot_be_used_is_told_and_passed_over(videos: Path, extract: Extract, tmp_path: Path) -> None:
    folder = tmp_path / "videos"
    folder.mkdir()
    good = (videos / "one.mp4").read_bytes()
    (folder / "cut.mp4").write_bytes(good[: len(good) // 2])
    (folder / "empty.mp4").touch()
    (folder / "text.mp4").write_text("not a video\n" * 99)
    write_video(folder / "nobody.mp4", plain_frames(5))
    (folder / "zgood.mp4").write_bytes(good)
    code, out, err = extract(folder, tmp_path / "out")
    assert code == 1
    for clip, says in (
        ("cut", "is cut short"),
        ("empty", "is empty"),
        ("text", "is no video"),
        ("nobody", "no person is seen"),
    ):
        assert any(clip in line and says in line for line in out.splitlines()), clip
        assert metadata(tmp_path / "out")[clip]["status"] == "failed"
    assert "Traceback" not in err
    assert {path.name.split("_f")[0] for path in (tmp_path / "out" / "face").iterdir()} == {"zgood"}
    assert metadata(tmp_path / "out")["zgood"]["status"] == "done"


def test_what_failed_is_tried_again_and_what_is_done_is_kept(
    videos: Path, extracted: Path, extract: Extract, tmp_path: Path
) -> None:
    folder, out = tmp_path / "videos", tmp_path / "out"
    shutil.copytree(videos, folder)
    (folder / "two.mkv").write_bytes(b"")
    assert extract(folder, out)[0] == 1
    written = (out / "face" / "one_f000000.jpg").stat().st_mtime_ns
    shutil.copy(videos / "two.mkv", folder / "two.mkv")
    code, said, _ = extract(folder, out, "--resume")
    assert (code, "1 there already" in said) == (0, True)
    assert (out / "face" / "one_f000000.jpg").stat().st_mtime_ns == written
    assert contents(out) == contents(extracted)


def test_a_clip_whose_files_were_lost_or_whose_video_changed_is_made_again(
    videos: Path, extracted: Path, extract: Extract, tmp_path: Path
) -> None:
    folder, out = tmp_path / "videos", tmp_path / "out"
    shutil.copytree(videos, folder)
    shutil.copytree(extracted, out)
    (out / "hand_r" / "one_f000004.jpg").unlink()
    shutil.copy(videos / "one.mp4", folder / "two.mp4")
    (folder / "two.mkv").unlink()
    code, said, _ = extract(folder, out, "--resume")
    assert (code, "2 clips extracted" in said) == (0, True)
    assert contents(out)["face/two_f000000.jpg"] == contents(extracted)["face/one_f000000.jpg"]
    assert contents(out)["hand_r/one_f000004.jpg"] == contents(extracted)["hand_r/one_f000004.jpg"]


@pytest.mark.parametrize(
    ("words", "says"),
    [((), "--resume goes on"), (("--resume", "--face-blur"), "other settings (face_blur False, not True)")],
)
def test_a_directory_that_holds_an_extraction_is_not_written_over(
    videos: Path, extracted: Path, extract: Extract, words: tuple[str, ...], says: str
) -> None:
    before = contents(extracted)
    code, _, err = extract(videos, extracted, *words)
    assert code == 1
    assert says in err
    assert contents(extracted) == before


def test_crops_of_somebody_else_are_not_written_among(videos: Path, extract: Extract, tmp_path: Path) -> None:
    (tmp_path / "out" / "face").mkdir(parents=True)
    (tmp_path / "out" / "face" / "one_f000000.jpg").touch()
    code, _, err = extract(videos, tmp_path / "out")
    assert (code, "no extraction.json beside it" in err) == (1, True)
    assert list(contents(tmp_path / "out")) == ["face/one_f000000.jpg"]


def test_without_mediapipe_the_extra_is_named(
    videos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "mediapipe", None)
    assert main([str(videos), str(tmp_path / "out")]) == 1
    assert 'pip install "slt-workbench[extract]"' in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "words", [("--fps", "0"), ("--fps", "25", "--fps-limit", "30"), ("--workers", "0"), ("--fps", "nan")]
)
def test_wrong_words_are_told_in_one_line(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["videos", "out", *words])
    assert left.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_command_is_there_without_torch_opencv_or_mediapipe() -> None:
    heavy = ("torch", "cv2", "mediapipe", "transformers")
    code = f"import sys, slt_engine.extract.command; print([m for m in {heavy} if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "[]\n"
    )
