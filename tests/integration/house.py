"""A house of Home Assistant's own demo entities, and somebody who speaks in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from unittest.mock import patch

from homeassistant.components import conversation
from homeassistant.const import EVENT_CALL_SERVICE, Platform
from homeassistant.core import Context, Event, HomeAssistant, callback
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import floor_registry as fr
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma.core.calls import FunctionCall, Value

from .conftest import expose

_DEMO = "homeassistant.components.demo"


async def set_up_demo(hass: HomeAssistant, *platforms: Platform) -> None:
    """Set up some platforms of the `demo` integration; nothing of it is exposed."""
    entry = MockConfigEntry(domain="demo")
    entry.add_to_hass(hass)
    with (
        patch(f"{_DEMO}.COMPONENTS_WITH_CONFIG_ENTRY_DEMO_PLATFORM", list(platforms)),
        patch(f"{_DEMO}.COMPONENTS_WITH_DEMO_PLATFORM", []),
    ):
        assert await async_setup_component(hass, "demo", {})
        await hass.async_block_till_done()
    for state in hass.states.async_all():
        expose(hass, state.entity_id, exposed=False)


def place(
    hass: HomeAssistant,
    entity_id: str,
    area: str | None = None,
    *,
    name: str | None = None,
    floor: str | None = None,
    aliases: Iterable[str] = (),
) -> None:
    """Expose an entity, and put it in an area, on a floor, under a name."""
    areas = ar.async_get(hass)
    changes: dict[str, Any] = {}
    if area is not None:
        row = areas.async_get_or_create(area)
        changes["area_id"] = row.id
        if floor is not None:
            floors = fr.async_get(hass)
            level = floors.async_get_floor_by_name(floor) or floors.async_create(floor)
            areas.async_update(row.id, floor_id=level.floor_id)
    if name is not None:
        changes["name"] = name
    if aliases:
        er.async_get(hass).async_update_entity(entity_id, aliases=[er.COMPUTED_NAME, *aliases])
    entry = er.async_get(hass).async_get(entity_id)
    if entry is not None and entry.device_id is not None:
        # The entity is its device: it has the device's name and area.
        if name is not None:
            changes["name_by_user"] = changes.pop("name")
        dr.async_get(hass).async_update_device(entry.device_id, **changes)
    elif changes:
        er.async_get(hass).async_update_entity(entity_id, **changes)
    expose(hass, entity_id)


def call(function: str, **arguments: Value) -> FunctionCall:
    """A call as the model makes it."""
    return FunctionCall(function, dict(arguments))


def set_agent(hass: HomeAssistant, entry: MockConfigEntry, **options: Any) -> None:
    """What an entry's only agent may do, as of the next sentence; the rest stays what it is."""
    (agent,) = entry.subentries.values()
    hass.config_entries.async_update_subentry(entry, agent, data={**agent.data, **options})


def agent_of(hass: HomeAssistant, entry: MockConfigEntry) -> str:
    """Entity id of an entry's agent."""
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    (agent_id,) = [e.entity_id for e in entities if e.domain == "conversation"]
    return agent_id


class Speaker:
    """Somebody who talks to an agent, and hears what Home Assistant is made to do."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry) -> None:
        self.hass = hass
        self.agent_id = agent_of(hass, entry)
        self.services: list[tuple[str, dict[str, Any]]] = []
        """Actions that were called: `domain.service` and data."""
        self.contexts: list[Context] = []
        self._stop: Callable[[], None] = hass.bus.async_listen(EVENT_CALL_SERVICE, self._heard)

    @callback  # in a thread, it would come after what the test does next
    def _heard(self, event: Event) -> None:
        name = f"{event.data['domain']}.{event.data['service']}"
        self.services.append((name, dict(event.data["service_data"])))
        self.contexts.append(event.context)

    async def say(
        self,
        text: str,
        language: str = "en",
        *,
        conversation_id: str | None = None,
        device_id: str | None = None,
        satellite_id: str | None = None,
        context: Context | None = None,
    ) -> conversation.ConversationResult:
        """Say a sentence and wait for what it sets off."""
        result = await conversation.async_converse(
            self.hass,
            text,
            conversation_id,
            context or Context(),
            language,
            self.agent_id,
            device_id,
            satellite_id,
        )
        await self.hass.async_block_till_done()
        return result


def speech(result: conversation.ConversationResult) -> str:
    """What was replied."""
    text: str = result.response.speech["plain"]["speech"]
    return text


def names(results: Iterable[Any]) -> list[str]:
    """Entity ids of an answer's targets, sorted."""
    return sorted(target.id for target in results)


async def lights_and_switches(hass: HomeAssistant, entry: MockConfigEntry) -> Speaker:
    """A speaker in a house with lights on two floors and two switches, all off."""
    await set_up_demo(hass, Platform.LIGHT, Platform.SWITCH)
    place(hass, "light.bed_light", "Bedroom", floor="Upstairs")
    place(hass, "light.ceiling_lights", "Kitchen", name="Ceiling", floor="Downstairs")
    place(hass, "light.kitchen_lights", "Kitchen", name="Counter")
    place(hass, "switch.ac", "Bedroom")
    place(hass, "switch.decorative_lights", "Kitchen", name="Coffee maker", aliases=["Machine"])
    everything = ["light.bed_light", "light.ceiling_lights", "light.kitchen_lights"]
    await hass.services.async_call("light", "turn_off", {"entity_id": everything}, blocking=True)
    await hass.services.async_call("switch", "turn_off", {"entity_id": "all"}, blocking=True)
    return Speaker(hass, entry)


def state_of(hass: HomeAssistant, entity_id: str) -> str:
    """The present state of an entity."""
    found = hass.states.get(entity_id)
    assert found is not None
    return found.state
