"""A small home, a lexicon of a few words, and what is said with given templates only."""

from __future__ import annotations

from random import Random
from typing import Any

from custom_components.functiongemma.core.catalogue import functions_for
from custom_components.functiongemma.core.home import Area, Entity, Home
from training.dataset.homes import Device, RandomHome
from training.dataset.lexicon import Lexicon, Word
from training.dataset.phrases import PhraseGroup, read_group
from training.dataset.rooms import Room
from training.dataset.sentences import NotHere, Said, Speaker

LEXICON = Lexicon(
    "en",
    {
        "kinds": {
            "light": {"one": ["light"], "many": ["lights"]},
            "cover.blind": {"one": ["blind"], "many": ["blinds"]},
            "cover.gate": {"one": ["gate"], "many": ["gates"]},
        },
        "devices": {"valve": ["Sprinkler"], "light": ["Lamp"]},
        "rooms": ["Kitchen", "Hall", "Attic"],
        "joins": [" and then "],
        "and": [" and "],
        "corrections": [" no "],
        "percent": ["{n}"],
        "states": {"on": ["on"], "open": ["open"]},
        "colors": {"red": ["red"]},
        "options": ["Eco", "Party"],
    },
)


def room(name: str, *aliases: str) -> Room:
    return Room(name, aliases, tuple(Word({"name": n}) for n in (name, *aliases)))


ROOMS = {"Kitchen": room("Kitchen"), "Hall": room("Hall", "Corridor")}


def device(entity_id: str, name: str, area: str | None, kind: str, *aliases: str) -> Device:
    words = [Word({"name": n}) for n in (name, *aliases)]
    return Device(Entity(entity_id, name, area, aliases), kind, words)


DEVICES = [
    device("light.a", "Spots", "Kitchen", "light"),
    device("light.b", "Ceiling", "Kitchen", "light"),
    device("light.c", "Ceiling", "Hall", "light"),
    device("cover.d", "Blind", "Kitchen", "cover.blind"),
    device("cover.e", "Gate", "Kitchen", "cover.gate"),
    device("cover.f", "Shade", "Hall", "cover.blind"),
]


def home(devices: list[Device], floor: str | None = "Ground floor") -> RandomHome:
    areas = (Area("Kitchen", floor), Area("Hall", floor, ("Corridor",)))
    floors = {floor: Word({"name": floor})} if floor else {}
    return RandomHome("en", Home(tuple(d.entity for d in devices), areas), devices, ROOMS, floors)


def group(call: str, target: str, line: str, *kinds: str, **values: str) -> PhraseGroup:
    return read_group({"call": call, "with": values, "kinds": kinds, "say": {target: [line]}})


def said(*groups: PhraseGroup, devices: list[Device] = DEVICES, times: int = 300) -> list[Said]:
    """What is said with these templates only."""
    made = home(devices)
    speaker = Speaker(Random(1), LEXICON, groups, made, functions_for(made.home))
    found = []
    for _ in range(times):
        try:
            found.append(speaker.say())
        except NotHere:
            continue
    assert found
    return [one for one in found if one.source == "command"] or found


def labels(found: list[Said]) -> list[list[dict[str, Any]]]:
    """The different lists of calls, by how often they came."""
    unique = {repr(one.calls): one.calls for one in found}
    return list(unique.values())


def arguments(found: list[Said]) -> list[dict[str, Any]]:
    assert all(len(calls) == 1 for calls in labels(found))
    return [calls[0]["arguments"] for calls in labels(found)]


def everything(
    *groups: PhraseGroup, devices: list[Device] = DEVICES, lexicon: Lexicon = LEXICON
) -> list[Said]:
    """What is said with these templates, of any sort."""
    made = home(devices)
    speaker = Speaker(Random(3), lexicon, groups, made, functions_for(made.home))
    found = []
    for _ in range(1500):
        try:
            found.append(speaker.say())
        except NotHere:
            continue
    return found
