"""What people leave out of longer names: `Gas Fireplace` is "the fireplace"."""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterable
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
    nouns = _forms(w for kind in lexicon.kinds.values() for w in (*kind.one, *kind.many))
    rooms = [word for room in made.areas.values() for word in room.words]
    places = _forms([*lexicon.rooms, *lexicon.floors, *rooms])
    devices = []
    for device in made.devices:
        if generator.random() < _OFTEN.get(device.kind, _CLIPPED) and device.kind not in HOME_KINDS:
            others = [name for d in made.devices if d is not device for name in d.entity.names]
            parts = parts_of(device.words[0], nouns)
            parts = [
                part for part in parts
                if part.name.casefold() not in nouns | places and not _in_any(part, others)
                and not _splits(device.words[0].name.casefold(), part.name.casefold(), places)
            ]  # fmt: skip
            # The more of a name is said, the likelier it is.
            part = generator.choices(parts, [len(p.name) for p in parts]) if parts else []
            device = replace(device, words=[*device.words, *part])
        devices.append(device)
    return replace(made, devices=devices, by_name={})


def parts_of(word: Word, nouns: Collection[str] = ()) -> list[Word]:
    """What a name's first and last words make, with those of its forms that can be cut alike.

    `nouns`: in small letters, those that mean any device of a kind.
    """
    words = word.name.split()
    found = []
    for count in range(1, len(words)):
        for kept, left in ((words[:count], words[count:]), (words[count:], words[:count])):
            at_end = kept == words[:count]
            # "Machine à café" is a machine and no "café": not what stands behind a small word.
            behind = not at_end and left[-1].islower() and len(left[-1]) < _SHORT
            if behind or not all(map(_says_something, (kept[0], kept[-1]))):
                continue
            if not (_begins(word, kept, left, nouns) if at_end else _ends(word, kept)):
                continue
            forms = {key: _cut(form, " ".join(left), at_end) for key, form in word.forms.items()}
            if all(forms.values()):
                found.append(Word({key: form for key, form in forms.items() if form}))
    return found


def _begins(word: Word, kept: list[str], left: list[str], nouns: Collection[str]) -> bool:
    """Whether the first words are a name: not "Lampe dans", nor the adjective of "Oude lamp"."""
    if len(word.forms) == 1:
        return not kept[-1].islower()
    return len(kept) == 1 and left[-1].casefold() not in nouns


def _ends(word: Word, kept: list[str]) -> bool:
    """Whether the last words are: what stands behind a noun may be no more than its adjective."""
    return not kept[0].islower() and (len(word.forms) == 1 or len(kept) == 1)


def _says_something(word: str) -> bool:
    return word.isalpha() and len(word) >= _SHORT


def _cut(form: str, part: str, at_end: bool) -> str | None:
    """A form without a part of the name; None where the part is inflected in it."""
    place = rf"\s+{re.escape(part)}$" if at_end else rf"(?<!\S){re.escape(part)}\s+"
    cut, times = re.subn(place, "", form, flags=re.IGNORECASE)
    return cut if times == 1 else None


def _forms(words: Iterable[Word]) -> set[str]:
    return {form.casefold() for word in words for form in word.forms.values()}


def _in_any(word: Word, names: Iterable[str]) -> bool:
    pattern = re.compile(rf"(?<!\w){re.escape(word.name)}(?!\w)", re.IGNORECASE)
    return any(pattern.search(name) for name in names)


def _splits(name: str, part: str, places: Collection[str]) -> bool:
    """Whether a part has only some words of a place in the name: "Room Lamp" of a living room."""
    rest = name.replace(part, "")
    return any(place in name and place not in part and place not in rest for place in places)
