"""`slt data check` and `slt data stats`, as typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from slt_tui.cli.root import run_command
from tests.engine.contract.planted import crop_path, plant, write_index


class Said(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


Cli = Callable[..., Said]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    """Runs a command line."""

    def run(*words: str) -> Said:
        code = run_command(list(words))
        return Said(code, *capsys.readouterr())

    return run


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return plant(tmp_path / "set")


def test_a_clean_set_leaves_with_0(cli: Cli, root: Path) -> None:
    result = cli("data", "check", str(root))
    assert result.code == 0
    assert result.out == "4 clips read, 12 crops decoded (--deep decodes all): nothing to mend\n"


def test_an_error_leaves_with_1_and_says_what_to_do(cli: Cli, root: Path) -> None:
    write_index(root, "val", "-c3", "a1")
    result = cli("data", "check", str(root))
    assert result.code == 1
    assert "leak  1" in result.out
    assert "is in train too: what is trained on would be scored" in result.out
    assert "keep it in one split" in result.out


def test_warnings_alone_leave_with_0(cli: Cli, root: Path) -> None:
    crop_path(root, "a1", 5).unlink()
    result = cli("data", "check", str(root))
    assert result.code == 0
    assert "0 errors, 1 warning" in result.out


def test_only_three_of_a_kind_are_printed_unless_all_are_asked_for(cli: Cli, root: Path) -> None:
    for clip in ("a1", "b2", "-c3", "007"):
        crop_path(root, clip, 5).unlink()
    assert "and 1 more (--all)" in cli("data", "check", str(root)).out
    assert cli("data", "check", str(root), "--all").out.count("the first is 5") == 4


def test_json_holds_file_clip_stream_and_remedy(cli: Cli, root: Path) -> None:
    crop_path(root, "a1", 5).write_bytes(b"")
    document = json.loads(cli("data", "check", str(root), "--deep", "--json").out)
    assert document["errors"] == 1
    [problem] = document["problems"]
    assert problem["file"] == str(crop_path(root, "a1", 5))
    assert (problem["clip"], problem["stream"], problem["severity"]) == ("a1", "face", "error")
    assert problem["remedy"]


def test_what_is_no_data_set_leaves_with_2(cli: Cli, tmp_path: Path) -> None:
    result = cli("data", "check", str(tmp_path / "nothing"))
    assert result.code == 2
    assert "does not exist" in result.err


def test_statistics_count_frames_words_and_what_is_seen(cli: Cli, root: Path) -> None:
    document = json.loads(cli("data", "stats", str(root), "--json").out)
    everything, val = document["all"], document["val"]
    assert everything["clips"] == 4
    assert (everything["frames"]["least"], everything["frames"]["most"]) == (12, 20)
    assert sum(everything["frames"]["counts"]) == 4
    assert everything["words"]["total"] == 10
    assert everything["seen"]["left hand points"]["least"] == 1.0
    assert val["unknown_words"] == 3
    text = cli("data", "stats", str(root)).out
    assert "12 to 20, median 15" in text
    assert "100 % in every clip" in text
