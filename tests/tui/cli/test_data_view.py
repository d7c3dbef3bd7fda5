"""`slt data view`: the list, one clip drawn, JSON, and what leaves with which code."""

from __future__ import annotations

import json
from pathlib import Path

import pexpect
import pytest

from slt_tui.cli.root import run_command
from tests.support.clip_sets import clip_set, config_of


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return clip_set(tmp_path / "set")


def test_into_a_pipe_clips_are_lines_of_fields(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["data", "view", str(root)]) == 0
    header, first, *rest = capsys.readouterr().out.splitlines()
    assert header.split("\t") == ["clip", "split", "frames", "streams", "text", "gloss", "problem"]
    assert first == "a1\ttrain\t12\tkeypoints pose face\tmañana llueve\tMAÑANA LLUEVE\t"
    assert len(rest) == 3


def test_json_has_the_same(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["data", "view", str(root), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows[2] == {
        "clip": "c3",
        "split": "train",
        "frames": 7,
        "streams": "keypoints pose face",
        "text": "buenas noches",
        "gloss": None,
        "problem": None,
    }


def test_a_clip_is_told_and_drawn(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["data", "view", str(root), "a1", "--frame", "12"]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[:3] == ["clip  a1  train", "text  mañana llueve", "gloss MAÑANA LLUEVE"]
    assert "frame 12/12  1.10 s  10 fps" in out
    assert any("\u2800" < char <= "\u28ff" for char in out)
    assert "\x1b" not in out


def test_a_clips_json_has_the_share_of_frames_of_each_part(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["data", "view", str(root), "b2", "--json"]) == 0
    clip = json.loads(capsys.readouterr().out)
    assert clip["share_of_frames"] == {"body": 1.0, "face": 1.0, "hand_l": 0.5, "hand_r": 1.0}
    assert (clip["frames"], clip["fps"], clip["layout"], clip["images"]) == (
        30,
        10.0,
        "mska_79",
        {"face": 29},
    )


def test_an_id_that_begins_with_a_dash_follows_two(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["data", "view", "--", str(root), "-d4"]) == 0
    assert "otra vez [red]" in capsys.readouterr().out


def test_a_runs_directory_is_a_source(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "config.json").write_text(json.dumps(config_of(root)))
    assert run_command(["data", "view", str(run)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 5


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere"], "does not exist"),
        (["{root}", "b22"], 'no clip "b22", but b2'),
        (["{root}", "a1", "--frame", "13"], "a1 has the frames 1 to 12"),
        (["{root}", "--play"], "name one after SOURCE"),
        (["{root}", "a1", "--frame", "0"], "greater than or equal to 1"),
    ],
)
def test_wrong_use_is_a_line_and_code_2(
    root: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["data", "view", *(word.format(root=root) for word in words)]) == 2
    talk = capsys.readouterr().err
    assert said in talk
    assert len(talk.splitlines()) == 1


def test_a_damaged_clip_is_a_line_and_code_1(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "processed/keypoints/a1.npz").write_bytes(b"")
    assert run_command(["data", "view", str(root), "a1"]) == 1
    drawn_from_its_pose = capsys.readouterr()
    assert "a1.npz: cannot be read" in drawn_from_its_pose.err
    assert "pose" in drawn_from_its_pose.out
    (root / "processed/pose/a1.npz").unlink()
    (root / "processed/face/a1_f000000.jpg").unlink()
    assert run_command(["data", "view", str(root), "a1"]) == 1
    assert run_command(["data", "view", str(root)]) == 1


def test_play_draws_frame_after_frame_until_ctrl_c(root: Path) -> None:
    import sys

    words = ["-m", "slt_tui", "data", "view", str(root), "b2", "--play"]
    child = pexpect.spawn(sys.executable, words, dimensions=(24, 80), encoding="utf-8", timeout=30)
    child.expect("frame  [2-9]/30")
    child.expect("frame 1[0-9]/30")
    child.sendintr()
    child.expect(r"\x1b\[\?25h")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
