"""The command: what it prints where, and how it leaves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from slt_engine.demo import command
from slt_engine.demo.command import main
from slt_engine.demo.progress import counted

SMALL = ["--synthetic", "--clips", "12", "--size", "16"]


def test_the_summary_goes_to_stdout_and_the_talk_to_stderr(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "out"), *SMALL]) == 0
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert lines[0].split() == ["split", "clips", "texts", "frames", "minutes", "signers"]
    assert lines[1].split()[:3] == ["train", "8", "8"]
    assert lines[-2] == f"config  {tmp_path}/out/demo.yaml"
    assert lines[-1].startswith("next    slt train --decoder-preset tiny_cpu --config ")
    assert "12/12 clips" in printed.err


def test_json_says_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "out"), *SMALL, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["config"] == f"{tmp_path}/out/demo.yaml"
    assert [(split["split"], split["clips"]) for split in answer["splits"]] == [
        ("train", 8),
        ("val", 2),
        ("test", 2),
    ]


def test_a_second_call_finds_the_data_set_and_builds_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([str(tmp_path / "out"), *SMALL])
    first = capsys.readouterr()
    assert main([str(tmp_path / "out"), *SMALL]) == 0
    second = capsys.readouterr()
    assert (second.out, second.err) == (first.out, "")


def test_a_directory_that_is_not_ours_ends_with_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").write_text("")
    assert main([str(tmp_path), *SMALL]) == 1
    assert capsys.readouterr().err == (
        f"{tmp_path} is not empty and holds no demo data set: name another directory\n"
    )


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--clips", "20"], "--clips has no effect here: add --synthetic, or leave it out"),
        (
            ["--synthetic", "--unseen", "gsg"],
            "--unseen has no effect here: leave out --synthetic, or leave it out",
        ),
        (["--seed", "-1"], 'argument --seed: "-1" is no whole number from 0 up'),
        (["--alphabets", ","], "argument --alphabets: names no alphabet: type some, such as ssp,mfs"),
    ],
)
def test_wrong_arguments_end_with_one_line_and_code_2(
    arguments: list[str], line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([str(tmp_path / "out"), *arguments])
    assert capsys.readouterr().err == f"slt data demo: {line}\n"
    assert not (tmp_path / "out").exists()


def test_ctrl_c_is_said_and_ends_with_130(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "build_demo", interrupt)
    assert main([str(tmp_path / "out")]) == 130
    assert capsys.readouterr().err.startswith("interrupted: ")


def test_progress_off_a_terminal_is_one_line_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(counted("abc", "letters")) == ["a", "b", "c"]
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("3/3 letters  ")
    assert line.endswith("0:00 left")


def test_the_module_behind_the_command_needs_no_torch() -> None:
    import subprocess
    import sys

    code = "import sys, slt_engine.demo.command; print('torch' in sys.modules, 'PIL' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
