"""The tokenizer of a GGUF, through llama.cpp: the very one the agent uses."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from custom_components.functiongemma.core.engine import LlamaVocabulary, runtime


class GgufTokenizer:
    """Tokenizes plain text with a GGUF's vocabulary; the weights are not loaded."""

    def __init__(self, path: Path) -> None:
        """Raises OSError when llama.cpp cannot read the file."""
        bindings = runtime()
        params = bindings.llama_model_default_params()
        params.vocab_only = True
        model = bindings.llama_model_load_from_file(str(path).encode(), params)
        if not model:
            raise OSError(f"llama.cpp cannot read {path}")
        self.vocabulary = LlamaVocabulary(bindings, model)
        self._cached = lru_cache(maxsize=200_000)(self._encode)

    def __call__(self, text: str) -> list[int]:
        """Ids of `text`; no special token is parsed, none is added."""
        return list(self._cached(text))

    def _encode(self, text: str) -> tuple[int, ...]:
        return tuple(self.vocabulary.tokenize(text))
