"""What is said, and what is logged, when the model could not answer."""

from __future__ import annotations

from .const import DEADLINE, LOGGER
from .core.errors import (
    CoreError,
    HomeUnreadError,
    PromptTooLongError,
    RuntimeMissingError,
    WorkerOutOfMemoryError,
    WorkerTimeoutError,
)


def reply_key(err: CoreError) -> str:
    """The key of the reply that tells the speaker; what can be done about it is in the log."""
    if isinstance(err, PromptTooLongError):
        LOGGER.error(
            "What is exposed does not fit in the model's context: %s. Expose less under "
            "Settings → Voice assistants; the home model needs the shortest prompts",
            err,
        )
        return "too_much"
    if isinstance(err, HomeUnreadError):
        LOGGER.info("Asked before the model had read the home, which goes on")
        return "unread"
    if isinstance(err, RuntimeMissingError):
        LOGGER.warning(
            "What runs the model is gone, and is installed again: %s. Say the sentence again in a "
            "few minutes; if that does not help, see Settings → System → Repairs",
            err,
        )
        return "repairing"
    if isinstance(err, WorkerTimeoutError):
        LOGGER.warning(
            "Gave up on a sentence after %d seconds: %s. If this happens often, the machine is "
            "too busy: expose less, or try another number of threads in the options",
            DEADLINE,
            err,
        )
        return "slow"
    if isinstance(err, WorkerOutOfMemoryError):
        LOGGER.error(
            "There was not enough memory for the model: %s. The next sentence tries again; if it "
            "keeps failing, stop an app or choose a smaller model",
            err,
        )
        return "broken"
    LOGGER.error(
        "The model could not answer: %s. The next sentence tries again; if it keeps "
        "failing, reload the entry, then report this with its diagnostics",
        err,
    )
    return "broken"
