"""What is said, and what is logged, when the model could not answer."""

from __future__ import annotations

from typing import Final

from .const import DEADLINE, LOGGER
from .core.errors import (
    CoreError,
    HomeUnreadError,
    PromptTooLongError,
    RuntimeMissingError,
    WorkerOutOfMemoryError,
    WorkerTimeoutError,
)
from .errors import (
    RemoteModelNotFoundError,
    RemoteRefusedError,
    RemoteTimeoutError,
    RemoteUnauthorizedError,
    RemoteUnreachableError,
)

#: What a server elsewhere is to blame for, or the way there.
_REMOTE: Final = (
    RemoteModelNotFoundError,
    RemoteRefusedError,
    RemoteTimeoutError,
    RemoteUnauthorizedError,
    RemoteUnreachableError,
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
    if isinstance(err, _REMOTE):
        LOGGER.warning(
            "The server that runs the model could not be asked: %s. See whether it runs and can be "
            "reached from here, and the entry under Settings → Devices & services",
            err,
        )
        return "slow" if isinstance(err, RemoteTimeoutError) else "server"
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
