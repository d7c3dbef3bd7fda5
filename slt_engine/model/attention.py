"""Pre-norm self-attention whose masks hold: a masked item is not seen, a row without items is finite."""

# B sequences, N items (frames or streams), D width, H heads, K width of a head. Masks are True where real.

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from slt_engine.model.errors import ModelError


class Block(nn.Module):
    """x + attention(norm(x)), then x + feed_forward(norm(x)) (Xiong et al. 2020, pre-LN).

    Dropout falls on what each half adds, and nowhere else: on a CPU its random numbers cost as much as a Linear, and
    on the attention weights it would rule out the fused kernel.
    """

    def __init__(self, width: int, *, heads: int, feed_forward: int, dropout: float) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(width)
        self.attention = SelfAttention(width, heads)
        self.feed_forward_norm = nn.LayerNorm(width)
        self.feed_forward = nn.Sequential(
            nn.Linear(width, feed_forward), nn.GELU(), nn.Linear(feed_forward, width)
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, x_BND: Tensor, mask_BN: Tensor) -> Tensor:
        x_BND = x_BND + self.dropout(self.attention(self.attention_norm(x_BND), mask_BN))
        out_BND: Tensor = x_BND + self.dropout(self.feed_forward(self.feed_forward_norm(x_BND)))
        return out_BND


class SelfAttention(nn.Module):
    """softmax(q k^T / sqrt(K)) v over the items that ``mask_BN`` marks (Vaswani et al. 2017, eq. 1)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        if width % heads:
            raise ModelError(
                f"attention: {heads} heads do not divide the width {width}; choose heads that do"
            )
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x_BND: Tensor, mask_BN: Tensor) -> Tensor:
        q_BHNK, k_BHNK, v_BHNK = split_heads(self.qkv(x_BND), parts=3, heads=self.heads)
        attended_BHNK = scaled_dot_product_attention(
            q_BHNK, k_BHNK, v_BHNK, attn_mask=never_empty(mask_BN)[:, None, None, :]
        )
        out_BND: Tensor = self.out(attended_BHNK.transpose(1, 2).flatten(2))
        return out_BND


def split_heads(x_BND: Tensor, *, parts: int, heads: int) -> tuple[Tensor, ...]:
    """(B, N, parts*H*K) -> ``parts`` tensors (B, H, N, K)."""
    sequences, items, width = x_BND.shape
    parted = x_BND.view(sequences, items, parts, heads, width // (parts * heads))
    return parted.permute(2, 0, 3, 1, 4).unbind(0)


def never_empty(mask_BN: Tensor) -> Tensor:
    """``mask_BN`` with every empty row all True: a softmax over nothing is NaN, and nobody reads that row."""
    return mask_BN | ~mask_BN.any(dim=-1, keepdim=True)
