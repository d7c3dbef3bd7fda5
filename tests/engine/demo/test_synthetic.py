"""The procedural signer: what the contract asks of its files, and that each stream alone tells the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from slt_engine.clips.errors import DataError
from slt_engine.clips.index import read_glosses, read_index, read_texts
from slt_engine.clips.keypoints import layout_of_file, read_keypoints
from slt_engine.clips.pose import read_pose
from slt_engine.demo.chance import clip_rng
from slt_engine.demo.grammar import FEWEST, WORDS, every_sentence, plan_sentences
from slt_engine.demo.signer import perform
from slt_engine.demo.synthetic import SIGNERS, SyntheticRecipe, build_synthetic
from tests.engine.demo.conftest import SMALL_SYNTHETIC, tree

CROPS = ("face", "hand_l", "hand_r")
BIG = SyntheticRecipe(clips=60, size=32)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_synthetic(tmp_path_factory.mktemp("many") / "data", BIG).parent


def every_id(root: Path) -> list[str]:
    return [
        clip_id for split in ("train", "val", "test") for clip_id in read_index(root / f"index/{split}.csv")
    ]


def keypoints(root: Path, clip_id: str) -> np.ndarray:
    path = root / f"processed/keypoints/{clip_id}.npz"
    return read_keypoints(path, layout_of_file(path))


def test_every_frame_has_a_crop_of_each_stream_without_gaps(signed: Path) -> None:
    for clip_id in every_id(signed):
        frames = len(keypoints(signed, clip_id))
        expected = [f"{clip_id}_f{frame:06d}.jpg" for frame in range(frames)]
        for stream in CROPS:
            assert sorted(p.name for p in (signed / "processed" / stream).glob(f"{clip_id}_f*")) == expected


def test_crops_are_square_colour_pictures_of_the_asked_size(signed: Path) -> None:
    path = next((signed / "processed/face").iterdir())
    with Image.open(path) as picture:
        assert (picture.size, picture.mode, picture.format) == ((32, 32), "RGB", "JPEG")


def test_keypoints_are_in_the_papers_layout_and_inside_the_picture(signed: Path) -> None:
    path = signed / f"processed/keypoints/{every_id(signed)[1]}.npz"
    assert layout_of_file(path).name == "mska_79"
    points_TJC = read_keypoints(path, layout_of_file(path))
    assert points_TJC[..., :2].min() >= 0
    assert points_TJC[..., :2].max() <= 1


def test_a_lost_hand_is_a_hole_in_the_keypoints_and_black_in_the_crops(signed: Path) -> None:
    holes = 0
    for clip_id in every_id(signed):
        points_TJC = keypoints(signed, clip_id)
        for stream, wrist in (("hand_l", 0), ("hand_r", 21)):
            for frame in np.flatnonzero(points_TJC[:, wrist, 2] == 0):
                with Image.open(signed / f"processed/{stream}/{clip_id}_f{frame:06d}.jpg") as picture:
                    assert np.asarray(picture).max() == 0
                holes += 1
    assert holes >= 3 * len(every_id(signed)) // 3


def test_no_sentence_is_in_two_splits_and_every_word_is_trained() -> None:
    for seed in range(20):
        for clips in (FEWEST, 24, 100):
            plan = plan_sentences(clips, signers=3, seed=seed)
            sentences = {
                split: {c.words for c in plan if c.split == split} for split in ("train", "val", "test")
            }
            assert len(plan) == clips
            assert sum(map(len, sentences.values())) == len(set.union(*sentences.values()))
            assert {word for words in sentences["train"] for word in words} == set(WORDS)


def test_more_clips_than_sentences_repeat_training_sentences_only() -> None:
    plan = plan_sentences(500, signers=3, seed=0)
    assert len({clip.clip_id for clip in plan}) == len(plan) == 500
    assert len({clip.words for clip in plan}) == len(every_sentence()) == 320
    held_out = [clip.words for clip in plan if clip.split != "train"]
    assert len(set(held_out)) == len(held_out)


def test_too_few_clips_are_refused() -> None:
    with pytest.raises(DataError, match="ask for 12 or more"):
        plan_sentences(FEWEST - 1, signers=3, seed=0)


def test_equal_recipes_give_equal_files(signed: Path, tmp_path: Path) -> None:
    build_synthetic(tmp_path / "again", SMALL_SYNTHETIC)
    assert tree(tmp_path / "again") == tree(signed)


def test_clips_last_about_a_second() -> None:
    lengths = [
        len(perform(words, np.random.default_rng(n)).postures_TD) for n, words in enumerate(every_sentence())
    ]
    assert 20 <= min(lengths) <= max(lengths) <= 45


def test_texts_and_glosses_name_the_same_words(signed: Path) -> None:
    texts, glosses = read_texts(signed / "meta.csv"), read_glosses(signed / "gloss.csv")
    assert all(text.upper() == " ".join(glosses[clip_id].tokens) for clip_id, text in texts.items())
    assert any("ñ" in text for text in texts.values())


def crop(stream: str, root: Path, clip_id: str, frames: np.ndarray) -> np.ndarray:
    """Brightness with the signer's own colours taken out: how far from the backdrop."""
    pictures = []
    for frame in frames:
        with Image.open(root / f"processed/{stream}/{clip_id}_f{frame:06d}.jpg") as picture:
            grey = np.asarray(picture.convert("L"), dtype=np.float32)
        pictures.append((grey - grey.mean()) / (grey.std() + 1))
    return np.stack(pictures)


def wrists(root: Path, clip_id: str, frames: np.ndarray) -> np.ndarray:
    """The pose's wrists: where they are and where they are going."""
    places = read_pose(root / f"processed/pose/{clip_id}.npz")[:, [15, 16], :2]
    return np.concatenate([places[frames], 2 * (places[frames] - places[np.maximum(frames - 1, 0)])], axis=-1)


def hands(root: Path, clip_id: str, frames: np.ndarray) -> np.ndarray:
    """Both hands of the keypoints, each from its own wrist, in shoulder widths."""
    points = keypoints(root, clip_id)[frames]
    width = np.linalg.norm(points[:, 68, :2] - points[:, 69, :2], axis=-1)[:, None, None]
    left, right = (
        points[:, hand, :2] - points[:, hand[:1], :2] for hand in (list(range(21)), list(range(21, 42)))
    )
    return np.concatenate([left / width, right / width], axis=1)


def nearest(known: np.ndarray, words: list[str], asked: np.ndarray) -> list[str]:
    """The word of the known sign that looks most alike, over all its frames."""
    known, asked = known.reshape(len(known), -1), asked.reshape(len(asked), -1)
    return [words[int(np.argmin(np.abs(known - sign).mean(axis=1)))] for sign in asked]


def linear(known: np.ndarray, words: list[str], asked: np.ndarray) -> list[str]:
    """What a linear readout of single frames (ridge regression) says, summed over a sign's frames."""
    frames = known.reshape(-1, known[0, 0].size)
    wanted = np.eye(len(WORDS))[np.repeat([WORDS.index(word) for word in words], known.shape[1])]
    damping = 0.03 * frames.var() * len(frames) * np.eye(frames.shape[1])
    weights = np.linalg.solve(frames.T @ frames + damping, frames.T @ wanted)
    votes = (asked.reshape(*asked.shape[:2], -1) @ weights).sum(axis=1)
    return [WORDS[int(vote)] for vote in votes.argmax(axis=1)]


View = Callable[[Path, str, np.ndarray], np.ndarray]
Reader = Callable[[np.ndarray, list[str], np.ndarray], list[str]]
READERS: dict[str, tuple[View, Reader]] = {
    "face": (partial(crop, "face"), linear),
    "hand_l": (partial(crop, "hand_l"), nearest),
    "hand_r": (partial(crop, "hand_r"), nearest),
    "pose": (wrists, nearest),
    "keypoints": (hands, nearest),
}


def signs(root: Path, split: str) -> Iterator[tuple[str, str, np.ndarray]]:
    """Clip, word and six frames from the first to the last of each sign, but signs with a lost hand."""
    for clip in plan_sentences(BIG.clips, signers=len(SIGNERS), seed=BIG.seed):
        if clip.split != split:
            continue
        performance = perform(clip.words, clip_rng(BIG.seed, clip.clip_id))
        found_T = keypoints(root, clip.clip_id)[:, [0, 21], 2].min(axis=1) > 0
        for word, (start, stop) in zip(clip.words, performance.spans, strict=True):
            if found_T[start:stop].all():
                yield clip.clip_id, word, np.round(np.linspace(start, stop - 1, 6)).astype(int)


@pytest.mark.parametrize("stream", READERS)
def test_each_stream_alone_tells_the_words(many: Path, stream: str) -> None:
    view, read = READERS[stream]
    known, asked = list(signs(many, "train")), list(signs(many, "test"))
    seen, shown = (np.stack([view(many, clip_id, at) for clip_id, _, at in part]) for part in (known, asked))
    answers = read(seen, [word for _, word, _ in known], shown)
    assert len(asked) >= 20
    assert np.mean([answer == word for answer, (_, word, _) in zip(answers, asked, strict=True)]) >= 0.9
