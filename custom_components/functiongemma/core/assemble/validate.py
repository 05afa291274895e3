"""A quick look at a GGUF file: can it be one of ours, before llama.cpp is asked?

Standard library only, and a fraction of a second for a vocabulary of 262,144 tokens.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..errors import ModelFileError, WrongArchitectureError
from ..gguf.reader import read_header

ARCHITECTURE: Final = "gemma3"


@dataclass(frozen=True)
class GgufInfo:
    """What a model file says of itself."""

    architecture: str
    """llama.cpp's name of it; always `gemma3` here."""
    name: str | None
    """`general.name`."""
    file_type: int | None
    """`general.file_type`, llama.cpp's `llama_ftype`: 7 is Q8_0, 15 Q4_K_M."""
    context_length: int | None
    """Tokens the model was made for."""
    prompt: str | None
    """Our prompt style (`home-1`), or None for other people's models."""
    size: int
    """Of the file, in bytes."""


def check_gguf(path: Path) -> GgufInfo:
    """Read the header of the model at `path`.

    Raises NotGgufError (another kind of file, an empty one, or nonsense), TruncatedModelError (an
    unfinished download), WrongArchitectureError (not Gemma 3, or an adapter instead of a model) and
    ModelFileError (one part of a model that was split into several files).
    OSError passes through.
    """
    header = read_header(path)
    # First, because the parts after the first name no architecture.
    if (parts := int(header.number("split.count") or 0)) > 1:
        reason = f"{path.name} is one of the {parts} parts of a split model; a model in one file"
        raise ModelFileError(f"{reason} is needed", file=path.name)
    architecture = header.text("general.architecture")
    kind = header.text("general.type")
    if architecture != ARCHITECTURE:
        raise WrongArchitectureError(
            f"{path.name} is a {architecture} model, not {ARCHITECTURE}", file=path.name
        )
    if kind not in (None, "model") or not any(
        t.name == "token_embd.weight" for t in header.tensors
    ):
        raise WrongArchitectureError(
            f"{path.name} is a GGUF file of the kind {kind!r}, not a model", file=path.name
        )
    file_type = header.number("general.file_type")
    context_length = header.number(f"{ARCHITECTURE}.context_length")
    return GgufInfo(
        architecture=architecture,
        name=header.text("general.name"),
        file_type=None if file_type is None else int(file_type),
        context_length=None if context_length is None else int(context_length),
        prompt=header.text("functiongemma.prompt"),
        size=header.file_size,
    )
