"""The guide's command lines for the large presets, over small data and with small stand-ins for what they download."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from slt_engine.config import config_document, flag_layers, preset_layer, resolve
from slt_engine.run.directory import RunDir
from slt_engine.train.dry_run import dry_run
from tests.engine.model.small_frames import small_vit
from tests.engine.train.test_decoder_runs import save_pretrained

STREAMS = {"face": "face", "hand_left": "hand_l", "hand_right": "hand_r"}


@pytest.fixture(scope="module")
def standins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small T5, mBART and DINOv2."""
    folder = tmp_path_factory.mktemp("standins")
    for kind in ("t5", "mbart"):
        save_pretrained(kind, folder / kind)
    small_vit().save_pretrained(folder / "vit")
    return folder


def guide_flags(data: Path, work_dir: Path) -> dict[str, Any]:
    """What both of the guide's lines say."""
    crops = {f"data.{stream}_dir": data / "processed" / folder for stream, folder in STREAMS.items()}
    return {
        **crops,
        "data.pose_dir": data / "processed/pose",
        "data.metadata_csv": data / "meta.csv",
        "data.train_index": data / "index/train.csv",
        "data.val_index": data / "index/val.csv",
        "data.work_dir": work_dir,
        "data.batch_size": "4",
        "model.sequence_length": "128",
    }


def tried(preset: str, flags: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The dry run's report."""
    typed = {key: str(value) for key, value in flags.items()}
    resolved = resolve([preset_layer(preset), *flag_layers(typed)])
    run = RunDir.create(Path(typed["data.work_dir"]), config_document(resolved, {}), resolved.files)
    assert dry_run(run.path) == 0, capsys.readouterr().out
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def small(standins: Path, decoder: str) -> dict[str, Any]:
    """In place of DINOv2 and of the decoder that a preset names."""
    backbones = {f"model.{stream}_backbone": f"hf:{standins}/vit" for stream in STREAMS}
    return {
        **backbones,
        "model.image_size": "28",
        "model.decoder_model": standins / decoder,
        "training.max_new_tokens": "20",
        "training.grad_accum_steps": "1",
    }


@pytest.mark.parametrize("decoder", ["t5", "mbart"])
def test_signmusketeers_reads_crops_and_pose_with_either_decoder(
    decoder: str, standins: Path, synthetic: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = guide_flags(synthetic.parent, tmp_path / "run") | small(standins, decoder)
    report = tried("signmusketeers", flags, capsys)
    assert {"pose", "face", "hand_left", "hand_right"} <= report["batch"]["shapes"].keys()
    assert report["parameters"]["all"]["trainable"] < report["parameters"]["all"]["total"]


@pytest.mark.parametrize("decoder", ["t5", "mbart"])
def test_mska_paper_mbart_reads_keypoints_alone_and_takes_the_guides_flags(
    decoder: str, standins: Path, synthetic: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = synthetic.parent
    flags = guide_flags(data, tmp_path / "run") | small(standins, decoder)
    flags |= {"data.keypoints_dir": data / "processed/keypoints", "data.gloss_csv": data / "gloss.csv"}
    flags |= {"model.mska_stream_heads": "2", "model.mska_temporal_blocks": "1", "data.pose_dir": "none"}
    flags |= {f"data.{stream}_dir": "none" for stream in STREAMS}
    report = tried("mska_paper_mbart", flags, capsys)
    assert report["batch"]["shapes"].keys() == {"keypoints", "labels", "glosses"}
    assert {"mska", "mapper"} <= report["parameters"].keys()
