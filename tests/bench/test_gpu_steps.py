"""The measurement of steps on a GPU runs where there is none, cut down."""

from __future__ import annotations

import pytest
import torch

from tests.bench.gpu_steps import CASES, Case, case_config, main

SMALL = ["--device", "cpu", "--small", "--clips", "1", "--frames", "8", "--steps", "1", "--warm-up", "0"]


@pytest.mark.parametrize(
    ("only", "rows"),
    [
        ("all kept", ["signmusketeers  trained, all kept", "mska_paper_mbart  all kept"]),
        ("chunks of 32", ["signmusketeers  trained, checkpointed, chunks of 32"]),
        ("first epoch", ["signmusketeers  frozen, first epoch"]),
        ("features cached", ["signmusketeers  frozen, features cached"]),
    ],
)
def test_it_runs_on_a_cpu(
    only: str, rows: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.bench.gpu_steps.compile_model", lambda *_: None)
    assert main([*SMALL, "--only", only]) == 0

    said = capsys.readouterr().out.splitlines()
    table = [" ".join(line.split()) for line in said[3:]]
    assert said[2].split() == ["preset", "case", "peak", "step", "model", "of", "the", "peak", "aims", "met"]
    for row in rows:
        (found,) = [
            line for line in table if line.startswith(" ".join(row.split()) + " ") and "compiled" not in line
        ]
        assert " GB " in found
        assert " ms " in found


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_it_says_how_to_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "--device cpu --small" in capsys.readouterr().err


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.preset}: {case.name}")
def test_every_case_resolves_at_true_size(case: Case) -> None:
    config = case_config(case, small=False)
    assert bool(config.trained_backbones()) == ("trained" in case.name)
