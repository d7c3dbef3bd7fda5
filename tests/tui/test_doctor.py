"""The doctor names what is wrong and how it is mended."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from slt_tui.cli.root import run_command
from slt_tui.doctor import examination
from slt_tui.doctor.finding import Finding
from slt_tui.doctor.hardware import check_gpu, check_memory, check_processors, check_shared_memory, list_gpus
from slt_tui.doctor.place import check_disk, check_locks, check_terminal
from slt_tui.doctor.software import ask_torch, check_extra, check_packages, check_python, check_torch

CPU_TORCH: dict[str, Any] = {"version": "2.13.0", "cuda_build": None, "threads": 2, "gpus": [], "mps": False}


@pytest.mark.parametrize(
    ("version", "state"), [((3, 10), "fail"), ((3, 11), "ok"), ((3, 13), "ok"), ((3, 14), "warn")]
)
def test_python_must_be_one_that_was_tried(version: tuple[int, int], state: str) -> None:
    finding = check_python(version)
    assert finding.state == state
    assert bool(finding.fix) == (state != "ok")


def test_packages_are_all_there_or_the_project_is_not_installed() -> None:
    assert check_packages().state == "ok"
    assert check_packages("no-such-distribution").fix == "pip install -e . in the checkout"


def test_torch_is_asked_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slt_tui.doctor.software._ASK_TORCH", 'print(\'noise\\n{"version": "2"}\')')
    assert ask_torch() == {"version": "2"}
    monkeypatch.setattr("slt_tui.doctor.software._ASK_TORCH", "import no_such_torch")
    assert ask_torch() == "ModuleNotFoundError: No module named 'no_such_torch'"
    monkeypatch.setattr("slt_tui.doctor.software._ASK_TORCH", "import os; os.kill(os.getpid(), 9)")
    assert ask_torch() == "ended with exit code -9"


def test_a_torch_that_cannot_be_imported_fails_with_its_own_words() -> None:
    assert check_torch("ImportError: libcudart.so.12") == Finding(
        "torch", "fail", "ImportError: libcudart.so.12", "pip install 'torch>=2.13'"
    )
    assert check_torch(CPU_TORCH).what == "2.13.0 (CPU build, 2 threads)"


@pytest.mark.parametrize(
    ("torch", "gpus", "state"),
    [
        (CPU_TORCH, "no NVIDIA driver", "off"),
        (CPU_TORCH, [], "off"),
        (CPU_TORCH, ["H100, 80 GB free of 80 GB"], "fail"),
        ({**CPU_TORCH, "gpus": ["H100"]}, ["H100, 80 GB free of 80 GB"], "ok"),
        ({**CPU_TORCH, "gpus": ["H100"]}, "nvidia-ml-py is not installed", "ok"),
        ({**CPU_TORCH, "mps": True}, "no NVIDIA driver", "off"),
        ("ImportError", ["H100, 80 GB free of 80 GB"], "fail"),
    ],
)
def test_a_gpu_that_torch_does_not_see_is_a_failure(torch: Any, gpus: Any, state: str) -> None:
    assert check_gpu(torch, gpus).state == state


def test_this_machine_has_processors_and_memory() -> None:
    assert check_processors().check == "processors"
    assert "free of" in check_memory().what
    assert isinstance(list_gpus(), list | str)


def test_a_machine_without_shared_memory_is_passed_over(tmp_path: Path) -> None:
    assert list(check_shared_memory(tmp_path / "absent")) == []
    assert [finding.check for finding in check_shared_memory(tmp_path)] == ["shared memory"]


def test_the_disk_is_that_of_the_nearest_directory_that_exists(tmp_path: Path) -> None:
    assert check_disk(tmp_path / "not" / "yet").what.endswith(f"free in {tmp_path}")
    assert check_locks(tmp_path / "not" / "yet").what == f"flock works in {tmp_path}"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_disk_that_cannot_be_written_fails(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert check_disk(tmp_path).state == "fail"
    assert check_locks(tmp_path).state == "fail"


def test_without_a_terminal_there_is_nothing_to_check() -> None:
    assert check_terminal().state == "off"


def test_an_optional_part_is_there_or_has_its_fix() -> None:
    assert check_extra("export", ("json", "csv")) == Finding("[export]", "ok", "installed: json, csv")
    assert check_extra("export", ("json", "no_such_module")) == Finding(
        "[export]", "off", "not installed: no_such_module", "pip install 'slt-workbench[export]'"
    )


@pytest.mark.parametrize(("states", "code"), [(["ok", "off", "warn"], 0), (["ok", "fail"], 1)])
def test_the_exit_code_tells_a_failure(
    states: list[Any], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    findings = [Finding("thing", state, "found", "mend it" if state == "fail" else "") for state in states]
    monkeypatch.setattr(examination, "examine", lambda place: iter(findings))  # noqa: ARG005
    assert run_command(["doctor", "--json"]) == code
    assert [row["state"] for row in json.loads(capsys.readouterr().out)] == states
    assert run_command(["doctor"]) == code
    text = capsys.readouterr().out
    assert [line.split()[1] for line in text.splitlines() if "thing" in line] == states
    assert ("→ mend it" in text) == (code == 1)


def test_the_doctor_itself_imports_nothing_heavy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import subprocess

    monkeypatch.chdir(tmp_path)
    code = (
        "import sys; import slt_tui.cli.doctor; from slt_tui.doctor import software, examination; "
        "examination.ask_torch = lambda: 'not asked'; list(examination.examine(__import__('pathlib').Path('.'))); "
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"torch", "numpy", "pandas", "transformers", "mediapipe", "onnx"} & set(
        done.stdout.split()
    ) == set()
