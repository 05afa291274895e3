"""The home as the model sees it: exposed entities by name, area and floor.

Plain dataclasses without Home Assistant types, so that training, evaluation and the command line
build exactly the prompt the agent builds. Nothing volatile is in here: a `Home` changes only when
somebody renames, moves, adds or exposes something, and so does everything cached from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from . import features
from .tokens import defuse

#: A member of an enum, as some home files spell values.
_ENUM_MEMBER = re.compile(r"(?:[a-z_]+\.)*[A-Z]\w*\.[A-Z][A-Z0-9_]*")

#: Listing and area of entities that are in no area.
NO_AREA = "Home"


@dataclass(frozen=True)
class Entity:
    """An exposed entity."""

    entity_id: str
    """`domain.object_id`."""

    name: str
    """Friendly name, as listed in the prompt."""

    area: str | None = None
    """Name of its area."""

    aliases: tuple[str, ...] = ()
    """Further names people use for it."""

    features: frozenset[str] | None = None
    """What it can do, in the words of `Function.feature`; None: unknown, anything may be tried."""

    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """Values it accepts, by the name of the state attribute: `hvac_modes`, `source_list`, …; under
    `area_list` the rooms a vacuum can be sent to."""

    device_class: str | None = None

    @property
    def domain(self) -> str:
        """The part of the entity id before the dot."""
        return self.entity_id.partition(".")[0]

    @property
    def names(self) -> tuple[str, ...]:
        """Name and aliases, the name first."""
        return (self.name, *self.aliases)

    def supports(self, feature: str | None) -> bool:
        """Whether the entity has `feature`; None and unknown features count as supported."""
        return feature is None or self.features is None or feature in self.features


@dataclass(frozen=True)
class Area:
    """A room or another place."""

    name: str
    floor: str | None = None
    """Name of its floor."""

    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Its name and its aliases."""
        return (self.name, *self.aliases)


@dataclass(frozen=True)
class Home:
    """Everything a sentence can be about."""

    entities: tuple[Entity, ...] = ()
    areas: tuple[Area, ...] = ()

    def __post_init__(self) -> None:
        """Defuse every name, once and for all: what is listed is what a call says."""
        object.__setattr__(self, "entities", tuple(_defused_entity(e) for e in self.entities))
        object.__setattr__(self, "areas", tuple(_defused_area(a) for a in self.areas))

    @property
    def names(self) -> tuple[str, ...]:
        """All names of its entities and areas."""
        things: tuple[Entity | Area, ...] = (*self.entities, *self.areas)
        return tuple(name for thing in things for name in thing.names)

    @property
    def places(self) -> tuple[str, ...]:
        """All names of its areas and floors."""
        floors = (area.floor for area in self.areas if area.floor)
        return (*(name for area in self.areas for name in area.names), *floors)

    @property
    def domains(self) -> frozenset[str]:
        """Domains that have at least one entity."""
        return frozenset(entity.domain for entity in self.entities)

    def floor_of(self, area: str | None) -> str | None:
        """Name of the floor that `area` is on."""
        return next((a.floor for a in self.areas if a.name == area), None)

    def in_domains(self, domains: tuple[str, ...]) -> tuple[Entity, ...]:
        """Entities of any of `domains`, in listing order."""
        found = [i for domain in {*domains} for i in self._in_domain.get(domain, ())]
        return tuple(self.entities[index] for index in sorted(found))

    @cached_property
    def _in_domain(self) -> dict[str, list[int]]:
        """Indices of the entities of each domain: every function asks for some of them."""
        found: dict[str, list[int]] = {}
        for index, entity in enumerate(self.entities):
            found.setdefault(entity.domain, []).append(index)
        return found

    def listing(self) -> str:
        """The home in as few tokens as it takes: one area a line, grouped by floor and domain.

        `[Upstairs]\\nBedroom: light Ceiling, Lamp = Reading lamp; cover Blind\\n`

        Aliases follow their name after ` = `; an area without entities is not listed. Lines end
        in a newline, so that the sentence that follows starts at a token boundary.
        """
        floors: dict[str | None, list[str]] = {}
        aliases: dict[str | None, tuple[str, ...]] = {a.name: a.aliases for a in self.areas}
        for area, entities in self._by_area():
            floor = self.floor_of(area)
            names = " = ".join([area or NO_AREA, *aliases.get(area, ())])
            floors.setdefault(floor, []).append(_area_line(names, entities))
        lines = floors.pop(None, [])
        for floor, rows in floors.items():
            lines.extend([f"[{floor}]", *rows])
        return "".join(line + "\n" for line in lines)

    def _by_area(self) -> Iterator[tuple[str | None, list[Entity]]]:
        """Areas that have entities, in the order given; entities without an area come first."""
        known = [None, *(area.name for area in self.areas)]
        others = [e.area for e in self.entities if e.area not in known]
        for area in dict.fromkeys([*known, *others]):
            if entities := [e for e in self.entities if e.area == area]:
                yield area, entities

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Home:
        """Read a home file: `areas` (id, name, floor), `devices` (id, area), `entities`.

        An entity has `id`, `name` and, all optional, `area` (an area's id), `device` (whose area
        it takes when it has none), `aliases` and `attributes`. Raises KeyError or TypeError when
        the file has another shape.
        """
        areas = {
            row["id"]: Area(
                str(row["name"]),
                _text(row.get("floor")),
                tuple(str(alias) for alias in row.get("aliases") or ()),
            )
            for row in data.get("areas") or ()
        }
        devices = {row["id"]: row.get("area") for row in data.get("devices") or ()}
        entities = []
        for row in data.get("entities") or ():
            area_id = row.get("area") or devices.get(row.get("device"))
            area = areas[area_id].name if area_id in areas else _text(area_id)
            attributes = row.get("attributes") or {}
            entities.append(
                Entity(
                    entity_id=row["id"],
                    name=str(row.get("name") or row["id"].partition(".")[2].replace("_", " ")),
                    area=area,
                    aliases=tuple(str(alias) for alias in row.get("aliases") or ()),
                    features=features.from_file(row["id"].partition(".")[0], attributes),
                    options=_options(attributes),
                    device_class=_device_class(attributes.get("device_class")),
                )
            )
        return cls(tuple(entities), tuple(areas.values()))


def _area_line(area: str, entities: list[Entity]) -> str:
    groups: dict[str, list[str]] = {}
    for entity in entities:
        groups.setdefault(entity.domain, []).append(" = ".join(entity.names))
    return f"{area}: " + "; ".join(f"{d} {', '.join(names)}" for d, names in groups.items())


def _options(attributes: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Attributes that list the values an entity accepts, as strings."""
    found = {
        key: tuple(_plain(item) for item in value)
        for key, value in attributes.items()
        if isinstance(value, (list, tuple))
        and (key == "options" or key.endswith(("_modes", "_list")))
    }
    found.pop("supported_color_modes", None)
    return found


def _plain(value: object) -> str:
    """A value; of an enum's member, what it stands for: `HVACMode.HEAT_COOL` → `heat_cool`."""
    text = str(value)
    return text.rpartition(".")[2].lower() if _ENUM_MEMBER.fullmatch(text) else text


def _device_class(value: object) -> str | None:
    return _plain(value) if value else None


def _text(value: object) -> str | None:
    return None if value in (None, "") else str(value)


def _one_line(text: str) -> str:
    """A name as it stands in the listing: one line, single spaces, no control tokens."""
    return defuse(" ".join(text.split()))


def _defused_entity(entity: Entity) -> Entity:
    return Entity(
        entity.entity_id,
        _one_line(entity.name) or entity.entity_id,
        _one_line(entity.area or "") or None,
        tuple(name for alias in entity.aliases if (name := _one_line(alias))),
        entity.features,
        {k: tuple(_one_line(v) for v in values) for k, values in entity.options.items()},
        entity.device_class,
    )


def _defused_area(area: Area) -> Area:
    return Area(
        _one_line(area.name),
        _one_line(area.floor or "") or None,
        tuple(name for alias in area.aliases if (name := _one_line(alias))),
    )
