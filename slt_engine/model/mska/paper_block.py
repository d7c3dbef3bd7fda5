"""One block of the published MSKA network: attention over joints, then a convolution over time."""

# B clips, N real frames of all clips, T frames, J joints (u and v), C channels, S subsets, K channels of a subset's
# queries, O channels out.
# Guan et al. 2024, "Multi-Stream Keypoint Attention Network for Sign Language Recognition and Translation".
# Channels come last: every 1x1 convolution is a matrix product, and no tensor is ever transposed for one.

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from slt_engine.model.mska.packing import Packing
from slt_engine.model.mska.sgr import GlobalWeights
from slt_engine.model.mska.shared_norm import SharedBatchNorm

SLOPE = 0.1
ATTENTION_DROPOUT = 0.1


class Step(nn.Sequential):
    """A 1x1 convolution and BatchNorm, named 0 and 1 as the published weights are."""

    def __init__(self, channels: int, out: int) -> None:
        super().__init__(nn.Conv2d(channels, out, 1), SharedBatchNorm(out))

    def forward(self, x_NJC: Tensor) -> Tensor:
        convolution, norm = self
        assert isinstance(convolution, nn.Conv2d)
        normed_NJO: Tensor = norm(map_channels(convolution, x_NJC))
        return normed_NJO


class TimeStep(nn.Sequential):
    """A convolution over time and BatchNorm, named likewise; the convolution reads zeros around a clip."""

    def __init__(self, channels: int, out: int, *, kernel: int, stride: int) -> None:
        super().__init__(
            nn.Conv2d(channels, out, (kernel, 1), stride=(stride, 1), padding=(kernel // 2, 0)),
            SharedBatchNorm(out),
        )

    def forward(self, x_NJC: Tensor, frames: Packing, slower: Packing) -> Tensor:  # type: ignore[override]
        """``frames`` are the input's, ``slower`` the output's."""
        x_BCTJ = frames.unpack(x_NJC).permute(0, 3, 1, 2)
        normed_NJO: Tensor = self[1](slower.pack(self[0](x_BCTJ).permute(0, 2, 3, 1)).contiguous())
        return normed_NJO


class PaperBlock(nn.Module):
    """A = tanh(q k / (K T)) alpha + A0, one map a clip and subset, no softmax; values are the input itself.

    Frames come packed, so sums over time are over a clip's own frames, and statistics over real frames.
    """

    def __init__(
        self,
        channels: int,
        out: int,
        *,
        query_channels: int,
        joints: int,
        subsets: int,
        kernel: int,
        stride: int,
        dropout: float = ATTENTION_DROPOUT,
        slope: float = SLOPE,
    ) -> None:
        super().__init__()
        self.places_JC: Tensor
        self.subsets, self.stride, self.slope = subsets, stride, slope
        self.register_buffer("places_JC", joint_places(joints, channels), persistent=False)
        self.in_nets = nn.Conv2d(channels, 2 * subsets * query_channels, 1)
        self.alphas = nn.Parameter(torch.ones(1, subsets, 1, 1))
        self.attention0s = nn.Parameter(torch.full((1, subsets, joints, joints), 1 / joints))
        self.dropout = nn.Dropout(dropout)
        self.out_nets = Step(subsets * channels, out)
        self.ff_nets = Step(out, out)
        self.out_nett = TimeStep(out, out, kernel=kernel, stride=stride)
        changes = channels != out or stride != 1
        self.downs1 = Step(channels, out) if changes else nn.Identity()
        self.downs2 = Step(channels, out) if changes else nn.Identity()
        self.downt2 = TimeStep(out, out, kernel=1, stride=stride) if changes else None

    def forward(self, x_NJC: Tensor, frames: Packing, weights: GlobalWeights | None = None) -> Tensor:
        """(N, J, O) at every ``stride``-th frame."""
        attended_NJE = attend(x_NJC, frames.spread(as_rows(self.attention(x_NJC, frames, weights))))
        h_NJO = self._add(self.out_nets(attended_NJE), self.downs1(x_NJC))
        h_NJO = self._add(self.ff_nets(h_NJO), self.downs2(x_NJC))
        slower = frames.every(self.stride)
        kept_NJO = h_NJO if self.downt2 is None else self.downt2(h_NJO, frames, slower)
        return self._add(self.out_nett(h_NJO, frames, slower), kept_NJO)

    def attention(self, x_NJC: Tensor, frames: Packing, weights: GlobalWeights | None = None) -> Tensor:
        """The maps (B, S, J, J) that ``attend`` applies, from joint u (rows) to joint v (columns).

        With global weights A = (1 - mix) * local + mix * global, the same in every subset, before the dropout.
        """
        clips, length = frames.mask_BT.shape
        joints = x_NJC.shape[1]
        qk_NJE = map_channels(self.in_nets, x_NJC + self.places_JC.to(x_NJC.dtype))
        channels = qk_NJE.shape[-1] // (2 * self.subsets)
        qk_BTJ2SK = frames.unpack(qk_NJE).view(clips, length, joints, 2, self.subsets, channels)
        q_BSJE, k_BSJE = qk_BTJ2SK.permute(3, 0, 4, 2, 1, 5).flatten(4).unbind(0)
        terms_B = frames.lengths.clamp(min=1) * channels
        scores_BSJJ = torch.tanh(q_BSJE @ k_BSJE.transpose(2, 3) / terms_B[:, None, None, None])
        local_BSJJ = scores_BSJJ * self.alphas + self.attention0s
        return self.dropout(local_BSJJ if weights is None else weights.blend(local_BSJJ))

    def _add(self, normed_NJO: Tensor, kept_NJO: Tensor) -> Tensor:
        return functional.leaky_relu_(normed_NJO.add_(kept_NJO), self.slope)


def attend(x_NJC: Tensor, rows_NEJ: Tensor) -> Tensor:
    """(N, J, S * C): at every joint v each subset's sum over the joints u of the input, weighted by its map."""
    attended_NEC = rows_NEJ.to(x_NJC.dtype) @ x_NJC
    return attended_NEC.unflatten(1, (x_NJC.shape[1], -1)).flatten(2)


def as_rows(maps_BSJJ: Tensor) -> Tensor:
    """(B, J * S, J): for every joint v and subset the weights of the joints u."""
    return maps_BSJJ.permute(0, 3, 1, 2).flatten(1, 2)


def map_channels(convolution: nn.Conv2d, x_NJC: Tensor) -> Tensor:
    """A 1x1 convolution over the last axis."""
    return functional.linear(x_NJC, convolution.weight.flatten(1), convolution.bias)


def joint_places(joints: int, channels: int) -> Tensor:
    """(J, C): sinusoids over the joints, sine in the even channels (Vaswani et al. 2017, section 3.5)."""
    rates_c = torch.exp(torch.arange(0, channels, 2) * (-torch.log(torch.tensor(10000.0)) / channels))
    angles_Jc = torch.arange(joints)[:, None] * rates_c
    places_JC = torch.zeros(joints, channels)
    places_JC[:, 0::2] = angles_Jc.sin()
    places_JC[:, 1::2] = angles_Jc.cos()[:, : channels // 2]
    return places_JC
