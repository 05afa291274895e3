"""The errors core raises: one base, named leaves.

Each class has a stable `code`, which the integration uses as a translation key, and `placeholders`,
the values its translated message may name. `str()` is an English sentence for logs and the command
line.
"""

from __future__ import annotations

from typing import ClassVar


class CoreError(Exception):
    """Base of everything core raises on purpose."""

    code: ClassVar[str] = "core_error"
    """Translation key, stable across releases."""

    default_message: ClassVar[str] = "Something went wrong in FunctionGemma"

    def __init__(self, message: str | None = None, **placeholders: object) -> None:
        """Take an English `message` (the class has a default) and values for the translated one."""
        super().__init__(*(() if message is None else (message,)))
        self.placeholders: dict[str, str] = {key: str(value) for key, value in placeholders.items()}

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else self.default_message


class FormatError(CoreError):
    """Text in FunctionGemma's format that cannot be read; `position` counts characters from 0."""

    code = "format_error"
    default_message = "The text is not in FunctionGemma's format"

    def __init__(self, position: int, message: str | None = None, **placeholders: object) -> None:
        super().__init__(message, **placeholders)
        # Both constructor arguments, so that the error survives pickling and the worker's pipe.
        self.args = (position, message)
        self.position = position

    def __str__(self) -> str:
        return f"{self.args[1] or self.default_message} (at character {self.position})"


class ModelFileError(CoreError):
    """A model file that cannot be used."""

    code = "model_file_error"
    default_message = "The model file cannot be used"


class NotGgufError(ModelFileError):
    """The file does not begin like a GGUF file, for instance because it is a web page."""

    code = "not_gguf"
    default_message = "The file is not a GGUF file"


class WrongArchitectureError(ModelFileError):
    """A GGUF file of another architecture or another tokenizer than Gemma 3's."""

    code = "wrong_architecture"
    default_message = "The model is not a Gemma 3 model"


class TruncatedModelError(ModelFileError):
    """A GGUF file that is shorter than its own header says."""

    code = "truncated_model"
    default_message = "The model file is incomplete"


class DownloadError(CoreError):
    """Every source of a file failed."""

    code = "download_failed"
    default_message = "The download failed"


class HashMismatchError(CoreError):
    """A file is complete but its SHA-256 is not the expected one."""

    code = "hash_mismatch"
    default_message = "The file's checksum is not the expected one"


class DiskFullError(CoreError):
    """There is not enough room on the disk for what has to be written."""

    code = "disk_full"
    default_message = "There is not enough free disk space"


class WorkerError(CoreError):
    """The process that runs the model could not answer."""

    code = "worker_error"
    default_message = "The model's process failed"


class WorkerCrashedError(WorkerError):
    """The process ended, or was killed, before it answered."""

    code = "worker_crashed"
    default_message = "The model's process ended unexpectedly"


class WorkerTimeoutError(WorkerError):
    """No answer before the deadline; the process was killed."""

    code = "worker_timeout"
    default_message = "The model did not answer in time"


class HomeUnreadError(WorkerTimeoutError):
    """The home's prompt was not evaluated before the deadline; that goes on."""

    default_message = "The model is still reading the home"


class HomeForgottenError(WorkerError):
    """The worker has no home of that key, or not what was evaluated of it any more."""

    default_message = "The worker has forgotten the home"


class WorkerOutOfMemoryError(WorkerError):
    """Not enough memory to load or run the model."""

    code = "worker_out_of_memory"
    default_message = "There is not enough memory for the model"


class RuntimeMissingError(WorkerError):
    """`llama_cpp` cannot be imported by the worker's Python."""

    code = "runtime_missing"
    default_message = "llama-cpp-python is not installed"


class PromptTooLongError(WorkerError):
    """Prompt and answer do not fit in the model's context."""

    code = "prompt_too_long"
    default_message = "The prompt does not fit in the model's context"
