"""Reading home files: the houses the demo can live in.

Two formats. A YAML (or JSON) file with `areas` (id, name, optional floor and aliases), `devices`
(id, name, area, optional info) and `entities` (id, name, area or device, state, attributes,
optional aliases); and a JSON line `{"home": …, "entities": [{"id": …, "name": …}]}`, of which
a `.jsonl` file holds many: `FILE#HOME` picks one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, override

import yaml

_ENTITY_ID = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*\.[a-z0-9_]+")


class HouseError(Exception):
    """A home file that cannot be used; the message says where and why."""


@dataclass(frozen=True)
class AreaSpec:
    """A room or another place."""

    id: str
    name: str
    floor: str | None = None
    """Name of its floor."""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class DeviceSpec:
    """What an entity belongs to."""

    id: str
    name: str
    area: str | None = None
    """Id of its area."""
    info: Mapping[str, str] = field(default_factory=dict)
    """`manufacturer`, `model` and `sw_version`, where given."""


@dataclass(frozen=True)
class EntitySpec:
    """An entity as the file describes it."""

    entity_id: str
    name: str
    area: str | None = None
    """Id of its own area; None: its device's."""
    device: str | None = None
    state: str | None = None
    """As written; YAML's true and false are `on` and `off`. None: the domain's usual one."""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()

    @property
    def domain(self) -> str:
        """The part of the entity id before the dot."""
        return self.entity_id.partition(".")[0]

    @property
    def object_id(self) -> str:
        """The part of the entity id after the dot."""
        return self.entity_id.partition(".")[2]


@dataclass(frozen=True)
class House:
    """A home file that was read."""

    name: str
    areas: tuple[AreaSpec, ...] = ()
    devices: tuple[DeviceSpec, ...] = ()
    entities: tuple[EntitySpec, ...] = ()
    notes: tuple[str, ...] = ()
    """What was read differently from how it is written, for the user."""

    def in_domain(self, domain: str) -> list[EntitySpec]:
        """Its entities of one domain."""
        return [entity for entity in self.entities if entity.domain == domain]


class _Row(dict[str, Any]):
    """A mapping that knows the line it begins at."""

    line: int | None = None


class _Loader(yaml.SafeLoader):
    """YAML with line numbers."""

    @override
    def construct_yaml_map(self, node: yaml.MappingNode) -> Any:
        row = _Row()
        row.line = node.start_mark.line + 1
        yield row
        row.update({str(key): value for key, value in self.construct_mapping(node).items()})


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.construct_yaml_map)


def load_house(source: str) -> House:
    """Read `FILE` or `FILE#HOME`; raises HouseError."""
    path, _, wanted = source.partition("#")
    try:
        text = Path(path).read_text("utf-8")
    except OSError as err:
        raise HouseError(f"{path}: {err.strerror or err}") from err
    except UnicodeDecodeError as err:
        raise HouseError(f"{path}: not a text file in UTF-8 (byte {err.start})") from err
    if path.endswith(".jsonl"):
        return _pick(path, text, wanted)
    try:
        data = yaml.load(text, _Loader)
    except yaml.MarkedYAMLError as err:
        line = err.problem_mark.line + 1 if err.problem_mark else "?"
        raise HouseError(f"{path}, line {line}: {err.problem or err}") from err
    except yaml.YAMLError as err:
        raise HouseError(f"{path}: {err}") from err
    return _Reader(path).house(data, Path(path).stem)


def _pick(path: str, text: str, wanted: str) -> House:
    rows: dict[str, tuple[int, Any]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as err:
            raise HouseError(f"{path}, line {number}, column {err.colno}: {err.msg}") from err
        name = str(row.get("home", number)) if isinstance(row, dict) else str(number)
        rows[name] = (number, row)
    if not wanted and len(rows) == 1:
        wanted = next(iter(rows))
    if wanted not in rows:
        some = ", ".join(list(rows)[:5]) + (", …" if len(rows) > 5 else "")
        what = f"no home {wanted!r}" if wanted else "several homes: pick one with FILE#HOME"
        raise HouseError(f"{path}: {what} ({len(rows)} there: {some})")
    number, row = rows[wanted]
    return _Reader(f"{path}, line {number}").house(row, wanted)


class _Reader:
    """Turns the plain data of a file into a House."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.notes: list[str] = []

    def house(self, data: Any, name: str) -> House:
        if not isinstance(data, dict):
            raise HouseError(f"{self.path}: not a home: a mapping with `entities` is expected")
        if "entities" not in data:
            raise HouseError(f"{self.path}: `entities` is missing")
        areas = self._areas(self._rows(data, "areas"))
        devices = self._devices(self._rows(data, "devices"))
        read = self._entities(self._rows(data, "entities"), {d.id for d in devices})
        entities = [self._placed(entity, devices) for entity in read]
        used = [device.area for device in devices if device.area]
        used += [entity.area for entity in entities if entity.area]
        known = {area.id for area in areas}
        for missing in dict.fromkeys(area for area in used if area not in known):
            self.notes.append(f"area {missing!r} is not under `areas`: added")
            areas.append(AreaSpec(missing, missing))
        return House(
            str(data.get("home") or name),
            tuple(areas),
            tuple(devices),
            tuple(entities),
            tuple(self.notes),
        )

    def _rows(self, data: Mapping[str, Any], key: str) -> Iterable[tuple[str, Mapping[str, Any]]]:
        rows = data.get(key) or []
        if not isinstance(rows, list):
            raise HouseError(f"{self.path}: `{key}` is not a list")
        for index, row in enumerate(rows):
            line = f", line {row.line}" if isinstance(row, _Row) else ""
            where = f"{self.path}{line}: {key}[{index}]"
            if not isinstance(row, dict):
                raise HouseError(f"{where} is not a mapping, but {row!r}")
            if not isinstance(row.get("id"), str) or not row["id"].strip():
                raise HouseError(f"{where} has no `id` (text)")
            yield where, row

    def _areas(self, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> list[AreaSpec]:
        areas: list[AreaSpec] = []
        names: set[str] = set()
        for where, row in rows:
            name = wanted = _name(row, row["id"])
            number = 2
            while name.casefold() in names:
                name, number = f"{wanted} {number}", number + 1
            if name != wanted:
                self.notes.append(f"there are several areas {wanted!r}: one is called {name!r}")
            names.add(name.casefold())
            areas.append(
                AreaSpec(row["id"], name, _text(row.get("floor")), _strings(where, row, "aliases"))
            )
        return areas

    def _devices(self, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> list[DeviceSpec]:
        devices: dict[str, DeviceSpec] = {}
        for where, row in rows:
            if row["id"] in devices:
                self.notes.append(f"device {row['id']!r} is there twice: the first one counts")
                continue
            info = row.get("info") or {}
            if not isinstance(info, dict):
                raise HouseError(f"{where}: `info` is not a mapping")
            devices[row["id"]] = DeviceSpec(
                row["id"],
                _name(row, row["id"]),
                _text(row.get("area")),
                {str(key): str(value) for key, value in info.items()},
            )
        return list(devices.values())

    def _entities(
        self, rows: Iterable[tuple[str, Mapping[str, Any]]], devices: set[str]
    ) -> list[EntitySpec]:
        entities: dict[str, EntitySpec] = {}
        for where, row in rows:
            wanted = row["id"]
            if not _ENTITY_ID.fullmatch(wanted):
                raise HouseError(
                    f"{where}: {wanted!r} is no entity id (domain.object_id, of a-z, 0-9 and _)"
                )
            entity_id, number = wanted, 2
            while entity_id in entities:
                entity_id, number = f"{wanted}_{number}", number + 1
            if entity_id != wanted:
                self.notes.append(f"{wanted} is there several times: one is now {entity_id}")
            device = _text(row.get("device"))
            if device is not None and device not in devices:
                self.notes.append(f"{entity_id}: device {device!r} is not under `devices`")
                device = None
            attributes = row.get("attributes") or {}
            if not isinstance(attributes, dict):
                raise HouseError(f"{where}: `attributes` is not a mapping")
            entities[entity_id] = EntitySpec(
                entity_id,
                _name(row, wanted.partition(".")[2]),
                _text(row.get("area")),
                device,
                _text(row.get("state")),
                dict(attributes),
                _strings(where, row, "aliases"),
            )
        return list(entities.values())

    def _placed(self, entity: EntitySpec, devices: Iterable[DeviceSpec]) -> EntitySpec:
        """The entity with an area of its own only where its device is elsewhere.

        Home Assistant lets an entity that is called like its device have no area of its own.
        """
        device = next((device for device in devices if device.id == entity.device), None)
        if device is None or entity.area is None:
            return entity
        if entity.area == device.area:
            return replace(entity, area=None)
        if entity.name.casefold() == device.name.casefold():
            self.notes.append(f"{entity.entity_id} is not where its device is: taken out of it")
            return replace(entity, device=None)
        return entity


def _name(row: Mapping[str, Any], id_: str) -> str:
    return _text(row.get("name")) or id_.replace("_", " ").strip().capitalize() or id_


def _text(value: object) -> str | None:
    """A value as text; YAML reads an unquoted `on` as true."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return None if value is None or not str(value).strip() else str(value).strip()


def _strings(where: str, row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    values = row.get(key) or []
    if not isinstance(values, list):
        raise HouseError(f"{where}: `{key}` is not a list")
    return tuple(text for value in values if (text := _text(value)))
