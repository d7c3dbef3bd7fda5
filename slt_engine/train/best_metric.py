"""The clips that are decoded in training, and whether the best epoch can be told from them."""

from __future__ import annotations

from slt_engine.clips.errors import DataError
from slt_engine.config import Config
from slt_engine.data.dataset import ClipDataset
from slt_engine.data.splits import Splits
from slt_engine.evaluate.metrics import BLEU_ORDER


def check_best_metric(config: Config, decoded: ClipDataset) -> None:
    """A DataError where the best metric is not defined on the clips that are ``decoded``: no epoch would be best."""
    metric, clips = config.derived().best_metric, decoded.clips
    if metric == "bleu" and not any(len(clip.text.split()) >= BLEU_ORDER for clip in clips):
        lack, remedy = f"no text has {BLEU_ORDER} words", "choose chrf, cer or wer"
    elif metric == "gloss_wer" and not any(clip.glosses for clip in clips):
        lack, remedy = "no clip has glosses", "choose loss"
    else:
        return
    raise DataError(
        f"training.best_metric {config.training.best_metric}: of the {len(clips)} clips of {config.data.val_index} "
        f"that are decoded {lack}, so it is not defined on them; {remedy}"
    )


def decoded_clips(config: Config, splits: Splits) -> ClipDataset:
    """The validation clips that are decoded."""
    return splits.val.subset(range(min(config.training.decode_clips or len(splits.val), len(splits.val))))
