"""Short sentences that need no model: yes and no, which of several, "undo that", "the bedroom too".

What is said is in `<language>.json`, one list of phrases a meaning. They are compared after
`words.folded`, so capitals, accents and punctuation do not matter.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant

_FOLDER = Path(__file__).parent
#: Where the name stands in a follow-up.
NAME = "{name}"

#: By base language. The files are part of the program, so they do not change while it runs.
_LOADED: dict[str, Phrases] = {}


@dataclass(frozen=True)
class Phrases:
    """One language's phrases, as people write them."""

    yes: tuple[str, ...]
    no: tuple[str, ...]
    polite: tuple[str, ...]
    """Words that change nothing: "please"."""

    pin: tuple[str, ...]
    """Words around a PIN: "the code is"."""

    digits: tuple[tuple[str, ...], ...]
    """Words for 0 to 9."""

    fillers: tuple[str, ...]
    """Words around a name or a number: "the … one"."""

    both: tuple[str, ...]
    all: tuple[str, ...]
    none: tuple[str, ...]
    ordinals: tuple[tuple[str, ...], ...]
    """Words for the first, the second, …"""

    last: tuple[str, ...]
    sides: tuple[tuple[str, ...], ...]
    """Forms of one word each by which things of a kind are told apart: left, right, upper, …"""

    undo: tuple[str, ...]
    too: tuple[str, ...]
    """"The bedroom too", with `NAME` for the bedroom."""

    more: tuple[str, ...]
    it: dict[str, tuple[str, ...]]
    """What is said of the devices of the sentence before: by `on`, `off`, `open`, `close`,
    `lock`."""


async def async_get_phrases(hass: HomeAssistant, language: str) -> Phrases:
    """The phrases of a language tag's language, or English."""
    base = language.partition("-")[0].lower()
    if (phrases := _LOADED.get(base)) is None:
        phrases = _LOADED[base] = await hass.async_add_executor_job(load, base)
    return phrases


def load(base: str) -> Phrases:
    """Read the phrases of a language; of one that has none, English."""
    known = re.fullmatch(r"[a-z]{2,3}", base) and (_FOLDER / f"{base}.json").is_file()
    path = _FOLDER / f"{base if known else 'en'}.json"
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    rows = {key: tuple(value) for key, value in data.items() if key != "it"}
    nested = {key: tuple(map(tuple, data[key])) for key in ("digits", "ordinals", "sides")}
    return Phrases(**rows | nested, it={key: tuple(value) for key, value in data["it"].items()})
