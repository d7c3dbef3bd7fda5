"""Broken and hostile array files end in one line that names the file, quickly and in little memory."""

from __future__ import annotations

import io
import os
import pickle
import tracemalloc
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from numpy.lib import format as npy_format

from slt_engine.clips.arrays import open_arrays
from slt_engine.clips.errors import DataError
from slt_engine.clips.keypoints import keypoint_length, read_keypoints
from slt_engine.clips.layouts import LAYOUTS
from slt_engine.clips.pose import pose_length, read_pose

LAYOUT = LAYOUTS["hands_body_48"]


def npy_header(shape: tuple[int, ...], descr: str = "<f4") -> bytes:
    stream = io.BytesIO()
    npy_format.write_array_header_1_0(stream, {"shape": shape, "fortran_order": False, "descr": descr})
    return stream.getvalue()


def zipped(path: Path, content: bytes, compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("keypoints.npy", content)
    return path


def assert_refused(path: Path) -> str:
    for read in (keypoint_length, lambda path: read_keypoints(path, LAYOUT)):
        with pytest.raises(DataError) as caught:
            read(path)
        assert path.name in str(caught.value)
        assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "content", [b"", b"\0", b"PK\3\4", b"\x93NUMPY\1\0", b"\x93NUMPY\3\0\xff\xff\xff\xff{", os.urandom(500)]
)
@pytest.mark.parametrize("name", ["a.npy", "a.npz", "a.pose"])
def test_a_file_of_something_else_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert_refused(tmp_path / name)


@pytest.mark.parametrize("shape", [(10**12, 48, 3), (2**62, 2**62), (-7, 48, 3), (8, 48, 3)])
@pytest.mark.parametrize("name", ["a.npy", "a.npz"])
def test_a_header_that_promises_too_much_is_refused_without_its_memory(
    tmp_path: Path, name: str, shape: tuple[int, ...]
) -> None:
    content = npy_header(shape) + bytes(7 * 48 * 3 * 4)
    path = tmp_path / name
    if name == "a.npz":
        zipped(path, content)
    else:
        path.write_bytes(content)
    tracemalloc.start()
    assert_refused(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 << 20


def test_an_archive_that_lies_about_its_size_costs_no_memory(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.npz", npy_header((2**20, 48, 3)) + bytes(1000))
    content = bytearray(path.read_bytes())
    size_at = content.rindex(b"PK\1\2") + 24  # the central directory's uncompressed size
    content[size_at : size_at + 4] = (2**32 - 2).to_bytes(4, "little")
    path.write_bytes(content)
    tracemalloc.start()
    with pytest.raises(DataError, match=r"a\.npz: cannot be read"):
        read_keypoints(path, LAYOUT)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 << 20


def test_compressions_that_ask_for_much_memory_are_refused(tmp_path: Path) -> None:
    content = npy_header((7, 48, 3)) + bytes(7 * 48 * 3 * 4)
    for compression in (zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2):
        assert "does not write" in assert_refused(zipped(tmp_path / "a.npz", content, compression))


class Pickled:
    """Writes a file when it is unpickled."""

    def __init__(self, witness: Path) -> None:
        self.witness = witness

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.witness,)


def test_python_objects_are_refused_and_never_run(tmp_path: Path) -> None:
    witness = tmp_path / "ran"
    np.save(tmp_path / "a.npy", np.array([[Pickled(witness)]], object), allow_pickle=True)
    np.savez(tmp_path / "a.npz", keypoints=np.array([[Pickled(witness)]], object))
    (tmp_path / "b.npy").write_bytes(pickle.dumps(Pickled(witness)))
    assert "where numbers (or a name) belong; save float32 arrays" in assert_refused(tmp_path / "a.npy")
    assert_refused(tmp_path / "a.npz")
    assert_refused(tmp_path / "b.npy")
    assert not witness.exists()


@pytest.mark.parametrize("dtype", ["c8", "M8[s]", [("x", "f4")]])
def test_values_that_are_no_numbers_are_refused(tmp_path: Path, dtype: object) -> None:
    np.save(tmp_path / "a.npy", np.zeros((7, 48, 3), dtype))  # type: ignore[call-overload]
    assert_refused(tmp_path / "a.npy")


def test_text_in_the_place_of_keypoints_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.full((7, 48, 3), "x"))
    with pytest.raises(DataError, match=r"a\.npy"):
        read_keypoints(tmp_path / "a.npy", LAYOUT)


def test_a_named_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.npy")
    assert "not a regular file" in assert_refused(tmp_path / "a.npy")


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.npz").mkdir()
    assert_refused(tmp_path / "a.npz")
    assert_refused(tmp_path / "none.npz")


@pytest.mark.parametrize("name", ["a.npy", "a.npz", "p.npz"])
def test_flipped_and_lost_bytes_give_data_or_a_data_error(tmp_path: Path, name: str) -> None:
    rng = np.random.default_rng(0)
    path = tmp_path / name
    if name == "a.npy":
        np.save(path, rng.random((3, 48, 3), np.float32))
    elif name == "a.npz":
        np.savez_compressed(
            path, keypoints=rng.random((3, 48, 3), np.float32), space="pixels", width=9, height=9
        )
    else:
        np.savez(path, pose=rng.random((3, 99), np.float32), pose_norm="signing_space_v1")
    whole = np.frombuffer(path.read_bytes(), np.uint8)
    for _ in range(400):
        broken = whole.copy()
        broken[rng.integers(0, len(whole), rng.integers(1, 4))] ^= rng.integers(1, 256, dtype=np.uint8)
        path.write_bytes(broken[: rng.integers(0, len(whole)) if rng.random() < 0.3 else None].tobytes())
        with suppress(DataError):
            if name == "p.npz":
                pose_length(path)
                read_pose(path)
            else:
                keypoint_length(path)
                read_keypoints(path, LAYOUT)


def test_names_shapes_and_values_of_an_archive(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", keypoints=np.arange(6).reshape(2, 3), space="pixels")
    with open_arrays(tmp_path / "a.npz") as arrays:
        assert arrays.names == ("keypoints", "space")
        assert arrays.shape("keypoints") == (2, 3)
        assert arrays.read("keypoints").tolist() == [[0, 1, 2], [3, 4, 5]]
        assert arrays.read_text("space") == "pixels"
