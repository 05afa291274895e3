"""llama.cpp through its low-level functions: vocabulary, prompt snapshots, branches."""

from __future__ import annotations

from .bindings import runtime
from .context import ModelInfo
from .engine import LlamaEngine
from .vocabulary import LlamaVocabulary

__all__ = ["LlamaEngine", "LlamaVocabulary", "ModelInfo", "runtime"]
