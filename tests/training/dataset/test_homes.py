"""Random homes are homes: what is listed is what is spoken of, and a file of them is read back."""

from __future__ import annotations

from random import Random

import pytest

from custom_components.functiongemma.core.home import Home
from tests.training.conftest import LANGUAGES
from training.dataset.homes import HELPERS, HOME_KINDS, HomeMaker, RandomHome
from training.dataset.lexicon import Lexicon

every = pytest.mark.parametrize("code", LANGUAGES)


@pytest.fixture(scope="module")
def homes() -> dict[str, list[RandomHome]]:
    lexicons = {code: Lexicon.load(code) for code in LANGUAGES}
    return {
        code: [HomeMaker(lexicons, code).make(Random(f"{code}{i}")) for i in range(60)]
        for code in LANGUAGES
    }


@every
def test_sizes_vary(homes: dict[str, list[RandomHome]], code: str) -> None:
    sizes = [len(made.devices) for made in homes[code]]
    assert min(sizes) >= 1
    assert min(sizes) < 8
    assert max(sizes) > 25
    assert max(sizes) < 150


@every
def test_devices_are_the_entities_that_are_listed(
    homes: dict[str, list[RandomHome]], code: str
) -> None:
    for made in homes[code]:
        assert tuple(d.entity for d in made.devices) == made.home.entities
        ids = [d.entity.entity_id for d in made.devices]
        assert len(set(ids)) == len(ids)
        for device in made.devices:
            helper = HELPERS.get(device.kind)
            assert device.entity.domain in (device.kind.partition(".")[0], helper)
            # Any of its words may be said, and each stands for a name the constraint knows.
            assert {device.listed(word) for word in device.words} == {*device.entity.names}
            assert device in made.by_name[device.entity.name.casefold()]
            assert device.entity.area is None or device.kind not in HOME_KINDS


@every
def test_rooms_and_floors_have_words(homes: dict[str, list[RandomHome]], code: str) -> None:
    for made in homes[code]:
        assert {area.name for area in made.home.areas} == set(made.areas)
        for area in made.home.areas:
            assert made.areas[area.name].names == (area.name, *area.aliases)
        used = {d.entity.area for d in made.devices} - {None}
        assert used <= set(made.areas)
        assert {a.floor for a in made.home.areas} - {None} <= set(made.floors)


@every
def test_what_a_name_is_shortened_to_is_nobody_elses(
    homes: dict[str, list[RandomHome]], code: str
) -> None:
    shortened = 0
    for made in homes[code]:
        names = {name.casefold() for name in made.by_name}
        for device in made.devices:
            short = [w for w in device.words if w.name not in device.entity.names]
            shortened += len(short)
            assert not {w.name.casefold() for w in short} & names
    assert shortened


@every
def test_a_device_listed_under_its_room_is_called_by_it_in_other_words_too(
    homes: dict[str, list[RandomHome]], code: str
) -> None:
    """`Kitchen ceiling lamp` is the light in the kitchen, where no list of areas says so."""
    said = 0
    for made in homes[code]:
        for device in made.devices if not made.home.areas else ():
            if device.room is not None:
                alike = [d for d in made.devices if d.room == device.room and d.kind == device.kind]
                others = [w for w in device.words if w.name not in device.entity.names]
                said += len(others) if len(alike) == 1 else 0
                assert device.listed(device.words[-1]) in device.entity.names
    assert said >= 5


@every
def test_no_two_of_a_domain_in_a_room_share_a_name(
    homes: dict[str, list[RandomHome]], code: str
) -> None:
    for made in homes[code]:
        names = [
            (d.entity.domain, d.entity.area, d.entity.name.casefold())
            for d in made.devices
            if made.home.areas
        ]
        assert len(set(names)) == len(names)


@every
def test_a_home_file_is_the_home(homes: dict[str, list[RandomHome]], code: str) -> None:
    for made in homes[code]:
        assert Home.from_dict(made.to_dict()) == made.home


@every
def test_homes_with_and_without_areas_floors_and_aliases(
    homes: dict[str, list[RandomHome]], code: str
) -> None:
    found = homes[code]
    assert any(not made.home.areas for made in found)
    assert any(made.floors for made in found)
    assert any(made.home.areas and not made.floors for made in found)
    assert any(entity.aliases for made in found for entity in made.home.entities)


def test_the_same_dice_make_the_same_home() -> None:
    maker = HomeMaker({"en": Lexicon.load("en")}, "en")
    assert maker.make(Random(7)).home == maker.make(Random(7)).home
    assert maker.make(Random(7)).home != maker.make(Random(8)).home
