"""Batch normalisation whose statistics are those of real frames."""

# B clips, C channels, T frames, J joints. Masks are True where real.

from __future__ import annotations

import torch
from torch import Tensor, nn


class MaskedBatchNorm(nn.BatchNorm2d):
    """BatchNorm2d over (B, C, T, J); with a mask, padding neither counts in training nor is counted.

    Named and saved as BatchNorm2d. Running variances are unbiased, as PyTorch's are. Over several processes the
    sums and counts are added up before they are divided, so that a split batch has the statistics of the whole.
    """

    def forward(self, x_BCTJ: Tensor, mask_BT: Tensor | None = None) -> Tensor:
        if not self.training or (mask_BT is None and not _is_distributed()):
            normed: Tensor = super().forward(x_BCTJ)
            return normed
        mean_C, variance_C, count = self._statistics(x_BCTJ, mask_BT)
        self._remember(mean_C.detach(), variance_C.detach(), count)
        scale_C = torch.rsqrt(variance_C + self.eps) * self.weight
        shift_C = self.bias - mean_C * scale_C
        return x_BCTJ * scale_C.to(x_BCTJ.dtype)[:, None, None] + shift_C.to(x_BCTJ.dtype)[:, None, None]

    def _statistics(self, x_BCTJ: Tensor, mask_BT: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        """Mean and biased variance a channel, in float32 at least, and of how many values."""
        x = x_BCTJ.float() if x_BCTJ.dtype in (torch.float16, torch.bfloat16) else x_BCTJ
        if mask_BT is None:
            mask_BT = torch.ones_like(x[:, 0, :, 0], dtype=torch.bool)
        mask_B1T1 = mask_BT[:, None, :, None]
        kept = torch.where(mask_B1T1, x, 0.0)
        count, sums_C = _added_up(mask_BT.sum().to(x.dtype) * x.shape[-1], kept.sum((0, 2, 3)))
        mean_C = sums_C / count.clamp(min=1)
        centred = torch.where(mask_B1T1, x - mean_C[:, None, None], 0.0)
        _, squares_C = _added_up(count, centred.square().sum((0, 2, 3)))
        return mean_C, squares_C / count.clamp(min=1), count

    @torch.no_grad()
    def _remember(self, mean_C: Tensor, variance_C: Tensor, count: Tensor) -> None:
        if self.running_mean is None or self.running_var is None or self.num_batches_tracked is None:
            return
        self.num_batches_tracked.add_(1)
        share = 1 / float(self.num_batches_tracked) if self.momentum is None else self.momentum
        unbiased_C = variance_C * (count / (count - 1).clamp(min=1))
        self.running_mean.lerp_(mean_C.to(self.running_mean.dtype), share)
        self.running_var.lerp_(unbiased_C.to(self.running_var.dtype), share)


def _is_distributed() -> bool:
    return torch.distributed.is_available() and torch.distributed.is_initialized()


def _added_up(count: Tensor, sums_C: Tensor) -> tuple[Tensor, Tensor]:
    """Over all processes, differentiably."""
    if not _is_distributed():
        return count, sums_C
    from torch.distributed.nn.functional import all_reduce

    return all_reduce(count.detach()), all_reduce(sums_C)
