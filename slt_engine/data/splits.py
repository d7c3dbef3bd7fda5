"""From a data set's files to its splits: which clips, which tokenizer, which glosses, which layout."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from transformers import PreTrainedTokenizerBase

from slt_engine.clips.errors import DataError
from slt_engine.clips.index import gloss_names, read_index
from slt_engine.clips.keypoints import Space, infer_space, layout_of_file
from slt_engine.clips.layouts import Layout
from slt_engine.data.catalogue import Catalogue, Source
from slt_engine.data.dataset import Clip, ClipDataset
from slt_engine.data.feature_cache import FeatureCache
from slt_engine.data.frames import CropReading
from slt_engine.data.packing import pack_on_first_use
from slt_engine.data.point_files import KeypointReading
from slt_engine.data.tokenizer import encode_labels, train_tokenizer


@dataclass(frozen=True)
class Splits:
    """A data set opened for training.

    ``layout`` numbers the points of a batch, those that no stream uses left out; None without keypoints.
    ``space`` is what keypoint files that do not tell theirs are counted in; None when all tell.
    ``gloss_names`` is indexed by label; ``notes`` are lines worth telling the user.
    """

    train: ClipDataset
    val: ClipDataset
    tokenizer: PreTrainedTokenizerBase
    gloss_names: list[str]
    layout: Layout | None
    space: Space | None
    notes: tuple[str, ...]

    def with_packs(self, home: Path, *, notice: Callable[[str], None]) -> Splits:
        """The same clips from packs in ``home``; what was made there is told to ``notice``. Raises DataError."""
        train, val = (pack_on_first_use(split, home, notice=notice) for split in (self.train, self.val))
        return replace(self, train=train, val=val)

    def with_features(self, caches: Mapping[str, FeatureCache]) -> Splits:
        """The same clips, with features in place of crops for the streams of ``caches``."""
        return replace(self, train=self.train.with_features(caches), val=self.val.with_features(caches))


def open_data(
    source: Source,
    *,
    train_index: Path,
    val_index: Path,
    tokenizer: PreTrainedTokenizerBase | None,
    vocab_size: int,
    characters: bool,
    seed: int,
    subset_size: int | None = None,
) -> Splits:
    """The training and validation split of ``source``, from tables, headers and a few keypoint files.

    Without ``tokenizer`` one is trained on all training texts, with ``vocab_size`` and ``characters``.
    ``subset_size`` keeps that many training clips, drawn by ``seed``. Raises DataError.
    """
    catalogue = Catalogue(source)
    train_ids, val_ids = read_index(train_index), read_index(val_index)
    catalogue.check(train_ids, train_index)
    catalogue.check(val_ids, val_index)
    if tokenizer is None:
        texts = [catalogue.texts[clip_id] for clip_id in train_ids]
        tokenizer = train_tokenizer(texts, vocab_size=vocab_size, characters=characters)
    train_ids = _draw(train_ids, subset_size, seed)
    reading = _keypoint_reading(source, catalogue, train_ids)
    train = _open(source, catalogue, train_ids, reading=reading, tokenizer=tokenizer)
    val = _open(source, catalogue, val_ids, reading=reading, tokenizer=tokenizer)
    return Splits(
        train=train,
        val=val,
        tokenizer=tokenizer,
        gloss_names=gloss_names(catalogue.glosses),
        layout=reading.layout.without_unused() if reading else None,
        space=reading.space if reading else None,
        notes=(
            *_space_notes(reading),
            *_split_notes("train", train, source),
            *_split_notes("val", val, source),
        ),
    )


def open_split(
    source: Source, index: Path, *, tokenizer: PreTrainedTokenizerBase, space: Space | None = None
) -> ClipDataset:
    """One split of ``source`` for evaluation; ``space`` is the training's, else inferred from its files."""
    catalogue = Catalogue(source)
    clip_ids = read_index(index)
    catalogue.check(clip_ids, index)
    reading = _keypoint_reading(source, catalogue, clip_ids, space=space)
    return _open(source, catalogue, clip_ids, reading=reading, tokenizer=tokenizer)


def _draw(clip_ids: list[str], subset_size: int | None, seed: int) -> list[str]:
    """That many clips, in the index's order."""
    if subset_size is None or subset_size >= len(clip_ids):
        return clip_ids
    drawn = np.random.default_rng(seed).permutation(len(clip_ids))[:subset_size]
    return [clip_ids[position] for position in sorted(drawn.tolist())]


def _keypoint_reading(
    source: Source, catalogue: Catalogue, clip_ids: Sequence[str], *, space: Space | None = None
) -> KeypointReading | None:
    if source.keypoints_dir is None:
        return None
    paths = catalogue.keypoint_paths(clip_ids)
    if not paths:
        raise DataError(f"{source.keypoints_dir}: has no keypoint file of any clip; give another, or none")
    layout = layout_of_file(paths[0], source.keypoint_layout)
    return KeypointReading(layout, layout.used, space or infer_space(paths, layout))


def _open(
    source: Source,
    catalogue: Catalogue,
    clip_ids: Sequence[str],
    *,
    reading: KeypointReading | None,
    tokenizer: PreTrainedTokenizerBase,
) -> ClipDataset:
    texts = [catalogue.texts[clip_id] for clip_id in clip_ids]
    labels = encode_labels(tokenizer, texts, max_length=source.max_target_length)
    clips = []
    for clip_id, text, row in zip(clip_ids, texts, labels, strict=True):
        files = catalogue.files(clip_id)
        gloss = catalogue.glosses.get(clip_id)
        clips.append(
            Clip(
                clip_id=clip_id,
                text=text,
                labels=tuple(row),
                glosses=None if source.gloss_csv is None else gloss.labels if gloss else (),
                keypoints=files.keypoints,
                pose=files.pose,
                crops=files.crops,
            )
        )
    return ClipDataset(
        clips,
        keypoints=reading,
        pose=source.pose_dir is not None,
        crops=CropReading(tuple(source.crop_dirs), source.image_size),
        frame_stride=source.frame_stride,
        sequence_length=source.sequence_length,
    )


def _space_notes(reading: KeypointReading | None) -> tuple[str, ...]:
    if reading is None or reading.space is None:
        return ()
    if reading.space == Space():
        return ("keypoints: files do not tell their space; their values are those of [0, 1]",)
    size = f"{reading.space.width:g} x {reading.space.height:g}"
    return (f"keypoints: files do not tell their space; their values are pixels, taken of {size}",)


def _split_notes(name: str, dataset: ClipDataset, source: Source) -> list[str]:
    clips = dataset.clips
    lacking = {
        "keypoints": sum(clip.keypoints is None for clip in clips) if source.keypoints_dir else 0,
        "pose": sum(clip.pose is None for clip in clips) if source.pose_dir else 0,
        **{
            CROP_NAMES[stream]: sum(stream not in clip.crops for clip in clips) for stream in source.crop_dirs
        },
        "glosses": sum(not clip.glosses for clip in clips) if source.gloss_csv else 0,
    }
    return [
        f"{name}: {count} of {len(clips)} clips have no {what}" for what, count in lacking.items() if count
    ]


CROP_NAMES = {"face": "face", "hand_left": "left hand", "hand_right": "right hand"}
