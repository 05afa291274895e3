"""Random homes: rooms, floors and devices, named the way people name them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from custom_components.functiongemma.core import features
from custom_components.functiongemma.core.home import Area, Entity, Home

from .lexicon import Lexicon, Word, compose, pick, without_slots
from .rooms import Room, rooms

#: How common a kind of device is.
KIND_WEIGHTS: dict[str, float] = {
    "light": 10, "switch.outlet": 2.5, "switch.appliance": 1.5, "fan": 1.6,
    "cover.blind": 1.4, "cover.shutter": 0.8, "cover.curtain": 0.9, "cover.awning": 0.4,
    "cover.garage": 0.5, "cover.gate": 0.4, "cover.window": 0.4, "cover.door": 0.3,
    "valve": 0.9, "lock": 1.1,
    "climate.thermostat": 1.6, "climate.ac": 0.7, "climate.heater": 0.7, "climate.floor": 0.3,
    "media_player.speaker": 1.4, "media_player.tv": 1.3, "media_player.radio": 0.5,
    "vacuum": 0.7, "scene": 0.8, "script": 0.5, "todo": 0.6, "timer": 0.2,
    "sensor.temperature": 0.8, "sensor.humidity": 0.5, "sensor.power": 0.4,
    "sensor.battery": 0.3, "binary_sensor.door": 0.4, "binary_sensor.window": 0.4,
    "binary_sensor.motion": 0.4, "person": 0.7, "weather": 0.6, "calendar": 0.6,
    "assist_satellite": 0.6, "notify": 0.5,
    "humidifier.humidifier": 0.5, "humidifier.dehumidifier": 0.3, "water_heater": 0.5,
    "lawn_mower": 0.4, "siren": 0.35, "alarm_control_panel": 0.5, "button": 0.4,
    "input_boolean": 0.5, "number": 0.4, "select": 0.5,
}  # fmt: skip

#: What invented names are made of, unless the language's `writing.yaml` has its own.
_SYLLABLES = "ba be bo ca da den do fa fi gar go ka kel la lo lu ma mi mor na ne no pa ra ri ro sa so ta ti to tor va vi vo wen za zi zo zu".split()  # noqa: E501

#: What is often put before or behind a name, and left out by people who speak.
ADDITIONS = ("Smart", "Philips Hue", "Hue", "IKEA", "Aqara", "Shelly", "Xiaomi", "Tuya", "Zigbee",
              "WiFi", "Tradfri", "Sonoff", "Samsung", "LG", "Sony", "Bosch")  # fmt: skip

#: How many homes list no areas: those of people who never made any.
_WITHOUT_AREAS = 0.45

#: How often a device is named in which way: what it is called in a shop, by what it is, with its
#: room, by its room alone, numbered, after a person, or in words nobody knows.
_NAMES_WITH_AREAS: dict[str, float] = {
    "device": 4, "noun": 1.5, "room": 5, "place": 0, "number": 0.6, "person": 0.4, "invented": 0.8,
}  # fmt: skip
_NAMES_WITHOUT: dict[str, float] = {
    **_NAMES_WITH_AREAS, "device": 2, "noun": 0.7, "room": 9, "place": 1.5,
}  # fmt: skip

#: What stands between a room and a thing in it, where that is not a form of theirs.
_JOINING = ("의", "の", "的")

#: Kinds of device of which a room mostly has one, so that its name says enough.
_CALLED_LIKE_THEIR_ROOM = ("light", "climate.thermostat", "media_player.speaker", "cover.blind")

#: Kinds that people speak of by the room behind them: "unlock the cellar".
_MEANT_BY_ROOM = ("lock",)

#: Kinds that belong to the home rather than to a room.
HOME_KINDS = (
    "scene", "script", "todo", "timer", "person", "weather", "calendar", "notify", "input_boolean",
)  # fmt: skip

#: Kinds of device that people also make themselves, and the domain these helpers are in.
HELPERS = {"button": "input_button", "number": "input_number", "select": "input_select"}


@dataclass
class Device:
    """A device of a home: the entity, and how it is spoken of."""

    entity: Entity
    kind: str
    words: list[Word]
    """Its name and its aliases with their forms, and what people shorten the name to."""

    room: Room | None = None
    """The room that its name says it is in."""

    def listed(self, word: Word) -> str:
        """The name in the listing that a spoken word stands for."""
        return word.name if word.name in self.entity.names else self.entity.name


@dataclass
class RandomHome:
    """A home and the words for its parts."""

    language: str
    home: Home
    devices: list[Device]
    areas: dict[str, Room]
    floors: dict[str, Word]
    by_name: dict[str, list[Device]] = field(default_factory=dict)
    file: dict[str, Any] | None = None
    """The home file of a home that is not random, but given."""

    def __post_init__(self) -> None:
        for device in self.devices:
            for name in device.entity.names:
                self.by_name.setdefault(name.casefold(), []).append(device)

    def to_dict(self) -> dict[str, Any]:
        """As a home file that `Home.from_dict` reads."""
        if self.file is not None:
            return self.file
        return {
            "areas": [
                {"id": a.name, "name": a.name, "floor": a.floor, "aliases": list(a.aliases)}
                for a in self.home.areas
            ],
            "entities": [
                {
                    "id": e.entity_id, "name": e.name, "area": e.area, "aliases": list(e.aliases),
                    **({"attributes": {"device_class": e.device_class}} if e.device_class else {}),
                }
                for e in self.home.entities
            ],
        }  # fmt: skip


def _measuring(kind: str) -> dict[str, Any]:
    """What an entity of a kind measures: sensors are asked for by that, not by their names."""
    domain, _, device_class = kind.partition(".")
    if domain != "sensor":
        return {}
    words = features.of_sensor(device_class, None)
    return {"features": words, "device_class": device_class}


def invent(generator: random.Random, lexicon: Lexicon) -> Word:
    """A name nobody has heard before."""
    syllables = lexicon.writing.get("syllables") or _SYLLABLES
    name = "".join(generator.choice(syllables) for _ in range(generator.choice((2, 2, 3))))
    return Word({"name": name.capitalize()})


def _lengthened(generator: random.Random, word: Word) -> Word:
    """A name as it comes with a device: `Smart Fireplace`, `Lampe Philips Hue`."""
    pattern = generator.choice(("{0} {1}", "{0} {1}", "{1} {0}", "{1} ({0})"))
    return Word({"name": pattern.format(generator.choice(ADDITIONS), word.name)})


class HomeMaker:
    """Makes random homes in one language."""

    def __init__(self, lexicons: Mapping[str, Lexicon], language: str) -> None:
        self.own = lexicons[language]
        self.english = lexicons.get("en", self.own)
        self.language = language

    def make(self, generator: random.Random) -> RandomHome:
        """One home of a few to about 130 devices."""
        places = rooms(generator, self.own)
        kinds = self._kinds(generator)
        with_areas = generator.random() > _WITHOUT_AREAS
        weights = _NAMES_WITH_AREAS if with_areas else _NAMES_WITHOUT
        per_room = generator.choice((1.2, 2, 2, 3, 4.5, 6))
        devices: list[Device] = []
        taken: set[tuple[str, str | None, str]] = set()
        for room in places:
            for _ in range(max(1, round(generator.gauss(per_room, 1)))):
                kind = pick(generator, {k: KIND_WEIGHTS[k] for k in kinds if k not in HOME_KINDS})
                self._add(generator, devices, taken, kind, room, weights)
        for kind in kinds:
            if kind in HOME_KINDS:
                for _ in range(generator.randint(1, 4)):
                    self._add(generator, devices, taken, kind, None, weights)
        return self._finish(generator, devices, places, with_areas)

    def _kinds(self, generator: random.Random) -> list[str]:
        known = {k: w for k, w in KIND_WEIGHTS.items() if k in self.own.kinds}
        wanted = generator.choice((3, 5, 7, 8, 10, 12, 16, 20))
        kinds = {"light"} if generator.random() < 0.9 else set()
        while len(kinds) < min(wanted, len(known)):
            kinds.add(pick(generator, {k: w**0.5 for k, w in known.items() if k not in kinds}))
        return sorted(kinds)

    def _add(
        self,
        generator: random.Random,
        devices: list[Device],
        taken: set[tuple[str, str | None, str]],
        kind: str,
        room: Room | None,
        weights: Mapping[str, float],
    ) -> None:
        way, word = self._name(generator, kind, room, weights)
        area = room.name if room else None
        if word is None or (kind.partition(".")[0], area, word.name.casefold()) in taken:
            return
        words = [word]
        if room and generator.random() < 0.1:
            words.insert(0, _lengthened(generator, word))
        taken.update((kind.partition(".")[0], area, w.name.casefold()) for w in words)
        aliases: list[Word] = []
        alias = self._name(generator, kind, room, weights)[1]
        if alias and generator.random() < 0.06:
            # The same in other capitals is no other name.
            aliases += [alias] if alias.name.casefold() != words[0].name.casefold() else []
        domain = kind.partition(".")[0]
        if kind in HELPERS and generator.random() < 0.4:
            domain = HELPERS[kind]
        entity = Entity(
            f"{domain}.d{len(devices)}",
            words[0].name,
            area=area,
            aliases=tuple(w.name for w in aliases),
            **_measuring(kind),
        )
        named_after = room if way in ("room", "place") else None
        devices.append(Device(entity, kind, [*words, *aliases], named_after))

    def _name(
        self,
        generator: random.Random,
        kind: str,
        place: Room | None,
        weights: Mapping[str, float],
    ) -> tuple[str, Word | None]:
        """A name, and the way it was found."""
        lexicon = self.own
        room = place.words[0] if place else None
        in_english = 0.5 if place and place.english else 0.08
        foreign = self.language != "en" and kind in self.english.kinds
        if foreign and generator.random() < in_english:
            lexicon, room = self.english, place.english if place else None
        words = lexicon.kinds[kind]
        nouns = words.one
        possible = {
            "device": words.devices,
            "noun": nouns,
            "room": nouns and room and lexicon.data.get("room_patterns"),
            "place": nouns and room and kind in _CALLED_LIKE_THEIR_ROOM,
            "number": nouns and lexicon.data.get("number_patterns"),
            "person": nouns and lexicon.persons and lexicon is self.own,
            "invented": nouns,
        }
        ways = {way: weights[way] for way, there in possible.items() if there and weights[way]}
        if not ways:
            return "none", None
        way = pick(generator, ways)
        return way, self._named(generator, lexicon, way, words, room)

    @staticmethod
    def _named(
        generator: random.Random, lexicon: Lexicon, way: str, words: Any, room: Word | None
    ) -> Word | None:
        if way == "device":
            return generator.choice(words.devices)
        noun = generator.choice(words.one)
        slots = {"noun": noun, "area": room, "number": Word({"name": str(generator.randint(1, 4))})}
        if way == "place":
            return room
        if way == "noun":
            return compose("{noun}", slots, "noun")
        if way == "invented":
            # Brands, pets, private jokes: names are to be read from the listing, not known.
            slots["number"] = invent(generator, lexicon)
            patterns = [p for p in lexicon.strings("number_patterns") if not without_slots(p)]
            bare = not patterns or generator.random() < 0.5
            return slots["number"] if bare else compose(patterns[0], slots, "noun")
        if way == "room":
            if words.devices and generator.random() < 0.3:
                slots["noun"] = generator.choice(words.devices)
            return compose(generator.choice(lexicon.strings("room_patterns")), slots, "noun")
        if way == "number":
            return compose(generator.choice(lexicon.strings("number_patterns")), slots, "noun")
        slots["person"] = generator.choice(lexicon.persons)
        patterns = [p for p in lexicon.strings("person_patterns") if "{area" not in p]
        return compose(generator.choice(patterns), slots, "noun") if patterns else None

    def _finish(
        self, generator: random.Random, devices: list[Device], places: list[Room], with_areas: bool
    ) -> RandomHome:
        if not with_areas:
            devices = [
                replace(d, entity=replace(d.entity, area=None),
                        words=[*d.words, *self._said_by_room(generator, d, devices)])
                for d in devices
            ]  # fmt: skip
        floors: list[Word] = []
        if with_areas and len(places) > 2 and self.own.floors and generator.random() < 0.4:
            floors = generator.sample(self.own.floors, min(len(self.own.floors), 3))
        areas = []
        for index, room in enumerate(places if with_areas else []):
            floor = floors[index * len(floors) // len(places)].name if floors else None
            areas.append(Area(room.name, floor, room.aliases))
        home = Home(tuple(d.entity for d in devices), tuple(areas))
        names = Counter(w.name.casefold() for d in devices for w in d.words)
        # Home defuses names; keep the devices' entities the very ones that are listed. What a name
        # is shortened to must not be what another device is called.
        devices = [
            replace(d, entity=entity, words=[
                w for w in d.words
                if w.name in entity.names or names[w.name.casefold()] == 1
            ])
            for entity, d in zip(home.entities, devices, strict=True)
        ]  # fmt: skip
        named = {room.name: room for room in places} if with_areas else {}
        return RandomHome(
            self.language, home, devices, named, {floor.name: floor for floor in floors}
        )

    def _said_by_room(
        self, generator: random.Random, device: Device, devices: list[Device]
    ) -> list[Word]:
        """What people say for a device that is listed under its room, not in it.

        `Kitchen ceiling lamp` is "the light in the kitchen", if it is the only one there.
        """
        room, nouns = device.room, self.own.kinds[device.kind]
        # Not "the left lamp": patterns that say no more than the two words, or join them.
        patterns = [
            p for p in self.own.strings("room_patterns") if without_slots(p) in ("", *_JOINING)
        ]
        alike = [d for d in devices if d.room == room and d.kind == device.kind]
        if room is None or not patterns or not nouns.one or len(alike) > 1:
            return []
        found = []
        for _ in range(2):
            several = nouns.many and generator.random() < 0.25
            noun = generator.choice(nouns.many if several else nouns.one)
            slots = {"noun": noun, "area": room.words[0]}
            found.append(compose(generator.choice(patterns), slots, "noun"))
        return [*found, room.words[0]] if device.kind in _MEANT_BY_ROOM else found
