"""The whole model: streams and keypoints in, an encoding, the decoder's logits or its tokens out."""

# B clips, T frames, J joints, D width, L tokens, V vocabulary, G glosses. Masks are True where real.

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from slt_engine.batch import IGNORED, Batch, Encoded, Output
from slt_engine.model.custom import CustomDecoder
from slt_engine.model.decoder import TextDecoder
from slt_engine.model.errors import ModelError
from slt_engine.model.frames import FrameStreams
from slt_engine.model.fusion import Fusion
from slt_engine.model.mska.conv import ConvEncoder
from slt_engine.model.mska.features import KeypointFeatures
from slt_engine.model.mska.gloss import GlossMlp
from slt_engine.model.mska.heads import CtcHeads
from slt_engine.model.mska.joint import JointEncoder
from slt_engine.model.mska.paper import PaperEncoder
from slt_engine.model.streams import PoseProjector
from slt_engine.model.temporal import TemporalTransformer

GlossFusion = Literal["add", "concat"]
Named = list[tuple[str, nn.Parameter]]
KeypointEncoder = ConvEncoder | JointEncoder | PaperEncoder


class SignTranslator(nn.Module):
    """Streams -> fusion -> temporal transformer -> encoded; keypoints -> heads and gloss MLP; both -> decoder.

    ``fusion`` reads the streams of ``frames`` and "pose", or, where there are none, "keypoints": the fused keypoint
    sequence. ``heads`` None is a model without CTC, ``gloss`` None one whose decoder reads the encoded frames alone.
    One that does not translate is asked for glosses alone: it computes nothing but keypoints and heads.
    """

    def __init__(
        self,
        *,
        frames: FrameStreams | None = None,
        pose: PoseProjector | None,
        keypoints: KeypointEncoder | None,
        heads: CtcHeads | None,
        gloss: GlossMlp | None,
        gloss_fusion: GlossFusion,
        fusion: Fusion,
        temporal: TemporalTransformer,
        decoder: TextDecoder | CustomDecoder,
        translates: bool = True,
    ) -> None:
        super().__init__()
        if frames is None and pose is None and keypoints is None:
            raise ModelError(
                "the model has no stream to read: give pose_dir, face_dir, or keypoints_dir with use_mska"
            )
        self.frames = frames
        self.pose = pose
        self.keypoints = keypoints
        self.heads = heads
        self.gloss = gloss
        self.gloss_fusion = gloss_fusion
        self.fusion = fusion
        self.temporal = temporal
        self.decoder = decoder
        self.translates = translates

    def forward(self, batch: Batch, given_BL: Tensor | None = None) -> Output:
        """The encoding of ``batch``, and the decoder's logits where it has labels.

        Where ``given_BL`` is False the decoder reads its own token instead of the label.
        """
        encoded = self.encode(batch)
        if batch.labels_BL is None or not self.translates:
            return Output(encoded)
        labels_BL = (
            batch.labels_BL if given_BL is None else self._mix_in_own(encoded, batch.labels_BL, given_BL)
        )
        return Output(encoded, self.decoder(encoded.states_BTD, encoded.mask_BT, labels_BL))

    def encode(self, batch: Batch) -> Encoded:
        """What the decoder attends to (zero on padding), and the CTC heads' logits."""
        if self.keypoints is None:
            return Encoded(*self._encode_frames(batch, None), {})
        features: KeypointFeatures = self.keypoints(batch)
        states_BTD, mask_BT = features.fused_BTD, features.mask_BT
        if self.translates:
            states_BTD, mask_BT = self._join_gloss(*self._encode_frames(batch, features), features)
        if self.heads is None:
            return Encoded(states_BTD, mask_BT, {}, features.mask_BT)
        return Encoded(states_BTD, mask_BT, self.heads(features), features.mask_BT, self.heads.seen(features))

    def generate(
        self, encoded: Encoded, *, num_beams: int, length_penalty: float, max_new_tokens: int
    ) -> Tensor:
        """Token ids (B, L) decoded freely from ``encoded``; put the model in eval mode first."""
        return self.decoder.generate(
            encoded.states_BTD,
            encoded.mask_BT,
            num_beams=num_beams,
            length_penalty=length_penalty,
            max_new_tokens=max_new_tokens,
        )

    def feature_key(self, stream: str) -> str | None:
        """What the features of a stream of crops depend on besides the crops; None where its backbone trains."""
        return self.frames.feature_key(stream) if self.frames and stream in self.frames.streams else None

    def frame_features(self, stream: str, crops_BTHWC: Tensor, found_BT: Tensor) -> Tensor:
        """Float16 (B, T, F) of a stream's frozen backbone, for the cache; zero where ``found_BT`` is False."""
        assert self.frames is not None
        return self.frames.frame_features(stream, crops_BTHWC, found_BT)

    def parameter_groups(self) -> dict[str, Named]:
        """Every parameter once, by the learning rate that governs it: encoder, mska, mapper, decoder."""
        groups: dict[str, Named] = {name: [] for name in ("encoder", "mska", "mapper", "decoder")}
        for name, parameter in self.named_parameters():
            groups[_group(name)].append((name, parameter))
        return groups

    @torch.no_grad()
    def _mix_in_own(self, encoded: Encoded, labels_BL: Tensor, given_BL: Tensor) -> Tensor:
        """Labels, and where they are not given the tokens that the decoder would write there, dropout off.

        Two passes, as in Mihaylova and Martins 2019 (Scheduled Sampling for Transformers, section 3), with the argmax.
        Padding stays, and the language where labels begin with it.
        """
        was_training = self.decoder.training
        self.decoder.eval()
        own_BL = self.decoder(encoded.states_BTD, encoded.mask_BT, labels_BL).argmax(dim=-1)
        self.decoder.train(was_training)
        fixed_BL = labels_BL == IGNORED
        if self.decoder.language_id is not None:
            fixed_BL = fixed_BL | (labels_BL == self.decoder.language_id)
        return torch.where(given_BL.to(labels_BL.device) | fixed_BL, labels_BL, own_BL)

    def _encode_frames(self, batch: Batch, features: KeypointFeatures | None) -> tuple[Tensor, Tensor]:
        """The streams of frames; without any the keypoints, at their encoder's rate."""
        mask_BT = batch.frames_BT
        if features is not None and self.fusion.names == ("keypoints",):
            mask_BT = features.mask_BT
        streams_BTD = {} if features is None else {"keypoints": features.fused_BTD}
        if self.frames is not None:
            streams_BTD |= self.frames(batch)
        if self.pose is not None:
            streams_BTD["pose"] = self.pose(batch)
        states_BTD: Tensor = self.temporal(self.fusion(streams_BTD), mask_BT)
        return states_BTD, mask_BT

    def _join_gloss(
        self, states_BTD: Tensor, mask_BT: Tensor, features: KeypointFeatures
    ) -> tuple[Tensor, Tensor]:
        if self.gloss is None:
            return states_BTD, mask_BT
        gloss_BTD = self.gloss(features.fused_BTD) * features.mask_BT.unsqueeze(-1)
        return GLOSS_FUSIONS[self.gloss_fusion](states_BTD, mask_BT, gloss_BTD, features.mask_BT)


def _group(name: str) -> str:
    return next((group for prefix, group in GROUPS if name.startswith(prefix)), "encoder")


def _add(
    states_BTD: Tensor, mask_BT: Tensor, gloss_BTD: Tensor, gloss_mask_BT: Tensor
) -> tuple[Tensor, Tensor]:
    """A shorter gloss sequence is read at the nearest place of a clip's own length."""
    if gloss_BTD.shape[1] != states_BTD.shape[1]:
        nearest_BT = _nearest(mask_BT.sum(dim=1), gloss_mask_BT.sum(dim=1), frames=states_BTD.shape[1])
        gloss_BTD = gloss_BTD.take_along_dim(nearest_BT.unsqueeze(-1), dim=1) * mask_BT.unsqueeze(-1)
    return states_BTD + gloss_BTD, mask_BT


def _nearest(lengths_B: Tensor, shorter_B: Tensor, *, frames: int) -> Tensor:
    """(B, T): of ``shorter_B`` places the one whose middle is nearest to that of each of ``lengths_B`` frames."""
    middles_T = torch.arange(frames, device=lengths_B.device) + 0.5
    place_BT = middles_T * shorter_B[:, None] / lengths_B[:, None].clamp(min=1)
    return torch.minimum(place_BT.long(), shorter_B[:, None].clamp(min=1) - 1)


def _concat(
    states_BTD: Tensor, mask_BT: Tensor, gloss_BTD: Tensor, gloss_mask_BT: Tensor
) -> tuple[Tensor, Tensor]:
    """A clip's gloss sequence comes right behind its own frames: a decoder's own encoder tells by positions."""
    joined_BTD = torch.cat([states_BTD, gloss_BTD], dim=1)
    joined_mask_BT = torch.cat([mask_BT, gloss_mask_BT], dim=1)
    real_first_BT = (~joined_mask_BT).long().argsort(dim=1, stable=True)
    return (
        joined_BTD.take_along_dim(real_first_BT.unsqueeze(-1), dim=1),
        joined_mask_BT.take_along_dim(real_first_BT, dim=1),
    )


GROUPS: tuple[tuple[str, str], ...] = (
    ("keypoints.", "mska"),
    ("heads.", "mska"),
    ("gloss.", "mapper"),
    ("decoder.adapter.", "mapper"),
    ("decoder.", "decoder"),
)
GLOSS_FUSIONS = {"add": _add, "concat": _concat}
