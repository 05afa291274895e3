"""What llama.cpp says about a model it does not load becomes the error that helps."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.engine.check import load_error
from custom_components.functiongemma.core.errors import (
    CoreError,
    ModelFileError,
    TruncatedModelError,
    WorkerOutOfMemoryError,
    WrongArchitectureError,
)


@pytest.mark.parametrize(
    ("complaint", "kind"),
    [
        ("error loading model architecture: unknown model architecture: 'qwen9'", "architecture"),
        ("tensor 'token_embd.weight' data is not within the file bounds", "truncated"),
        ("ggml_backend_cpu_buffer_type_alloc_buffer: failed to allocate buffer", "memory"),
        ("unable to allocate CPU buffer", "memory"),
        ("error loading model vocabulary: cannot find tokenizer merges", "file"),
    ],
)
def test_complaint_is_told_apart(complaint: str, kind: str) -> None:
    kinds: dict[str, type[CoreError]] = {
        "architecture": WrongArchitectureError,
        "truncated": TruncatedModelError,
        "memory": WorkerOutOfMemoryError,
        "file": ModelFileError,
    }
    error = load_error(complaint)
    assert type(error) is kinds[kind]
    assert complaint in str(error)
