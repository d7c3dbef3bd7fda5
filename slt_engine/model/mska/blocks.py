"""Residual temporal convolutions that a padded frame cannot reach."""

# B clips, T frames, D width. Masks are True where real.

from __future__ import annotations

from torch import Tensor, nn

from slt_engine.model.errors import ModelError


class TemporalBlock(nn.Module):
    """x + dropout(LeakyReLU(conv(norm(x)))), the convolution reading zeros where ``frames_BT`` is False.

    The zeros are what a clip alone has around it, so its values do not depend on the batch's length.
    """

    def __init__(self, width: int, *, kernel: int, dilation: int, dropout: float, slope: float) -> None:
        super().__init__()
        if kernel % 2 == 0:
            raise ModelError(
                f"mska_temporal_kernel {kernel} is even: only an odd kernel keeps a clip's length"
            )
        self.norm = nn.LayerNorm(width)
        self.conv = nn.Conv1d(width, width, kernel, padding=kernel // 2 * dilation, dilation=dilation)
        self.activation = nn.LeakyReLU(slope)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x_BTD: Tensor, frames_BT: Tensor) -> Tensor:
        normed_BTD = self.norm(x_BTD) * frames_BT.unsqueeze(-1)
        convolved_BTD = self.conv(normed_BTD.transpose(1, 2)).transpose(1, 2)
        out_BTD: Tensor = x_BTD + self.dropout(self.activation(convolved_BTD))
        return out_BTD


class TemporalBlocks(nn.Module):
    """``blocks`` of them, one after the other."""

    def __init__(
        self, width: int, *, blocks: int, kernel: int, dilation: int, dropout: float, slope: float
    ) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            TemporalBlock(width, kernel=kernel, dilation=dilation, dropout=dropout, slope=slope)
            for _ in range(blocks)
        )

    def forward(self, x_BTD: Tensor, frames_BT: Tensor) -> Tensor:
        for block in self.blocks:
            x_BTD = block(x_BTD, frames_BT)
        return x_BTD
