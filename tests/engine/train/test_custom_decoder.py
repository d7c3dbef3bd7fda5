"""A run with a decoder of one's own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from slt_engine.run.files import read_json
from tests.engine.model import own_decoders
from tests.support.runs import epochs_of, make_run, train_in_process

MODULE = "tests.engine.model.own_decoders"
SHORT = ("training.epochs=1", "data.max_target_length=8")


def test_a_run_trains_decodes_and_says_in_one_line_that_the_widths_differ(
    synthetic: Path, tmp_path: Path
) -> None:
    pairs = (f"model.decoder_class={MODULE}:Speller", *SHORT)
    run = make_run(tmp_path / "own", synthetic, *pairs)
    wide = make_run(tmp_path / "wide", synthetic, *pairs, 'model.decoder_kwargs={"d_model": 48}')

    done, refused = train_in_process(run), train_in_process(wide)

    assert done.returncode == 0, done.stderr
    assert epochs_of(run)[0]["val"]["cer"] is not None
    assert refused.returncode == 1
    assert "reads states 48 wide (d_model), and the encoder's are 32" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_class_in_the_directory_that_the_run_was_asked_in_is_found_from_anywhere(
    synthetic: Path, tmp_path: Path
) -> None:
    package, elsewhere = tmp_path / "asked" / "my_project", tmp_path / "elsewhere"
    package.mkdir(parents=True)
    elsewhere.mkdir()
    shutil.copyfile(str(own_decoders.__file__), package / "decoders.py")
    run = make_run(tmp_path / "run", synthetic, "model.decoder_class=my_project.decoders:Speller", *SHORT)
    document = run.read_config()
    document["about"]["cwd"] = str(package.parent)
    run.archive_config(document)

    for words in (("train", run.path), ("evaluate", run.path, "--index", document["data"]["val_index"])):
        command = [sys.executable, "-P", "-m", "slt_engine", *map(str, words)]
        done = subprocess.run(
            command, cwd=elsewhere, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stderr

    (scored,) = run.evals.glob("*.json")
    assert read_json(scored)["clips"] > 0
