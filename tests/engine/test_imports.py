"""What a part promises not to import, it does not import, deferred imports included."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROMISES = {
    "slt_engine.config": ("torch", "numpy", "pandas", "transformers"),
    "slt_engine.run.directory, slt_engine.run.standing, slt_engine.run.stopping": (
        "torch",
        "numpy",
        "pydantic",
    ),
    "slt_engine.run.supervise": ("orjson", "psutil", "pydantic", "numpy"),
    "slt_engine.clips.keypoints, slt_engine.clips.index, slt_engine.clips.pose": ("torch", "transformers"),
    "slt_tui.launch, slt_tui.watch": ("torch", "transformers", "textual", "numpy"),
    "slt_tui.cli.train, slt_tui.cli.runs, slt_tui.cli.demo, slt_tui.cli.eval": (
        "torch",
        "transformers",
        "textual",
    ),
    "slt_engine.__main__": ("torch", "numpy", "pydantic", "transformers"),
}


@pytest.mark.parametrize("modules", PROMISES)
def test_a_part_does_not_import_what_it_promised_not_to(modules: str) -> None:
    program = f"import {modules}, sys; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert set(PROMISES[modules]).isdisjoint(loaded.split())
