"""A model in training goes on with a data set of more joints."""

from __future__ import annotations

import torch

from slt_engine.clips.layouts import Layout
from slt_engine.model.errors import ModelError
from slt_engine.model.mska.growth import replace_parameters
from slt_engine.model.mska.joint import JointEncoder
from slt_engine.model.mska.relative import KeypointStreams
from slt_engine.model.translator import SignTranslator


def grow(model: SignTranslator, optimizer: torch.optim.Optimizer, layout: Layout) -> None:
    """Read clips of ``layout``, whose streams have as many joints as before or more, from the next step on.

    A joint is known by its place in its stream: what was learned of it stays, with the optimizer's state, on its
    device and in its dtype. New joints have drawn names, an identity's rows in the SGR matrix and an empty state.
    Call it between two steps, on a model that nothing wraps (several processes, compile, averages hold the parameters
    that it replaces). Raises ModelError where the
    encoder has no attention over joints or ``layout`` lacks streams or joints that the model has.
    """
    encoder = model.keypoints
    if not isinstance(encoder, JointEncoder):
        raise ModelError(
            "only a joint encoder can grow: the others have weights for a fixed number of joints"
        )
    larger = KeypointStreams.of_layout(layout, channels=encoder.keypoints.channels)
    _check(encoder.keypoints.sizes(), larger.sizes(), layout.name)
    before = dict(model.named_parameters())
    encoder.grow(larger)
    replace_parameters(optimizer, before, dict(model.named_parameters()))


def _check(sizes: dict[str, int], larger: dict[str, int], layout: str) -> None:
    if list(sizes) != list(larger):
        raise ModelError(f"layout {layout} has the streams {', '.join(larger)}, the model {', '.join(sizes)}")
    for name, joints in sizes.items():
        if larger[name] < joints:
            raise ModelError(f"layout {layout} has {larger[name]} joints in {name}, the model {joints}")
