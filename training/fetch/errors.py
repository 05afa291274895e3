"""What keeps a home from being fetched."""

from __future__ import annotations


class FetchError(Exception):
    """The home cannot be fetched; the message is one line for the user."""
