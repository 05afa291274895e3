"""python -m training.spoken

Writes what values (colours, modes, states) are called in all languages there are templates for to
the integration's `core/spoken.json`, from the lexicons.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from custom_components.functiongemma.core.spoken import PATH
from custom_components.functiongemma.core.wording import is_unspaced, plain

from .dataset.__main__ import languages
from .dataset.lexicon import Lexicon

#: Parts of a lexicon that say what values are called.
_PARTS = (
    "colors", "hvac_modes", "fan_modes", "preset_modes", "humidifier_modes", "operation_modes",
    "states",
)  # fmt: skip
#: Letters below which a word says too little: "an", "la", "zu"; among colours even "rot" is one.
_LEAST, _LEAST_OF_COLOUR = 4, 3


def table(codes: list[str]) -> dict[str, list[str]]:
    """What people say, `plain`, by the value it stands for."""
    found: dict[str, set[str]] = {}
    for code in codes:
        data = Lexicon.load(code).data
        for part in _PARTS:
            for value, entries in (data.get(part) or {}).items():
                least = _LEAST_OF_COLOUR if part == "colors" else _LEAST
                said = {plain(form) for entry in entries for form in _forms(entry)}
                telling = {words for words in said if is_unspaced(words) or len(words) >= least}
                found.setdefault(str(value), set()).update(telling)
    return {value: sorted(said) for value, said in sorted(found.items()) if said}


def _forms(entry: Any) -> Iterator[str]:
    """All forms of a lexicon's entry: a text, or texts by case and gender."""
    yield from [entry] if isinstance(entry, str) else map(str, entry.values())


def main() -> None:
    """Write the file."""
    text = json.dumps(table(languages()), ensure_ascii=False, separators=(",", ":"))
    PATH.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
