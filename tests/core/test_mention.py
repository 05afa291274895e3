"""What a sentence names is not asked about; what it does not name still is."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.home import Entity
from custom_components.functiongemma.core.mention import mentioned, spoken_of

TV = Entity("media_player.tv", "Smart TV")
SPEAKER = Entity("media_player.speaker", "Smart speaker", aliases=("Jukebox",))
SPRINKLER = Entity("valve.sprinkler", "Sprinkler system")
SHOWER = Entity("valve.shower", "Shower")
FIRE_PIT = Entity("light.fire_pit", "Fire pit light")
LAMP = Entity("light.lamp", "Lamp")


@pytest.mark.parametrize(
    ("candidates", "sentence", "meant"),
    [
        ((TV, SPEAKER), "set the TV volume to 10", TV),
        ((TV, SPEAKER), "the smart tv, louder", TV),
        ((TV, SPEAKER), "play it on the jukebox", SPEAKER),
        ((SPRINKLER, SHOWER), "turn off the shower!", SHOWER),
        ((FIRE_PIT, LAMP), "the light at the fire pit on", FIRE_PIT),
    ],
)
def test_what_is_named_is_meant(
    candidates: tuple[Entity, ...], sentence: str, meant: Entity
) -> None:
    assert mentioned(candidates, sentence) is meant
    assert mentioned(candidates[::-1], sentence) is meant


@pytest.mark.parametrize(
    ("candidates", "sentence"),
    [
        ((TV, SPEAKER), "louder"),
        ((TV, SPEAKER), "the smart one"),  # both are
        ((TV, SPEAKER), "not the tv, the speaker"),
        ((SPRINKLER, SHOWER), "water, please"),
        ((SPRINKLER, SHOWER), "showers are expected"),  # another word
        ((Entity("climate.ac", "A/C"), Entity("climate.h", "Stove")), "a bit warmer, can't you"),
        ((TV, SPEAKER), ""),
        ((TV, SPEAKER), "🤔"),
    ],
)
def test_what_is_not_named_is_not_guessed(candidates: tuple[Entity, ...], sentence: str) -> None:
    assert mentioned(candidates, sentence) is None


def test_light_is_what_everything_that_shines_is_called() -> None:
    main = Entity("light.main", "Light")
    assert mentioned((main, LAMP), "light off") is None
    assert mentioned((main, LAMP), "lamp off") is None


def test_a_lock_is_asked_about_unless_it_is_named_in_full() -> None:
    front, gate = Entity("lock.front", "Front door"), Entity("lock.gate", "Gate")
    assert mentioned((front, gate), "unlock the door") is None
    assert mentioned((front, gate), "unlock the front door") is front


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("온도조절기 꺼 줘", ("온도조절기", "수영장 히터")),
        ("온도조절기를 꺼 줘", ("온도조절기", "수영장 히터")),
        ("食洗機を止めて", ("食洗機", "オーブン")),
        ("关掉烤箱", ("烤箱", "洗碗机")),
        ("ÉTEINS LE LAVE-VAISSELLE", ("Lave-vaisselle", "Four")),
    ],
)
def test_names_are_found_in_any_writing(sentence: str, names: tuple[str, str]) -> None:
    candidates = [Entity(f"switch.{i}", name) for i, name in enumerate(names)]
    assert mentioned(candidates, sentence) is candidates[0]


def test_names_without_words_are_no_names() -> None:
    assert mentioned((Entity("switch.a", "★"), Entity("switch.b", "♥")), "switch it on") is None
    assert mentioned((Entity("switch.a", "★"), Entity("switch.b", "Oven")), "oven on") is not None


def test_a_room_that_is_named_tells_devices_of_one_name_apart() -> None:
    rooms = [Entity(f"light.{a}", "Lamp", a) for a in ("Kitchen", "Kids room", None)]
    assert mentioned(rooms, "the lamp in the kitchen") is rooms[0]
    assert mentioned(rooms, "lamp on") is None
    assert mentioned(rooms, "is there room for a lamp in the kitchen") is None


def test_a_name_counts_for_more_than_a_room() -> None:
    tv = Entity("media_player.tv", "TV", "Lounge")
    radio = Entity("media_player.radio", "Radio", "Kitchen")
    assert mentioned((tv, radio), "tell the kitchen to hear the tv") is tv
    # One word names no light, wherever something else is.
    lamps = Entity("light.a", "Lamp", "Lounge"), Entity("light.b", "Spots", "Kitchen")
    assert mentioned(lamps, "lamp, not in the kitchen") is None


def test_numbers_tell_devices_apart() -> None:
    plugs = [Entity(f"switch.{i}", f"Plug {i}") for i in (1, 2, 12)]
    assert mentioned(plugs, "plug 2 on") is plugs[1]


def test_one_entity_twice_is_one() -> None:
    assert mentioned((TV, TV, SPEAKER), "the tv") is TV


HALL = Entity("light.hall", "Éclairage du couloir")
GARAGE = Entity("light.garage", "Éclairage de garage")
DINING = Entity("light.dining", "Esszimmerlicht")
PANTRY = Entity("light.pantry", "Hintere Speisekammerbeleuchtung")
SHED = Entity("light.shed", "Światło szopy")
KITCHEN = Entity("light.kitchen", "Światło kuchenne")
LIVING = Entity("light.living", "거실 조명")
BED = Entity("light.bed", "침실 조명")


@pytest.mark.parametrize(
    ("candidates", "sentence", "meant"),
    [
        ((HALL, GARAGE), "Allume la lumière du garage", GARAGE),
        ((DINING, PANTRY), "Licht im Esszimmer an", DINING),
        ((SHED, KITCHEN), "zgaś światło w kuchni", KITCHEN),
        ((LIVING, BED), "침실 불 꺼줘", BED),
    ],
)
def test_a_name_said_in_other_words_is_known(
    candidates: tuple[Entity, ...], sentence: str, meant: Entity
) -> None:
    other = next(e for e in candidates if e is not meant)
    for chosen in (other.entity_id, None):
        assert spoken_of(candidates, sentence, chosen) is meant
    assert spoken_of(candidates, sentence, meant.entity_id) is None, "it is chosen already"


@pytest.mark.parametrize(
    ("candidates", "sentence"),
    [
        # The kitchen light is called so in English, and what both are says nothing.
        ((Entity("light.k", "Kitchen light"), HALL), "allume la lumière de la cuisine"),
        ((DINING, PANTRY), "Licht an"),
        ((HALL, GARAGE), "le couloir et le garage"),
        ((Entity("lock.f", "Front door"), Entity("lock.b", "Back door")), "unlock the front"),
        ((HALL, GARAGE), "🤔"),
        ((), "garage"),
    ],
)
def test_what_everything_is_called_names_nothing(
    candidates: tuple[Entity, ...], sentence: str
) -> None:
    chosen = candidates[0].entity_id if candidates and candidates[0].domain == "light" else None
    assert spoken_of(candidates, sentence, chosen) is None
