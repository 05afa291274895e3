"""What a sentence names is not asked about; what it does not name still is."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.home import Area, Entity, Home
from custom_components.functiongemma.core.mention import mentioned, room_said, spoken_of

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


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        # Names in Latin letters and numbers, with something written onto them.
        ("TV를 꺼 줘", ("TV", "스피커")),
        ("TVを消して", ("TV", "スピーカー")),
        ("打开TV", ("TV", "音箱")),
        ("プラグ2を消して", ("プラグ2", "プラグ1")),
        ("콘센트 2번 꺼", ("콘센트 2", "콘센트 1")),
        # Parts of a name, with other words between them.
        ("打开客厅的空调", ("客厅空调", "卧室空调")),
        ("把主卧的加湿器关掉", ("主卧加湿器", "儿童房加湿器")),
        ("寝室の扇風機を強くして", ("寝室扇風機", "居間扇風機")),
        ("キッチンの換気扇を止めて", ("キッチン換気扇", "トイレ換気扇")),
        ("안방 에어컨 꺼 줘", ("안방에어컨", "거실에어컨")),
        # A name that ends like another.
        ("打开书房空调", ("书房空调", "客厅空调")),
        ("开门", ("门", "窗帘")),
        ("문을 열어", ("문", "창문")),
        ("庭のポンプを止めて", ("庭のポンプ", "池のポンプ")),
        ("2층 에어컨 꺼", ("2층 에어컨", "1층 에어컨")),
    ],
)
def test_names_are_found_where_words_are_not_set_apart(
    sentence: str, names: tuple[str, str]
) -> None:
    candidates = [Entity(f"switch.{i}", name) for i, name in enumerate(names)]
    assert mentioned(candidates, sentence) is candidates[0]
    assert mentioned(candidates[::-1], sentence) is candidates[0]


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("打开空调", ("客厅空调", "卧室空调")),
        ("エアコンを消して", ("寝室のエアコン", "居間のエアコン")),
        ("에어컨 꺼 줘", ("안방에어컨", "거실에어컨")),
        ("寝室と居間のエアコン", ("寝室のエアコン", "居間のエアコン")),
        ("창문 닫아 줘", ("문", "커튼")),
        ("3층 에어컨 꺼", ("2층 에어컨", "1층 에어컨")),
        ("打开房间的空调", ("儿童房间空调", "客厅空调")),
        ("暑いのでつけて", ("庭の扇風機", "寝室の換気扇")),
    ],
)
def test_particles_and_nouns_of_several_are_no_names(sentence: str, names: tuple[str, str]) -> None:
    candidates = [Entity(f"switch.{i}", name) for i, name in enumerate(names)]
    assert mentioned(candidates, sentence) is None


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("打开客厅主灯", ("客厅主灯", "卧室主灯")),
        ("打开车库门锁", ("车库门锁", "前门锁")),
        ("거실등 켜", ("거실등", "안방등")),
    ],
)
def test_a_compound_is_as_good_as_two_words(sentence: str, names: tuple[str, str]) -> None:
    domain = "lock" if "锁" in sentence else "light"
    candidates = [Entity(f"{domain}.{i}", name) for i, name in enumerate(names)]
    assert mentioned(candidates, sentence) is candidates[0]


def test_names_without_words_are_no_names() -> None:
    assert mentioned((Entity("switch.a", "★"), Entity("switch.b", "♥")), "switch it on") is None
    assert mentioned((Entity("switch.a", "★"), Entity("switch.b", "Oven")), "oven on") is not None


def test_a_room_that_is_named_tells_devices_of_one_name_apart() -> None:
    rooms = [Entity(f"light.{a}", "Lamp", a) for a in ("Kitchen", "Kids room", None)]
    assert mentioned(rooms, "the lamp in the kitchen") is rooms[0]
    assert mentioned(rooms, "lamp on") is None
    assert mentioned(rooms, "is there room for a lamp in the kitchen") is None


def rooms(name: str, *areas: str) -> Home:
    """One device of a name in each of these areas; an alias behind a slash."""
    names = [area.split("/") for area in areas]
    entities = (Entity(f"light.{i}", name, first) for i, (first, *_) in enumerate(names))
    return Home(tuple(entities), tuple(Area(first, aliases=tuple(a)) for first, *a in names))


@pytest.mark.parametrize(
    ("sentence", "areas", "room"),
    [
        ("le spot de la cuisine à 45", ("Cuisine", "Arrière-cuisine"), ("Cuisine", True)),
        ("le spot de l'arrière-cuisine", ("Cuisine", "Arrière-cuisine"), ("Arrière-cuisine", True)),
        ("wyłącz spot w sypialni", ("Sypialnia rodziców/Sypialnia", "Kuchnia"),
         ("Sypialnia rodziców", True)),
        ("спот в спальне", ("Спальня", "Кухня"), ("Спальня", True)),
        ("spot in the living room", ("Living room", "Bedroom"), ("Living room", True)),
        ("de spot bij Anouk", ("Kamer Anouk", "Kamer Tim"), ("Kamer Anouk", False)),
        ("spot in room 2", ("Room 1", "Room 2"), ("Room 2", True)),
        # A room that was not said, two that were, and one that is left out.
        ("le spot", ("Cuisine", "Salon"), None),
        ("the spot in the kitchen and in the hall", ("Kitchen", "Hall"), None),
        ("the spot, but not the one in the kitchen", ("Kitchen", "Hall"), None),
        # Words that are in every sentence, or in "bedroom" and "room" alike.
        ("enciende el spot de pie", ("Sala de estar", "Cocina"), None),
        ("de spot van boven", ("Kamer van Tim", "Keuken"), None),
        ("spot in this room", ("Living room", "Bedroom"), None),
        ("spot to 1 percent", ("Room 1", "Office"), None),
        ("spot on", ("\N{BATHTUB}", "Hall"), None),
    ],
)  # fmt: skip
def test_a_room_is_known_in_whatever_form_it_is_said(
    sentence: str, areas: tuple[str, ...], room: tuple[str, bool] | None
) -> None:
    home = rooms("Spot", *areas)
    assert room_said(home, home.entities, sentence) == room


def test_words_of_the_name_are_no_room() -> None:
    home = rooms("Window lamp", "Window seat", "Office")
    assert room_said(home, home.entities, "window lamp on") is None


def test_one_room_needs_no_telling() -> None:
    home = rooms("Spot", "Cuisine", "Salon")
    assert room_said(home, home.entities[:1], "le spot de la cuisine") is None
    assert room_said(Home(home.entities), home.entities, "le spot de la cuisine") is None


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (("Hallway light", "Kitchen light"), "the hallway is so dark"),
        (("玄関灯", "廊下灯"), "玄関が暗くて靴が履けない"),
        (("厨房灯", "走廊灯"), "厨房里黑咕隆咚的"),
    ],
)
def test_a_device_called_after_its_room_is_known_by_it(
    names: tuple[str, str], sentence: str
) -> None:
    rooms = [name.removesuffix("灯").removesuffix(" light") for name in names]
    lights = [Entity(f"light.{r}", n, r) for n, r in zip(names, rooms, strict=True)]
    assert mentioned(lights, sentence) is lights[0]


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
FAN = Entity("fan.lounge", "Ventilateur de salon")
NURSERY_FAN = Entity("fan.nursery", "Ventilateur pour chambre d'enfant")
BATH = Entity("fan.bath", "ventilador de baño")
CELLAR = Entity("fan.cellar", "Ventilador del sótano")
POOL = Entity("light.pool", "Poollicht")
CEILING = Entity("light.ceiling", "Deckenlicht für die Küche")
MUSIC_ROOM = Entity("lock.music", "Verrouillage de la salle de musique")
FILES = Entity("lock.files", "Serrure de la salle d'archives")
LIVING = Entity("light.living", "거실 조명")
BED = Entity("light.bed", "침실 조명")


@pytest.mark.parametrize(
    ("candidates", "sentence", "meant"),
    [
        ((HALL, GARAGE), "Allume la lumière du garage", GARAGE),
        ((DINING, PANTRY), "Licht im Esszimmer an", DINING),
        ((SHED, KITCHEN), "zgaś światło w kuchni", KITCHEN),
        ((LIVING, BED), "침실 불 꺼줘", BED),
        # What both have in common says nothing for either.
        ((FAN, NURSERY_FAN), "Augmente la vitesse du ventilateur du salon", FAN),
        ((BATH, CELLAR), "Enciende el ventilador del baño", BATH),
        ((POOL, CEILING), "Aktivieren Sie die Poolbeleuchtung", POOL),
        ((MUSIC_ROOM, FILES), "Déverrouille la salle de musique", MUSIC_ROOM),
    ],
)
def test_a_name_said_in_other_words_is_known(
    candidates: tuple[Entity, ...], sentence: str, meant: Entity
) -> None:
    other = next(e for e in candidates if e is not meant)
    for chosen in (other.entity_id, None):
        assert spoken_of(candidates, sentence, chosen) is meant
    assert spoken_of(candidates, sentence, meant.entity_id) is None, "it is chosen already"


def test_of_several_devices_in_a_room_the_plainest_name_is_meant() -> None:
    bar = Entity("light.bar", "Barra de cocina con luz cálida")
    second = Entity("light.second", "Segunda luz de cocina")
    playroom = Entity("light.playroom", "Luz de la sala de juegos de abajo")
    candidates = (bar, second, playroom)
    assert spoken_of(candidates, "Apaga la luz de la cocina", playroom.entity_id) is second
    for chosen in (bar, second):
        assert spoken_of(candidates, "Apaga la luz de la cocina", chosen.entity_id) is None


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


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("打开车库的灯", ("车库照明", "走廊照明")),
        ("把客厅灯关掉", ("客厅主灯", "卧室主灯")),
        ("打开书房灯", ("书房台灯", "厨房灯")),
        ("打開車庫的燈", ("車庫照明", "走廊照明")),
        ("寝室の電気を消して", ("寝室の照明", "居間の照明")),
        ("リビングの電気つけて", ("リビングライト", "ダイニングライト")),
        ("キッチンを明るくして", ("キッチンの明かり", "廊下の明かり")),
        ("子供部屋の電気を消して", ("子供部屋の照明", "寝室の照明")),
        ("庭のライトをつけて", ("庭の照明", "玄関の照明")),
        ("ベットのライトを消して", ("ベッドランプ", "玄関ランプ")),
        ("주방 불 꺼 줘", ("주방등", "거실등")),
        ("안방의 불을 꺼 줘", ("안방조명", "거실조명")),
        ("서재 불 켜", ("서재 스탠드", "현관 조명")),
    ],
)
def test_a_light_is_known_by_its_room_where_words_are_not_set_apart(
    sentence: str, names: tuple[str, str]
) -> None:
    candidates = [Entity(f"light.{i}", name) for i, name in enumerate(names)]
    for chosen in ("light.1", None):
        assert spoken_of(candidates, sentence, chosen) is candidates[0]
    assert spoken_of(candidates, sentence, "light.0") is None, "it is chosen already"


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        # What it is called, whatever it is: the others are called otherwise by chance.
        ("조명 꺼 줘", ("거실 조명", "침실 무드등")),
        ("불 꺼 줘", ("이불 위 램프", "현관등")),
        ("방 불 켜 줘", ("작은방 조명", "거실 조명")),
        ("照明を消して", ("寝室の照明", "居間のランプ")),
        ("明かりをつけて", ("寝室の明かり", "居間の照明")),
        ("電気を消して", ("電気スタンド", "居間の照明")),
        ("部屋の電気を消して", ("子供部屋の照明", "寝室の照明")),
        ("关灯", ("客厅灯", "卧室照明")),
        ("打开房间的灯", ("儿童房间灯", "客厅照明")),
        ("打开客厅和卧室的灯", ("客厅灯", "卧室灯")),
        ("リビングとキッチンの電気", ("リビングライト", "キッチンライト")),
    ],
)
def test_no_light_is_known_by_what_all_lights_are(sentence: str, names: tuple[str, str]) -> None:
    candidates = [Entity(f"light.{i}", name) for i, name in enumerate(names)]
    assert spoken_of(candidates, sentence, None) is None


def test_one_word_opens_no_lock_in_any_writing() -> None:
    for sentence, names in (
        ("现在开大门", ("大门锁", "后门锁")),
        ("玄関を開けて", ("玄関の鍵", "勝手口の鍵")),
        ("현관 열어 줘", ("현관 도어락", "뒷문 도어락")),
    ):
        locks = [Entity(f"lock.{i}", name) for i, name in enumerate(names)]
        assert spoken_of(locks, sentence, None) is None
        assert mentioned(locks, sentence) is None
