"""Which entities, areas and floors a function can be called for, and which go together.

A set of entities is an int with one bit an entity, so that narrowing it down costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from ..functions import ALL, HERE, Function
from ..home import Entity, Home


class Targets:
    """The candidates of one function in one home."""

    def __init__(self, home: Home, function: Function) -> None:
        self._home = home
        self._entities = function.candidates(home) if function.has_target else ()
        self.everyone = (1 << len(self._entities)) - 1

    def select(self, mask: int) -> tuple[Entity, ...]:
        """Entities of `mask`, in listing order."""
        if mask == self.everyone:
            return self._entities
        return tuple(e for bit, e in enumerate(self._entities) if mask >> bit & 1)

    def values(self, target: str, mask: int, given: Mapping[str, object]) -> dict[str, int]:
        """Values of `area`, `floor` or `name`, each with the entities of `mask` it leaves.

        Only canonical targets: a name, an area or a floor alone; an area before a name only where
        several entities have that name. `given` are the target parameters already there; after
        `here` and `all` nothing follows.
        """
        if target == "area":
            return self._areas(mask)
        if target == "floor":
            return {} if "area" in given else _narrowed(self._by_floor, mask)
        if "floor" in given or given.get("area") in (HERE, ALL):
            return {}
        if "area" in given:
            return _narrowed(self._shared_names, mask)
        return _narrowed(self._by_name, mask)

    def supporting(self, mask: int, feature: str | None) -> int:
        """The entities of `mask` that support `feature`."""
        return mask & self._by_feature(feature) if feature is not None else mask

    def accepting(self, mask: int, option: str, value: str) -> int:
        """The entities of `mask` that list `value` under `option`; all of them if none does."""
        found = 0
        for bit, entity in enumerate(self._entities):
            if mask >> bit & 1 and value in entity.options.get(option, ()):
                found |= 1 << bit
        return found or mask

    def _areas(self, mask: int) -> dict[str, int]:
        if not mask:
            return {}
        return {**_narrowed(self._by_area, mask), HERE: mask, ALL: mask}

    @cached_property
    def _by_area(self) -> dict[str, int]:
        """By name and alias of the area."""
        aliases = {area.name: area.aliases for area in self._home.areas}
        return _index((e.area, *aliases.get(e.area, ())) if e.area else () for e in self._entities)

    @cached_property
    def _by_floor(self) -> dict[str, int]:
        floors = {area.name: area.floor for area in self._home.areas if area.floor}
        return _index((floors[e.area],) if e.area in floors else () for e in self._entities)

    @cached_property
    def _by_name(self) -> dict[str, int]:
        return _index(e.names for e in self._entities)

    @cached_property
    def _shared_names(self) -> dict[str, int]:
        return {name: mask for name, mask in self._by_name.items() if mask & (mask - 1)}

    def _by_feature(self, feature: str | None) -> int:
        found = self._features.get(feature)
        if found is None:
            found = sum(1 << bit for bit, e in enumerate(self._entities) if e.supports(feature))
            self._features[feature] = found
        return found

    @cached_property
    def _features(self) -> dict[str | None, int]:
        return {}


def _index(keys: Iterable[Iterable[str]]) -> dict[str, int]:
    """Entities by key: one bit for each row of `keys`."""
    found: dict[str, int] = {}
    for bit, row in enumerate(keys):
        for key in row:
            found[key] = found.get(key, 0) | 1 << bit
    return found


def _narrowed(index: dict[str, int], mask: int) -> dict[str, int]:
    return {key: left for key, entities in index.items() if (left := entities & mask)}
