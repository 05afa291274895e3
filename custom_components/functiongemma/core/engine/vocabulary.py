"""The tokenizer of a GGUF."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

#: Token attributes of llama.h that keep a token out of free text: unknown, unused, control.
_ATTR_SPECIAL = 1 << 0 | 1 << 1 | 1 << 3


class LlamaVocabulary:
    """The tokenizer of a loaded model."""

    def __init__(self, bindings: Any, model: Any) -> None:
        self._llama = bindings
        self._vocab = bindings.llama_model_get_vocab(model)
        self.size: int = bindings.llama_vocab_n_tokens(self._vocab)
        self._pieces: dict[int, bytes] = {}
        self._ordinary: npt.NDArray[np.bool_] | None = None

    def tokenize(self, text: str) -> list[int]:
        """Ids of plain `text`; nothing in it is taken for a control token, nothing is added."""
        data = text.encode("utf-8", "replace")
        room = len(data) + 1
        buffer = (ctypes.c_int32 * room)()
        count = self._llama.llama_tokenize(self._vocab, data, len(data), buffer, room, False, False)
        if count < 0:
            raise ValueError(f"the tokenizer refused a text of {len(text)} characters")
        return buffer[:count]

    def detokenize(self, ids: Sequence[int]) -> str:
        """The text `ids` stand for; control tokens are nothing."""
        return b"".join(self._piece(token) for token in ids).decode("utf-8", "replace")

    def ordinary(self) -> npt.NDArray[np.bool_]:
        """Shape (size,): True for tokens that may stand in free text on one line."""
        if self._ordinary is None:
            attributes = self._llama.llama_vocab_get_attr
            found = np.fromiter(
                (not attributes(self._vocab, i) & _ATTR_SPECIAL for i in range(self.size)),
                dtype=np.bool_,
                count=self.size,
            )
            for token in np.flatnonzero(found).tolist():
                text = self._llama.llama_vocab_get_text(self._vocab, token) or b""
                if b"\n" in text or b"\r" in text or _is_control_byte(text):
                    found[token] = False
            self._ordinary = found
        return self._ordinary

    def text(self, token: int) -> str | None:
        """The spelling of a token in the file; None for one it does not have."""
        if not 0 <= token < self.size:
            return None
        text: bytes = self._llama.llama_vocab_get_text(self._vocab, token)
        return text.decode("utf-8", "replace")

    def _piece(self, token: int) -> bytes:
        piece = self._pieces.get(token)
        if piece is None:
            buffer = ctypes.create_string_buffer(256)
            count = self._llama.llama_token_to_piece(self._vocab, token, buffer, 256, 0, False)
            piece = self._pieces[token] = buffer.raw[: max(0, count)]
        return piece


def _is_control_byte(text: bytes) -> bool:
    """Whether `text` is the name of a byte token below 0x20, such as `<0x0A>`."""
    return len(text) == 6 and text.startswith((b"<0x0", b"<0x1")) and text.endswith(b">")
