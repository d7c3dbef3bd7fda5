"""A pasted line becomes a form: what is known is kept, what is not is told in one line each."""

from __future__ import annotations

from pathlib import Path

import pytest

from slt_engine.config import ConfigError
from slt_engine.config.texts import means_the_same
from slt_tui.form.command import command_line, command_lines
from slt_tui.form.paste import read_pasted
from tests.tui.form.guide_lines import GUIDE_LINES


@pytest.mark.parametrize("name", GUIDE_LINES)
def test_every_line_of_the_guide_becomes_a_form_and_comes_back_as_ours(name: str) -> None:
    pasted = read_pasted(GUIDE_LINES[name])
    assert all("\n" not in remark for remark in pasted.remarks)
    assert read_pasted(command_line(pasted.state)).state == pasted.state


def test_the_guide_s_first_line_fills_the_form() -> None:
    state = read_pasted(GUIDE_LINES["basic"]).state
    assert dict(state.changes) == {
        "data.pose_dir": "data/single_signer/processed/pose",
        "data.metadata_csv": "meta.csv",
        "data.train_index": "data/single_signer/index/train.csv",
        "data.val_index": "data/single_signer/index/val.csv",
        "data.work_dir": "work_dirs/single_signer_experiment",
        "data.tokenizer": "hf-internal-testing/tiny-random-T5",
        "model.sequence_length": "64",
    } | {key: text for key, text in state.changes.items() if key.startswith(("data.face", "data.hand"))}
    assert (state.text("training.epochs"), state.text("data.batch_size")) == ("40", "4")


def test_placeholders_are_passed_over_and_json_is_kept() -> None:
    state = read_pasted(GUIDE_LINES["decoder_class"]).state
    assert state.changes["model.decoder_kwargs"] == '{"dropout": 0.0, "share_embeddings": true}'


@pytest.mark.parametrize(
    "line",
    [
        "slt train --lr 3e-4 --no-pin-memory",
        "slt train --lr=3e-4 --pin-memory=false",
        "$ slt train \\\n  --lr 3e-4 \\\n  --no-pin-memory",
        "slt train --lr 3e-4 \\   \n--no_pin_memory \\\n",
        "--lr 3e-4 --set data.pin_memory=False",
        "CUDA_VISIBLE_DEVICES=0 python -m slt_tui train --lr 3e-4 --no-pin-memory && slt eval x",
        "# a note\nslt train --lr '3e-4' ... --no-pin-memory --detach",
        "optim:\n  lr: 3e-4\ndata: {pin_memory: false}\n",
        '{"optim": {"lr": "3e-4"}, "data": {"pin_memory": false}, "about": {"x": 1}}',
    ],
)
def test_one_form_however_it_is_written(line: str) -> None:
    pasted = read_pasted(line)
    assert dict(pasted.state.changes) == {"optim.lr": "3e-4", "data.pin_memory": "false"}
    assert pasted.remarks == ()


def test_set_is_stronger_than_a_flag_wherever_it_stands() -> None:
    assert read_pasted("slt train --set optim.lr=1e-4 --lr 2e-4").state.changes["optim.lr"] == "1e-4"


def test_a_preset_and_a_file_become_the_base(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("optim: {lr: 0.5}\n")
    state = read_pasted(f"slt train --decoder-preset demo --config {file} --lr 0.5 --epochs 3").state
    assert (state.base.preset, state.base.config, dict(state.changes)) == (
        "demo",
        file,
        {"training.epochs": "3"},
    )


def test_what_has_no_place_is_told_and_the_rest_kept() -> None:
    line = (
        "slt train --learning-rte 1 --lr 3e-4 --mska-hedas 4 --set model.mska_hedas=3 --set x "
        "--decoder-preset tinny_cpu --resume loose --epochs"
    )
    pasted = read_pasted(line)
    assert dict(pasted.state.changes) == {"optim.lr": "3e-4"}
    assert pasted.remarks == (
        "--learning-rte 1: no such flag; `slt flags` lists them all",
        "--mska-hedas 4: no such flag; did you mean --mska-heads?",
        "--set model.mska_hedas=3: no such key; did you mean model.mska_heads?",
        "--set x: is not KEY=VALUE, such as optim.lr=1e-4",
        "--resume: the form begins new runs; `slt runs resume RUN` goes on with one",
        "loose: belongs to no flag",
        "--epochs: has no value",
        "preset tinny_cpu: neither a preset nor a file; did you mean tiny_cpu?",
    )


def test_a_run_named_in_a_line_is_the_base(tmp_path: Path) -> None:
    run = tmp_path / "x"
    run.mkdir()
    (run / "config.json").write_text('{"optim": {"lr": 0.5}}')
    for line in (f"slt runs clone {run} --set optim.lr=1", f"python -m slt_engine train {run} --lr 1"):
        state = read_pasted(line).state
        assert (state.base.config, dict(state.changes)) == (run / "config.json", {"optim.lr": "1"})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no training's command line"),
        ("ls -la", "no training's command line"),
        ("python tools/eval_slt_multistream_v9.py --x 1", "does not train"),
        ("slt train --lr '1", "ends inside quotes"),
        ("optim: {lr: 1", "the pasted config: line"),
        ("data: 3", ""),
    ],
)
def test_a_text_that_is_neither_is_refused_in_one_line(text: str, words: str) -> None:
    if not words:
        assert read_pasted(text).remarks == (
            "the pasted config: data: must be a section, a mapping of settings",
        )
        return
    with pytest.raises(ConfigError, match=words) as caught:
        read_pasted(text)
    assert len(caught.value.problems) == 1


def test_a_line_over_several_lines_reads_as_one() -> None:
    state = read_pasted(GUIDE_LINES["mska_mbart"]).state
    lines = command_lines(state)
    assert read_pasted("\n".join(lines)).state == state
    assert all(line.endswith("\\") for line in lines[:-1])


def test_streams_to_mix_are_gathered_from_all_their_flags() -> None:
    line = "slt train --mix-stream face:0.5 --lr 1e-4 --mix-stream=pose --keypoint-translate-range -0.05,0.05"
    state = read_pasted(line).state
    assert state.changes["data.mix_streams"] == "face:0.5,pose"
    assert state.changes["data.keypoint_translate_range"] == "-0.05,0.05"
    assert read_pasted(command_line(state)).state == state


def test_a_mapping_of_streams_in_a_pasted_config_is_the_same_as_its_flags() -> None:
    state = read_pasted("data:\n  mix_streams: {face: 0.5, pose: 1}\n").state
    assert means_the_same("data.mix_streams", state.changes["data.mix_streams"], "face:0.5,pose")
