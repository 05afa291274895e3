"""The language a sentence is in, where that is certain; it is the language of the reply.

By script first. Languages in Latin letters are told apart by their common words (`words.json`:
what is said to a house, counted in this project's own sentences, and the small words of grammar).
Another language than the pipeline's is taken only where two words speak for it, none speaks for the
pipeline's, and no third language is as likely. Words of the home's own names speak for none. In
doubt it is the pipeline's, or that of the conversation's last sentence: whoever says "Oui" after a
French question goes on in French.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant

from ..core.home import Home
from ..exposure import async_build_home
from ..phrases.words import folded, language_of

_WORDS: Final = Path(__file__).parent / "words.json"
#: Words that have to speak for another language than the pipeline's.
_ENOUGH: Final = 2
#: Languages of pipelines that are told from these words; of others nothing is known to compare.
_OTHERS: Final = frozenset({"ja", "ko", "ru", "zh"})
#: Conversations that are remembered.
_MOST: Final = 64

type Words = Mapping[str, frozenset[str]]

#: By language. The file is part of the program, so it does not change while it runs.
_LOADED: dict[str, frozenset[str]] = {}


def load() -> Words:
    """The common words of each language in Latin letters, `folded`."""
    if not _LOADED:
        data: dict[str, str] = json.loads(_WORDS.read_text(encoding="utf-8"))
        _LOADED.update({code: frozenset(words.split()) for code, words in data.items()})
    return _LOADED


def guess(known: Words, said: Collection[str], language: str) -> str | None:
    """The language that the words `said` are certainly in, if it is not `language`.

    Empty where something speaks for `language` itself; None where nothing tells.
    """
    base = language.partition("-")[0].lower()
    if base not in known and base not in _OTHERS:
        return ""
    own = known.get(base, frozenset())
    shares = {code: _apart(said, words, own) for code, words in known.items() if code != base}
    best = max(shares, key=lambda code: shares[code][0] - shares[code][1])
    speaks, against = shares[best]
    if against:
        return ""
    thirds = (words for code, words in known.items() if code not in (base, best))
    rivals = (_apart(said, known[best], words) for words in thirds)
    if speaks < _ENOUGH or any(against >= speaks for speaks, against in rivals):
        return None
    return best


def _apart(said: Collection[str], one: frozenset[str], other: frozenset[str]) -> tuple[int, int]:
    """How many words are of one language and not the other, and the other way round."""
    return (
        sum(word in one and word not in other for word in said),
        sum(word in other and word not in one for word in said),
    )


def words_of(text: str) -> frozenset[str]:
    """The words of a sentence, each once, without numbers."""
    return frozenset(word for word in folded(text).split() if word.isalpha())


def _names(home: Home) -> frozenset[str]:
    """The words of all names in a home."""
    names = (*home.names, *(area.floor or "" for area in home.areas))
    return frozenset(word for name in names for word in folded(name).split())


@dataclass
class Languages:
    """Which language is spoken, by conversation."""

    _spoken: dict[str, str] = field(default_factory=dict)
    """Where it is another one than the pipeline's."""

    async def async_of(
        self, hass: HomeAssistant, conversation_id: str, text: str, language: str
    ) -> str:
        """The language to answer `text` in; `language`: the pipeline's."""
        before = self._spoken.pop(conversation_id, None)
        found: str | None = language_of(text, language)
        if found == language:
            known: Words = _LOADED or await hass.async_add_executor_job(load)
            guessed = partial(guess, known, language=language)
            said = words_of(text)
            found = guessed(said=said)
            if found:
                # Only now, because the names of a large home are many.
                found = guessed(said=said - _names(async_build_home(hass)))
        if found is None:
            found = before
        if not found:
            return language
        while len(self._spoken) >= _MOST:
            del self._spoken[next(iter(self._spoken))]
        self._spoken[conversation_id] = found
        return found
