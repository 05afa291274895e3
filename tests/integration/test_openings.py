"""Whatever a script or a scene would open is asked about, however that is written down."""

from __future__ import annotations

from typing import Any

import pytest
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .conftest import expose
from .fake_model import FakeModel
from .house import Speaker, call, place, set_up_demo, speech, state_of

FRONT = "lock.front_door"
GARAGE = "cover.garage_door"
UNLOCK = {"action": "lock.unlock", "target": {"entity_id": FRONT}}


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Demo covers take their time."""
    return True


@pytest.fixture
async def speaker(
    hass: HomeAssistant, home_entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> Speaker:
    """A locked door, a closed garage, and a scene that opens both."""
    monkeypatch.setattr("homeassistant.components.demo.lock.LOCK_UNLOCK_DELAY", 0)
    await set_up_demo(hass, Platform.LOCK, Platform.COVER)
    place(hass, FRONT)
    place(hass, GARAGE, "Hall", name="Garage")
    for action, entity_id in [("lock.lock", FRONT), ("cover.close_cover", GARAGE)]:
        domain, _, name = action.partition(".")
        await hass.services.async_call(domain, name, {"entity_id": entity_id}, blocking=True)
    scene = {"name": "Party", "entities": {FRONT: "unlocked", GARAGE: "open"}}
    assert await async_setup_component(hass, "scene", {"scene": [scene]})
    await hass.async_block_till_done()
    return Speaker(hass, home_entry)


async def set_up_scripts(hass: HomeAssistant, **scripts: list[dict[str, Any]]) -> None:
    """Scripts of these steps, each called what its id is; all are exposed."""
    config = {name: {"alias": name.title(), "sequence": steps} for name, steps in scripts.items()}
    assert await async_setup_component(hass, "script", {"script": config})
    await hass.async_block_till_done()
    for name in scripts:
        place(hass, f"script.{name}")


def device_action(hass: HomeAssistant, kind: str, **more: Any) -> dict[str, Any]:
    """A device action of the garage, as the editor of scripts writes it: by the registry's ids."""
    row = er.async_get(hass).async_get(GARAGE)
    assert row is not None
    ids = {"device_id": row.device_id, "entity_id": row.id}
    return {"domain": "cover", "type": kind, **ids, **more}


async def asked_before(speaker: Speaker, model: FakeModel, script: str, reply: str = "yes") -> str:
    """The question before a script, which runs after a yes and not before."""
    model.answers["Zzz"] = [call("script.turn_on", name=script.title())]
    before = state_of(speaker.hass, FRONT)
    asked = await speaker.say("Zzz")
    assert asked.continue_conversation, speech(asked)
    assert not speaker.services
    assert state_of(speaker.hass, FRONT) == before
    await speaker.say(reply, conversation_id=asked.conversation_id)
    ran = ("script.turn_on", {"entity_id": f"script.{script}"}) in speaker.services
    assert ran == (reply == "yes")
    return speech(asked)


async def test_script_for_all_locks_names_those_nobody_exposed_too(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    steps = {"action": "lock.unlock", "target": {"entity_id": "all"}}
    await set_up_scripts(hass, everybody=[steps])
    question = await asked_before(speaker, fake_model, "everybody")
    assert question.startswith("Unlock ")
    for name in ("Front Door", "Kitchen Door", "Openable Lock"):
        assert name in question
    assert state_of(hass, FRONT) == "unlocked"


async def test_device_action_of_a_script_is_asked_about(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    await set_up_scripts(hass, arrive=[device_action(hass, "open")])
    assert await asked_before(speaker, fake_model, "arrive") == "Open Garage?"
    assert state_of(hass, GARAGE) in ("opening", "open")


async def test_device_action_that_closes_is_not_asked_about_as_one_that_opens_half_is(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    half = device_action(hass, "set_position", position=50)
    await set_up_scripts(hass, half=[half], leave=[device_action(hass, "close")])
    assert await asked_before(speaker, fake_model, "half", "no") == "Open Garage?"
    fake_model.answers["Bye"] = [call("script.turn_on", name="Leave")]
    assert not (await speaker.say("Bye")).continue_conversation
    assert speaker.services


async def test_scene_that_a_script_activates_is_asked_about(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    await set_up_scripts(hass, celebrate=[{"scene": "scene.party"}])
    question = await asked_before(speaker, fake_model, "celebrate")
    assert question == "Unlock Front Door? Open Garage?"
    assert state_of(hass, FRONT) == "unlocked"


async def test_states_that_a_script_applies_are_asked_about(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    states = {FRONT: "unlocked", GARAGE: {"state": "open"}, "cover.hall_window": "open"}
    step = {"action": "scene.apply", "data": {"entities": states}}
    await set_up_scripts(hass, guests=[step])
    question = await asked_before(speaker, fake_model, "guests")
    assert question == "Unlock Front Door? Open Garage?"
    assert state_of(hass, FRONT) == "unlocked"


async def set_up_group(hass: HomeAssistant, name: str, *members: str) -> None:
    """A group of covers, as Home Assistant's helper makes it."""
    options = {"group_type": "cover", "name": name, "entities": members, "hide_members": False}
    entry = MockConfigEntry(domain="group", title=name, options=options)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


async def test_group_with_a_garage_door_in_it_is_asked_about_like_the_door(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    await set_up_group(hass, "Inner", GARAGE)
    await set_up_group(hass, "Doors", "cover.inner")
    await set_up_group(hass, "Blinds", "cover.hall_window")
    expose(hass, "cover.inner", exposed=False)
    expose(hass, GARAGE, exposed=False)
    for name in ("Doors", "Blinds"):
        expose(hass, f"cover.{name.lower()}")
        fake_model.answers[name] = [call("cover.open_cover", name=name)]
    asked = await speaker.say("Doors")
    assert speech(asked) == "Open Doors?"
    assert state_of(hass, GARAGE) == "closed"
    # "All covers" are not those by which somebody comes in.
    fake_model.answers["All"] = [call("cover.open_cover", area="all")]
    speaker.services.clear()
    await speaker.say("All")
    # The group hands on what it is told.
    assert ("cover.open_cover", {"entity_id": "cover.blinds"}) in speaker.services
    assert not [data for _, data in speaker.services if "cover.doors" in data["entity_id"]]
    assert state_of(hass, GARAGE) == "closed"


async def test_group_whose_mean_goes_down_is_asked_about_where_its_garage_door_goes_up(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    shared = {"supported_features": 15, "friendly_name": "Everything"}
    members = {"cover.blind": 100, "cover.gate": 0}
    for entity_id, position in members.items():
        kind = {"device_class": "garage"} if position == 0 else {}
        hass.states.async_set(entity_id, "open", {"current_position": position, **kind})
    # A group of another integration, shown as a shutter.
    group = {"group_entities": [*members], "device_class": "shutter", "current_position": 50}
    hass.states.async_set("cover.everything", "open", {**shared, **group})
    expose(hass, "cover.everything")
    fake_model.answers["40"] = [call("cover.set_cover_position", name="Everything", position=40)]
    assert speech(await speaker.say("40")) == "Open Everything?"
    fake_model.answers["0"] = [call("cover.set_cover_position", name="Everything", position=0)]
    assert not (await speaker.say("0")).continue_conversation


@pytest.mark.parametrize(
    "step",
    [
        {"action": "scene.apply", "data": {"entities": {FRONT: "{{ 'unlocked' }}"}}},
        {"action": "{{ 'lock.unlock' }}", "target": {"entity_id": FRONT}},
        {"action": "lock.unlock", "data": "{{ {'entity_id': 'lock.front_door'} }}"},
    ],
)
async def test_script_that_chooses_by_a_template_is_asked_about_itself(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel, step: dict[str, Any]
) -> None:
    await set_up_scripts(hass, surprise=[step])
    question = await asked_before(speaker, fake_model, "surprise")
    assert question == "Surprise: this may open something. Go ahead?"
    assert state_of(hass, FRONT) == "unlocked"


async def test_scripts_that_run_each_other_are_looked_into_once(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    await set_up_scripts(
        hass, ring=[{"action": "script.round"}], round=[{"action": "script.ring"}, UNLOCK]
    )
    assert await asked_before(speaker, fake_model, "ring", "no") == "Unlock Front Door?"


async def test_script_that_runs_a_deleted_one_is_asked_about_for_the_rest_of_it(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    gone = {"action": "script.turn_on", "target": {"entity_id": "script.deleted"}}
    await set_up_scripts(hass, arrive=[gone, UNLOCK])
    assert await asked_before(speaker, fake_model, "arrive") == "Unlock Front Door?"
    assert state_of(hass, FRONT) == "unlocked"
