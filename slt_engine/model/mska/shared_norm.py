"""Batch normalisation whose statistics are those of all processes together."""

# N frames, J joints, C channels.

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class SharedBatchNorm(nn.BatchNorm2d):
    """BatchNorm over the last axis of (N, J, C) or (N, C); give it real frames only, and padding does not count.

    Saved as BatchNorm2d is. Running variances are unbiased, as PyTorch's are. Over several processes the sums and
    counts are added up before they are divided, so that a split batch has the statistics of the whole; a single value
    normalises to the bias.
    """

    def forward(self, x_NJC: Tensor) -> Tensor:
        values = x_NJC.numel() // self.num_features
        if self.training and (_is_distributed() or values < 2):
            return self._normalise(x_NJC)
        x_NJ1C = x_NJC.view(len(x_NJC), values // max(len(x_NJC), 1), 1, self.num_features)
        x_NCJ1 = x_NJ1C.permute(0, 3, 1, 2)  # channels last: no copy
        if self.training and self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)
        normed_NCJ1 = functional.batch_norm(
            x_NCJ1,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            training=self.training,
            momentum=self._share(),
            eps=self.eps,
        )
        return normed_NCJ1.permute(0, 2, 3, 1).reshape(x_NJC.shape)

    def _normalise(self, x_NJC: Tensor) -> Tensor:
        """The same by hand, with sums over all processes, in float32 at least."""
        if self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)
        x_MC = x_NJC.flatten(0, -2)
        x_MC = x_MC.float() if x_MC.dtype in (torch.float16, torch.bfloat16) else x_MC
        count = _added_up(x_MC.new_tensor(float(len(x_MC)))).detach()
        mean_C = _added_up(x_MC.sum(0)) / count.clamp(min=1)
        centred_MC = x_MC - mean_C
        variance_C = _added_up(centred_MC.square().sum(0)) / count.clamp(min=1)
        self._remember(mean_C.detach(), variance_C.detach() * (count / (count - 1).clamp(min=1)))
        normed_MC = centred_MC * (torch.rsqrt(variance_C + self.eps) * self.weight) + self.bias
        return normed_MC.to(x_NJC.dtype).view_as(x_NJC)

    @torch.no_grad()
    def _remember(self, mean_C: Tensor, unbiased_C: Tensor) -> None:
        if self.running_mean is not None and self.running_var is not None:
            self.running_mean.lerp_(mean_C.to(self.running_mean.dtype), self._share())
            self.running_var.lerp_(unbiased_C.to(self.running_var.dtype), self._share())

    def _share(self) -> float:
        """Of a batch in the running statistics; without a momentum they are the mean of all batches."""
        if self.momentum is not None:
            return self.momentum
        return 1 / max(int(self.num_batches_tracked or 1), 1)


def _is_distributed() -> bool:
    return torch.distributed.is_available() and torch.distributed.is_initialized()


def _added_up(sums: Tensor) -> Tensor:
    """Over all processes, differentiably."""
    if not _is_distributed():
        return sums
    from torch.distributed.nn.functional import all_reduce

    summed: Tensor = all_reduce(sums)
    return summed
