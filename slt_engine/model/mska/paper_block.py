"""One block of the published MSKA network: attention over joints, then a convolution over time."""

# B clips, C channels, T frames, J joints, S subsets, K channels of a subset's queries, O channels out.
# Masks are True where real.
# Guan et al. 2024, "Multi-Stream Keypoint Attention Network for Sign Language Recognition and Translation".

from __future__ import annotations

import torch
from torch import Tensor, nn

from slt_engine.model.mska.masked_norm import MaskedBatchNorm

SLOPE = 0.1
ATTENTION_DROPOUT = 0.1


class Step(nn.Sequential):
    """Conv2d and MaskedBatchNorm, named 0 and 1 as the published weights are."""

    def __init__(self, channels: int, out: int, *, kernel: int = 1, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(channels, out, (kernel, 1), stride=(stride, 1), padding=(kernel // 2, 0)),
            MaskedBatchNorm(out),
        )

    def forward(self, x_BCTJ: Tensor, mask_BT: Tensor | None) -> Tensor:  # type: ignore[override]
        """(B, O, T / stride, J); ``mask_BT`` is at the output's rate."""
        convolved, norm = self[0](x_BCTJ), self[1]
        normed_BOTJ: Tensor = norm(convolved, mask_BT)
        return normed_BOTJ


class PaperBlock(nn.Module):
    """A = tanh(q k / (K T)) alpha + A0, one map a clip and subset, no softmax; values are the input itself.

    Without a mask the numbers are the published ones, and padding is read as if it were signing.
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
    ) -> None:
        super().__init__()
        self.places_CJ: Tensor
        self.subsets, self.stride = subsets, stride
        self.register_buffer("places_CJ", joint_places(joints, channels).T.contiguous(), persistent=False)
        self.in_nets = nn.Conv2d(channels, 2 * subsets * query_channels, 1)
        self.alphas = nn.Parameter(torch.ones(1, subsets, 1, 1))
        self.attention0s = nn.Parameter(torch.full((1, subsets, joints, joints), 1 / joints))
        self.dropout = nn.Dropout(dropout)
        self.out_nets = Step(subsets * channels, out)
        self.ff_nets = Step(out, out)
        self.out_nett = Step(out, out, kernel=kernel, stride=stride)
        changes = channels != out or stride != 1
        self.downs1 = Step(channels, out) if changes else None
        self.downs2 = Step(channels, out) if changes else None
        self.downt2 = Step(out, out, stride=stride) if changes else None
        self.activation = nn.LeakyReLU(SLOPE)

    def forward(self, x_BCTJ: Tensor, mask_BT: Tensor | None = None) -> Tensor:
        """(B, O, T / stride, J), zero where a mask says padding."""
        h_BOTJ = self.out_nets(self.attend(x_BCTJ, self.attention(x_BCTJ, mask_BT)), mask_BT)
        h_BOTJ = self.activation(_residual(self.downs1, x_BCTJ, mask_BT) + h_BOTJ)
        h_BOTJ = self.activation(_residual(self.downs2, x_BCTJ, mask_BT) + self.ff_nets(h_BOTJ, mask_BT))
        if mask_BT is None:
            return self.activation(_residual(self.downt2, h_BOTJ, None) + self.out_nett(h_BOTJ, None))
        h_BOTJ = h_BOTJ * mask_BT[:, None, :, None]
        slower_BT = mask_BT[:, :: self.stride]
        z_BOTJ = self.out_nett(h_BOTJ, slower_BT)
        z_BOTJ = self.activation(_residual(self.downt2, h_BOTJ, slower_BT) + z_BOTJ)
        return z_BOTJ * slower_BT[:, None, :, None]

    def attention(self, x_BCTJ: Tensor, mask_BT: Tensor | None = None) -> Tensor:
        """The maps (B, S, J, J) that ``attend`` applies, from joint u (rows) to joint v (columns)."""
        clips, _, frames, joints = x_BCTJ.shape
        qk_BCTJ = self.in_nets(x_BCTJ + self.places_CJ[:, None].to(x_BCTJ.dtype))
        lengths_B: Tensor | int = frames
        if mask_BT is not None:
            qk_BCTJ = qk_BCTJ * mask_BT[:, None, :, None]
            lengths_B = mask_BT.sum(1).clamp(min=1)[:, None, None, None]
        q_BSNJ, k_BSNJ = qk_BCTJ.view(clips, 2, self.subsets, -1, joints).unbind(1)
        channels = q_BSNJ.shape[2] // frames
        scores_BSJJ = torch.tanh(q_BSNJ.transpose(2, 3) @ k_BSNJ / (channels * lengths_B))
        return self.dropout(scores_BSJJ * self.alphas + self.attention0s)

    def attend(self, x_BCTJ: Tensor, maps_BSJJ: Tensor) -> Tensor:
        """(B, S * C, T, J): every subset's sum over the joints u of the input, weighted by its map."""
        clips, channels, frames, joints = x_BCTJ.shape
        x_B1NJ = x_BCTJ.reshape(clips, 1, channels * frames, joints)
        return (x_B1NJ @ maps_BSJJ.to(x_BCTJ.dtype)).view(clips, -1, frames, joints)


def joint_places(joints: int, channels: int) -> Tensor:
    """(J, C): sinusoids over the joints, sine in the even channels (Vaswani et al. 2017, section 3.5)."""
    rates_c = torch.exp(torch.arange(0, channels, 2) * (-torch.log(torch.tensor(10000.0)) / channels))
    angles_Jc = torch.arange(joints)[:, None] * rates_c
    places_JC = torch.zeros(joints, channels)
    places_JC[:, 0::2] = angles_Jc.sin()
    places_JC[:, 1::2] = angles_Jc.cos()[:, : channels // 2]
    return places_JC


def _residual(step: Step | None, x_BCTJ: Tensor, mask_BT: Tensor | None) -> Tensor:
    return x_BCTJ if step is None else step(x_BCTJ, mask_BT)
