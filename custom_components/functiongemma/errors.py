"""Core's errors as Home Assistant's: the one place where they get their translated words.

Every key in `KEYS` is in the translations twice: under `config.error`, for forms, and under
`exceptions`, for the entry's state, actions and logs.
"""

from __future__ import annotations

from typing import Final

from homeassistant.exceptions import (
    ConfigEntryAuthFailed,
    ConfigEntryError,
    ConfigEntryNotReady,
    HomeAssistantError,
    IntegrationError,
)

from .const import DOMAIN
from .core.errors import CoreError, WorkerError, WorkerOutOfMemoryError, WorkerTimeoutError

#: Translated errors, and what their words may mention.
KEYS: Final[dict[str, tuple[str, ...]]] = {
    "adapter_invalid": (),
    "core_error": ("reason",),
    "disk_full": ("needed_mb", "free_mb"),
    "download_failed": ("reason",),
    "file_not_found": ("path",),
    "file_unreadable": ("reason",),
    "hash_mismatch": (),
    "invalid_token": (),
    "model_file_error": ("reason",),
    "model_in_preparation": (),
    "no_answer": (),
    "no_gguf": ("repository",),
    "not_functiongemma": (),
    "not_gguf": (),
    "prompt_too_long": (),
    "remote_model_not_found": ("model",),
    "remote_refused": ("reason",),
    "remote_unauthorized": (),
    "remote_unreachable": ("reason",),
    "repository_gated": ("repository",),
    "repository_not_found": ("repository",),
    "runtime_in_preparation": (),
    "runtime_missing": ("reason",),
    "truncated_model": (),
    "worker_crashed": ("reason",),
    "worker_error": ("reason",),
    "worker_memory_short": ("needed_mb", "free_mb"),
    "worker_out_of_memory": (),
    "worker_timeout": (),
    "wrong_architecture": (),
}

#: Errors that trying again later does not mend: somebody has to do something first.
_LASTING: Final = frozenset(
    {
        "adapter_invalid",
        # Trying again by itself would download the whole model every few minutes.
        "hash_mismatch",
        "model_file_error",
        "no_gguf",
        "not_functiongemma",
        "not_gguf",
        "remote_model_not_found",
        "repository_not_found",
        "runtime_missing",
        "truncated_model",
        "wrong_architecture",
    }
)


#: Errors that a new token or key mends: Home Assistant asks for it.
_UNAUTHORIZED: Final = frozenset({"invalid_token", "remote_unauthorized", "repository_gated"})


class RepositoryNotFoundError(CoreError):
    """No such repository, or a private one that the token (or no token) does not open."""

    code = "repository_not_found"
    default_message = "The repository does not exist or is private"


class RepositoryGatedError(CoreError):
    """The owner gives the files only to accounts that accepted the terms."""

    code = "repository_gated"
    default_message = "The repository is gated"


class InvalidTokenError(CoreError):
    """The hub refuses the token."""

    code = "invalid_token"
    default_message = "The access token is not valid"


class NoGgufError(CoreError):
    """A repository without a GGUF file."""

    code = "no_gguf"
    default_message = "The repository holds no GGUF file"


class FileMissingError(CoreError):
    """There is no file where the model should be."""

    code = "file_not_found"
    default_message = "The model file does not exist"


class FileUnreadableError(CoreError):
    """The operating system does not let us read or write a file."""

    code = "file_unreadable"
    default_message = "A file cannot be read or written"


class InPreparationError(CoreError):
    """The model is being downloaded or made."""

    code = "model_in_preparation"
    default_message = "The model is still being prepared"


class RuntimeInPreparationError(InPreparationError):
    """What runs the model is being installed."""

    code = "runtime_in_preparation"
    default_message = "llama-cpp-python is still being installed"


class NoAnswerError(CoreError):
    """The model answers nothing at all to a plain question."""

    code = "no_answer"
    default_message = "The model gave no answer"


class MemoryShortError(WorkerOutOfMemoryError):
    """Not enough memory for the model, and what it needs and what is free are known."""

    code = "worker_memory_short"


class RemoteUnreachableError(WorkerError):
    """No connection to the server, or it broke off."""

    code = "remote_unreachable"
    default_message = "The server cannot be reached"


class RemoteTimeoutError(WorkerTimeoutError):
    """The server did not answer in time."""

    default_message = "The server did not answer in time"


class RemoteUnauthorizedError(WorkerError):
    """The server wants another API key, or one at all."""

    code = "remote_unauthorized"
    default_message = "The server does not accept the API key"


class RemoteModelNotFoundError(WorkerError):
    """The server has no such model."""

    code = "remote_model_not_found"
    default_message = "The server has no such model"


class RemoteRefusedError(WorkerError):
    """The server answers, but not as a completions endpoint does."""

    code = "remote_refused"
    default_message = "The server did not complete the prompt"


class NotFunctionGemmaError(CoreError):
    """The model behind the server does not call functions in FunctionGemma's format."""

    code = "not_functiongemma"
    default_message = "The model does not answer like a FunctionGemma model"


def translation_key(error: CoreError) -> str:
    """The key of the error's own words, or of the nearest base class's."""
    codes = (getattr(kind, "code", "") for kind in type(error).__mro__)
    return next(code for code in codes if code in KEYS)


def translation_placeholders(error: CoreError) -> dict[str, str]:
    """Values for everything the error's words may mention."""
    given = {"reason": str(error), **error.placeholders}
    return {name: given.get(name, "?") for name in KEYS[translation_key(error)]}


def translated[E: HomeAssistantError](error: CoreError, kind: type[E]) -> E:
    """`error` as an exception of Home Assistant's; raise it `from error`."""
    return kind(
        str(error),
        translation_domain=DOMAIN,
        translation_key=translation_key(error),
        translation_placeholders=translation_placeholders(error),
    )


def setup_error(error: CoreError) -> IntegrationError:
    """`error` as the reason why an entry is not set up, tried again unless that is of no use."""
    key = translation_key(error)
    if key in _UNAUTHORIZED:
        return translated(error, ConfigEntryAuthFailed)
    return translated(error, ConfigEntryError if key in _LASTING else ConfigEntryNotReady)
