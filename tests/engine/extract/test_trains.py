"""From videos to a trained model by the README's commands: extracted, trained with every stream on, evaluated."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.extract.videos import MSL, shared, write_table

pytestmark = pytest.mark.slow

TEXTS = {
    "ambulancia_001": "Viene la ambulancia.",
    "doctor_001": "El doctor te espera.",
    "dolor_001": "Tengo dolor.",
    "hoy_001": "Hoy es lunes.",
    "yo_001": "Soy yo.",
}
STREAMS = ("face", "hand-left", "hand-right", "pose", "keypoints")
FOLDERS = ("face", "hand_l", "hand_r", "pose", "keypoints")


def slt(*words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "slt_tui", *map(str, words)]
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "2"}
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done


def test_a_run_overfits_on_what_extraction_made_of_five_videos(tmp_path: Path) -> None:
    videos, data = shared(MSL), tmp_path / "data"
    (data / "index").mkdir(parents=True)
    write_table(data / "meta.csv", ("video_id", "texto"), list(TEXTS.items()))
    glosses = [
        (clip_id, clip_id.partition("_")[0].upper(), number) for number, clip_id in enumerate(TEXTS, start=1)
    ]
    write_table(data / "gloss.csv", ("video_id", "gloss", "ctc_labels"), glosses)
    for split in ("train", "val"):  # the same clips: what is asked is whether they can be learned by heart
        (data / "index" / f"{split}.csv").write_text("\n".join(TEXTS))
    slt("data", "extract", videos, data / "processed", "--fps", 10, cwd=tmp_path)
    directories = [
        w for s, f in zip(STREAMS, FOLDERS, strict=True) for w in (f"--{s}-dir", data / "processed" / f)
    ]
    tables = ["--metadata-csv", data / "meta.csv", "--gloss-csv", data / "gloss.csv"]
    tables += [w for split in ("train", "val") for w in (f"--{split}-index", data / "index" / f"{split}.csv")]
    backbones = [w for stream in STREAMS[:3] for w in (f"--{stream}-backbone", "tiny")]
    sizes = ["--image-size", 64, "--epochs", 120, "--batch-size", 5, "--lr", 0.005]
    slt(
        "train",
        "--decoder-preset",
        "tiny_cpu",
        *directories,
        *tables,
        *backbones,
        *sizes,
        "--work-dir",
        "run",
        cwd=tmp_path,
    )
    slt("eval", "run", "--index", data / "index" / "train.csv", cwd=tmp_path)
    report = json.loads((tmp_path / "run" / "eval" / "train.json").read_text())
    assert {row["clip_id"]: row["hypothesis"] for row in report["translations"]} == TEXTS
