"""Imported runs list, show and are read like ours; what cannot be imported leaves nothing behind."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest

from slt_engine.run.directory import RunDir, RunError, list_runs
from slt_engine.run.journal import Journal, read_rows
from slt_engine.run.standing import standing
from slt_tui.bundle import pack
from slt_tui.operations import change_notes, import_runs
from slt_tui.summary import summarise
from tests.support.fake_runs import finished_run

STATE = {
    "num_train_epochs": 2,
    "log_history": [
        {"step": 10, "epoch": 0.5, "loss": 4.0},
        {"step": 20, "epoch": 1.0, "eval_loss": 3.0, "eval_rougeL": 0.25},
        {"step": 40, "epoch": 2.0, "eval_loss": 3.5, "eval_rougeL": 0.5},
    ],
}


def refusal_of(source: Path, root: Path, name: str | None = None) -> str:
    before = sorted(root.rglob("*"))
    with pytest.raises(RunError) as caught:
        import_runs(source, root, name)
    assert sorted(root.rglob("*")) == before
    assert "\n" not in str(caught.value)
    return str(caught.value)


def archive_of(path: Path, members: dict[str, bytes], *links: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
        for link in links:
            archive.addfile(link)
    return path


def test_a_trainer_state_becomes_a_finished_run(tmp_path: Path) -> None:
    source = tmp_path / "mt5.trainer_state.json"
    source.write_text(json.dumps(STATE))
    ((run, line),) = import_runs(source, tmp_path / "runs")
    assert line == f"{run.path}: imported 1 steps and 2 epochs from {source}"
    assert list_runs([tmp_path / "runs"]) == [run]
    assert run.name == "mt5"
    assert standing(run).state == "finished"
    assert standing(run).message.startswith("imported from mt5.trainer_state.json")
    summary = summarise(run)
    assert summary.best == {"metric": "rougeL", "value": 0.5, "epoch": 2}
    assert summary.last == 0.5
    assert (run.sources / source.name).read_bytes() == source.read_bytes()
    told = run.read_config()["about"]["imported"]
    assert (told["kind"], told["num_train_epochs"]) == ("trainer_state.json", 2)


def test_the_latest_checkpoint_of_a_directory_is_taken(tmp_path: Path) -> None:
    for number in (9, 10):
        folder = tmp_path / "out" / f"checkpoint-{number}"
        folder.mkdir(parents=True)
        history = [{"step": number, "loss": float(number)}]
        (folder / "trainer_state.json").write_text(json.dumps({"log_history": history}))
    ((run, _),) = import_runs(tmp_path / "out", tmp_path / "runs")
    assert (run.name, read_rows(run.steps)) == ("out", [{"step": 10, "loss": 10.0}])


def test_a_foreign_metrics_file_is_imported_by_its_directory_s_name(tmp_path: Path) -> None:
    (tmp_path / "dreamer").mkdir()
    (tmp_path / "dreamer" / "metrics.jsonl").write_text('{"step": 100, "train/return": -50.0}\nhalf a li')
    ((run, _),) = import_runs(tmp_path / "dreamer" / "metrics.jsonl", tmp_path / "runs")
    assert (run.name, read_rows(run.steps)) == ("dreamer", [{"step": 100, "train/return": -50.0}])


def test_journals_of_ours_without_a_config_are_taken_as_they_are(tmp_path: Path) -> None:
    lost = finished_run(tmp_path / "lost")
    journal = Journal(lost.steps)
    journal.append({"step": 1, "epoch": 1, "loss": 2.5, "lr": 0.1})
    journal.close()
    lost.config.unlink()
    ((run, _),) = import_runs(lost.path, tmp_path / "runs")
    assert read_rows(run.metrics) == read_rows(lost.metrics)
    assert read_rows(run.steps) == read_rows(lost.steps)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("empty.jsonl", "", "holds no JSON objects"),
        ("words.jsonl", '{"a": "b"}\n', "holds no numbers"),
        ("torn.json", '{"log_history": [', "has no log_history"),
        ("none.json", '{"log_history": []}', "is empty"),
        ("what.txt", "", "cannot be imported"),
        ("junk.tar.gz", "no archive", "cannot be imported"),
    ],
)
def test_what_holds_no_numbers_is_refused(tmp_path: Path, name: str, content: str, why: str) -> None:
    (tmp_path / name).write_text(content)
    assert why in refusal_of(tmp_path / name, tmp_path / "runs")


def test_nothing_is_overwritten_and_a_name_stays_under_the_root(tmp_path: Path) -> None:
    source = tmp_path / "a.trainer_state.json"
    source.write_text(json.dumps(STATE))
    root = tmp_path / "runs"
    import_runs(source, root)
    assert "is there already" in refusal_of(source, root)
    for name in ("../b", "/b", ".b", "b/c"):
        assert "cannot be a run's name" in refusal_of(source, root, name)


def test_a_run_of_ours_need_not_be_imported(tmp_path: Path) -> None:
    run = finished_run(tmp_path / "one")
    assert "is a run of ours already" in refusal_of(run.path, tmp_path / "runs")


def test_a_bundle_brings_a_run_back_without_its_checkpoints(tmp_path: Path) -> None:
    run = finished_run(tmp_path / "one")
    run.last.write_bytes(b"weights")
    (run.path / "export").mkdir()
    change_notes(run, add=["paper"], note="the best")
    assert pack([run], tmp_path / "one.tar.gz") > 4
    ((back, _),) = import_runs(tmp_path / "one.tar.gz", tmp_path / "runs", "two")
    assert back.path == tmp_path / "runs" / "two"
    names = {path.name for path in run.path.iterdir()} - {"last.pt", "export", "logs"}
    assert {path.name for path in back.path.iterdir()} == names
    assert all((back.path / name).read_bytes() == (run.path / name).read_bytes() for name in names)


def test_the_same_record_gives_the_same_bytes(tmp_path: Path) -> None:
    run = finished_run(tmp_path / "one")
    run.last.write_bytes(b"weights")
    pack([run], tmp_path / "a.tar.gz", with_checkpoints=True)
    run.metrics.touch()
    pack([run], tmp_path / "b.tar.gz", with_checkpoints=True)
    assert (tmp_path / "a.tar.gz").read_bytes() == (tmp_path / "b.tar.gz").read_bytes()
    with tarfile.open(tmp_path / "a.tar.gz") as archive:
        assert archive.getnames() == sorted(archive.getnames())
        assert "one/last.pt" in archive.getnames()


def test_a_bundle_of_several_runs_brings_all_back(tmp_path: Path) -> None:
    pack([finished_run(tmp_path / name) for name in ("one", "two")], tmp_path / "both.tar.gz")
    imported = import_runs(tmp_path / "both.tar.gz", tmp_path / "runs")
    assert [run.name for run, _ in imported] == ["one", "two"]
    assert "leave --name out" in refusal_of(tmp_path / "both.tar.gz", tmp_path / "runs", "three")


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "one/../../evil", "."])
def test_a_bundle_that_reaches_outside_is_refused(tmp_path: Path, name: str) -> None:
    bundle = archive_of(tmp_path / "bad.tar.gz", {"one/config.json": b"{}", name: b"x"})
    assert "no plain file of a run" in refusal_of(bundle, tmp_path / "runs")
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_a_bundle_with_links_or_devices_is_refused(tmp_path: Path, kind: bytes) -> None:
    link = tarfile.TarInfo("one/last.pt")
    link.type, link.linkname = kind, "/etc/passwd"
    bundle = archive_of(tmp_path / "bad.tar.gz", {"one/config.json": b"{}"}, link)
    assert "no plain file of a run" in refusal_of(bundle, tmp_path / "runs")


def test_an_archive_of_something_else_is_refused(tmp_path: Path) -> None:
    bundle = archive_of(tmp_path / "thesis.tar.gz", {"thesis/main.tex": b"x"})
    assert "has no config.json" in refusal_of(bundle, tmp_path / "runs")


def test_a_cut_bundle_is_refused(tmp_path: Path) -> None:
    run = finished_run(tmp_path / "one")
    run.last.write_bytes(bytes(range(256)) * 4000)
    pack([run], tmp_path / "one.tar.gz", with_checkpoints=True)
    data = (tmp_path / "one.tar.gz").read_bytes()
    (tmp_path / "cut.tar.gz").write_bytes(data[: len(data) - 200])
    assert "cannot be unpacked" in refusal_of(tmp_path / "cut.tar.gz", tmp_path / "runs")


def test_a_run_that_never_began_still_lists_when_it_is_back(tmp_path: Path) -> None:
    run = RunDir.create(tmp_path / "new", {"data": {}}, {})
    pack([run], tmp_path / "new.tar.gz")
    ((back, _),) = import_runs(tmp_path / "new.tar.gz", tmp_path / "runs")
    assert list_runs([tmp_path / "runs"]) == [back]
