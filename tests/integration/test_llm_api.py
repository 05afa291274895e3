"""Other agents can use the home functions too."""

from __future__ import annotations

import probatio
import pytest
from homeassistant.const import Platform
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma.const import DOMAIN, HOME_API

from .house import place, set_up_demo


@pytest.fixture
async def api(hass: HomeAssistant, home_entry: MockConfigEntry) -> llm.APIInstance:
    """The API as another agent gets it, in a house with a light, a lock and a thermostat."""
    await set_up_demo(hass, Platform.LIGHT, Platform.LOCK, Platform.CLIMATE)
    place(hass, "light.bed_light", "Bedroom")
    place(hass, "climate.heatpump", "Bedroom")
    context = llm.LLMContext("other", Context(), "fr", "conversation", None)
    return await llm.async_get_api(hass, HOME_API, context)


async def test_tools_are_those_this_home_has_a_use_for(api: llm.APIInstance) -> None:
    found = {tool.name for tool in api.tools}
    assert {"light.turn_on", "climate.adjust_temperature", "state.get", "timer.start"} <= found
    assert not {name for name in found if name.startswith(("lock.", "cover.", "vacuum."))}
    assert "light Bed Light" in api.api_prompt
    assert all(tool.integration == DOMAIN for tool in api.tools)


async def test_every_tool_describes_its_parameters(api: llm.APIInstance) -> None:
    for tool in api.tools:
        schema = probatio.to_openapi(tool.parameters, custom_serializer=api.custom_serializer)
        assert schema["type"] == "object", tool.name
        assert tool.description
    turn_on = next(tool for tool in api.tools if tool.name == "light.turn_on")
    properties = probatio.to_openapi(turn_on.parameters)["properties"]
    assert {"name", "area", "floor", "brightness_pct", "color_name"} <= properties.keys()
    assert properties["brightness_pct"]["minimum"] == 0
    assert "red" in properties["color_name"]["enum"]


async def test_another_agent_turns_on_a_light_in_its_users_language(
    hass: HomeAssistant, api: llm.APIInstance
) -> None:
    await hass.services.async_call("light", "turn_off", {"entity_id": "all"}, blocking=True)
    result = await api.async_call_tool(llm.ToolInput("light.turn_on", {"name": "Bed Light"}))
    assert result == llm.ToolResult({"speech": "Allumé", "entities": ["light.bed_light"]})
    assert hass.states.is_state("light.bed_light", "on")


async def test_another_agent_is_told_what_it_did_wrong(
    hass: HomeAssistant, api: llm.APIInstance
) -> None:
    unknown = await api.async_call_tool(llm.ToolInput("light.turn_on", {"name": "Ceiling Lights"}))
    assert unknown.error, "it is not exposed"
    for arguments in (
        {"name": "HeatPump"},
        {"name": "HeatPump", "change": 200},
        {"name": "HeatPump", "change": 1, "device_id": "x"},
    ):
        with pytest.raises(probatio.Invalid):
            await api.async_call_tool(llm.ToolInput("climate.adjust_temperature", arguments))
    with pytest.raises(HomeAssistantError):
        await api.async_call_tool(llm.ToolInput("lock.unlock", {"name": "Front Door"}))


async def test_api_goes_with_the_last_entry(
    hass: HomeAssistant, api: llm.APIInstance, home_entry: MockConfigEntry
) -> None:
    assert await hass.config_entries.async_reload(home_entry.entry_id)
    assert HOME_API in {api.id for api in llm.async_get_apis(hass)}
    assert await hass.config_entries.async_unload(home_entry.entry_id)
    assert HOME_API not in {api.id for api in llm.async_get_apis(hass)}
