"""What is guessed before anything was answered here: words people use, and what they then mean.

A word missing here costs a batch or two until the first answer with it. In the languages the model
knows; nouns and verbs only, in the forms that are said.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..calls import FunctionCall, Value

#: Words, kinds of names that are said (see `guess`), and the call that is meant.
Seed = tuple[str, tuple[str, ...], FunctionCall]

_ON: Final = (
    "on turn switch allume mets an einschalten anmachen enciende prende accendi aan zet włącz "
    "zapal acenda liga включи 打开 开 켜줘 켜 つけて"
)
_OFF: Final = (
    "off out éteins coupe aus ausschalten ausmachen apaga spegni uit wyłącz zgaś apaga desliga "
    "выключи 关闭 关掉 关 꺼줘 꺼 消して"
)
_OPEN: Final = (
    "open up ouvre remonte öffne auf hoch abre sube apri alza omhoog otwórz podnieś abre открой "
    "подними 打开 열어 올려 開けて"
)
_CLOSE: Final = (
    "close shut down ferme baisse schließ zu runter cierra baja chiudi abbassa sluit omlaag dicht "
    "zamknij opuść feche закрой опусти 关闭 닫아 내려 閉めて"
)
_LIGHT: Final = (
    "light lights lamp lumière lampe licht lichter luz luces lámpara luce luci lampada światło "
    "lampę luzes свет лампу 灯 불 조명 電気 照明"
)
_COVER: Final = (
    "blind blinds shutters curtains volets stores rideaux rollos jalousien vorhänge persianas "
    "cortinas tapparelle tende gordijnen rolluiken rolety żaluzje zasłony жалюзи шторы 窗帘 "
    "블라인드 커튼 ブラインド カーテン"
)
_HEATING: Final = (
    "heating thermostat degrees chauffage degrés heizung grad calefacción grados riscaldamento "
    "gradi verwarming graden ogrzewanie stopni aquecimento graus отопление градусов 度 温度 도 난방"
)
_WARM: Final = (
    "temperature warm cold how what température combien temperatur wie temperatura quanto hoe "
    "jaka jest какая температура 几度 多少 온도 몇 何度"
)
_ASKED: Final = (
    "is are did est-ce ist sind está están è sono staat czy jest открыт закрыт есть 吗 있어 있니 "
    "ですか いる"
)
_DIM: Final = (
    "set put percent dim brightness pour cent auf prozent pon por ciento metti cento procent "
    "ustaw na coloque процентов 调到 百分之 퍼센트 パーセント"
)

#: Words, function, and its arguments apart from the target.
_ROWS: Final[tuple[tuple[str, str, dict[str, Value]], ...]] = (
    (f"{_ON} {_LIGHT}", "light.turn_on", {}),
    (f"{_ON} dark sombre dunkel oscuro buio donker ciemno темно 暗 어두워", "light.turn_on", {}),
    (f"{_OFF} {_LIGHT}", "light.turn_off", {}),
    (f"{_OFF} {_LIGHT}", "light.turn_off", {}),
    (f"{_DIM} {_LIGHT}", "light.turn_on", {"brightness_pct": 50}),
    (f"{_LIGHT} brighter", "light.turn_on", {"brightness_step_pct": 20}),
    (f"{_LIGHT} darker dim bit", "light.turn_on", {"brightness_step_pct": -20}),
    (f"{_LIGHT} blue red green colour couleur farbe color", "light.turn_on", {"color_name": "x"}),
    (_ON, "switch.turn_on", {}),
    (_OFF, "switch.turn_off", {}),
    (_ON, "fan.turn_on", {}),
    (_OFF, "fan.turn_off", {}),
    (f"{_OPEN} {_COVER}", "cover.open_cover", {}),
    (f"{_CLOSE} {_COVER}", "cover.close_cover", {}),
    (f"{_DIM} {_COVER}", "cover.set_cover_position", {"position": 50}),
    (f"{_DIM} {_HEATING}", "climate.set_temperature", {"temperature": 21}),
    (f"{_HEATING} warmer more higher wärmer plus 올려", "climate.adjust_temperature",
     {"change": 2}),
    (f"{_HEATING} colder less lower kälter moins 내려", "climate.adjust_temperature",
     {"change": -2}),
    (f"{_OFF} {_HEATING}", "climate.turn_off", {}),
    (_WARM, "sensor.temperature", {}),
    (_ASKED, "state.get", {}),
    (_OFF, "media_player.turn_off", {}),
    ("pause pausiere pausa 暂停 일시정지 一時停止", "media_player.media_pause", {}),
    ("volume louder up lauter fort sube alza głośniej громче 올려 上げて", "media_player.volume_up",
     {}),
    ("volume quieter down leiser moins baja abbassa ciszej тише 줄여 下げて",
     "media_player.volume_down", {}),
    (f"{_DIM} volume lautstärke volumen громкость 音量 볼륨", "media_player.volume_set",
     {"volume_pct": 30}),
    ("next track suivant nächster siguiente prossimo volgende następny следующий", 
     "media_player.media_next_track", {}),
    ("lock verrouille abschließen cierra chiudi zamknij запри 잠가 かけて", "lock.lock", {}),
    ("unlock déverrouille aufschließen abre apri otwórz отопри 열어", "lock.unlock", {}),
    ("start vacuum clean aspirateur staubsauger saugen aspiradora 청소 掃除", "vacuum.start", {}),
    ("send back home base station", "vacuum.return_to_base", {}),
    ("start activate lance aktiviere activa attiva", "scene.turn_on", {}),
    ("run start lance starte ejecuta esegui", "script.turn_on", {}),
    ("add put ajoute füge setz añade aggiungi zet dodaj добавь 추가 追加", "todo.add_item",
     {"item": "x"}),
    ("what list was liste qué lista", "todo.get_items", {}),
)  # fmt: skip

#: Without a target.
_OTHERS: Final[tuple[tuple[str, FunctionCall], ...]] = (
    ("timer set minutes minuteur minuten minutos minuti минут 分 분", 
     FunctionCall("timer.start", {"minutes": 5})),
    ("what time heure uhr hora ore godzina время 几点 몇시 何時", FunctionCall("clock.time", {})),
    (f"which what {_ON} {_LIGHT}",
     FunctionCall("state.list", {"area": "all", "domain": "light", "state": "on"})),
    (f"all everywhere tout partout alle überall todo todas tutte wszystkie все 所有 모두 全部 "
     f"{_OFF} {_LIGHT}", FunctionCall("light.turn_off", {"area": "all"})),
    (f"here {_ON} {_LIGHT}", FunctionCall("light.turn_on", {"area": "here"})),
)  # fmt: skip


def seeds() -> Iterator[Seed]:
    """Every row with a device's name and with a room's, and the others as they are."""
    for words, function, arguments in _ROWS:
        domain = function.partition(".")[0]
        named = "named", f"named {domain}"
        yield words, named, FunctionCall(function, {**arguments, "name": "x"})
        yield words, ("area",), FunctionCall(function, {**arguments, "area": "x"})
    for words, call in _OTHERS:
        yield words, (), call
