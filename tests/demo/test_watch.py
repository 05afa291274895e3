"""What is told of a sentence must be what happened, no more and no less."""

from __future__ import annotations

import json

from homeassistant.core import Context, HomeAssistant, State, SupportsResponse
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_mock_service

from demo.home import async_add_house
from demo.house import EntitySpec, House
from demo.speak import Answer
from demo.watch import Call, Watch, describe_change, plain


async def test_calls_for_several_entities_are_one_and_others_are_not_counted(
    hass: HomeAssistant,
) -> None:
    async_mock_service(hass, "light", "turn_on")
    async_mock_service(hass, "light", "turn_off")
    context = Context()
    watch = Watch(hass, context)
    watch.start()
    dim = {"brightness_pct": 30}
    made = [("light.a", dim), ("light.b", dim), ("light.b", dim), ("light.c", {})]
    for entity_id, data in made:
        await hass.services.async_call(
            "light", "turn_on", {"entity_id": entity_id, **data}, blocking=True, context=context
        )
    await hass.services.async_call(
        "light", "turn_off", {"entity_id": ["light.a", "light.c"]}, blocking=True, context=context
    )
    # Somebody else's, at the same time.
    await hass.services.async_call("light", "turn_off", {"entity_id": "light.d"}, blocking=True)
    watch.stop()
    await hass.services.async_call("light", "turn_on", {}, blocking=True, context=context)
    assert watch.calls == [
        Call("light.turn_on", ["light.a", "light.b"], {"brightness_pct": 30}),
        Call("light.turn_on", ["light.c"], {}),
        Call("light.turn_off", ["light.a", "light.c"], {}),
    ]


async def test_changes_are_told_once_from_the_first_state_to_the_last(hass: HomeAssistant) -> None:
    hass.states.async_set("light.a", "off")
    hass.states.async_set("light.b", "on", {"brightness": 255})
    hass.states.async_set("light.c", "on", {"brightness": 255})
    hass.states.async_set("light.d", "off")
    watch = Watch(hass, Context())
    watch.start()
    hass.states.async_set("light.a", "unavailable")
    hass.states.async_set("light.a", "on", {"brightness": 10})
    hass.states.async_set("light.b", "on", {"brightness": 77})
    hass.states.async_set("light.c", "on", {"brightness": 255, "friendly_name": "C"})
    hass.states.async_set("light.d", "on")
    hass.states.async_set("light.d", "off")
    watch.stop()
    assert watch.changes() == {
        "light.a": ("off", "on"),
        "light.b": ("on brightness=100%", "on brightness=30%"),
    }


def test_attributes_are_told_where_the_state_stays() -> None:
    def change(old: dict[str, object], new: dict[str, object]) -> tuple[str, str] | None:
        return describe_change(State("x.y", "same", old), State("x.y", "same", new))

    assert change({"temperature": 20.5}, {"temperature": 22.5}) == (
        "same temperature=20.5",
        "same temperature=22.5",
    )
    assert change({"rgb_color": (255, 0, 0)}, {"rgb_color": (0, 0, 255)}) == (
        "same rgb_color=#ff0000",
        "same rgb_color=#0000ff",
    )
    assert change({"volume_level": 0.4}, {}) == ("same volume_level=40%", "same volume_level=none")
    assert change({"icon": "a"}, {"icon": "b"}) is None


async def test_what_a_script_does_is_a_change_and_no_call(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "homeassistant", {})
    scene = {"entities": {"light.lamp": {"state": "on", "brightness": 51}, "switch.plug": False}}
    house = House(
        "h",
        entities=(
            EntitySpec("light.lamp", "Lamp", state="off"),
            EntitySpec("switch.plug", "Plug", state="on"),
            EntitySpec("scene.evening", "Evening", attributes=scene),
            EntitySpec("script.night", "Night", attributes={"entities": {"light.lamp": "off"}}),
        ),
    )
    await async_add_house(hass, house)
    await hass.async_block_till_done()
    for entity_id, lamp in (("scene.evening", "on"), ("script.night", "off")):
        domain = entity_id.partition(".")[0]
        context = Context()
        watch = Watch(hass, context)
        watch.start()
        await hass.services.async_call(
            domain, "turn_on", {"entity_id": entity_id}, blocking=True, context=context
        )
        await hass.async_block_till_done()
        watch.stop()
        assert watch.calls == [Call(f"{domain}.turn_on", [entity_id], {})]
        assert watch.changes()["light.lamp"][1] == lamp
    assert hass.states.get("switch.plug").state == "off"


async def test_data_of_a_call_is_plain_json(hass: HomeAssistant) -> None:
    given = {"list": (1, 2.5), "mode": SupportsResponse.ONLY, "text": "é", "none": None}
    assert json.loads(json.dumps(plain(given)))["list"] == [1, 2.5]
    assert plain(given)["mode"] == "only"


def test_the_json_line_has_these_keys_and_nothing_else() -> None:
    call = Call("light.turn_on", ["light.a"], {"brightness_pct": 30})
    answer = Answer("é", "fr", "Fait", [call], {"light.a": ("off", "on")}, 123.456, {"decode": 1.0})
    line = answer.as_json()
    assert "\n" not in line
    assert "é" in line
    assert json.loads(line) == {
        "text": "é",
        "language": "fr",
        "calls": [
            {"service": "light.turn_on", "entity_id": ["light.a"], "data": {"brightness_pct": 30}}
        ],
        "changes": {"light.a": ["off", "on"]},
        "reply": "Fait",
        "ms": 123.5,
    }
