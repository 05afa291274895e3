"""A part of a name is said where it can mean one device only, and is labelled with all of it."""

from __future__ import annotations

from random import Random

from tests.training.dataset.saying import DEVICES, LEXICON, device, home
from training.dataset.clipping import clip, parts_of
from training.dataset.homes import Device
from training.dataset.lexicon import Lexicon, Word


def parts(name: str, **forms: str) -> list[str]:
    return [word.name for word in parts_of(Word({"name": name, **forms}))]


def clipped(*devices: Device) -> dict[str, set[str]]:
    """What else devices are called, in many homes."""
    found: dict[str, set[str]] = {}
    for seed in range(60):
        made = clip(Random(seed), LEXICON, home([*DEVICES, *devices]))
        for one in made.devices:
            assert {one.listed(word) for word in one.words} == {*one.entity.names}
            found.setdefault(one.entity.name, set()).update(w.name for w in one.words[1:])
    return found


def test_first_and_last_words_are_parts_of_a_name() -> None:
    assert parts("Big Pool Pump") == ["Pool Pump", "Pump"]
    assert parts("Coffee Machine Left") == ["Coffee", "Machine Left", "Coffee Machine", "Left"]
    assert parts("Lamp by the Window") == ["Lamp"]
    assert parts("Lamp") == []


def test_a_part_has_the_forms_of_the_name_or_is_none() -> None:
    (machine,) = parts_of(Word({"name": "Machine à café", "the": "la machine à café"}))
    assert machine.forms == {"name": "Machine", "the": "la machine"}
    # "die blauen Lampe" would be neither.
    assert parts_of(Word({"name": "Die blaue Leuchte", "of": "der blauen Leuchte"})) == []


def test_a_part_is_no_adjective_and_ends_in_no_preposition() -> None:
    assert parts("Lampe dans la chambre", the="la lampe dans la chambre") == ["Lampe"]
    oude = Word({"name": "Oude lamp", "the": "de oude lamp"})
    assert parts_of(oude, {"lamp"}) == []
    assert parts("Lampe Morzi", the="la lampe Morzi") == ["Lampe", "Morzi"]
    assert parts("Lamp over the Piano") == ["Lamp"]


def test_a_part_means_one_device() -> None:
    found = clipped(
        device("switch.a", "Gas Fireplace", "Hall", "switch.appliance"),
        device("switch.b", "Pool Pump", "Hall", "switch.appliance"),
        device("switch.c", "Pool Filter", "Hall", "switch.appliance"),
        device("light.d", "Corner Light", "Hall", "light"),
        device("switch.e", "Attic Music", "Hall", "switch.appliance"),
    )
    assert found["Gas Fireplace"] == {"Fireplace"}
    assert found["Pool Pump"] == {"Pump"}
    assert found["Corner Light"] == {"Corner"}, "any light is a light"
    assert found["Attic Music"] == {"Music"}, "an attic is a room"


def test_a_room_is_not_cut_in_two() -> None:
    lexicon = Lexicon("en", {**LEXICON.data, "rooms": ["Living Room"]})
    shelf = device("switch.a", "Living Room Shelf", None, "switch.outlet")
    homes = [clip(Random(seed), lexicon, home([shelf])) for seed in range(60)]
    words = {word.name for made in homes for word in made.devices[0].words}
    assert words == {"Living Room Shelf", "Shelf"}
