"""Fixtures for what is said."""

from __future__ import annotations

import pytest

from training.dataset import sentences


@pytest.fixture
def clearly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without noise, which has its own tests."""
    monkeypatch.setattr(sentences, "decorate", lambda generator, lexicon, text: text)
    monkeypatch.setattr(sentences, "disturb", lambda generator, lexicon, text, heard: text)
