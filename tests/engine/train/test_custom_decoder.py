"""A run with a decoder of one's own."""

from __future__ import annotations

from pathlib import Path

from tests.support.runs import epochs_of, make_run, train_in_process

MODULE = "tests.engine.model.own_decoders"


def test_a_run_trains_decodes_and_says_in_one_line_that_the_widths_differ(
    synthetic: Path, tmp_path: Path
) -> None:
    pairs = (f"model.decoder_class={MODULE}:Speller", "training.epochs=1", "data.max_target_length=8")
    run = make_run(tmp_path / "own", synthetic, *pairs)
    wide = make_run(tmp_path / "wide", synthetic, *pairs, 'model.decoder_kwargs={"d_model": 48}')

    done, refused = train_in_process(run), train_in_process(wide)

    assert done.returncode == 0, done.stderr
    assert epochs_of(run)[0]["val"]["cer"] is not None
    assert refused.returncode == 1
    assert "reads states 48 wide (d_model), and the encoder's are 32" in refused.stderr
    assert "Traceback" not in refused.stderr
