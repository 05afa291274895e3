"""Two commands in one sentence, with all the calls they mean and no other."""

from __future__ import annotations

from typing import Any

import pytest

from custom_components.functiongemma.core.constraint.states import MAX_CALLS
from tests.training.dataset.saying import DEVICES, LEXICON, device, everything, group
from training.dataset.accepted import NotHere
from training.dataset.combined import _join
from training.dataset.commands import Command
from training.dataset.homes import Device
from training.dataset.lexicon import Lexicon
from training.dataset.phrases import Phrase, PhraseGroup
from training.dataset.sentences import Said

pytestmark = pytest.mark.usefixtures("clearly")


def test_two_commands_are_two_calls_in_order() -> None:
    found = [
        one
        for one in everything(
            group("light.turn_on", "here", "bright"), group("light.turn_off", "here", "dark")
        )
        if one.source == "two"
    ]
    assert found
    for one in found:
        spoken = [word for word in one.text.lower().split() if word.strip(".") in _WORDS]
        meant = [
            {"light.turn_on": "bright", "light.turn_off": "dark"}[c["name"]] for c in one.calls
        ]
        assert [word.strip(".") for word in spoken] == meant


_WORDS = ("bright", "dark")


def test_one_command_for_two_devices_is_a_call_for_each() -> None:
    found = [one for one in everything(group("cover.open_cover", "name", "up {name}")) if
             one.source == "both"]  # fmt: skip
    assert found
    for one in found:
        names = [call["arguments"]["name"] for call in one.calls]
        assert len(set(names)) == 2
        text = one.text.lower()
        assert text.index(names[0].lower()) < text.index(names[1].lower())


def test_what_is_taken_back_is_not_done() -> None:
    """Only what was said last: of a name, or of the whole command."""
    found = of("corrected", everything(
        group("cover.open_cover", "name", "up {name}"), group("light.turn_on", "area", "lit {area}")
    ))  # fmt: skip
    texts = {text for text in found if text.startswith("up") and text.count("up") == 1}
    assert "up gate no shade" in {text.strip(".") for text in texts}
    for text, calls in found.items():
        (call,) = calls
        meant = next(iter(call["arguments"].values())).lower()
        taken_back, last = text.rstrip(".").split(" no ")
        assert last.endswith(meant)
        assert not taken_back.endswith(f" {meant}") or "lit" in taken_back
    assert any(" no up " in text or " no lit " in text for text in found)


def following(call: str, target: str, line: str, *kinds: str, **values: str) -> PhraseGroup:
    """A group that is only said behind another command."""
    return PhraseGroup(call, values, kinds, then={target: [Phrase(line)]})


def of(source: str, found: list[Said]) -> dict[str, list[dict[str, Any]]]:
    """Texts in small letters and their calls."""
    return {one.text.lower(): one.calls for one in found if one.source == source}


def test_a_noun_that_is_said_once_goes_for_both_areas() -> None:
    found = of("shared", everything(
        group("light.turn_off", "area", "{nouns} off {area}"),
        following("light.turn_on", "area", "on in the {area}"),
    ))  # fmt: skip
    assert found["lights off kitchen and then on in the hall"] == [
        {"name": "light.turn_off", "arguments": {"area": "Kitchen"}},
        {"name": "light.turn_on", "arguments": {"area": "Hall"}},
    ]
    assert all("kitchen" in text and ("hall" in text or "corridor" in text) for text in found)


def test_what_follows_is_about_the_kind_that_was_said() -> None:
    """The kitchen has a gate beside the blind, and the gate stays as it is."""
    found = of("shared", everything(
        group("cover.open_cover", "area", "{nouns} up {area}"),
        following("cover.close_cover", "area", "down in the {area}"),
    ))  # fmt: skip
    assert found["blinds up hall and then down in the kitchen"] == [
        {"name": "cover.open_cover", "arguments": {"area": "Hall"}},
        {"name": "cover.close_cover", "arguments": {"name": "Blind"}},
    ]
    assert not any(text.startswith("gates") for text in found)


def test_a_verb_that_is_said_once_goes_for_both_devices() -> None:
    found = of("shared", everything(
        group("light.turn_on", "name", "turn {name} on"),
        following("light.turn_on", "name", "{name} to {percent}", brightness_pct="percent"),
    ))  # fmt: skip
    assert found
    for text, calls in found.items():
        first, second = (call["arguments"] for call in calls)
        assert {first["name"], second["name"]} == {"Spots", "Ceiling"}
        assert f"then {second['name'].lower()} to {second['brightness_pct']}" in text


def test_nothing_follows_a_question_or_what_does_not_say_a_noun() -> None:
    then = following("light.turn_on", "area", "on in the {area}")
    for line in ("so dark in {area}", "are {nouns} in {area}?"):
        assert not of("shared", everything(group("light.turn_off", "area", line), then))


def test_what_follows_is_never_said_alone() -> None:
    found = everything(
        group("light.turn_off", "area", "{nouns} off {area}"),
        following("light.turn_on", "area", "on in the {area}"),
    )
    assert all("off" in one.text.lower() for one in found if one.calls)


ALSO = Lexicon("en", {**LEXICON.data, "also": {"name": ["{name} too"], "area": ["in {area} too"]}})


def test_the_same_again_has_the_same_values() -> None:
    groups = [
        group("light.turn_on", target, f"{{{target}}} to {{percent}}", brightness_pct="percent")
        for target in ("name", "area")
    ]
    found = of("again", everything(*groups, lexicon=ALSO))
    assert any("too" in text and " in " in text for text in found)
    for text, calls in found.items():
        one, other = ({**call["arguments"]} for call in calls)
        percent = one.pop("brightness_pct")
        assert percent == other.pop("brightness_pct")
        assert f" to {percent} and then " in text
        assert one != other and one.keys() == other.keys()


def test_the_same_again_is_for_what_the_noun_covers() -> None:
    found = of("again", everything(
        group("cover.open_cover", "area", "{nouns} up {area}"), lexicon=ALSO
    ))  # fmt: skip
    assert found["blinds up hall and then in kitchen too"] == [
        {"name": "cover.open_cover", "arguments": {"area": "Hall"}},
        {"name": "cover.open_cover", "arguments": {"name": "Blind"}},
    ]


def test_a_device_of_another_domain_is_turned_on_too_by_its_own_function() -> None:
    devices: list[Device] = [*DEVICES, device("fan.f", "Breeze", "Hall", "fan")]
    found = of("again", everything(
        group("light.turn_on", "name", "turn on {name}"),
        group("fan.turn_on", "name", "run {name}"), devices=devices, lexicon=ALSO,
    ))  # fmt: skip
    for text, calls in found.items():
        for call in calls:
            is_fan = call["arguments"]["name"] == "Breeze"
            assert call["name"] == ("fan.turn_on" if is_fan else "light.turn_on"), text
    assert any("then breeze too" in text for text in found)


def test_a_join_does_not_repeat_what_follows_it() -> None:
    lexicon = Lexicon("en", {**LEXICON.data, "joins": [" and also ", " and "],
                             "also": {"name": ["also {name}"]}})  # fmt: skip
    found = of("again", everything(group("light.turn_on", "name", "on {name}"), lexicon=lexicon))
    assert found and not any("also also" in text for text in found)


def test_no_sentence_means_more_calls_than_an_answer_may_have() -> None:
    call = {"name": "light.turn_on", "arguments": {"name": "Lamp"}}
    two, three = (Command("on", [call] * count, []) for count in (MAX_CALLS // 2, MAX_CALLS - 1))
    assert len(_join(" and ", two, two).calls) == MAX_CALLS
    with pytest.raises(NotHere):
        _join(" and ", two, three)


def test_a_language_without_any_of_it_says_everything_else() -> None:
    found = everything(group("light.turn_on", "name", "on {name}"))
    assert {one.source for one in found} >= {"command", "two"}
    assert not {one.source for one in found} & {"shared", "again"}
