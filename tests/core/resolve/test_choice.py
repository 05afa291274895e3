"""Of several answers the likeliest effect is chosen, and no surer than the model was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from custom_components.functiongemma.core.calls import FunctionCall, Value
from custom_components.functiongemma.core.functions import Function, Parameter
from custom_components.functiongemma.core.home import Area, Entity, Home
from custom_components.functiongemma.core.resolve import (
    Action,
    Failed,
    Resolved,
    Where,
    choose,
    effect,
)

from .house import HOME, ask, asked, home_of, reached


def call(name: str, /, **arguments: Value) -> list[FunctionCall]:
    return [FunctionCall(name, arguments)]


def test_answers_that_come_to_the_same_count_together() -> None:
    answers = [
        (call("light.turn_on", name="Island lamp"), 0.4),
        (call("light.turn_on", area="Bedroom"), 0.3),
        (call("light.turn_on", name="Ceiling", area="Bedroom"), 0.3),
    ]
    choice = choose(HOME, answers)
    assert reached(choice.resolved[0]) == {"light.bedroom"}
    assert choice.confidence == pytest.approx(0.6)
    # The wording of the more probable answer is kept.
    assert choice.resolved[0].call.arguments == {"area": "Bedroom"}


def test_the_order_of_probability_decides_otherwise() -> None:
    answers = [
        (call("light.turn_on", name="Porch"), 0.5),
        (call("light.turn_off", name="Porch"), 0.3),
    ]
    choice = choose(HOME, answers, mass=0.8)
    assert isinstance(choice.resolved[0], Action)
    assert choice.resolved[0].service == "light.turn_on"
    assert choice.confidence == pytest.approx(0.5 / 0.8)


def test_numbers_tell_answers_apart() -> None:
    def dim(percent: int, probability: float) -> tuple[list[FunctionCall], float]:
        return call("light.turn_on", name="Ceiling", brightness_pct=percent), probability

    for where in (None, Where("Bedroom")):  # a question, an action
        choice = choose(HOME, [dim(30, 0.4), dim(40, 0.5)], where, mass=0.9)
        assert choice.resolved[0].call.arguments["brightness_pct"] == 40
        assert choice.confidence == pytest.approx(0.5 / 0.9)


def test_what_can_be_done_is_preferred_to_what_cannot() -> None:
    answers = [
        (call("light.turn_on", name="Island lamp", color_name="red"), 0.6),
        (call("light.turn_on", name="Porch", color_name="red"), 0.1),
    ]
    choice = choose(HOME, answers, mass=0.7)
    assert reached(choice.resolved[0]) == {"light.porch"}
    assert choice.confidence == pytest.approx(0.1 / 0.7)
    impossible = choose(HOME, answers[:1])
    assert isinstance(impossible.resolved[0], Failed)


def test_nothing_to_call_is_an_answer_too() -> None:
    answers: list[tuple[list[FunctionCall], float]] = [
        ([], 0.7),
        (call("light.turn_on", name="Porch"), 0.2),
    ]
    choice = choose(HOME, answers, mass=0.9)
    assert choice.resolved == ()
    assert choice.confidence == pytest.approx(0.7 / 0.9)
    assert choose(HOME, []).confidence == 0.0


def test_the_speakers_area_makes_answers_the_same() -> None:
    answers = [
        (call("light.turn_on", area="here"), 0.3),
        (call("light.turn_on", area="Bedroom"), 0.3),
        (call("light.turn_on", area="Kitchen"), 0.35),
    ]
    choice = choose(HOME, answers, Where("Bedroom"), mass=0.95)
    assert reached(choice.resolved[0]) == {"light.bedroom"}
    assert choice.confidence == pytest.approx(0.6 / 0.95)


def test_two_calls_are_one_answer() -> None:
    both = [*call("light.turn_on", name="Porch"), *call("lock.lock", area="all")]
    choice = choose(HOME, [(both, 1.0)])
    assert [reached(item) for item in choice.resolved] == [
        {"light.porch"},
        {"lock.front", "lock.back"},
    ]


def test_actions_whose_data_hold_lists_can_be_chosen() -> None:
    choice = choose(HOME, [(call("todo.get_items", name="Shopping"), 1.0)])
    assert reached(choice.resolved[0]) == {"todo.shopping"}
    tool = Function("t", "", (Parameter("domain", "ARRAY", items=Parameter("d", "STRING")),))
    choice = choose(HOME, [(call("t", domain=["light"]), 0.5)], functions={"t": tool})
    assert isinstance(choice.resolved[0], Action)
    assert choice.resolved[0].data == {"domain": ["light"]}


def test_failures_differ_by_what_failed() -> None:
    one, other = ask("light.turn_on", name="X"), ask("light.turn_on", name="Y")
    assert effect(one) != effect(other)


def test_nothing_is_done_where_it_is_nearly_as_likely_that_nothing_is_meant() -> None:
    porch, other = call("light.turn_on", name="Porch"), call("light.turn_off", name="Porch")
    choice = choose(HOME, [([], 0.3), (porch, 0.3), (other, 0.3)], mass=0.9)
    assert reached(choice.resolved[0]) == {"light.porch"}
    assert choice.confidence == pytest.approx(0.3 / 0.9)
    assert choose(HOME, [([], 0.4), (porch, 0.6)]).resolved == ()
    # Alone it is all there is.
    assert choose(HOME, [([], 0.2)]).resolved == ()


def test_a_lone_answer_is_no_surer_than_the_model_was() -> None:
    lone = [(call("light.turn_on", name="Porch"), 0.01)]
    assert choose(HOME, lone).confidence == pytest.approx(0.01)
    assert choose(HOME, lone, mass=0.02).confidence == pytest.approx(0.5)


def test_an_action_is_preferred_to_a_question_of_the_same_likelihood() -> None:
    question, action = call("light.turn_on", name="Ceiling"), call("light.turn_on", name="Porch")
    choice = choose(HOME, [(question, 0.45), (action, 0.4)])
    assert reached(choice.resolved[0]) == {"light.porch"}
    choice = choose(HOME, [(question, 0.6), (action, 0.2)])
    assert asked(choice.resolved[0]) == {"light.kitchen", "light.bedroom"}


LISTED = Home(
    (
        Entity("light.hall", "Éclairage du couloir"),
        Entity("light.garage", "Éclairage de garage"),
        Entity("cover.garage", "Porte de garage"),
    )
)


def chosen_in(home: Home, said: str, *calls: FunctionCall) -> Resolved:
    (resolved, *_) = choose(home, [(calls, 0.9)], Where(said=said)).resolved
    return resolved


@pytest.mark.parametrize("arguments", [{"name": "Éclairage du couloir"}, {"area": "here"}])
def test_without_areas_the_device_that_is_spoken_of_is_meant(arguments: dict[str, Value]) -> None:
    call = FunctionCall("light.turn_on", arguments)
    resolved = chosen_in(LISTED, "allume la lumière du garage", call)
    assert reached(resolved) == {"light.garage"}
    assert resolved.call == FunctionCall("light.turn_on", {"name": "Éclairage de garage"})


def test_what_is_spoken_of_changes_nothing_where_it_may_be_meant_otherwise() -> None:
    hall = FunctionCall("light.turn_on", {"name": "Éclairage du couloir"})
    said = "allume la lumière du garage"
    two = (hall, FunctionCall("cover.open_cover", {"name": "Porte de garage"}))
    assert reached(chosen_in(LISTED, said, *two)) == {"light.hall"}, "whose words are these?"
    everything = FunctionCall("light.turn_on", {"area": "all"})
    assert len(reached(chosen_in(LISTED, "tout, sauf le garage", everything))) == 2
    here = replace(LISTED.entities[0], area="Garage")
    placed = Home((here, *LISTED.entities[1:]), (Area("Garage"),))
    assert reached(chosen_in(placed, said, hall)) == {"light.hall"}, "it is in the garage"
    by_room = FunctionCall("light.turn_on", {"area": "Garage"})
    assert reached(chosen_in(placed, said, by_room)) == {"light.hall"}, "so says the model"


@pytest.mark.parametrize("said", ["set the TV volume to 10", "Fernseher, äh, TV auf 10 Prozent"])
def test_the_tv_is_meant_where_the_tv_is_said_and_not_the_speaker_beside_it(said: str) -> None:
    room = (Area("Living room"), Area("Kitchen"))
    speaker = Entity("media_player.speaker", "Smart Speaker", area="Living room")
    tv = Entity("media_player.tv", "Smart TV", area="Living room")
    call = FunctionCall("media_player.volume_set", {"name": "Smart Speaker", "volume_pct": 10})
    assert reached(chosen_in(Home((speaker, tv), room), said, call)) == {"media_player.tv"}


CEILING = [(call("light.turn_on", name="Ceiling"), 1.0)]


def test_of_two_with_one_name_the_one_in_the_room_that_was_said_is_meant() -> None:
    """The model often says no more than the name."""
    for area in (None, "Hall", "kitchen"):
        there = Where(area, said="turn the ceiling on in the bedroom")
        assert reached(choose(HOME, CEILING, there).resolved[0]) == {"light.bedroom"}
    both = Where(said="the ceiling in the bedroom and the one in the kitchen")
    assert len(asked(choose(HOME, CEILING, both).resolved[0])) == 2


def test_of_several_commands_each_is_for_this_room_where_it_may_be() -> None:
    """Nobody knows for which of them another room was said."""
    calls = [*call("light.turn_on", name="Ceiling"), *call("cover.open_cover", name="Blind")]
    said = "ceiling on and open the blind in the bedroom"
    first, _ = choose(HOME, [(calls, 1.0)], Where("Kitchen", said=said)).resolved
    assert reached(first) == {"light.kitchen"}
    first, _ = choose(HOME, [(calls, 1.0)], Where("Hall", said=said)).resolved
    assert reached(first) == {"light.bedroom"}


def test_no_lock_is_opened_for_a_room_that_was_not_quite_said() -> None:
    home = Home(
        (Entity("lock.a", "Back door", "Tims Zimmer"), Entity("lock.b", "Back door", "Kitchen")),
        (Area("Tims Zimmer"), Area("Kitchen")),
    )
    found = choose(
        home, [(call("lock.unlock", name="Back door"), 1.0)], Where(said="back door Tim")
    )
    assert asked(found.resolved[0]) == {"lock.a", "lock.b"}


# -- what the sentence says, and the right answer's device -----------------------------------------


def meant(home: Home, said: str, function: str, /, **arguments: Value) -> list[str]:
    """The names of the devices that a right answer reaches."""
    calls = [FunctionCall(function, dict(arguments))]
    (item,) = choose(home, [(calls, 0.9)], Where(said=said)).resolved
    assert isinstance(item, Action), item
    return [entity.name for entity in item.entities]


@pytest.mark.parametrize(
    ("function", "name", "other", "room", "said"),
    [
        ("media_player.turn_on", "TV", "Living room speaker", "Living room",
         "Turn on the TV in the living room"),
        ("climate.turn_off", "AC", "Office heater", "Office", "Turn off the AC in the office"),
        ("cover.open_cover", "Curtain", "Office window", "Office", "Open the office curtain"),
        ("light.turn_on", "Lamp", "Bedroom ceiling", "Bedroom", "Turn on the lamp in the bedroom"),
        ("media_player.turn_off", "TV", "Altavoz salón", "Salón", "Apaga la tele del salón"),
        ("media_player.turn_off", "TV", "거실 스피커", "거실", "거실 TV 꺼 줘"),
        ("media_player.turn_off", "电视", "客厅音箱", "客厅", "把客厅的电视关掉"),
    ],
)  # fmt: skip
def test_device_is_not_swapped_for_one_that_is_called_after_their_room(
    function: str, name: str, other: str, room: str, said: str
) -> None:
    domain = function.partition(".")[0]
    home = home_of((domain, name, room), (domain, other, room))
    assert meant(home, said, function, name=name) == [name]


@pytest.mark.parametrize(
    ("name", "other", "said"),
    [
        ("TV", "Nintendo Switch", "Switch on the TV"),
        ("PC", "Schalter Flur", "Schalte den PC ein"),
        ("Espresso", "Hall switch", "Switch the coffee maker off"),
    ],
)
def test_device_that_was_named_is_not_swapped_for_one_that_is_called_like_the_verb(
    name: str, other: str, said: str
) -> None:
    home = home_of(("switch", name, ""), ("switch", other, ""))
    assert meant(home, said, "switch.turn_on", name=name) == [name]


@pytest.mark.parametrize(
    ("function", "arguments", "other", "said"),
    [
        ("notify.send_message", {"name": "Jo", "message": "Michael has arrived"}, "Michael",
         "Tell Jo that Michael has arrived"),
        ("todo.add_item", {"name": "Shopping", "item": "garden hose"}, "Garden",
         "Add a garden hose to the list"),
        ("media_player.search_and_play", {"name": "TV", "query": "The Office"},
         "Office speaker", "Play The Office on the TV"),
    ],
)  # fmt: skip
def test_what_is_said_in_a_message_or_title_chooses_no_device(
    function: str, arguments: dict[str, Value], other: str, said: str
) -> None:
    domain, name = function.partition(".")[0], str(arguments["name"])
    assert meant(home_of((domain, name, ""), (domain, other, "")), said, function, **arguments) == [
        name
    ]


def test_room_does_not_choose_the_silent_player_that_is_called_after_it() -> None:
    home = home_of(("media_player", "TV", "Living room"),
                 ("media_player", "Living room speaker", "Living room"))  # fmt: skip
    states = {"media_player.e0": "playing", "media_player.e1": "idle"}
    where = Where(said="pause the living room", states=states)
    call = FunctionCall("media_player.media_pause", {"area": "Living room"})
    (item,) = choose(home, [([call], 0.9)], where).resolved
    assert isinstance(item, Action)
    assert [entity.name for entity in item.entities] == ["TV"]


def test_only_the_device_that_has_the_value_is_set() -> None:
    sources = {"TV": ("HDMI 1", "HDMI 2"), "Sonos": ("Spotify",)}
    home = Home(tuple(
        Entity(f"media_player.e{n}", name, "Den", options={"source_list": found})
        for n, (name, found) in enumerate(sources.items())
    ), (Area("Den"),))  # fmt: skip
    states = {"media_player.e0": "on", "media_player.e1": "playing"}
    call = FunctionCall("media_player.select_source", {"area": "here", "source": "HDMI 1"})
    where = Where("Den", states, said="switch to HDMI 1")
    (item,) = choose(home, [([call], 0.9)], where).resolved
    assert isinstance(item, Action)
    assert [entity.name for entity in item.entities] == ["TV"]


def test_garage_door_that_was_named_is_not_asked_about_beside_a_blind() -> None:
    door = Entity("cover.door", "Garage door", "Garage", device_class="garage")
    home = Home((door, Entity("cover.blind", "Blind", "Garage")), (Area("Garage"),))
    call = FunctionCall("cover.open_cover", {"area": "Garage"})
    (item,) = choose(home, [([call], 0.9)], Where(said="Open the garage door")).resolved
    assert isinstance(item, Action)
    assert item.entities == (door,)


@pytest.mark.parametrize(
    ("chosen", "meant_is", "said"),
    [
        (
            ("fan", "Fan", "Bedroom"),
            ("fan", "Garage fan", "Garage"),
            "turn on the fan in the garage",
        ),
        (("fan", "Desk fan", "Office"), ("fan", "Office fan", "Office"), "turn on the office fan"),
        (("cover", "Gate", "Garage"), ("cover", "Garage door", "Garage"), "open the garage door"),
    ],
)
def test_device_that_was_named_is_taken_for_one_that_was_not(
    chosen: tuple[str, str, str], meant_is: tuple[str, str, str], said: str
) -> None:
    function = {"fan": "fan.turn_on", "cover": "cover.open_cover"}[chosen[0]]
    assert meant(home_of(chosen, meant_is), said, function, name=chosen[1]) == [meant_is[1]]


def test_device_called_like_its_room_is_not_swapped_when_it_is_named() -> None:
    home = home_of(("media_player", "Kitchen", "Kitchen"), ("media_player", "Kitchen radio", ""))
    assert meant(home, "turn on the kitchen", "media_player.turn_on", name="Kitchen") == ["Kitchen"]


def test_room_that_is_only_in_a_message_does_not_choose_the_speaker() -> None:
    rooms = ("Kitchen", "Living room")
    home = home_of(*(("assist_satellite", "Speaker", room) for room in rooms))
    message = "dinner is in the kitchen"
    call = FunctionCall("assist_satellite.announce", {"name": "Speaker", "message": message})
    where = Where("Living room", said=f"announce on the speaker {message}")
    (item,) = choose(home, [([call], 0.9)], where).resolved
    assert not (isinstance(item, Action) and {e.area for e in item.entities} == {"Kitchen"})
