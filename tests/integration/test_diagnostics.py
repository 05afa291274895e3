"""Diagnostics are pasted into public issues: they help, and they tell nothing about anybody."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import floor_registry as fr
from homeassistant.setup import async_setup_component
from packaging.tags import Tag
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_system_health_info,
)
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.functiongemma import facts, system_health
from custom_components.functiongemma.const import (
    CONF_FILE,
    CONF_REPOSITORY,
    CONF_SOURCE,
    CONF_TOKEN,
    DOMAIN,
)
from custom_components.functiongemma.core.errors import (
    PromptTooLongError,
    WorkerCrashedError,
)
from custom_components.functiongemma.diagnostics import async_get_config_entry_diagnostics

from .fake_model import FakeModel
from .house import Speaker, call, place, set_agent, set_up_demo
from .test_translations import load

#: Somebody's name, in everything that has a name.
SECRET = "Zaphod"


async def diagnostics(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, entry: MockConfigEntry
) -> dict[str, Any]:
    """As they are downloaded."""
    assert await async_setup_component(hass, "diagnostics", {})
    return dict(await get_diagnostics_for_config_entry(hass, hass_client, entry))


@pytest.fixture
async def speaker(
    hass: HomeAssistant, home_entry: MockConfigEntry, fake_model: FakeModel
) -> Speaker:
    """A house in which everything bears a name that is nobody's business."""
    await set_up_demo(hass, Platform.LIGHT, Platform.SWITCH)
    place(
        hass,
        "light.kitchen_lights",
        f"{SECRET}'s room",
        name=f"{SECRET}'s lamp",
        floor=f"{SECRET}'s floor",
        aliases=[f"Lamp of {SECRET}"],
    )
    place(hass, "switch.ac")
    room = ar.async_get(hass).async_get_area_by_name(f"{SECRET}'s room")
    assert room is not None
    ar.async_get(hass).async_update(room.id, aliases={f"Den of {SECRET}"})
    hass.states.async_set(f"person.{SECRET.lower()}", "home", {"friendly_name": SECRET})
    place(hass, f"person.{SECRET.lower()}")
    hass.config_entries.async_update_entry(home_entry, title=f"Agent of {SECRET}")
    await hass.async_block_till_done()  # a new name loads the entry again
    return Speaker(hass, home_entry)


async def test_nothing_that_somebody_named_or_said_is_in_them(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    speaker: Speaker,
    home_entry: MockConfigEntry,
    fake_model: FakeModel,
) -> None:
    fake_model.name = f"Model of {SECRET}"
    set_agent(
        hass,
        home_entry,
        fallback_agent=f"conversation.{SECRET.lower()}",
        confidence=40,
        llm_hass_api=f"mcp-{SECRET}",
        area=f"{SECRET.lower()}_s_room",
        pin="4071",
    )
    assert await hass.config_entries.async_reload(home_entry.entry_id)
    set_agent(hass, home_entry, llm_hass_api=DOMAIN)
    fake_model.answers[f"{SECRET}, light"] = [call("light.turn_on", name=f"{SECRET}'s lamp")]
    fake_model.answers[f"Call {SECRET}"] = [call(f"Call_{SECRET}")]
    await speaker.say(f"{SECRET}, light")
    await speaker.say(f"Call {SECRET}")
    fake_model.decode_error = WorkerCrashedError(f"/home/{SECRET}/x", reason=f"/home/{SECRET}")
    await speaker.say(f"{SECRET}, light")
    set_agent(hass, home_entry, llm_hass_api=f"mcp-{SECRET}")

    found = await diagnostics(hass, hass_client, home_entry)
    text = json.dumps(found)
    assert SECRET.lower() not in text.lower()
    assert home_entry.data["path"] not in text
    assert hass.config.config_dir not in text
    assert home_entry.entry_id not in text
    assert "4071" not in text
    assert found["options"] == {"threads": None}
    assert found["agents"] == [
        {
            "llm_hass_api": "**REDACTED**",
            "fallback_agent": "missing",
            "confidence": 40,
            "confirm": True,
            "area_set": True,
        }
    ]
    assert found["model"]["name"] == "**REDACTED**"


async def test_they_tell_how_things_are_set_up_and_how_they_go(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    speaker: Speaker,
    home_entry: MockConfigEntry,
    fake_model: FakeModel,
) -> None:
    floors = fr.async_get(hass)
    assert len(list(floors.async_list_floors())) == 1
    fake_model.answers["Light"] = [call("light.turn_on", name=f"{SECRET}'s lamp")]
    await speaker.say("Light")
    await speaker.say("What?")
    fake_model.decode_error = PromptTooLongError("too long", tokens="13000", limit="12000")
    await speaker.say("Light")

    found = await diagnostics(hass, hass_client, home_entry)
    assert found["entry"] == {"state": "loaded", "reason": None, "source": "local"}
    assert found["model"]["description"] == "fake"
    assert found["model"]["prompt"] == "home-1"
    assert found["worker"] == {"threads": 1, "pace": None, "memory_mb": 0}
    home = found["home"]
    assert home["by_domain"] == {"light": 1, "person": 1, "switch": 1}
    assert (home["entities"], home["areas"], home["floors"]) == (3, 1, 1)
    assert (home["aliases"], home["area_aliases"]) == (1, 1)
    assert home["prompt_characters"] > 1000
    assert found["software"]["packages"].keys() >= {"llama-cpp-python", "gguf"}
    assert found["machine"]["architecture"]
    done, nothing, failed = found["sentences"]
    assert done["decision"] == "act"
    assert done["functions"] == ["light.turn_on"]
    assert done["confidence"] == 0.97
    assert done["timings"].keys() == {"decode", "understand", "total"}
    assert nothing["decision"] == "nothing"
    assert (failed["decision"], failed["error"]) == ("broken", "prompt_too_long")


@pytest.mark.parametrize("token", [None, "hf_secret"])
async def test_private_repository_is_left_out_a_public_one_is_named(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    home_entry: MockConfigEntry,
    token: str | None,
) -> None:
    data = {
        CONF_SOURCE: "hub",
        CONF_REPOSITORY: "zaphod/tune",
        CONF_FILE: "zaphod.gguf",
        **({CONF_TOKEN: token} if token else {}),
    }
    entry = MockConfigEntry(domain=DOMAIN, title="zaphod", unique_id="z", data=data)
    entry.add_to_hass(hass)
    found = await diagnostics(hass, hass_client, entry)
    assert found["entry"]["state"] == "not_loaded"
    assert (found["model"], found["worker"], found["sentences"]) == (None, None, [])
    assert ("zaphod" in json.dumps(found)) == (token is None)
    assert "hf_secret" not in json.dumps(found)


async def test_package_that_is_missing_is_told_to_be_missing(
    hass: HomeAssistant, home_entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry: Any = home_entry
    there = await async_get_config_entry_diagnostics(hass, entry)
    assert there["software"]["packages"]["numpy"]
    monkeypatch.setattr(sys, "path", [])  # where packages are looked for
    found = await async_get_config_entry_diagnostics(hass, entry)
    assert set(found["software"]["packages"].values()) == {None}
    assert found["software"]["python"] == there["software"]["python"]
    assert (await system_health.async_info(hass))["runtime_version"] == "–"


@pytest.mark.parametrize(
    ("platforms", "told"),
    [
        (["musllinux_1_2_aarch64", "linux_aarch64"], "musl 1.2"),
        (["manylinux_2_41_x86_64", "linux_x86_64"], "glibc 2.41"),
        (["macosx_14_0_arm64"], None),
    ],
)
async def test_c_library_is_told_that_packages_have_to_be_made_for(
    hass: HomeAssistant,
    home_entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    platforms: list[str],
    told: str | None,
) -> None:
    tags = [Tag("py3", "none", platform) for platform in platforms]
    monkeypatch.setattr(facts, "sys_tags", lambda: iter(tags))
    entry: Any = home_entry
    found = await async_get_config_entry_diagnostics(hass, entry)
    assert found["software"]["libc"] == told


# -- system health -------------------------------------------------------------------------------


async def test_system_health_tells_whether_the_model_runs(
    hass: HomeAssistant, speaker: Speaker, home_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    assert await async_setup_component(hass, "system_health", {})
    before = await get_system_health_info(hass, DOMAIN)
    assert before["agents_loaded"] == "1/1"
    assert before["model"] == "fake"
    assert before["worker_running"] is True
    assert before["last_latency"] == "–"
    await speaker.say("Light")
    after = await get_system_health_info(hass, DOMAIN)
    assert after["last_latency"].endswith(" ms")
    assert SECRET not in json.dumps(after)
    for language in ("en", "fr", "de", "ko", "ja"):
        assert load(language)["system_health"]["info"].keys() == after.keys()


async def test_system_health_tells_when_nothing_is_loaded(
    hass: HomeAssistant, speaker: Speaker, home_entry: MockConfigEntry
) -> None:
    assert await hass.config_entries.async_unload(home_entry.entry_id)
    assert home_entry.state is ConfigEntryState.NOT_LOADED
    found = await system_health.async_info(hass)
    assert found["agents_loaded"] == "0/1"
    assert found["worker_running"] is False
