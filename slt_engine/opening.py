"""A run's data, opened as its settings say: for training, and for scoring afterwards."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from transformers import PreTrainedTokenizerBase

from slt_engine.clips.layouts import Layout
from slt_engine.config import Config
from slt_engine.data.augment import Augmentation
from slt_engine.data.catalogue import Source
from slt_engine.data.changes import Changes
from slt_engine.data.mixing import Mixing
from slt_engine.data.splits import Splits, open_data
from slt_engine.data.tokenizer import load_tokenizer
from slt_engine.run.directory import RunDir


def open_run_data(config: Config, run: RunDir) -> Splits:
    """The training and validation splits; a tokenizer that this run already has is used again. Raises DataError."""
    data, training = config.data, config.training
    return open_data(
        data_source(config),
        train_index=data.train_index,
        val_index=data.val_index,
        tokenizer=_open_tokenizer(config, run),
        vocab_size=data.tokenizer_vocab_size,
        characters=data.tokenizer_characters,
        seed=positive_seed(training.seed),
        subset_size=training.subset_size,
    )


def let_own_classes_be_found(run: RunDir) -> None:
    """Import also from the directory that the run was asked in, after everything that is installed."""
    cwd = run.read_config().get("about", {}).get("cwd")
    if cwd and cwd not in sys.path:
        sys.path.append(cwd)


def positive_seed(seed: int) -> int:
    """``seed`` for NumPy's generators, which take no negative one."""
    return seed % 2**64


def data_source(config: Config) -> Source:
    """Where the clips lie and how they are read; keypoints that nothing reads stay unread."""
    data, model = config.data, config.model
    return Source(
        metadata_csv=data.metadata_csv,
        keypoints_dir=data.keypoints_dir if model.use_mska else None,
        pose_dir=data.pose_dir,
        crop_dirs=data.crop_dirs,
        gloss_csv=data.gloss_csv,
        keypoint_layout=data.keypoint_layout,
        frame_stride=data.frame_stride,
        sequence_length=model.sequence_length,
        image_size=model.image_size,
        max_target_length=data.max_target_length,
    )


def present_source(config: Config, *, layout: Layout | None, notice: Callable[[str], None]) -> Source:
    """The same to score with: a stream whose directory is not there is masked, and told to ``notice``.

    Keypoints only where their ``layout`` is known: without it their encoder cannot be built.
    """
    source = data_source(config)
    paths = (source.keypoints_dir if layout else None, source.pose_dir, *source.crop_dirs.values())
    absent = [path for path in paths if path and not path.is_dir()]
    for path in absent:
        notice(f"{path}: no such directory; the clips are scored without what it held")
    return replace(
        source,
        keypoints_dir=None if source.keypoints_dir in absent else source.keypoints_dir,
        pose_dir=None if source.pose_dir in absent else source.pose_dir,
        crop_dirs={stream: path for stream, path in source.crop_dirs.items() if path not in absent},
    )


def augmentation_of(config: Config) -> Augmentation:
    """What the settings let be done to a clip's keypoints, time and sides."""
    data = config.data
    return Augmentation(
        seed=positive_seed(config.training.seed),
        about_centre=data.keypoint_normalize_center,
        scale_range=data.keypoint_scale_range,
        shift_range=data.keypoint_translate_range,
        angle_range_deg=data.keypoint_rotate_range,
        stretch_range=data.keypoint_resample_range,
        flip_probability=data.flip_probability,
    )


def training_changes(config: Config, *, epoch: int) -> Changes:
    """What the settings let an epoch of training do to its clips and batches."""
    mixing = Mixing(positive_seed(config.training.seed), config.data.mix_streams)
    return Changes(augmentation_of(config), mixing, epoch)


def run_tokenizer(run: RunDir, config: Config) -> PreTrainedTokenizerBase:
    """The tokenizer that a run was trained with, from its own folder. Raises DataError."""
    return load_tokenizer(
        str(run.tokenizer), local_files_only=True, language=config.derived().decoder_language
    )


def _open_tokenizer(config: Config, run: RunDir) -> PreTrainedTokenizerBase | None:
    """None when one is to be trained on the texts."""
    if (Path(run.tokenizer) / "tokenizer_config.json").is_file():
        return run_tokenizer(run, config)
    name = config.derived().tokenizer
    if name is None:
        return None
    return load_tokenizer(
        name,
        local_files_only=config.data.tokenizer_local_files_only,
        language=config.derived().decoder_language,
    )
