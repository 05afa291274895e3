"""Which kind of device an entity is: what it is called, and which sentences fit it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from custom_components.functiongemma.core.home import Entity

from .homes import HELPERS, KIND_WEIGHTS
from .lexicon import Lexicon, Word
from .naming import match

#: Device classes that are called like another one.
_LIKE: Final = {
    "cover.shade": "cover.blind", "media_player.receiver": "media_player.speaker",
    "media_player.projector": "media_player.tv", "sensor.energy": "sensor.power",
    "binary_sensor.garage_door": "binary_sensor.door",
    "binary_sensor.occupancy": "binary_sensor.motion",
    "binary_sensor.presence": "binary_sensor.motion",
    "binary_sensor.moving": "binary_sensor.motion",
}  # fmt: skip
#: What people make themselves is called like the device.
_DEVICES: Final = {helper: device for device, helper in HELPERS.items()}
_SENSORS: Final = ("sensor", "binary_sensor")
_COOLING: Final = frozenset(("cool", "dry", "fan_only"))


def kind_of(entity: Entity, lexicons: Iterable[Lexicon]) -> str:
    """The kind, by device class, then by the words in its names, then by what it can do.

    A sensor of some other class is of a kind that no lexicon has words for.
    """
    domain = _DEVICES.get(entity.domain, entity.domain)
    kinds = [kind for kind in KIND_WEIGHTS if kind.partition(".")[0] == domain]
    if len(kinds) == 1:
        return kinds[0]
    said = f"{entity.domain}.{entity.device_class}"
    said = _LIKE.get(said, said)
    if said in kinds:
        return said
    if (entity.domain in _SENSORS and entity.device_class) or not kinds:
        return said
    if found := _by_name(entity, kinds, lexicons):
        return found
    if entity.domain in _SENSORS:
        return f"{entity.domain}.other"
    modes = set(entity.options.get("hvac_modes", ()))
    if modes & _COOLING and "heat" not in modes:
        return "climate.ac"
    return kinds[0]


def words_of(lexicon: Lexicon, kind: str) -> list[Word]:
    """Nouns and device names of a kind; none where the language has no words for it."""
    found = lexicon.kinds.get(kind)
    return [*found.one, *found.many, *found.devices] if found else []


def _by_name(entity: Entity, kinds: list[str], lexicons: Iterable[Lexicon]) -> str | None:
    """The kind with the longest word that one of the names is, begins with or ends in."""
    best: tuple[int, str] | None = None
    for lexicon in lexicons:
        for kind in kinds:
            for word in words_of(lexicon, kind):
                if any(match(name, (word,)) for name in entity.names):
                    length = len(word.name)
                    if best is None or length > best[0]:
                        best = (length, kind)
    return best[1] if best else None
