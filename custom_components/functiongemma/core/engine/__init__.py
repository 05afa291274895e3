"""llama.cpp through its low-level functions: vocabulary, prompt snapshots, branches."""

from __future__ import annotations

from .bindings import runtime
from .engine import LlamaEngine, ModelInfo
from .vocabulary import LlamaVocabulary

__all__ = ["LlamaEngine", "LlamaVocabulary", "ModelInfo", "runtime"]
