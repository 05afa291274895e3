"""The tokenizer of a GGUF, through llama.cpp: the very one the agent uses."""

from __future__ import annotations

import ctypes
from functools import lru_cache
from pathlib import Path


class GgufTokenizer:
    """Tokenizes plain text with a GGUF's vocabulary; the weights are not loaded."""

    def __init__(self, path: Path) -> None:
        """Raises OSError when llama.cpp cannot read the file."""
        import llama_cpp

        self._lib = llama_cpp
        self._quiet = llama_cpp.llama_log_callback(lambda *_: None)
        llama_cpp.llama_log_set(self._quiet, ctypes.c_void_p())
        llama_cpp.llama_backend_init()
        params = llama_cpp.llama_model_default_params()
        params.vocab_only = True
        model = llama_cpp.llama_model_load_from_file(str(path).encode(), params)
        if not model:
            raise OSError(f"llama.cpp cannot read {path}")
        self._vocab = llama_cpp.llama_model_get_vocab(model)
        self.encode = lru_cache(maxsize=200_000)(self._encode)

    def __call__(self, text: str) -> list[int]:
        """Ids of `text`; no special token is parsed, none is added."""
        return list(self.encode(text))

    def _encode(self, text: str) -> tuple[int, ...]:
        raw = text.encode()
        buffer = (self._lib.llama_token * (len(raw) + 1))()
        count = self._lib.llama_tokenize(
            self._vocab, raw, len(raw), buffer, len(buffer), False, False
        )
        return tuple(buffer[:count])
