"""A call reaches what was meant, and never anything that is not exposed."""

from __future__ import annotations

from typing import Any

import pytest

from custom_components.functiongemma.core.calls import FunctionCall, Value
from custom_components.functiongemma.core.home import Area, Entity, Home
from custom_components.functiongemma.core.resolve import (
    Action,
    Ambiguous,
    Failed,
    Resolved,
    Where,
    resolve,
)

from .house import HOME, KITCHEN, LIGHTS, ask, asked, failed, reached


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"name": "Island lamp"}, {"light.island"}),
        ({"name": "island LAMP"}, {"light.island"}),
        ({"name": "Bar"}, {"light.island"}),
        ({"area": "Kitchen"}, KITCHEN),
        ({"area": "kitchen"}, KITCHEN),
        ({"area": "Galley"}, KITCHEN),
        ({"floor": "Ground floor"}, KITCHEN),
        ({"floor": "upstairs"}, {"light.bedroom"}),
        ({"area": "all"}, LIGHTS),
        ({"name": "Ceiling", "area": "Bedroom"}, {"light.bedroom"}),
        ({"name": "Ceiling", "floor": "Upstairs"}, {"light.bedroom"}),
        ({"entity_id": "light.porch"}, {"light.porch"}),
        ({"entity_id": ["light.porch", "light.island"]}, {"light.porch", "light.island"}),
        ({"entity_id": ["light.porch", "light.hidden"]}, {"light.porch"}),
    ],
)
def test_a_target_reaches_what_it_names(arguments: dict[str, Value], expected: set[str]) -> None:
    assert reached(ask("light.turn_off", **arguments)) == expected


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        ({"name": "Chandelier"}, "Chandelier"),
        ({"name": "Front door"}, "Front door"),  # a lock, no light
        ({"area": "Cellar"}, "Cellar"),
        ({"area": "Hall"}, "Hall"),  # has no light
        ({"floor": "Attic"}, "Attic"),
        ({"name": "Porch", "area": "Kitchen"}, "Kitchen"),
        ({"entity_id": "light.hidden"}, "light.hidden"),
        ({"entity_id": "lock.front"}, "lock.front"),
    ],
)
def test_what_is_not_there_is_named(arguments: dict[str, Value], value: str) -> None:
    assert failed(ask("light.turn_on", **arguments)) == ("no_target", value)


def test_here_is_the_speakers_area() -> None:
    assert reached(ask("light.turn_on", Where("Kitchen"), area="here")) == KITCHEN
    assert reached(ask("light.turn_on", Where("bedroom"), area="here")) == {"light.bedroom"}


def test_here_without_a_known_area_is_the_only_one_or_a_question() -> None:
    assert asked(ask("light.turn_on", area="here")) == LIGHTS
    assert asked(ask("light.turn_on", Where("Hall"), area="here")) == LIGHTS
    assert reached(ask("vacuum.start", area="here")) == {"vacuum.robot"}
    assert reached(ask("vacuum.start", Where("Kitchen"), area="here")) == {"vacuum.robot"}


def test_here_prefers_what_is_able() -> None:
    """The blind in the room cannot be tilted; nothing else can, and it is said so."""
    resolved = ask("cover.open_cover_tilt", Where("Bedroom"), area="here")
    assert failed(resolved) == ("not_supported", "Blind")


def test_of_two_with_one_name_the_one_in_this_room_is_meant() -> None:
    assert reached(ask("light.turn_on", Where("Bedroom"), name="Ceiling")) == {"light.bedroom"}
    assert asked(ask("light.turn_on", name="Ceiling")) == {"light.kitchen", "light.bedroom"}
    assert asked(ask("light.turn_on", Where("Hall"), name="Ceiling")) == {
        "light.kitchen",
        "light.bedroom",
    }


def test_a_name_elsewhere_is_reached_from_any_room() -> None:
    assert reached(ask("light.turn_on", Where("Bedroom"), name="Bar")) == {"light.island"}


def test_the_exact_name_wins_over_one_in_another_case() -> None:
    home = Home((Entity("light.a", "lamp"), Entity("light.b", "Lamp")))
    found = resolve(home, FunctionCall("light.turn_on", {"name": "Lamp"}))
    assert reached(found) == {"light.b"}
    assert asked(resolve(home, FunctionCall("light.turn_on", {"name": "LAMP"}))) == {
        "light.a",
        "light.b",
    }


def test_nothing_said_about_where_is_a_question() -> None:
    assert asked(ask("light.turn_on")) == LIGHTS
    assert reached(ask("vacuum.start")) == {"vacuum.robot"}


def test_one_lock_is_unlocked_at_a_time() -> None:
    assert asked(ask("lock.unlock", area="all")) == {"lock.front", "lock.back"}
    assert reached(ask("lock.unlock", area="Hall")) == {"lock.front"}
    assert reached(ask("lock.lock", area="all")) == {"lock.front", "lock.back"}
    ids: list[Value] = ["lock.front", "lock.back"]
    assert asked(ask("lock.unlock", entity_id=ids)) == {"lock.front", "lock.back"}


def test_what_the_sentence_names_is_not_asked_about() -> None:
    there = Where("Hall", said="pause the radio")
    assert reached(ask("media_player.media_pause", there, area="here")) == {"media_player.radio"}
    assert len(asked(ask("media_player.media_pause", Where("Hall", said="pause"), area="here"))) > 1
    playing = Where(states={"media_player.tv": "playing"}, said="pause the radio")
    assert reached(ask("media_player.media_pause", playing)) == {"media_player.radio"}


def test_what_is_named_and_unable_is_told_so_instead_of_taking_another() -> None:
    tv = Entity("media_player.tv", "TV", features=frozenset({"pause"}))
    home = Home((tv, Entity("media_player.box", "Box", features=frozenset({"next"}))))
    call = FunctionCall("media_player.media_next_track", {"area": "here"})
    assert reached(resolve(home, call)) == {"media_player.box"}
    assert failed(resolve(home, call, Where(said="skip on the TV"))) == ("not_supported", "TV")


def test_the_player_that_plays_is_meant() -> None:
    states = {"media_player.tv": "playing", "media_player.radio": "off"}
    where = Where(states=states)
    assert reached(ask("media_player.media_pause", where, area="all")) == {"media_player.tv"}
    assert reached(ask("media_player.volume_up", where, area="here")) == {"media_player.tv"}
    none = Where(states=dict.fromkeys(states, "off"))
    assert asked(ask("media_player.media_pause", none, area="here")) == set(states)
    assert reached(ask("media_player.media_pause", none, name="Radio")) == {"media_player.radio"}
    paused = Where(states={"media_player.tv": "playing", "media_player.radio": "paused"})
    assert reached(ask("media_player.media_play", paused, area="all")) == {"media_player.radio"}


@pytest.mark.parametrize("latest", ["media_player.tv", "media_player.radio"])
def test_of_several_that_play_the_one_that_was_started_last_is_meant(latest: str) -> None:
    players = ("media_player.tv", "media_player.radio")
    changed = {player: 200.0 if player == latest else 100.0 for player in players}
    where = Where(states=dict.fromkeys(players, "playing"), changed=changed)
    assert reached(ask("media_player.media_pause", where, area="all")) == {latest}
    assert reached(ask("media_player.volume_set", where, area="here", volume_pct=5)) == {latest}
    # The state counts more than the time.
    where = Where(states={**where.states, latest: "paused"}, changed=changed)
    assert reached(ask("media_player.media_pause", where, area="all")) == {*players} - {latest}
    assert reached(ask("media_player.media_play", where, area="all")) == {latest}


def test_after_a_restart_music_is_a_speakers_affair_and_loudness_a_screens() -> None:
    tv = Entity("media_player.tv", "Screen", device_class="tv")
    home = Home((tv, Entity("media_player.box", "Box", device_class="speaker")))
    where = Where(
        states={"media_player.tv": "playing", "media_player.box": "playing"},
        changed={"media_player.tv": 104.0, "media_player.box": 101.0},
    )
    call = FunctionCall("media_player.media_pause", {"area": "here"})
    assert reached(resolve(home, call, where)) == {"media_player.box"}
    call = FunctionCall("media_player.volume_up", {"area": "here"})
    assert reached(resolve(home, call, where)) == {"media_player.tv"}


def test_only_what_can_do_it_is_asked_to() -> None:
    assert reached(ask("light.turn_on", area="Kitchen", color_name="red")) == {"light.kitchen"}
    assert reached(ask("light.turn_on", area="Kitchen")) == KITCHEN
    unable = ask("light.turn_on", name="Island lamp", brightness_pct=20)
    assert failed(unable) == ("not_supported", "Island lamp")
    # What an entity can do is not always known; then it is tried.
    assert reached(ask("light.turn_on", name="Porch", brightness_pct=20)) == {"light.porch"}
    assert failed(ask("cover.stop_cover", area="all")) == ("not_supported", "Blind")


def test_questions_are_about_the_whole_home_unless_told() -> None:
    query: dict[str, Value] = {"domain": "light", "state": "on"}
    for name in ("state.count", "state.list"):
        assert reached(ask(name, Where("Bedroom"), **query)) == LIGHTS
        assert reached(ask(name, Where("Bedroom"), area="here", **query)) == LIGHTS
        assert reached(ask(name, area="all", **query)) == LIGHTS
        assert reached(ask(name, area="Kitchen", **query)) == KITCHEN
        assert reached(ask(name, floor="Upstairs", **query)) == {"light.bedroom"}
    locks = ask("state.count", area="all", domain="lock", state="locked")
    assert reached(locks) == {"lock.front", "lock.back"}
    assert reached(ask("state.get", name="Radio")) == {"media_player.radio"}


def test_a_home_without_such_a_device_says_so() -> None:
    for arguments in ({"area": "all"}, {"area": "here"}, {}):
        resolved = resolve(HOME, FunctionCall("valve.open_valve", {**arguments}))
        assert isinstance(resolved, Failed)
        assert resolved.reason == "no_target"


def test_a_function_that_does_not_exist_is_named() -> None:
    assert failed(ask("light.explode", area="all")) == ("unknown_function", "light.explode")


def test_a_timer_needs_no_device() -> None:
    resolved = ask("timer.start", minutes=5, timer_name="pizza")
    assert isinstance(resolved, Action)
    assert resolved.entities == ()
    assert (resolved.service, resolved.data) == (
        "timer.start",
        {"minutes": 5, "timer_name": "pizza"},
    )


def test_arguments_become_the_actions_data() -> None:
    resolved = ask("media_player.volume_set", name="TV", volume_pct=35)
    assert isinstance(resolved, Action)
    assert (resolved.service, resolved.data) == ("media_player.volume_set", {"volume_level": 0.35})


def test_no_other_target_slips_into_the_data() -> None:
    resolved = ask("light.turn_on", name="Porch", area_id="hall", label_id="x", device_id="y")
    assert isinstance(resolved, Action)
    assert resolved.data == {}
    timer = ask("timer.cancel", entity_id="light.hidden")
    assert isinstance(timer, Action)
    assert timer.data == {}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("media_player.volume_set", {"name": "TV"}),
        ("media_player.volume_set", {"name": "TV", "volume_pct": "loud"}),
        ("media_player.volume_mute", {"name": "TV"}),
        ("climate.set_temperature", {"area": "all"}),
        ("todo.add_item", {"name": "Shopping"}),
        ("state.count", {"area": "all"}),
    ],
)
def test_a_call_without_what_it_needs_fails_before_it_acts(
    name: str, arguments: dict[str, Value]
) -> None:
    assert failed(ask(name, **arguments)) == ("bad_arguments", name)


@pytest.mark.parametrize(
    "target",
    [{"name": 3}, {"area": None}, {"floor": ["x"]}, {"entity_id": {"a": 1}}, {"entity_id": []}],
)
def test_a_target_of_a_strange_type_acts_on_nothing_by_itself(target: dict[str, Any]) -> None:
    resolved = ask("lock.unlock", **target)
    assert isinstance(resolved, (Ambiguous, Failed))


def test_opening_all_blinds_does_not_open_the_garage() -> None:
    home = Home(
        (
            Entity("cover.blind", "Blind", "Hall", device_class="blind"),
            Entity("cover.shutter", "Shutter", "Hall"),
            Entity("cover.garage", "Garage door", "Hall", device_class="garage"),
            Entity("cover.gate", "Gate", "Drive", device_class="gate"),
        ),
        (Area("Hall", "Ground floor"), Area("Drive")),
    )

    def cover(name: str, where: Where | None = None, /, **arguments: Value) -> Resolved:
        return resolve(home, FunctionCall(f"cover.{name}", arguments), where)

    harmless = {"cover.blind", "cover.shutter"}
    for name, rest in (("open_cover", {}), ("toggle", {}), ("set_cover_position", {"position": 9})):
        assert reached(cover(name, area="all", **rest)) == harmless
        assert reached(cover(name, floor="Ground floor", **rest)) == harmless
        assert asked(cover(name, area="Hall", **rest)) == {*harmless, "cover.garage"}
        assert asked(cover(name, Where("Hall"), area="here", **rest)) == {*harmless, "cover.garage"}
        assert reached(cover(name, name="Garage door", **rest)) == {"cover.garage"}
        assert reached(cover(name, area="Drive", **rest)) == {"cover.gate"}, "nothing else is there"
    assert len(reached(cover("close_cover", area="all"))) == 4


def test_empty_list_of_entities_is_not_all_of_them() -> None:
    assert failed(ask("light.turn_on", entity_id=[])) == ("no_target", "")
