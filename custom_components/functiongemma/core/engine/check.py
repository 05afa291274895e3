"""Whether a file is a model of ours, and why not."""

from __future__ import annotations

from pathlib import Path

from .. import tokens
from ..errors import (
    CoreError,
    ModelFileError,
    NotGgufError,
    TruncatedModelError,
    WorkerOutOfMemoryError,
    WrongArchitectureError,
)
from .vocabulary import LlamaVocabulary

#: The only architecture the format exists for.
ARCHITECTURE = "gemma3"


def check_file(path: Path) -> None:
    """Tell what is no GGUF at all from what llama.cpp cannot load.

    Raises NotGgufError, or ModelFileError for a file that cannot be read.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise ModelFileError(f"{path} cannot be read: {error.strerror}") from error
    if magic != b"GGUF":
        raise NotGgufError(f"{path} is not a GGUF file", file=path.name)


def check_model(architecture: str | None, vocabulary: LlamaVocabulary) -> None:
    """Raise WrongArchitectureError unless it is Gemma 3 with Gemma's control tokens in place."""
    if architecture != ARCHITECTURE:
        message = f"The model is {architecture}, not {ARCHITECTURE}"
        raise WrongArchitectureError(message, architecture=architecture)
    for token in (tokens.BOS, tokens.START_OF_TURN, tokens.END_OF_TURN):
        if vocabulary.text(token) != tokens.SPELLINGS[token]:
            message = f"Token {token} of the model is not {tokens.SPELLINGS[token]}"
            raise WrongArchitectureError(message, architecture=architecture)


def load_error(complaint: str) -> CoreError:
    """The error for what llama.cpp said before it gave up loading."""
    said = complaint.lower()
    if "unknown model architecture" in said:
        return WrongArchitectureError(f"The model is not {ARCHITECTURE}: {complaint}")
    if "file bounds" in said or "incomplete" in said or "failed to read" in said:
        return TruncatedModelError(f"The model file is incomplete: {complaint}")
    if "allocat" in said:
        return WorkerOutOfMemoryError(f"There is not enough memory for the model: {complaint}")
    return ModelFileError(f"The model cannot be loaded: {complaint}")
