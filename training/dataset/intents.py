"""Templates of `home-assistant-intents` as groups of our own: what Home Assistant understands.

Its intents become our functions through the table below; a template's target follows from its
slots. Templates with slots that our values do not cover are left out.
"""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import Any

from hassil.expression import Sentence
from hassil.parse_expression import parse_sentence

from .lexicon import LexiconError
from .phrases import Phrase, PhraseGroup

#: Intent → domain → function. A domain that a template does not name gets one group each.
CALLS: dict[str, dict[str, str]] = {
    "HassTurnOn": {
        "light": "light.turn_on", "switch": "switch.turn_on", "fan": "fan.turn_on",
        "media_player": "media_player.turn_on", "climate": "climate.turn_on",
        "cover": "cover.open_cover", "valve": "valve.open_valve", "lock": "lock.lock",
        "scene": "scene.turn_on", "script": "script.turn_on",
        "input_boolean": "input_boolean.turn_on",
    },
    "HassTurnOff": {
        "light": "light.turn_off", "switch": "switch.turn_off", "fan": "fan.turn_off",
        "media_player": "media_player.turn_off", "climate": "climate.turn_off",
        "cover": "cover.close_cover", "valve": "valve.close_valve", "lock": "lock.unlock",
        "input_boolean": "input_boolean.turn_off",
    },
    "HassLightSet": {"light": "light.turn_on"},
    "HassClimateSetTemperature": {"climate": "climate.set_temperature"},
    "HassFanSetSpeed": {"fan": "fan.set_percentage"},
    "HassSetPosition": {"cover": "cover.set_cover_position", "valve": "valve.set_valve_position"},
    "HassSetVolume": {"media_player": "media_player.volume_set"},
    "HassMediaNext": {"media_player": "media_player.media_next_track"},
    "HassMediaPrevious": {"media_player": "media_player.media_previous_track"},
    "HassMediaPause": {"media_player": "media_player.media_pause"},
    "HassMediaUnpause": {"media_player": "media_player.media_play"},
    "HassVacuumStart": {"vacuum": "vacuum.start"},
    "HassVacuumReturnToBase": {"vacuum": "vacuum.return_to_base"},
    "HassLawnMowerStartMowing": {"lawn_mower": "lawn_mower.start_mowing"},
    "HassLawnMowerDock": {"lawn_mower": "lawn_mower.dock"},
    "HassListAddItem": {"todo": "todo.add_item"},
    "HassListCompleteItem": {"todo": "todo.complete_item"},
    "HassListRemoveItem": {"todo": "todo.remove_item"},
}  # fmt: skip

#: Their slot → our slot and the parameter of each function that takes it.
SLOTS: dict[str, tuple[str, str]] = {
    "brightness": ("bare_percent", "brightness_pct"),
    "color": ("color", "color_name"),
    "temperature": ("bare_temperature", "temperature"),
    "fan_speed": ("bare_percent", "percentage"),
    "position": ("bare_percent", "position"),
    "volume": ("bare_percent", "volume_pct"),
    "todo_list_item": ("item", "item"),
    "shopping_list_item": ("item", "item"),
}
#: They inflect nothing, so in most languages they come out a little wrong: people's own phrasings
#: in `languages/` count more.
WEIGHT = 0.3
#: Their word for a kind of cover.
_NOUNS = {"cover_classes"}
_SLOT = re.compile(r"\{([\w]+)(?::[\w]+)?\}")
_TARGETS = {"name", "area", "floor"}


def load_intent_groups(code: str) -> list[PhraseGroup]:
    """Groups for every template that fits; none where the language has no intents.

    Of a language that has them by country (zh-CN, zh-HK, …) it is the first.
    """
    folder = resources.files("home_assistant_intents") / "data"
    files = sorted(f.name for f in folder.iterdir() if re.match(rf"{code}[.-]", f.name))
    if not files:
        return []
    name = f"{code}.json" if f"{code}.json" in files else files[0]
    data = json.loads((folder / name).read_text("utf-8"))
    rules = {name: _rewrite(text) for name, text in data["expansion_rules"].items()}
    parsed: dict[str, Sentence] = {}
    for name, text in rules.items():
        if text is not None:
            parsed[name] = parse_sentence(text)
    groups: dict[tuple[str, tuple[tuple[str, str], ...]], PhraseGroup] = {}
    for intent, calls in CALLS.items():
        for block in (data["intents"].get(intent) or {}).get("data", ()):
            for domain in _domains(block, calls):
                for line in block["sentences"]:
                    _add(groups, calls[domain], line, block, parsed)
    return list(groups.values())


def _domains(block: dict[str, Any], calls: dict[str, str]) -> list[str]:
    given = block.get("slots", {}).get("domain") or block.get("requires_context", {}).get("domain")
    if isinstance(given, dict):
        given = given.get("value")
    if given is None:
        given = list(calls) if len(calls) == 1 else []
    names = [given] if isinstance(given, str) else given
    return [name for name in names if name in calls]


def _add(
    groups: dict[tuple[str, tuple[tuple[str, str], ...]], PhraseGroup],
    call: str,
    line: str,
    block: dict[str, Any],
    rules: dict[str, Sentence],
) -> None:
    text = _rewrite(line)
    if text is None:
        return
    try:
        phrase = Phrase(text, rules)
    except (LexiconError, KeyError):
        return  # refers to a rule that was left out
    if {"name", "floor"} <= phrase.slots:
        return  # no target of ours
    values = {parameter: ours for ours, parameter in SLOTS.values() if ours in phrase.slots}
    if call.startswith("light") and "bare_percent" in phrase.slots:
        values = {k: v for k, v in values.items() if k in ("brightness_pct", "color_name")}
    wanted = {"fan.set_percentage": "percentage", "media_player.volume_set": "volume_pct",
              "cover.set_cover_position": "position",
              "valve.set_valve_position": "position"}.get(call)  # fmt: skip
    if wanted:
        values = {k: v for k, v in values.items() if k == wanted}
    combination = block.get("metadata", {}).get("slot_combination", "")
    if not values and combination.endswith(("brightness", "color", "temperature")):
        return  # a value by name ("the maximum"), which our slots do not have
    key = (call, tuple(sorted(values.items())))
    group = groups.setdefault(key, PhraseGroup(call, values, weight=WEIGHT))
    group.say.setdefault(_target(phrase, block), []).append(phrase)


def _target(phrase: Phrase, block: dict[str, Any]) -> str:
    found = phrase.slots & _TARGETS
    if "name" in found:
        return "name_area" if "area" in found else "name"
    if found:
        return min(found)
    combination = block.get("metadata", {}).get("slot_combination", "")
    return "all" if combination.endswith("all") else "here"


def _rewrite(text: str) -> str | None:
    """A template with our slot names; None when it has a slot that we do not know."""
    known = True

    def replace(match: re.Match[str]) -> str:
        nonlocal known
        name = match.group(1)
        if name in _TARGETS:
            return f"{{{name}}}"
        if name in _NOUNS:
            return "{nouns}"
        if name in SLOTS:
            return f"{{{SLOTS[name][0]}}}"
        known = False
        return ""

    rewritten = _SLOT.sub(replace, text)
    return rewritten if known else None
