"""What people leave out of longer names: `Gas Fireplace` is "the fireplace"."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from dataclasses import replace

from .homes import HOME_KINDS, RandomHome
from .lexicon import Lexicon, Word

#: How often a device with a longer name is called by a part of it, too.
_CLIPPED = 0.2
#: How often one of these is: a lock called `Front Door Lock` is a front door to most people.
_OFTEN = {"lock": 0.6}
#: Words shorter than this say nothing alone, and make nothing that ends in one: "Lamp by".
_SHORT = 4


def clip(generator: random.Random, lexicon: Lexicon, made: RandomHome) -> RandomHome:
    """The home, some of its devices with a part of their name as one more word for them.

    A part is what nothing else in the home is called or has in its name.
    """
    taken = _taken(lexicon, made)
    devices = []
    for device in made.devices:
        parts = parts_of(device.words[0]) if device.kind not in HOME_KINDS else []
        others = [name for d in made.devices if d is not device for name in d.entity.names]
        parts = [p for p in parts if p.name.casefold() not in taken and not _in_any(p, others)]
        if parts and generator.random() < _OFTEN.get(device.kind, _CLIPPED):
            # The more of a name is said, the likelier it is.
            (part,) = generator.choices(parts, [len(part.name) for part in parts])
            device = replace(device, words=[*device.words, part])
        devices.append(device)
    return replace(made, devices=devices, by_name={})


def parts_of(word: Word) -> list[Word]:
    """What a name's first and last words make, with those of its forms that can be cut alike."""
    words = word.name.split()
    found = []
    for count in range(1, len(words)):
        for kept, left in ((words[:count], words[count:]), (words[count:], words[:count])):
            at_end = kept == words[:count]
            # "Machine à café" is a machine and no "café": not what stands behind a small word.
            small = not at_end and left[-1].islower() and len(left[-1]) < _SHORT
            if small or not all(map(_says_something, (kept[0], kept[-1]))):
                continue
            forms = {key: _cut(form, " ".join(left), at_end) for key, form in word.forms.items()}
            if all(forms.values()):
                found.append(Word({key: form for key, form in forms.items() if form}))
    return found


def _says_something(word: str) -> bool:
    return word.isalpha() and len(word) >= _SHORT


def _cut(form: str, part: str, at_end: bool) -> str | None:
    """A form without a part of the name; None where the part is inflected in it."""
    place = rf"\s+{re.escape(part)}$" if at_end else rf"(?<!\S){re.escape(part)}\s+"
    cut, times = re.subn(place, "", form, flags=re.IGNORECASE)
    return cut if times == 1 else None


def _taken(lexicon: Lexicon, made: RandomHome) -> set[str]:
    """Names of places, and nouns that mean any device of a kind."""
    places = [*lexicon.rooms, *lexicon.floors, *(w for r in made.areas.values() for w in r.words)]
    nouns = [w for kind in lexicon.kinds.values() for w in (*kind.one, *kind.many)]
    return {form.casefold() for word in (*places, *nouns) for form in word.forms.values()}


def _in_any(word: Word, names: Iterable[str]) -> bool:
    pattern = re.compile(rf"(?<!\w){re.escape(word.name)}(?!\w)", re.IGNORECASE)
    return any(pattern.search(name) for name in names)
