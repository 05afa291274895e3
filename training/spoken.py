"""python -m training.spoken

Writes what values (colours, modes, states) are called in all languages there are templates for to
the integration's `core/spoken.json`, from the lexicons. Left out is what people say for much
else, in its own language or in another ("estate" is summer in Italian), and what devices are
called.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

from custom_components.functiongemma.core.spoken import PATH, parts
from custom_components.functiongemma.core.wording import is_unspaced

from .dataset.lexicon import LANGUAGES, Lexicon
from .tables import write

#: Parts of a lexicon that say what values are called.
_COLOURS = ("colors",)
_OTHERS = (
    "hvac_modes", "fan_modes", "preset_modes", "humidifier_modes", "operation_modes", "states",
)  # fmt: skip
#: Letters below which a word says too little: "an", "la", "zu"; among colours even "rot" is one.
_LEAST, _LEAST_OF_COLOUR = 4, 3
#: Times that a word of a mode or a state may stand in the templates of a language.
_RARE = 25


def table(codes: list[str]) -> dict[str, dict[str, list[str]]]:
    """`colours` and `others`: what people say, in `parts`, by the value it stands for."""
    others = _called(codes, _OTHERS, _LEAST)
    rare = {value: {words: c for words, c in said.items() if _is_rare(words, c, codes)}
            for value, said in others.items()}  # fmt: skip
    return {"colours": _sorted(_called(codes, _COLOURS, _LEAST_OF_COLOUR)), "others": _sorted(rare)}


def _called(codes: list[str], names: tuple[str, ...], least: int) -> dict[str, dict[str, set[str]]]:
    """By value what is said for it, and in which languages; of one sign, or too short, nothing."""
    found: dict[str, dict[str, set[str]]] = {}
    for code in codes:
        data = Lexicon.load(code).data
        for name in names:
            for value, entries in (data.get(name) or {}).items():
                for said in {parts(form) for entry in entries for form in _forms(entry)}:
                    if len(said) >= (2 if is_unspaced(said) else least):
                        found.setdefault(str(value), {}).setdefault(said, set()).add(code)
    return found


def _is_rare(words: str, own: set[str], codes: list[str]) -> bool:
    """Whether its languages hardly have it for anything else, and the others not at all."""
    if any(words in _devices(code) for code in codes):
        return False  # "the heating to eco": the device, no mode
    return all(_counts(code)[words] <= (_RARE if code in own else 0) for code in codes)


def _sorted(called: dict[str, dict[str, set[str]]]) -> dict[str, list[str]]:
    return {value: sorted(said) for value, said in sorted(called.items()) if said}


def _forms(entry: Any) -> Iterator[str]:
    """All forms of a lexicon's entry: a text, or texts by case and gender."""
    yield from [entry] if isinstance(entry, str) else map(str, entry.values())


@cache
def _devices(code: str) -> set[str]:
    """The words of a language's devices and kinds of them."""
    data = Lexicon.load(code).data
    entries = (e for part in ("devices", "kinds") for row in data[part].values() for e in row)
    return {word for entry in entries for form in _forms(entry) for word in parts(form).split()}


@cache
def _counts(code: str) -> Counter[str]:
    """How often each word stands in a language's templates."""
    paths = (LANGUAGES / code / "sentences").glob("*.yaml")
    return Counter(w for path in paths for w in parts(path.read_text(encoding="utf-8")).split())


if __name__ == "__main__":
    write(PATH, table)
