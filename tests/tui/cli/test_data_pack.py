"""`slt data pack`: packs what a --config file names, in an engine process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from slt_engine.demo.synthetic import SyntheticRecipe, build_synthetic


def pack(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "slt_tui", "data", "pack", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_data_set_is_packed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLT_CACHE", str(tmp_path / "cache"))
    config = build_synthetic(tmp_path / "set", SyntheticRecipe(clips=20, size=16))

    told = pack(str(config))
    packs = json.loads(pack(str(config), "--json").stdout)["packs"]

    assert (told.returncode, told.stdout) == (0, "")
    assert "train: pose packed: 14 clips" in told.stderr
    assert {(pack["stream"], pack["made"]) for pack in packs} == {("pose", False)}
    assert all(Path(pack["path"]).stat().st_size == pack["size"] for pack in packs)


def test_a_directory_that_holds_no_run_is_told_what_does(tmp_path: Path) -> None:
    done = pack(str(tmp_path))
    assert done.returncode == 1
    assert "pack takes a run or a --config file" in done.stderr


def test_a_source_that_is_no_settings_file_is_wrong_use(tmp_path: Path) -> None:
    done = pack(str(tmp_path / "none.yaml"))
    assert done.returncode == 2
    assert "none.yaml" in done.stderr
