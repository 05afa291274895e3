"""Other agents can use the home functions too."""

from __future__ import annotations

import json
from pathlib import Path

import probatio
import pytest
from homeassistant.const import Platform
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components import functiongemma
from custom_components.functiongemma.const import DOMAIN, HOME_API, SUBENTRY_AGENT

from .house import place, set_up_demo

TRANSLATIONS = Path(functiongemma.__file__).parent / "translations"


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


def name_of(hass: HomeAssistant) -> str:
    """What every agent's options show for the home functions."""
    return next(api.name for api in llm.async_get_apis(hass) if api.id == HOME_API)


@pytest.mark.parametrize("language", [path.stem for path in TRANSLATIONS.glob("*.json")])
async def test_api_is_called_in_the_language_of_the_house(
    hass: HomeAssistant, home_entry: MockConfigEntry, language: str
) -> None:
    assert name_of(hass) == "FunctionGemma home functions"
    await hass.config.async_update(language=language)
    await hass.async_block_till_done()
    texts = json.loads((TRANSLATIONS / f"{language}.json").read_text(encoding="utf-8"))
    assert name_of(hass) == texts["common"]["home_functions"]
    assert "FunctionGemma" in name_of(hass)


async def test_french_house_reads_french_in_the_options_of_an_agent(
    hass: HomeAssistant, home_entry: MockConfigEntry
) -> None:
    hass.config.language = "fr"
    assert await hass.config_entries.async_reload(home_entry.entry_id)
    assert name_of(hass) == "Fonctions domotiques de FunctionGemma"
    for loaded in (True, False):
        if not loaded:
            assert await hass.config_entries.async_unload(home_entry.entry_id)
        result = await hass.config_entries.subentries.async_init(
            (home_entry.entry_id, SUBENTRY_AGENT), context={"source": "user"}
        )
        assert result["data_schema"] is not None
        choices = result["data_schema"].schema["llm_hass_api"].config["options"]
        assert {"value": HOME_API, "label": "Fonctions domotiques de FunctionGemma"} in choices


async def test_language_without_a_translation_reads_english(
    hass: HomeAssistant, home_entry: MockConfigEntry
) -> None:
    await hass.config.async_update(language="sv")
    await hass.async_block_till_done()
    assert name_of(hass) == "FunctionGemma home functions"
