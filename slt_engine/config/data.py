"""The data section: where clips lie, how they become batches, how texts become tokens."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from slt_engine.config.augment import Augmentation
from slt_engine.config.base import (
    Count,
    Directory,
    File,
    Flag,
    Maybe,
    NameOrPath,
    NewPath,
    Otherwise,
    Positive,
    Section,
)

CROP_STREAMS = ("face", "hand_left", "hand_right")


class Files(Section):
    """Files"""

    work_dir: NewPath
    """Directory of this run: settings, checkpoints, metrics and logs. Created if missing; refused if it
    already holds a run and --resume is not given."""

    face_dir: Maybe[Directory] = None
    """Directory with the crops of the face, one <video_id>_fXXXXXX.jpg a frame. Giving it turns the face
    stream on."""

    hand_left_dir: Maybe[Directory] = None
    """Directory with the crops of the left hand, named like those of the face. Giving it turns the stream on."""

    hand_right_dir: Maybe[Directory] = None
    """Directory with the crops of the right hand, named like those of the face. Giving it turns the stream on."""

    pose_dir: Maybe[Directory] = None
    """Directory with one pose .npz a clip. Giving it turns the pose stream on."""

    keypoints_dir: Maybe[Directory] = None
    """Directory with one keypoint file a clip (.npy, .npz or .pose). Read by the keypoint encoder
    (--use-mska)."""

    metadata_csv: File
    """Table of texts: columns video_id and texto, separated by semicolons or commas."""

    gloss_csv: Maybe[File] = None
    """Table of glosses: columns video_id;gloss;ctc_labels, labels from 1. The CTC and distillation losses
    need it."""

    train_index: File
    """List of the video_id to train on, one a line."""

    val_index: File
    """List of the video_id to validate on, one a line."""


class Batches(Section):
    """Batches"""

    batch_size: Positive = 4
    """Clips in a training batch."""

    val_batch_size: Annotated[Maybe[Positive], Otherwise("batch_size")] = None
    """Clips in a validation batch."""

    frames_per_batch: Maybe[Positive] = None
    """Most padded frames in a batch; long clips then come in smaller batches. No limit when not given."""

    num_workers: Count = 2
    """Threads that read clips ahead of the model; 0 reads each batch when it is needed. The result does not depend
    on it."""

    pin_memory: bool = True
    """Copy batches through page-locked memory, which is faster. Acts on CUDA only."""


class Frames(Section):
    """Frames"""

    keypoint_layout: NameOrPath = "auto"
    """Which index is which joint: a layout's name, a YAML file that describes one, or auto to tell it from
    the number of points."""

    frame_stride: Positive = 1
    """Read every n-th frame of a clip; 2 halves the frames and the time of a step."""


class Texts(Section):
    """Texts"""

    max_target_length: Positive = 128
    """Longest text in tokens, its end mark included; longer ones are cut."""

    tokenizer: Annotated[Maybe[NameOrPath], Otherwise("the decoder's own")] = None
    """Hugging Face tokenizer, by name or path. A decoder made from scratch has none of its own: one is then
    trained on the training texts."""

    tokenizer_local_files_only: Annotated[bool, Flag("--tokenizer-local-files-only")] = False
    """Never ask the network for the tokenizer."""

    tokenizer_vocab_size: Positive = 2000
    """Most tokens of a tokenizer trained on the texts."""

    tokenizer_characters: bool = False
    """Train a tokenizer with one token a character instead of subwords."""


class Data(Files, Batches, Frames, Augmentation, Texts):
    """Which clips are read, and how."""

    @property
    def crop_dirs(self) -> dict[str, Path]:
        """The directory of each stream of crops that is on, by the stream's name."""
        given = {"face": self.face_dir, "hand_left": self.hand_left_dir, "hand_right": self.hand_right_dir}
        return {stream: directory for stream, directory in given.items() if directory}
