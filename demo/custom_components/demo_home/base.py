"""What all entities of the demo house have in common."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping
from enum import IntFlag, StrEnum
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant, State
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.state import async_reproduce_state
from homeassistant.util.hass_dict import HassKey

from demo.house import EntitySpec, House

DOMAIN: Final = "demo_home"

#: The house to set up.
HOUSE: HassKey[House] = HassKey(DOMAIN)


class DemoEntity(Entity):
    """An entity of the house: what it was told last is what it is."""

    _attr_should_poll = False

    def __init__(self, spec: EntitySpec) -> None:
        """Identity and place; subclasses read state and attributes."""
        self.spec = spec
        self.entity_id = spec.entity_id
        self._attr_unique_id = spec.entity_id
        self._attr_name = spec.name
        if spec.device:
            self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, spec.device)})

    def show(self, **values: Any) -> None:
        """Take over attributes (`is_on=True` for `_attr_is_on`) and write the state."""
        for key, value in values.items():
            setattr(self, f"_attr_{key}", value)
        self.async_write_ha_state()

    def given(self, *keys: str, default: Any = None) -> Any:
        """The first of the file's attributes `keys` that has a value."""
        values = (self.spec.attributes.get(key) for key in keys)
        return next((value for value in values if value is not None), default)

    def number(self, *keys: str, default: float | None = None) -> float | None:
        """Like `given`, for numbers; anything else counts as not given."""
        try:
            return float(self.given(*keys, default=default))
        except (TypeError, ValueError):
            return default


type Setup = Callable[
    [HomeAssistant, ConfigEntry, AddConfigEntryEntitiesCallback], Coroutine[Any, Any, None]
]


def platform(domain: str, kind: type[DemoEntity]) -> Setup:
    """The `async_setup_entry` of a platform: one `kind` for each entity of `domain`."""

    async def async_setup_entry(
        hass: HomeAssistant, entry: ConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
    ) -> None:
        async_add_entities([kind(spec) for spec in hass.data[HOUSE].in_domain(domain)])

    return async_setup_entry


def word(value: object) -> str:
    """`cover.CoverDeviceClass.GARAGE` and `garage` both are `garage`."""
    return str(value).rpartition(".")[2].strip().lower()


def member[E: StrEnum](kind: type[E], value: object) -> E | None:
    """The member that `value` names, or None."""
    try:
        return kind(word(value))
    except ValueError:
        return None


def features[F: IntFlag](kind: type[F], value: object, default: F, always: F | None = None) -> F:
    """Supported features from the words, the bits or the mixture in a file.

    `default`: those of an entity whose file names none; `always`: those it needs in any case.
    """
    needed = always or kind(0)
    if value is None or value == []:
        return default | needed
    if isinstance(value, int):
        return kind(value) | needed
    parts = value if isinstance(value, list) else str(value).split("|")
    found = needed
    for part in parts:
        name = word(part).upper()
        if name.isdigit():
            found |= kind(int(name))
        elif name in kind.__members__:
            found |= kind[name]
    return found


async def async_apply(hass: HomeAssistant, spec: EntitySpec, context: Context | None) -> None:
    """Bring about what a scene or script says under `entities`.

    In a context of its own, whose parent is the caller's: what a scene does to its lights is not
    what somebody asked for by name.
    """
    targets = spec.attributes.get("entities")
    if isinstance(targets, Mapping):
        states = [_state(str(entity_id), wanted) for entity_id, wanted in targets.items()]
        child = Context(
            user_id=context.user_id if context else None, parent_id=context.id if context else None
        )
        await async_reproduce_state(hass, states, context=child)


def _state(entity_id: str, wanted: object) -> State:
    attributes: dict[str, Any] = {}
    if isinstance(wanted, Mapping):
        attributes = {str(k): v for k, v in wanted.items() if k != "state"}
        wanted = wanted.get("state", "on")
    if isinstance(wanted, bool):
        wanted = "on" if wanted else "off"
    return State(entity_id, str(wanted), attributes)


def among(options: Iterable[Any], wanted: object) -> str | None:
    """The option that is `wanted`, whatever its case."""
    return next((str(o) for o in options if str(o).casefold() == str(wanted).casefold()), None)
