"""Frames and their times: any container, rates that vary, pieces, turned pictures, damaged files."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from slt_engine.clips.errors import DataError
from slt_engine.extract.decode import open_video
from tests.engine.extract.videos import plain_frames, write_video

pytest.importorskip("cv2", reason="the extra `extract` is not installed")


def decode(path: Path, start_s: float = 0.0, end_s: float | None = None) -> tuple[list[float], list[int]]:
    """Times and numbers of frames that tell their number by their brightness."""
    with open_video(path) as video:
        frames = list(video.frames(lambda _: True, start_s=start_s, end_s=end_s))
    return [round(time_s, 3) for time_s, _ in frames], [round(frame.mean() / 10) for _, frame in frames]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm", ".mov", ".avi", ".gif"])
def test_every_container_is_decoded(tmp_path: Path, suffix: str) -> None:
    times_s, numbers = decode(write_video(tmp_path / f"a{suffix}", plain_frames(8)))
    assert numbers == list(range(8))
    assert times_s == [round(0.04 * number, 3) for number in range(8)]


def test_times_are_the_containers_where_the_rate_varies(tmp_path: Path) -> None:
    pictures = [Image.fromarray(frame) for frame in plain_frames(5)]
    path = tmp_path / "a.gif"
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=[40, 40, 400, 40, 40], loop=0)
    assert decode(path)[0] == [0.0, 0.04, 0.08, 0.48, 0.52]


def test_a_piece_begins_and_ends_where_it_should(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", plain_frames(25))
    assert decode(path, 0.2, 0.4) == ([0.2, 0.24, 0.28, 0.32, 0.36], [5, 6, 7, 8, 9])


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm", ".avi"])
def test_a_piece_deep_inside_a_long_video_has_the_frames_that_decoding_it_whole_gives(
    tmp_path: Path, suffix: str
) -> None:
    frames = [np.full((32, 32, 3), number % 25 * 10, np.uint8) for number in range(500)]
    path = write_video(tmp_path / f"a{suffix}", frames)
    times_s, numbers = decode(path)
    deep = [i for i, time_s in enumerate(times_s) if 15.1 <= time_s < 15.9]
    assert decode(path, 15.1, 15.9) == ([times_s[i] for i in deep], [numbers[i] for i in deep])


def test_a_turned_recording_comes_upright(tmp_path: Path) -> None:
    frame_HWC = np.zeros((32, 64, 3), np.uint8)
    frame_HWC[:, :32] = 255
    path = turned(write_video(tmp_path / "a.mp4", [frame_HWC] * 3))
    with open_video(path) as video:
        _, upright_HWC = next(video.frames(lambda _: True))
    assert upright_HWC.shape == (64, 32, 3)
    assert upright_HWC[:28].min() > 200
    assert upright_HWC[36:].max() < 50


def turned(path: Path) -> Path:
    """The video with a quarter turn clockwise in its track header, as phones write it (ISO/IEC 14496-12, 8.3.2)."""
    data, one = bytearray(path.read_bytes()), 1 << 16
    at = data.index(b"tkhd") + 4 + 40
    data[at : at + 36] = struct.pack(">9i", 0, one, 0, -one, 0, 0, 0, 0, 1 << 30)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"this is a text, whatever its name says\n" * 9, "is no video"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "is no video"),
        (b"\0\0\0\x18ftypmp42" + bytes(200), "cannot be opened"),
    ],
)
def test_what_is_no_video_is_told(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "a.mp4").write_bytes(content)
    with pytest.raises(DataError, match=says):
        decode(tmp_path / "a.mp4")


@pytest.mark.parametrize("share", [0.2, 0.6, 0.98])
def test_a_video_that_is_cut_short_is_told(tmp_path: Path, share: float) -> None:
    path = write_video(tmp_path / "a.mp4", plain_frames(20))
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(DataError, match="is cut short"):
        decode(path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("whole")
    frames = plain_frames(6)
    return {
        name: write_video(folder / f"a{name}", frames).read_bytes()
        for name in (".mp4", ".mkv", ".gif", ".avi")
    }


@settings(
    max_examples=60,
    deadline=10_000,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_damaged_video_is_a_data_error_or_gives_frames(
    tmp_path: Path, whole: dict[str, bytes], data: st.DataObject
) -> None:
    suffix = data.draw(st.sampled_from(sorted(whole)))
    content = bytearray(whole[suffix])
    for _ in range(data.draw(st.integers(0, 12))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / f"a{suffix}"
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    problem, times_s = "", [0.0]
    try:
        times_s, _ = decode(path)
    except DataError as fault:
        problem = str(fault)
    assert not problem or (str(path) in problem and "\n" not in problem)
    assert times_s == sorted(times_s)
