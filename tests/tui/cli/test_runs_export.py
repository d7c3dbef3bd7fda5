"""`slt runs export|import`: numbers as tables, records as bundles, and back."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from slt_engine.run.journal import Journal
from slt_tui.cli.root import run_command
from tests.support.fake_runs import finished_run, killed_run


@pytest.fixture
def runs(root: Path) -> Path:
    for name in ("one", "two"):
        run = finished_run(root / name)
        steps = Journal(run.steps)
        for step in range(1, 4):
            steps.append(
                {"step": step, "epoch": 1, "time": 1.5, "loss": 3 / step, "lr": 1e-3, "grad_norm": None}
            )
        steps.close()
    return root


def table_of(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, str]]:
    assert run_command(["runs", "export", *words]) == 0
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


@pytest.mark.usefixtures("runs")
def test_a_value_has_a_row_that_says_whose_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    rows = table_of(capsys, "one", "two", "--metric", "cer")
    assert list(rows[0]) == ["run", "grain", "epoch", "step", "time", "part", "metric", "value"]
    assert [
        (row["run"], row["epoch"], row["step"], row["part"], row["metric"], row["value"]) for row in rows[::4]
    ] == [
        ("one", "1", "10", "val", "cer", "0.5"),
        ("two", "1", "10", "val", "cer", "0.5"),
    ]
    assert len(rows) == 8


@pytest.mark.usefixtures("runs")
def test_an_epoch_s_training_losses_are_there_once(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [row for row in table_of(capsys, "one") if row["epoch"] == "1" and row["metric"] == "loss"]
    assert [(row["part"], row["value"]) for row in rows] == [("train", "2.0"), ("val", "2.5")]


@pytest.mark.usefixtures("runs")
def test_a_wide_table_has_a_row_a_step(capsys: pytest.CaptureFixture[str]) -> None:
    rows = table_of(capsys, "one", "--grain", "step", "--wide")
    assert [row["train.loss"] for row in rows] == ["3.0", "1.5", "1.0"]
    assert rows[0]["learning_rate"] == "0.001"
    assert rows[0]["grad_norm"] == ""


@pytest.mark.parametrize("suffix", ["csv", "json", "jsonl", "md"])
def test_the_file_s_name_says_the_format(
    runs: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, suffix: str
) -> None:
    out = tmp_path / f"table.{suffix}"
    assert run_command(["runs", "export", "one", "--metric", "val.cer", "--out", str(out)]) == 0
    assert capsys.readouterr().err == f"{out}: 4 rows\n"
    text = out.read_text()
    read = {
        "csv": lambda: len(list(csv.DictReader(io.StringIO(text)))),
        "json": lambda: len(json.loads(text)),
        "jsonl": lambda: len([json.loads(line) for line in text.splitlines()]),
        "md": lambda: len(text.splitlines()) - 2,
    }
    assert read[suffix]() == 4
    assert runs.exists()


def test_another_program_s_file_is_exported_like_a_run(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = root.parent / "dreamer.metrics.jsonl"
    source.write_text('{"step": 100, "train/return": -50.0, "episodes": 1}\n')
    rows = table_of(capsys, str(source))
    assert [(row["grain"], row["step"], row["part"], row["metric"], row["value"]) for row in rows] == [
        ("step", "100", "train", "return", "-50.0"),
        ("step", "100", "", "episodes", "1"),
    ]


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["one", "--metric", "rouge"], "no rouge in its epochs; there is"),
        (["one", "--out", "table.xlsx"], "no format of that name; there are .csv"),
        (["one", "--out", "no/such/dir/t.csv"], "cannot be written"),
        (["one", "--with-checkpoints"], "goes with --bundle only"),
        (["one", "--bundle", "x.zip"], "a bundle's name ends in .tar.gz"),
        (["one", "--bundle", "x.tar.gz", "--wide"], "excludes the options of a table"),
        (["one", "--bundle", "no/such/x.tar.gz"], "cannot be written"),
    ],
)
def test_what_cannot_be_exported_is_wrong_use(
    capsys: pytest.CaptureFixture[str], words: list[str], why: str
) -> None:
    assert run_command(["runs", "export", *words]) == 2
    told = capsys.readouterr().err
    assert why in told
    assert told.count("\n") == 1


def test_a_run_without_numbers_is_told(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    killed_run(root / "dead")
    assert run_command(["runs", "export", "dead"]) == 2
    assert "no step yet, so there is nothing to export" in capsys.readouterr().err


def test_a_bundle_goes_out_and_comes_back(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["runs", "export", "one", "--bundle", "one.tar.gz"]) == 0
    assert "one.tar.gz: 5 files" in capsys.readouterr().err
    assert run_command(["runs", "import", "one.tar.gz", "--name", "back"]) == 0
    assert capsys.readouterr().out == f"{runs / 'back'}\n"
    assert run_command(["runs", "ls", "--json"]) == 0
    assert {row["name"] for row in json.loads(capsys.readouterr().out)} == {"one", "two", "back"}


def test_an_imported_trainer_state_is_listed_shown_plotted_and_compared(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history = [
        {"step": 10, "epoch": 1.0, "loss": 4.0},
        {"step": 10, "epoch": 1.0, "eval_loss": 3.0},
        {"step": 20, "epoch": 2.0, "loss": 2.0},
        {"step": 20, "epoch": 2.0, "eval_loss": 2.5},
    ]
    (runs.parent / "trainer_state.json").write_text(json.dumps({"log_history": history}))
    assert run_command(["runs", "import", "trainer_state.json", "--name", "mt5"]) == 0
    assert "imported 2 steps and 2 epochs" in capsys.readouterr().err
    for words, shown in (
        (["ls"], "mt5"),
        (["show", "mt5"], "imported from trainer_state.json"),
        (["plot", "mt5", "--width", "60"], "loss   ━ train 2.000   • val 2.500"),
        (["compare", "one", "mt5"], "+1.88  worse"),
    ):
        assert run_command(["runs", *words]) == 0
        assert shown in capsys.readouterr().out


def test_what_cannot_be_imported_is_wrong_use(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["runs", "import", "nowhere.json", "--root", str(root)]) == 2
    assert capsys.readouterr().err == "nowhere.json: no such file or directory\n"
