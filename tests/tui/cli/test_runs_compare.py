"""`slt runs compare|diff`: pages and JSON about runs side by side."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from slt_engine.run.directory import RunDir
from slt_engine.run.journal import Journal
from slt_tui.cli.root import run_command
from tests.support.fake_runs import finished_run, killed_run


@pytest.fixture
def runs(root: Path) -> Path:
    """Two runs that differ in their learning rate; the second is better by one epoch."""
    for name, lr in (("one", 1e-3), ("two", 3e-4)):
        run = finished_run(root / name)
        run.config.write_text(json.dumps({"optim": {"lr": lr, "eps": 1e-8}, "about": {"command": name}}))
    journal = Journal(RunDir(root / "two").metrics)
    journal.append({"epoch": 5, "step": 50, "train": {"loss": 0.25}, "val": {"cer": 0.0625, "bleu": 30.0}})
    journal.close()
    return root


def answer_of(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert run_command(["runs", *words]) == 0
    return capsys.readouterr().out


@pytest.mark.usefixtures("runs")
def test_the_page_has_scores_with_differences_and_settings_that_differ(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = [
        line.split() for line in answer_of(capsys, "compare", "one", "two", "--at-epoch", "2").splitlines()
    ]
    begin = lines.index(["val", "CER", "lower", "is", "better"])
    assert lines[begin + 1] == ["last", "best", "at", "epoch", "2"]
    assert lines[begin + 2] == ["1", "one", "12.5", "%", "12.5", "%", "4", "25.0", "%"]
    assert lines[begin + 3] == [
        *["2", "two", "6.2", "%", "-6.2", "better"],
        *["6.2", "%", "5", "-6.2", "better", "25.0", "%", "="],
    ]
    assert ["optim.lr", "0.001", "0.0003"] in lines
    assert not any("optim.eps" in line or "about.command" in line for line in lines)


@pytest.mark.usefixtures("runs")
def test_the_same_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("compare", "one", "two", "--metric", "val.bleu", "--at-step", "45", "--json")
    document = json.loads(answer_of(capsys, *words))
    assert [run["name"] for run in document["runs"]] == ["one", "two"]
    (bleu,) = document["metrics"]
    assert (bleu["metric"], bleu["part"], bleu["better"]) == ("bleu", "val", "higher")
    assert bleu["runs"][1] == {
        "last": {"value": 30.0, "epoch": 5, "delta": -10.0, "verdict": "worse"},
        "best": {"value": 40.0, "epoch": 4, "delta": 0.0, "verdict": "same"},
        "at": {"value": 40.0, "step": 40, "delta": 0.0, "verdict": "same"},
    }
    assert document["settings"] == [{"key": "optim.lr", "values": [1e-3, 3e-4]}]


def test_runs_without_numbers_and_files_of_others_are_compared_too(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    killed_run(runs / "dead")
    foreign = runs / "x.metrics.jsonl"
    foreign.write_text('{"step": 1, "val_cer": 0.5}\nhalf')
    page = answer_of(capsys, "compare", "one", "dead", str(foreign))
    assert "◇ foreign" in page
    assert "50.0 %  +37.5  worse" in page


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["one"], "at least two runs"),
        (["one", "one"], "at least two runs"),
        (["one", "two", "--metric", "rouge"], "--metric rouge: in none of the runs; there is loss,"),
        (["one", "two", "--at-step", "1", "--at-epoch", "1"], "exclude each other"),
        (["one", "three"], "three: no such run"),
    ],
)
def test_what_cannot_be_compared_is_wrong_use(
    capsys: pytest.CaptureFixture[str], words: list[str], why: str
) -> None:
    assert run_command(["runs", "compare", *words]) == 2
    told = capsys.readouterr().err
    assert why in told
    assert told.count("\n") == 1


@pytest.mark.usefixtures("runs")
def test_the_settings_of_two_runs_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    assert answer_of(capsys, "diff", "one", "two").splitlines() == [
        "setting\tone\ttwo",
        "optim.lr\t0.001\t0.0003",
    ]
    assert json.loads(answer_of(capsys, "diff", "one", "two", "--json")) == [
        {"key": "optim.lr", "values": [1e-3, 3e-4]}
    ]
    keys = [row["key"] for row in json.loads(answer_of(capsys, "diff", "one", "two", "--all", "--json"))]
    assert keys == ["optim.lr", "optim.eps", "about.command"]


@pytest.mark.usefixtures("runs")
def test_runs_of_the_same_settings_differ_in_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["runs", "diff", "one", "one"]) == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "no setting differs\n")


def test_on_a_narrow_terminal_long_values_go_below_their_setting(
    runs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        RunDir(runs / name).config.write_text(json.dumps({"data": {"pose_dir": f"/{name}/" + "x" * 60}}))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    lines = answer_of(capsys, "diff", "one", "two").splitlines()
    assert [line.split()[0] for line in lines] == ["data.pose_dir", "one", "two"]


def test_translations_of_the_same_clips_stand_below_each_other(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, hypothesis in (("one", "gitarra"), ("two", "guitarra\x1b[2J")):
        events = Journal(RunDir(runs / name).events)
        texts = {"clip_id": "a", "reference": "guitarra", "hypothesis": hypothesis}
        events.append({"kind": "sample", "epoch": 4, "step": 40, **texts})
        events.close()
    page = answer_of(capsys, "compare", "one", "two", "--translations")
    lines = [line.split() for line in page.splitlines()]
    begin = lines.index(["a", "guitarra"])
    assert lines[begin + 1] == ["1", "one", "epoch", "4", "g[u]itarra"]
    assert lines[begin + 2] == ["2", "two", "epoch", "4", "guitarra{?[2J}"]
    document = json.loads(answer_of(capsys, "compare", "one", "two", "--json"))
    assert document["translations"][0]["runs"][0] == {"epoch": 4, "hypothesis": "gitarra"}
