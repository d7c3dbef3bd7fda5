"""The text decoder: a Hugging Face sequence-to-sequence model, with its own encoder or without."""

# B clips, T frames, N prompt vectors and frames, D width of the model, L tokens, V vocabulary. Masks are True where
# real.

from __future__ import annotations

import torch
from torch import Tensor, nn
from transformers import GenerationConfig, PreTrainedModel
from transformers.modeling_outputs import BaseModelOutput

from slt_engine.batch import IGNORED
from slt_engine.model.errors import ModelError
from slt_engine.model.prompt import Prompt

_OF_TEXTS = "tokens of a text; lower max_target_length"
_OF_FRAMES = "frames and prompt vectors; lower sequence_length, or give --decoder-encoder drop"


class TextDecoder(nn.Module):
    """Reads encoded frames, writes tokens; takes ``seq2seq`` over.

    frames -> adapter -> prompt before them -> the model's own encoder -> its decoder. ``width`` is the encoded frames';
    the adapter is a Linear where it is not the decoder's. Without ``own_encoder`` the encoder is dropped, and the
    decoder attends to the frames themselves. With
    ``language_id`` the decoder reads [start, language, x1, ...] and generation forces the language as the first token,
    as mBART-50 was trained; labels may begin with it, as mBART-50's tokenizer writes them, or not.
    """

    def __init__(
        self,
        seq2seq: PreTrainedModel,
        *,
        width: int,
        language_id: int | None,
        own_encoder: bool = False,
        prompt: Prompt | None = None,
    ) -> None:
        super().__init__()
        config = seq2seq.config
        self.seq2seq = seq2seq if own_encoder else drop_encoder(seq2seq)
        self.own_encoder = own_encoder
        self.prompt = prompt
        self.adapter = nn.Identity() if width == config.d_model else nn.Linear(width, config.d_model)
        self.language_id = language_id
        self.start_id = start_token(seq2seq, speaks_language=language_id is not None)
        self.pad_id = config.pad_token_id
        self.max_positions: int | None = getattr(config, "max_position_embeddings", None)
        set_generation(seq2seq, start_id=self.start_id, language_id=language_id)

    def forward(self, states_BTD: Tensor, mask_BT: Tensor, labels_BL: Tensor) -> Tensor:
        """Logits (B, L, V) for ``labels_BL`` (-100 is padding), each position having read the labels before it."""
        read_BL = self._shift_right(labels_BL)
        self._check_length(read_BL.shape[1], _OF_TEXTS)
        memory_BND, mask_BN = self._remember(states_BTD, mask_BT)
        logits_BLV: Tensor = self.seq2seq(
            encoder_outputs=BaseModelOutput(last_hidden_state=memory_BND),
            attention_mask=mask_BN,
            decoder_input_ids=read_BL,
            use_cache=False,
        ).logits
        return logits_BLV[:, -labels_BL.shape[1] :]

    @torch.no_grad()
    def generate(
        self,
        states_BTD: Tensor,
        mask_BT: Tensor,
        *,
        num_beams: int,
        length_penalty: float,
        max_new_tokens: int,
    ) -> Tensor:
        """Token ids (B, L) from the start token on, padded behind the end token."""
        new_tokens = self.count_new_tokens(max_new_tokens)
        settings = GenerationConfig(
            num_beams=num_beams, length_penalty=length_penalty, max_new_tokens=new_tokens, do_sample=False
        )
        memory_BND, mask_BN = self._remember(states_BTD, mask_BT)
        ids_BL: Tensor = self.seq2seq.generate(
            encoder_outputs=BaseModelOutput(last_hidden_state=memory_BND),
            attention_mask=mask_BN,
            generation_config=settings,
        )
        return ids_BL

    def count_new_tokens(self, max_new_tokens: int) -> int:
        """How many tokens a text is generated with, a language among them. Raises ModelError for too many."""
        new_tokens = max_new_tokens + (self.language_id is not None)
        self._check_length(new_tokens, "new tokens; lower max_new_tokens")
        return new_tokens

    def check_room(self, *, text: int, frames: int) -> None:
        """ModelError unless texts of ``text`` tokens and ``frames`` encoded frames have positions."""
        self._check_length(text + (self.language_id is not None), _OF_TEXTS)
        if self.own_encoder:
            self._check_length(
                frames + (0 if self.prompt is None else len(self.prompt.vectors_ND)), _OF_FRAMES
            )

    def _remember(self, states_BTD: Tensor, mask_BT: Tensor) -> tuple[Tensor, Tensor]:
        """What the decoder attends to, and its mask as Hugging Face reads it: 1 where real."""
        memory_BND, mask_BN = self.adapter(states_BTD), mask_BT
        if self.prompt is not None:
            memory_BND, mask_BN = self.prompt(memory_BND, mask_BN)
        if self.own_encoder:
            self._check_length(memory_BND.shape[1], _OF_FRAMES)
            encoder = self.seq2seq.get_encoder()
            memory_BND = encoder(inputs_embeds=memory_BND, attention_mask=mask_BN.long()).last_hidden_state
        return memory_BND, mask_BN.long()

    def _shift_right(self, labels_BL: Tensor) -> Tensor:
        first_BL = labels_BL.new_tensor(self._prefix(labels_BL)).expand(len(labels_BL), -1)
        before_BL = labels_BL[:, :-1]
        return torch.cat([first_BL, before_BL.masked_fill(before_BL == IGNORED, self.pad_id)], dim=1)

    def _prefix(self, labels_BL: Tensor) -> list[int]:
        if self.language_id is None or bool((labels_BL[:, 0] == self.language_id).all()):
            return [self.start_id]
        return [self.start_id, self.language_id]

    def _check_length(self, tokens: int, what: str) -> None:
        if self.max_positions is not None and tokens > self.max_positions:
            raise ModelError(f"the decoder has {self.max_positions} positions, too few for {tokens} {what}")


def drop_encoder(seq2seq: PreTrainedModel) -> PreTrainedModel:
    """``seq2seq`` with its encoder out of memory, parameters and state dict; the embedding they share stays."""
    holder = seq2seq.model if hasattr(seq2seq, "model") else seq2seq
    del holder.encoder
    return seq2seq


def start_token(seq2seq: PreTrainedModel, *, speaks_language: bool) -> int:
    """The first token that the decoder reads.

    mBART's configs may name a language there, or nothing because its labels bring it: the end token stands in.
    """
    start = seq2seq.config.decoder_start_token_id
    if seq2seq.config.model_type == "mbart" and (start is None or speaks_language):
        return int(seq2seq.config.eos_token_id)
    if start is None:
        raise ModelError(
            f"the decoder's config ({seq2seq.config.model_type}) names no decoder_start_token_id"
        )
    return int(start)


def set_generation(seq2seq: PreTrainedModel, *, start_id: int, language_id: int | None) -> None:
    """Leave of the model's own generation settings what is about its tokens; beams and lengths come from flags."""
    own, config = seq2seq.generation_config, seq2seq.config
    seq2seq.generation_config = GenerationConfig(
        pad_token_id=config.pad_token_id,
        eos_token_id=config.eos_token_id,
        decoder_start_token_id=start_id,
        forced_bos_token_id=own.forced_bos_token_id if language_id is None else language_id,
        forced_eos_token_id=own.forced_eos_token_id,
    )
