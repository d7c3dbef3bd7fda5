"""What a run says of itself, for people."""

from __future__ import annotations

from slt_engine.reporter import epoch_line


def test_an_epoch_s_line_leaves_out_what_is_no_number() -> None:
    """A model that only recognises has no perplexity and no text."""
    row = {
        "epoch": 2,
        "step": 8,
        "train": {"loss": 1.5},
        "perplexity": float("nan"),
        "val": {"loss": 2.0, "wer": None, "gloss_wer": 0.25},
        "learning_rate": 1e-3,
        "epoch_time_s": 3.0,
        "improved": True,
    }
    expected = "epoch 2 step 8: train loss 1.5, val loss 2, gloss_wer 0.25, lr 0.001, 3.0 s (best)"
    assert epoch_line(row) == expected
