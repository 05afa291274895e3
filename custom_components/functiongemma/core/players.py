"""Whether a sentence speaks of a television or of a loudspeaker, where a room has both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from .home import Entity
from .wording import plain

#: What people call the players of a device class, without accents: words, beginnings of words, and
#: words that are not set apart.
_CALLED: Final = {
    "tv": (
        "tvs?|teles?|telly|glotze",
        "fernseher|televisi|televize|televizor|telewiz|телевизор|телик",
        "电视|電視|テレビ|티비|텔레비전|테레비",
    ),
    "speaker": (
        "box|boxen|boxe",
        "speaker|loudspeaker|enceinte|lautsprecher|altavo|parlante|bocina|altoparlant|luidspreker|"
        "głosnik|glosnik|колонк|динамик",
        "音箱|音响|音響|スピーカー|스피커",
    ),
}
_SPOKEN: Final = {
    device_class: re.compile(
        rf"(?<!\w)(?:(?:{whole})(?!\w)|(?:{beginning})\w{{0,6}}(?!\w))|{plain(joined)}"
    )
    for device_class, (whole, beginning, joined) in _CALLED.items()
}


def of_said_class(candidates: Sequence[Entity], sentence: str) -> list[Entity]:
    """The players of the device class that the sentence speaks of: "pause the living room TV".

    All candidates where it speaks of none, or of both, or where none of them is of that class.
    """
    said = plain(sentence)
    spoken = [name for name, pattern in _SPOKEN.items() if pattern.search(said)]
    if len(spoken) != 1 or any(entity.domain != "media_player" for entity in candidates):
        return list(candidates)
    return [e for e in candidates if e.device_class == spoken[0]] or list(candidates)
