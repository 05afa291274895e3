"""What can go wrong with an installation, besides the network and the disk."""

from __future__ import annotations

from ..core.errors import RuntimeMissingError


class InstallError(RuntimeMissingError):
    """One way to install did not work; the message says why."""


class NoRuntimeError(RuntimeMissingError):
    """No way to install is left."""

    def __init__(self, message: str, *, attempted: bool) -> None:
        """`attempted`: there was something to try, and it failed."""
        super().__init__(message)
        self.attempted = attempted
