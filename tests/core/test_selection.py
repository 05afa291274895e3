"""What somebody with a large home would lose: the device they name."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.catalogue import functions_for
from custom_components.functiongemma.core.changes import added_listing
from custom_components.functiongemma.core.home import Area, Entity, Home
from custom_components.functiongemma.core.prompt import build_static
from custom_components.functiongemma.core.selection import (
    CHARACTERS,
    FOLLOWING,
    LIMIT,
    LISTED,
    Closest,
    usual,
)


def _large(extra: tuple[Entity, ...] = ()) -> Home:
    areas = tuple(Area(f"Room {n}", "Upstairs" if n % 2 else "Downstairs") for n in range(40))
    lamps = tuple(Entity(f"light.l{n}", f"Lamp {n}", f"Room {n % 40}") for n in range(1000))
    return Home((*lamps, *extra), areas)


def _following(home: Home, sentence: str) -> list[str]:
    found = Closest(home, usual(home)).following(sentence)
    assert len(found) <= FOLLOWING
    return [entity.entity_id for entity in found]


def test_a_home_of_usual_size_is_listed_whole() -> None:
    home = Home(tuple(Entity(f"light.l{n}", f"Lamp {n}") for n in range(LIMIT)))
    assert usual(home) is home
    assert build_static(home, functions_for(home)).closest is None


def test_every_room_and_what_it_has_is_listed() -> None:
    extra = tuple(Entity(f"cover.c{n}", f"Blind {n}", f"Room {n}") for n in range(0, 40, 3))
    sensors = tuple(Entity(f"sensor.s{n}", f"Power {n}", f"Room {n % 40}") for n in range(500))
    home = _large((*sensors, *extra))
    listed = usual(home)
    assert len(listed.entities) == LISTED
    wanted = {(entity.area, entity.domain) for entity in home.entities}
    assert {(entity.area, entity.domain) for entity in listed.entities} == wanted
    assert len(listed.in_domains(("light",))) > len(listed.in_domains(("sensor",)))


def test_what_is_listed_stays_when_only_what_is_not_listed_changes() -> None:
    """Otherwise the model would have to read all of it again."""
    home = _large((Entity("light.late", "Late one", "Room 3"),))
    assert (
        usual(home).listing() == usual(_large((Entity("light.late", "Other", "Room 3"),))).listing()
    )


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Grandma's reading light", "switch on grandmas reading light please"),
        ("Lampe du salon", "éteins la lampe du salon"),
        ("Poolbeleuchtung", "mach mal die poolbeleuchtungen an"),
        ("거실 무드등", "거실 무드등 켜줘"),
        ("寝室の間接照明", "寝室の間接照明を消して"),
        ("灯", "请开灯"),
    ],
)
def test_the_named_device_follows_the_listing(name: str, sentence: str) -> None:
    home = _large((Entity("light.wanted", name, "Room 3"),))
    assert "light.wanted" in _following(home, sentence)
    text = build_static(home, functions_for(home)).turn(sentence)[0]
    assert isinstance(text, str)
    assert text.startswith("[Upstairs]\nRoom 3: light ") and name in text
    assert text.endswith(f"\n{sentence}")


def test_its_alias_finds_a_device_too() -> None:
    home = _large((Entity("light.wanted", "Hue 7", "Room 3", ("Grandpa's corner",)),))
    assert _following(home, "light in grandpa's corner please") == ["light.wanted"]


def test_of_devices_with_the_same_name_those_of_the_room_come_first() -> None:
    spots = tuple(Entity(f"light.s{n}", "Spots", f"Room {n}") for n in range(40))
    found = _following(_large(spots), "turn on the spots in room 17")
    assert "light.s17" in found


def test_nothing_follows_what_names_nothing() -> None:
    for sentence in ("", "🏠🔥", "?!", "how are you?"):
        assert _following(_large(), sentence) == []


def test_a_home_without_areas_and_one_of_nothing_but_lamps_work() -> None:
    home = Home(tuple(Entity(f"light.l{n}", f"Lamp {n}") for n in range(300)))
    assert len(usual(home).entities) == LISTED
    assert _following(home, "turn on lamp 299") == ["light.l299"]


def _hall_of_everything(each: int) -> Home:
    """300 lamps in 60 rooms, and so many of 20 other domains in the hall."""
    rooms = tuple(Area(f"Room {n}") for n in range(60))
    lamps = (Entity(f"light.l{n}", f"Lamp {n}", f"Room {n % 60}") for n in range(300))
    others = (
        Entity(f"other{d}.x{n}", f"Thing {d} {n}", "Hall") for d in range(20) for n in range(each)
    )
    return Home((*lamps, *others), (Area("Hall"), *rooms))


@pytest.mark.parametrize("each", [8, 10, 11])
def test_rare_devices_leave_no_room_out(each: int) -> None:
    home = _hall_of_everything(each)
    listed = usual(home)
    assert {entity.area for entity in listed.entities} == {entity.area for entity in home.entities}
    assert listed.domains == home.domains


def test_a_device_whose_name_says_more_than_a_listed_one_follows() -> None:
    home = _large((Entity("light.desk", "Desk lamp (White Ambiance)", "Room 3"),))
    home = Home((Entity("light.plain", "Lamp", "Room 3"), *home.entities), home.areas)
    assert "light.desk" in _following(home, "turn on the desk lamp")


def test_of_more_areas_than_are_listed_the_one_that_is_said_follows() -> None:
    areas = tuple(Area(f"Chamber {n}") for n in range(300))
    lamps = tuple(Entity(f"light.l{n}", "Ceiling light", f"Chamber {n}") for n in range(300))
    home = Home(lamps, areas)
    assert _following(home, "turn off everything in chamber 271") == ["light.l271"]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("ﾍﾞｯﾄﾞ", "ベッドを消して"),
        ("エアコン", "ｴｱｺﾝつけて"),
        ("ไฟ", "เปิดไฟหน้า"),
        ("🎄", "🎄 on please"),
        ("Łazienka", "zapal lazienka"),
    ],
)
def test_names_in_other_writing_follow_too(name: str, sentence: str) -> None:
    assert _following(_large((Entity("light.wanted", name, "Room 3"),)), sentence)[:1] == [
        "light.wanted"
    ]


def test_long_names_do_not_make_a_long_wait() -> None:
    areas = tuple(
        Area(f"Living room on the upper floor {n}", f"Floor {n}", ("Lounge", "Salon"))
        for n in range(300)
    )
    aliases = tuple(f"Standing light {n} beside the big telly" for n in range(5))
    home = Home(
        tuple(
            Entity(f"light.l{n}", f"Standard lamp beside the telly {n}", areas[n].name, aliases)
            for n in range(300)
        ),
        areas,
    )
    numbers = " ".join(map(str, range(280, 300)))
    lines = Closest(home, usual(home)).lines(f"lamps beside the telly on: {numbers}")
    assert 0 < len(lines) <= CHARACTERS
    assert "Standing light" not in lines and "Lounge" not in lines


def test_what_follows_the_listing_because_it_is_new_follows_once() -> None:
    """Renamed a moment ago, named now, while the model knows the old listing."""
    before = _large((Entity("light.late", "Late one", "Room 3"),))
    home = _large((Entity("light.late", "Granny corner", "Room 3"),))
    assert "Granny corner" in added_listing(before, home)
    static = build_static(before, functions_for(before), now=home)
    assert "Granny" not in str(static.turn("turn on the late one")[0])
    turn = added_listing(before, home) + str(static.turn("turn on the granny corner")[0])
    assert turn.count("Granny corner") == 1


def test_a_name_that_was_taken_away_is_not_found_any_more() -> None:
    before = _large((Entity("light.late", "Late one", "Room 3"),))
    static = build_static(before, functions_for(before), now=_large())
    assert static.turn("turn on the late one")[0] == "turn on the late one"


def _found(wanted: Entity, others: tuple[str, ...], sentence: str) -> list[str]:
    """What follows of a home without areas, where half of 300 others were read.

    `others`: what some of these are called, with a number behind.
    """
    names = (*others, *(f"Thing{n}" for n in range(20)))
    rest = tuple(
        Entity(f"{('light', 'switch')[n % 2]}.o{n}", f"{names[n % len(names)]} {n}")
        for n in range(300)
    )
    more = tuple(Entity(f"{wanted.domain}.m{n}", f"More {n}") for n in range(20))
    home = Home((*rest, *more, wanted))
    found = Closest(home, Home((*rest[:150], *more))).following(sentence)
    return [entity.entity_id for entity in found]


@pytest.mark.parametrize(
    ("name", "room", "sentence"),
    [
        ("Kitchen Sonos", "Kitchen", "a bit louder in the kitchen"),
        ("Sonos Küche", "Küche", "mach die Musik in der Küche leiser"),
        ("Sonos de la cuisine", "Cuisine", "baisse le volume dans la cuisine"),
        ("Sonos Cocina", "Cocina", "sube el volumen en la cocina"),
        ("Sonos Cucina", "Cucina", "alza il volume in cucina"),
        ("Sonos Cozinha", "Cozinha", "aumenta o volume na cozinha"),
        ("Sonos keuken", "Keuken", "zet de muziek in de keuken zachter"),
        ("Sonos w kuchni", "Kuchnia", "ścisz muzykę w kuchni"),
        ("Сонос на кухне", "Кухня", "сделай музыку на кухне тише"),
        ("주방 소노스", "주방", "주방 음악 소리 줄여 줘"),
        ("キッチンのソノス", "キッチン", "キッチンの音楽を止めて"),
        ("厨房小爱", "厨房", "厨房音量调小"),
    ],
)
def test_what_plays_in_a_room_is_found_by_its_music(name: str, room: str, sentence: str) -> None:
    """In every language, though much else in the home is named after that room."""
    found = _found(Entity("media_player.wanted", name), (room, "Lamp", "Plug"), sentence)
    assert found[0] == "media_player.wanted"


@pytest.mark.parametrize(
    ("entity_id", "name", "sentence"),
    [
        ("lock.wanted", "Cellar Nuki", "is the cellar locked up? then unlock it"),
        ("cover.wanted", "Keller Somfy", "lass die Rollläden im Keller herunter"),
        ("climate.wanted", "Netatmo de la cave", "mets 19 degrés dans la cave"),
        ("fan.wanted", "지하실 다이슨", "지하실 선풍기 켜 줘"),
        ("vacuum.wanted", "地下室ルンバ", "地下室を掃除して"),
        ("light.wanted", "地下室小明", "把地下室的灯打开"),
    ],
)
def test_a_device_with_a_name_of_its_own_is_found_by_what_it_is(
    entity_id: str, name: str, sentence: str
) -> None:
    others = ("Cellar", "Keller", "cave", "지하실", "地下室")
    assert entity_id in _found(Entity(entity_id, name), others, sentence)


def test_a_kind_alone_names_nothing() -> None:
    """Which player "louder" means is told by where it is said; all would make a long prompt."""
    assert _found(Entity("media_player.wanted", "Sonos"), ("Lamp",), "louder please") == []


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Cinema Lights", "ねえcinema lightsを消して"),
        ("Hue Bloom", "请把hue bloom打开"),
        ("Homepod", "homepod에서 노래 틀어 줘"),
        ("サーキュレーター", "さーきゅれーたーつけて"),
        ("らんぷ", "ランプを消して"),
        ("거실 스탠드", "거실 스텐드 꺼"),
        ("阳台电饭煲", "打开阳台电饭堡"),
        ("Treppenlicht", "trepenlich aus"),
        ("Stehlampe", "mach die große Stehleuchte an"),
        ("Żyrandol", "zgas zyrandol"),
        ("Światło łazienka", "swiatlo lazienka"),
    ],
)
def test_a_name_said_in_other_letters_is_found(name: str, sentence: str) -> None:
    others = ("Lamp", "ライト", "조명", "灯", "Lampe", "Lampa")
    assert "light.wanted" in _found(Entity("light.wanted", name), others, sentence)


def test_both_devices_of_a_sentence_are_found() -> None:
    """Many are called like the one, few like the other."""
    pumps = tuple(Entity(f"switch.p{n}", f"Garden pump {n}") for n in range(300))
    clock = Entity("light.clock", "Grandfather clock")
    home = Home((*pumps, clock))
    sentence = "garden pump 17 off and light up the grandfather clock"
    found = Closest(home, Home(pumps[200:])).following(sentence)
    assert {"switch.p17", "light.clock"} <= {entity.entity_id for entity in found}


def test_of_a_listed_name_and_a_longer_one_with_all_of_its_words_both_are_known() -> None:
    """Whoever says "reading lamp" may mean the old one."""
    known = tuple(Entity(f"light.l{n}", f"Bulb {n}") for n in range(300))
    known = (*known, Entity("light.reading", "Reading lamp"))
    old = Entity("light.old", "Old reading lamp")
    found = Closest(Home((*known, old)), Home(known)).following("is the reading lamp on?")
    assert found == (old,)


def test_what_is_meant_by_its_room_and_kind_is_found_where_neither_is_in_its_name() -> None:
    areas = tuple(Area(f"Room {n}") for n in range(40))
    lamps = tuple(Entity(f"light.l{n}", f"Lamp {n}", f"Room {n % 40}") for n in range(300))
    stats = tuple(Entity(f"climate.c{n}", "Nest", f"Room {n}") for n in range(40))
    closest = Closest(Home((*lamps, *stats), areas), Home(lamps))
    found = closest.following("make it 20 degrees in room 17")
    assert [entity.entity_id for entity in found][:1] == ["climate.c17"]


@pytest.mark.parametrize(
    ("room", "sentence"),
    [
        ("Grandpa's bedroom", "make it a degree warmer at grandpa's"),
        ("Chambre de Léontine", "quelle température chez Léontine ?"),
        ("Leontines Zimmer", "wie kalt ist es bei Leontine?"),
    ],
)
def test_somebodys_room_is_found_by_whose_it_is(room: str, sentence: str) -> None:
    areas = (Area(room), *(Area(f"Chamber {n}") for n in range(40)))
    lamps = tuple(Entity(f"light.l{n}", f"Lamp {n}", f"Chamber {n % 40}") for n in range(300))
    stats = tuple(Entity(f"climate.c{n}", "Nest", f"Chamber {n}") for n in range(40))
    wanted = Entity("climate.wanted", "Nest", room)
    closest = Closest(Home((*lamps, *stats, wanted), areas), Home(lamps))
    assert "climate.wanted" in [entity.entity_id for entity in closest.following(sentence)]


def test_what_follows_is_called_what_it_was_said_by() -> None:
    extra = Entity("light.wanted", "Hue 7", "Room 3", ("Grandpa's corner", "Reading nook"))
    home = _large((extra,))
    lines = Closest(home, usual(home)).lines("light in grandpa's corner please")
    assert lines == "[Upstairs]\nRoom 3: light Grandpa's corner\n"
