"""The published MSKA's names of weights, told in ours: its checkpoints load."""

from __future__ import annotations

import re
from collections.abc import Mapping

from torch import Tensor

MARK = re.compile(r"(^|\.)(left|right|face|body)_graph_layers\.\d+\.in_nets\.weight$")
"""What only the published network has."""


def translate_published(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """``weights`` under our names where they are the published network's, else as they are.

    Tables of positions are left out, as ours are made and not stored; a name that has no counterpart here stays.
    """
    if not any(MARK.search(name) for name in weights):
        return dict(weights)
    named = {_translate(name): value for name, value in weights.items()}
    return {name: value for name, value in named.items() if name is not None}


def _translate(name: str) -> str | None:
    if MADE_HERE.search(name):
        return None
    name = re.sub(r"^fuse_visual_head", "fused_visual_head", name.removeprefix("recognition_network."))
    fitting = (pattern.sub(ours, name) for pattern, ours in NAMES if pattern.search(name))
    return next(fitting, name)


MADE_HERE = re.compile(r"(_graph_layers\.\d+\.(atts|pes\.pe)|_visual_head\.pe\.pe)$")

NAMES = tuple(
    (re.compile(pattern), ours)
    for pattern, ours in (
        (r"^visual_backbone_keypoint\.(\w+)_input_map\.", r"keypoints.streams.\1.input_map."),
        (r"^visual_backbone_keypoint\.(\w+)_graph_layers\.", r"keypoints.streams.\1.blocks."),
        (r"^(\w+)_visual_head\.gloss_output_layer\.", r"heads.heads.\1."),
        (r"^(\w+)_visual_head\.bn1\.norm\.", r"keypoints.trunks.\1.bn1."),
        (r"^(\w+)_visual_head\.feedforward\.layer_norm\.", r"keypoints.trunks.\1.feed_forward.norm."),
        (r"^(\w+)_visual_head\.feedforward\.pwff_layer\.0\.", r"keypoints.trunks.\1.feed_forward.widen."),
        (r"^(\w+)_visual_head\.feedforward\.pwff_layer\.3\.", r"keypoints.trunks.\1.feed_forward.narrow."),
        (r"^(\w+)_visual_head\.", r"keypoints.trunks.\1."),
        (r"^vl_mapper\.mapping\.0\.", r"gloss.layers.0."),
        (r"^vl_mapper\.mapping\.2\.", r"gloss.layers.3."),
        (r"^translation_network\.model\.", r"decoder.seq2seq."),
    )
)
"""Patterns of the published names and what they are here; the first that fits wins."""
