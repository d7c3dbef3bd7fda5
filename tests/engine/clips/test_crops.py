"""Crops on disk: which frames of which clip, and pixels in the size that is asked for."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from slt_engine.clips.crops import decode_crop, is_black, list_crops
from slt_engine.clips.errors import DataError

RAMP_HWC = np.stack(
    [np.add.outer(np.arange(32), np.arange(32)) * 4, np.full((32, 32), 60), np.full((32, 32), 200)], axis=-1
).astype(np.uint8)


def encoded(crop_HWC: np.ndarray = RAMP_HWC, kind: str = "JPEG", mode: str = "RGB") -> bytes:
    stream = io.BytesIO()
    Image.fromarray(crop_HWC).convert(mode).save(stream, kind, quality=95)
    return stream.getvalue()


def decoded(data: bytes, size: int) -> np.ndarray:
    crop_HWC = np.zeros((size, size, 3), np.uint8)
    decode_crop(data, crop_HWC, whereabouts="a_f000000.jpg")
    return crop_HWC


def is_read_or_told(data: bytes) -> bool:
    """Any other exception goes on."""
    try:
        return decoded(data, 16).shape == (16, 16, 3)
    except DataError as error:
        return "\n" not in str(error)


JPEG = encoded()


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_bytes(JPEG)


def test_a_folder_s_crops_come_by_clip_and_frame(tmp_path: Path) -> None:
    touch(tmp_path, "a_f000000.jpg", "a_f000001.jpg", "007_f000000.jpg", "-b_f000002.jpg")
    touch(tmp_path, "notes.txt", "a.jpg", "a_f00x.jpg", "a_fab.jpg", "_f000000.jpg", "a_f1234567890.jpg")

    crops = list_crops(tmp_path)

    assert {clip: files.frames for clip, files in crops.items()} == {"a": 2, "007": 1, "-b": 3}
    assert [crops["a"].name(frame) for frame in range(3)] == ["a_f000000.jpg", "a_f000001.jpg", None]


def test_an_id_may_look_like_a_frame(tmp_path: Path) -> None:
    touch(tmp_path, "a_f000001_f000000.jpg", "a_f000001.jpg")

    crops = list_crops(tmp_path)

    assert crops["a_f000001"].name(0) == "a_f000001_f000000.jpg"
    assert crops["a"].name(1) == "a_f000001.jpg"


def test_a_gap_in_the_numbers_is_a_frame_without_a_crop(tmp_path: Path) -> None:
    touch(tmp_path, "a_f000000.jpg", "a_f000003.jpg")

    files = list_crops(tmp_path)["a"]

    assert files.frames == 4
    assert [files.read(frame) is None for frame in range(4)] == [False, True, True, False]
    assert files.whereabouts(1) == str(tmp_path / "a_f000001.jpg")


def test_other_widths_and_endings_are_read_and_a_jpeg_goes_first(tmp_path: Path) -> None:
    touch(tmp_path, *(f"a_f{number}.jpeg" for number in range(9, 12)), "a_f000009.png", "b_f0000.PNG")

    crops = list_crops(tmp_path)

    assert [crops["a"].name(frame) for frame in (8, 9, 10, 11)] == [
        None,
        *(f"a_f{n}.jpeg" for n in (9, 10, 11)),
    ]
    assert crops["b"].name(0) == "b_f0000.PNG"


def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no-such: cannot be listed"):
        list_crops(tmp_path / "no-such")


def test_the_fingerprint_changes_with_a_file(tmp_path: Path) -> None:
    touch(tmp_path, "a_f000000.jpg", "a_f000001.jpg")
    files = list_crops(tmp_path)["a"]
    before = files.fingerprint()
    assert list_crops(tmp_path)["a"].fingerprint() == before

    (tmp_path / "a_f000001.jpg").write_bytes(JPEG + b"\0")

    assert files.fingerprint() != before


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("size", [8, 16, 32, 50])
def test_a_crop_is_decoded_to_the_size_asked_for(kind: str, size: int) -> None:
    expected = np.asarray(Image.fromarray(RAMP_HWC).resize((size, size), Image.Resampling.BICUBIC)).astype(
        int
    )

    assert (
        np.abs(decoded(encoded(kind=kind), size) - expected).max() <= 24
    )  # a JPEG's own scales are box filters


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_grey_and_printer_s_jpegs_become_rgb(mode: str) -> None:
    ramp = np.asarray(Image.fromarray(RAMP_HWC).convert(mode).convert("RGB")).astype(int)

    assert np.abs(decoded(encoded(mode=mode), 32) - ramp).max() <= 12


def test_a_crop_that_is_not_square_is_stretched() -> None:
    assert decoded(encoded(RAMP_HWC[:20]), 16).shape == (16, 16, 3)


def test_only_a_crop_without_any_light_is_black() -> None:
    black = np.zeros((40, 40, 3), np.uint8)
    assert is_black(black)
    black[39, 1, 2] = 1
    assert not is_black(black)


@pytest.mark.parametrize("data", [b"", JPEG[:150], JPEG[:-300], b"no picture", encoded(kind="PNG")[:-40]])
def test_a_broken_crop_is_one_line_that_names_it(data: bytes) -> None:
    with pytest.raises(
        DataError, match=r"^a_f000000\.jpg: is no readable picture \(.*\); extract it again"
    ) as caught:
        decoded(data, 32)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_too_large_to_be_a_crop_is_refused(kind: str) -> None:
    with pytest.raises(DataError, match="8 x 8200 pixels"):
        decoded(encoded(np.zeros((8200, 8, 3), np.uint8), kind), 32)


@given(st.sampled_from([JPEG, encoded(kind="PNG")]), st.integers(0, 600), st.binary(min_size=1, max_size=40))
def test_damaged_bytes_give_a_picture_or_a_data_error(whole: bytes, place: int, noise: bytes) -> None:
    data = whole[:place] + noise + whole[place + len(noise) :]
    assert is_read_or_told(data)


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"II*\0"]),
)
def test_any_bytes_give_a_picture_or_a_data_error(data: bytes, start: bytes) -> None:
    assert is_read_or_told(start + data)
