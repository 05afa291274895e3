"""Sentences to a random home, with the calls they mean.

The label rules are what the agent can act on without knowing anything that is not in the prompt:

- a device that is named: `{name}`, with `{area}` only where the name exists several times;
- all devices of a function in an area or floor: `{area}` or `{floor}`;
- the only one of its kind ("the TV", wherever that is): by name;
- nothing said about where: `{area: here}`, resolved by the speaker's area when it is known;
- the whole home: `{area: all}`;
- when the words mean only some of what such a target covers ("the blinds", in an area that also
  has a gate), the devices by name.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from custom_components.functiongemma.core.catalogue import BY_NAME
from custom_components.functiongemma.core.functions import ALL, HERE, Function

from .homes import Device, RandomHome
from .lexicon import Kind, Lexicon, Word, pick
from .noise import decorate, disturb
from .phrases import Phrase, PhraseGroup
from .values import SAMPLERS, Spoken, of_home

DOMAIN_WEIGHTS: dict[str, float] = {
    "light": 4.5, "switch": 2.5, "fan": 4, "cover": 4, "valve": 2, "lock": 4, "climate": 4,
    "media_player": 6, "vacuum": 1.8, "scene": 0.7, "script": 0.5, "todo": 1.4, "timer": 0.7,
    "state": 1.0, "sensor": 0.9, "weather": 0.9, "calendar": 0.9, "clock": 0.25,
    "assist_satellite": 0.9, "notify": 0.8, "home": 0.15,
    "humidifier": 1.6, "water_heater": 1.4, "lawn_mower": 1.2, "siren": 0.8,
    "alarm_control_panel": 1.3, "button": 0.9, "input_boolean": 1.2, "number": 1, "select": 1.3,
}  # fmt: skip
TARGET_WEIGHTS: dict[str, float] = {
    "name": 5, "area": 4, "here": 2.2, "name_area": 1.6, "floor": 0.6, "all": 0.7, "none": 3,
}  # fmt: skip
#: How often no device and no place is said, where that is more than usual: music is simply there.
HERE_WEIGHTS = {"media_player": 6.0, "vacuum": 4.0, "climate": 3.0, "lawn_mower": 4.0,
                "alarm_control_panel": 5.0, "water_heater": 4.0}  # fmt: skip
#: Functions people use more than their domain's others.
CALL_WEIGHTS: dict[str, float] = {
    "light.turn_on": 5, "light.turn_off": 3.5, "light.toggle": 0.5, "switch.toggle": 0.4,
    "fan.toggle": 0.5, "cover.toggle": 0.4, "climate.set_temperature": 3, "fan.turn_on": 1.5,
    "climate.adjust_temperature": 2, "climate.turn_on": 1.8, "climate.turn_off": 1.8,
    "climate.set_fan_mode": 0.4, "climate.set_preset_mode": 0.5, "media_player.volume_set": 1.5,
    "media_player.media_play": 2, "media_player.media_pause": 2,
    "media_player.media_next_track": 1.7, "media_player.media_previous_track": 1.7,
    "cover.open_cover": 2,
    "cover.close_cover": 2, "cover.open_cover_tilt": 0.4, "cover.close_cover_tilt": 0.4,
    "cover.set_cover_tilt_position": 0.4, "valve.open_valve": 2, "valve.close_valve": 2,
    "fan.set_direction": 0.4, "todo.add_item": 3, "timer.start": 3,
    "media_player.shuffle_set": 0.7, "media_player.repeat_set": 0.7, "vacuum.clean_area": 1.5,
    "input_boolean.toggle": 0.3,
}  # fmt: skip
_STATES_OF = {
    "on": (
        "light", "switch", "fan", "media_player", "climate", "humidifier", "water_heater",
        "siren", "input_boolean",
    ),
    "off": (
        "light", "switch", "fan", "media_player", "climate", "humidifier", "water_heater",
        "siren", "input_boolean",
    ),
    "open": ("cover", "valve", "binary_sensor"),
    "closed": ("cover", "valve", "binary_sensor"),
    "locked": ("lock",),
    "unlocked": ("lock",),
    "home": ("person",),
    "not_home": ("person",),
}  # fmt: skip
#: A kind the language has no words for.
_NAMELESS = Kind([], [], [])
#: Questions that give the domain and the state they are about.
_ABOUT_STATES = ("state.count", "state.list", "state.all")
#: What is asked for by what it is: a sensor's name in the sentence is the word for that.
_BY_QUANTITY = "sensor."
#: What people ask of a house whether or not it can tell; where it cannot, nothing is called.
_ASKED_ANYWAY = ("weather.", "calendar.", "clock.", "assist_satellite.", "notify.", "home.")
#: What these do is anybody's guess, so a wish for one that is not there may be for another device.
_ANYTHING = ("state.", "todo.", "scene.", "script.", "button.", "input_boolean.", "number.",
             "select.")  # fmt: skip


@dataclass(frozen=True)
class Said:
    """A sentence and its calls."""

    text: str
    calls: list[dict[str, Any]]
    source: str


class NotHere(Exception):
    """This home has nothing for what was about to be said; try something else."""


class Speaker:
    """Says things to one home."""

    def __init__(
        self,
        generator: random.Random,
        lexicon: Lexicon,
        groups: Sequence[PhraseGroup],
        made: RandomHome,
        functions: Sequence[Function],
    ) -> None:
        self.random, self.lexicon, self.made = generator, lexicon, made
        self.rooms_cleaned = any(f.name == "vacuum.clean_area" for f in functions)
        self.absent_groups = [g for g in groups if "name" in g.say or "area" in g.say]
        names = {function.name for function in functions}
        self.by_domain: dict[str, dict[str, list[PhraseGroup]]] = {}
        self.chat = [g for g in groups if g.call == "none"]
        self.beyond = [
            g for g in groups if g.call.startswith(_ASKED_ANYWAY) and g.call not in names
        ]
        for group in groups:
            if group.call in names:
                domain = group.call.partition(".")[0]
                calls = self.by_domain.setdefault(domain, {})
                calls.setdefault(group.call, []).append(group)

    def say(self) -> Said:
        """One sentence of any sort. Raises NotHere when the dice fell badly."""
        dice = self.random.random()
        if dice < 0.05 and self.chat:
            return self._finish(self._chat(), [], "chat")
        if dice < 0.07:
            return self._finish(self._absent(), [], "absent")
        if dice < 0.08:
            return self._finish(self._beyond(), [], "absent")
        if dice < 0.16:
            return self._two()
        if dice < 0.19:
            return self._both()
        text, calls = self._command()
        return self._finish(decorate(self.random, self.lexicon, text), calls, "command")

    def _finish(self, text: str, calls: list[dict[str, Any]], source: str) -> Said:
        return Said(disturb(self.random, self.lexicon, text), calls, source)

    def _chat(self) -> str:
        group = self.random.choice(self.chat)
        phrase = self.random.choice([p for lines in group.say.values() for p in lines])
        return phrase.sample(self.random, lambda slot, form: slot)

    def _beyond(self) -> str:
        """A question that this home has no function for."""
        groups = [g for g in self.beyond if {"all", "none"} & g.say.keys()]
        if not groups:
            raise NotHere
        group = self.random.choice(groups)
        phrase = self._phrase(group, "all" if "all" in group.say else "none")
        spoken = self._values(group, BY_NAME[group.call])
        return self._fill(phrase, {}, spoken, [])

    def _two(self) -> Said:
        """Two commands in one breath."""
        joins = self.lexicon.strings("joins")
        if not joins:
            raise NotHere
        first, calls = self._command()
        second, more = self._command()
        if any(call["name"].startswith("home.") for call in calls + more):
            raise NotHere  # whoever takes it back says nothing else
        if first.endswith(("?", "？")) or second.endswith(("?", "？")) or not calls or not more:
            raise NotHere
        text = first + self.random.choice(joins) + second
        return self._finish(decorate(self.random, self.lexicon, text), calls + more, "two")

    def _both(self) -> Said:
        """One command for two named devices."""
        joins = self.lexicon.strings("and")
        group, function = self._group(lambda g: "name" in g.say)
        devices = [
            d for d in self._devices(function, group) if self._unique(function, d.entity.name)
        ]
        if not joins or len(devices) < 2:
            raise NotHere
        pair = self.random.sample(devices, 2)
        first, second = (self._case(self.random.choice(d.words)) for d in pair)
        join = self.random.choice(joins)
        both = Word({
            form: first.form("name" if form == "name" else form) + join + second.form(form)
            for form in {*first.forms, *second.forms}
        })  # fmt: skip
        spoken = self._values(group, function)
        self._check_values(function, spoken, pair)
        text = self._fill(self._phrase(group, "name"), {"name": both}, spoken, pair)
        calls = [self._call(function, spoken, {"name": d.entity.name}) for d in pair]
        return self._finish(decorate(self.random, self.lexicon, text), calls, "both")

    # -- one command ---------------------------------------------------------------------------

    def _command(self) -> tuple[str, list[dict[str, Any]]]:
        group, function = self._group(lambda g: True)
        targets = {t: w for t, w in TARGET_WEIGHTS.items() if group.say.get(t)}
        if not targets:
            raise NotHere
        domain = function.name.partition(".")[0]
        if "here" in targets:
            targets["here"] = HERE_WEIGHTS.get(domain, targets["here"])
        target = pick(self.random, targets)
        phrase = self._phrase(group, target)
        if function.name == "vacuum.start" and target == "area":
            self._check_start(phrase)
        spoken = self._values(group, function)
        if target == "none":
            if function.has_target:
                raise NotHere
            return self._fill(phrase, {}, spoken, []), [self._call(function, spoken, {})]
        if target in ("name", "name_area"):
            return self._named(group, function, phrase, spoken, target)
        return self._placed(group, function, phrase, spoken, target)

    def _named(
        self, group: PhraseGroup, function: Function, phrase: Phrase, spoken: list[Spoken],
        target: str,
    ) -> tuple[str, list[dict[str, Any]]]:  # fmt: skip
        devices = self._devices(function, group)
        if target == "name_area":
            devices = [d for d in devices if d.entity.area]
        if not devices:
            raise NotHere
        device = self.random.choice(devices)
        word = self.random.choice(device.words)
        words = {"name": word}
        if target == "name_area":
            words["area"] = self._area(device.entity.area)
        arguments = {"name": device.listed(word)}
        if target == "name_area" and not self._unique(function, arguments["name"]):
            arguments["area"] = words["area"].name
        self._check_state(spoken, [device])
        self._check_values(function, spoken, [device])
        text = self._fill(phrase, words, spoken, [device])
        return text, [self._call(function, spoken, arguments)]

    def _placed(
        self, group: PhraseGroup, function: Function, phrase: Phrase, spoken: list[Spoken],
        target: str,
    ) -> tuple[str, list[dict[str, Any]]]:  # fmt: skip
        covered, words, arguments = self._place(function, group, target)
        meant = self._meant(group, phrase, covered)
        self._check_state(spoken, meant)
        self._check_values(function, spoken, meant)
        text = self._fill(phrase, words, spoken, meant)
        if function.name in _ABOUT_STATES:
            arguments["domain"] = meant[0].entity.domain
            if any(d.entity.domain != arguments["domain"] for d in meant):
                raise NotHere
            return text, [self._call(function, spoken, arguments)]
        named = None
        if target in ("area", "here") and not function.name.startswith(_BY_QUANTITY):
            named = self._named_after_all(function, phrase, text, meant)
        if named:
            return text, [self._call(function, spoken, self._by_name(function, named, arguments))]
        single = target == "here" and "noun" in phrase.slots and len(meant) == 1
        if len(meant) == len(covered) and not single:
            return text, [self._call(function, spoken, arguments)]
        if target == "here" and len(meant) > 1:
            return text, [self._call(function, spoken, arguments)]
        if len(meant) > 3:
            raise NotHere
        return text, [
            self._call(function, spoken, self._by_name(function, d, arguments)) for d in meant
        ]

    def _place(
        self, function: Function, group: PhraseGroup, target: str
    ) -> tuple[list[Device], dict[str, Word], dict[str, Any]]:
        """Devices a place covers, its words, and the arguments for it."""
        covered, words, arguments = self._whole_place(function, group, target)
        first = [d for d in covered if d.entity.domain not in function.secondary]
        return first or covered, words, arguments

    def _whole_place(
        self, function: Function, group: PhraseGroup, target: str
    ) -> tuple[list[Device], dict[str, Word], dict[str, Any]]:
        everything = self._devices(function, replace(group, kinds=()))
        fitting = self._devices(function, group)
        if not fitting:
            raise NotHere
        if target == "here":
            return everything, {}, {"area": HERE}
        if target == "all":
            return everything, {}, {"area": ALL}
        home = self.made.home
        if target == "area":
            areas = sorted({d.entity.area for d in fitting if d.entity.area})
            if not areas:
                raise NotHere
            area = self.random.choice(areas)
            covered = [d for d in everything if d.entity.area == area]
            word = self._area(area)
            return covered, {"area": word}, {"area": word.name}
        floors = sorted({f for d in fitting if (f := home.floor_of(d.entity.area))})
        if not floors:
            raise NotHere
        floor = self.random.choice(floors)
        covered = [d for d in everything if home.floor_of(d.entity.area) == floor]
        return covered, {"floor": self.made.floors[floor]}, {"floor": floor}

    def _meant(self, group: PhraseGroup, phrase: Phrase, covered: list[Device]) -> list[Device]:
        """Those of the covered devices that the words are about."""
        fitting = [d for d in covered if not group.kinds or d.kind in group.kinds]
        if not fitting:
            raise NotHere
        if phrase.slots & {"noun", "nouns"}:
            kind = self.random.choice(fitting).kind
            return [d for d in fitting if d.kind == kind]
        return fitting

    def _named_after_all(
        self, function: Function, phrase: Phrase, text: str, meant: list[Device]
    ) -> Device | None:
        """The one device whose very name the sentence happens to say, if there is one."""
        folded = text.casefold()
        spaced = "joined_words" not in self.lexicon.writing
        best: tuple[int, Device] | None = None
        for device in meant:
            for form in {f.casefold() for w in device.words for f in w.forms.values()}:
                pattern = rf"(?<!\w){re.escape(form)}(?!\w)" if spaced else re.escape(form)
                if len(form) > 1 and re.search(pattern, folded):
                    score = len(form)
                    if best is None or score > best[0]:
                        best = (score, device)
        if best is None or "nouns" in phrase.slots:
            return None
        return best[1]

    # -- parts ---------------------------------------------------------------------------------

    def _group(self, wanted: Any) -> tuple[PhraseGroup, Function]:
        domains = {d: DOMAIN_WEIGHTS[d] for d in self.by_domain}
        if not domains:
            raise NotHere
        calls = self.by_domain[pick(self.random, domains)]
        call = pick(self.random, {c: CALL_WEIGHTS.get(c, 1) for c in calls})
        groups = [g for g in calls[call] if wanted(g)]
        if not groups:
            raise NotHere
        weights = {i: g.weight * sum(map(len, g.say.values())) ** 0.5 for i, g in enumerate(groups)}
        return groups[pick(self.random, weights)], BY_NAME[call]

    def _phrase(self, group: PhraseGroup, target: str) -> Phrase:
        return self.random.choice(group.say[target])

    def _devices(self, function: Function, group: PhraseGroup) -> list[Device]:
        """Devices that can do what the group says."""
        needed = [p.feature for p in function.parameters if p.name in group.values]
        return [
            d
            for d in self.made.devices
            if d.entity.domain in function.domains
            and (not group.kinds or d.kind in group.kinds)
            and all(d.entity.supports(feature) for feature in (function.feature, *needed))
        ]

    def _unique(self, function: Function, name: str) -> bool:
        """Whether the name alone is enough; capitals tell names apart, as in the constraint."""
        same = [d for d in self.made.by_name[name.casefold()] if name in d.entity.names]
        return sum(d.entity.domain in function.domains for d in same) == 1

    def _by_name(self, function: Function, device: Device, place: dict[str, Any]) -> dict[str, Any]:
        """Arguments that mean one device of a place; its area is called as it was there."""
        arguments = {"name": device.entity.name}
        if not self._unique(function, device.entity.name):
            if device.entity.area is None:
                raise NotHere
            said = place.get("area")
            spoken = said if said in self.made.areas[device.entity.area].names else None
            arguments["area"] = spoken or device.entity.area
        return arguments

    def _area(self, name: str | None) -> Word:
        """A word for an area."""
        return self.random.choice(self.made.areas[str(name)].words)

    def _values(self, group: PhraseGroup, function: Function) -> list[Spoken]:
        types = {p.name: p.type for p in function.parameters}
        options = {p.name: p.option for p in function.parameters}
        spoken = []
        for parameter, kind in group.values.items():
            if kind == "room":
                spoken.append(self._room(parameter))
                continue
            if kind in SAMPLERS:
                values = self._accepted(options.get(parameter))
                try:
                    if values:
                        sample = of_home(self.random, self.lexicon, kind, parameter, values)
                    else:
                        sample = SAMPLERS[kind](self.random, self.lexicon, parameter)
                except (KeyError, IndexError) as error:
                    raise NotHere from error
                spoken.append(replace(sample, slot=kind))
                continue
            value: Any = kind
            if types.get(parameter) in ("INTEGER", "NUMBER"):
                value = float(kind)
                value = int(value) if value == int(value) else value
            spoken.append(Spoken({parameter: value}, Word({"name": str(kind)})))
        return spoken

    def _room(self, parameter: str) -> Spoken:
        """Where a vacuum is to clean: a place of this home, and not where the vacuum is."""
        if not self.made.areas:
            raise NotHere
        word = self._area(self.random.choice(sorted(self.made.areas)))
        return Spoken({parameter: word.name}, word, "room")

    def _check_start(self, phrase: Phrase) -> None:
        """Where a vacuum can be told which room, "clean the kitchen" is not where it starts."""
        if self.rooms_cleaned and not phrase.slots & {"noun", "nouns"}:
            raise NotHere

    def _check_state(self, spoken: list[Spoken], meant: list[Device]) -> None:
        for item in spoken:
            state = item.arguments.get("state")
            if state and any(d.entity.domain not in _STATES_OF[state] for d in meant):
                raise NotHere

    def _accepted(self, option: str | None) -> list[str]:
        """What this home's devices list under `option`; random homes list nothing."""
        if option is None:
            return []
        found = (v for d in self.made.devices for v in d.entity.options.get(option, ()))
        return list(dict.fromkeys(found))

    def _check_values(self, function: Function, spoken: list[Spoken], meant: list[Device]) -> None:
        """Raises NotHere unless all that are meant accept the values, as far as they say."""
        arguments = {k: v for item in spoken for k, v in item.arguments.items()}
        for parameter in function.parameters:
            if parameter.option is None or parameter.name not in arguments:
                continue
            accepted = (d.entity.options.get(parameter.option) for d in meant)
            if any(values and arguments[parameter.name] not in values for values in accepted):
                raise NotHere

    def _case(self, word: Word) -> Word:
        """A name as it is spoken inside a sentence: mostly small letters."""
        return word if self.random.random() < 0.4 else word.map(str.lower)

    def _fill(
        self, phrase: Phrase, words: dict[str, Word], spoken: list[Spoken], meant: list[Device]
    ) -> str:
        slots = {slot: self._case(word) for slot, word in words.items()}
        if meant and phrase.slots & {"noun", "nouns"}:
            kind = self.lexicon.kinds.get(self.random.choice(meant).kind, _NAMELESS)
            if kind.one:
                slots["noun"] = self.random.choice(kind.one).map(str.lower)
            if many := kind.many or kind.one:
                slots["nouns"] = self.random.choice(many).map(str.lower)
        slots |= {item.slot: item.word for item in spoken if item.slot}
        if missing := phrase.slots - slots.keys():
            if missing & {"name", "area", "floor", "noun", "nouns"}:
                raise NotHere
            raise ValueError(f"unknown slots {sorted(missing)} in {phrase.text!r}")
        return phrase.sample(self.random, lambda slot, form: slots[slot].form(form))

    def _call(
        self, function: Function, spoken: list[Spoken], target: dict[str, Any]
    ) -> dict[str, Any]:
        arguments = dict(target)
        for item in spoken:
            arguments |= item.arguments
        return {"name": function.name, "arguments": arguments}

    def _absent(self) -> str:
        """A wish for a device of a domain, or in a room, that this home does not have."""
        if not self.absent_groups:
            raise NotHere
        group = self.random.choice(self.absent_groups)
        function = BY_NAME.get(group.call)
        if function is None or function.name.startswith(_ANYTHING):
            raise NotHere
        known = {name for room in self.made.areas.values() for name in room.names}
        rooms = [r for r in self.lexicon.rooms if r.name not in known]
        names = " ".join(self.made.by_name)
        rooms = [r for r in rooms if r.name.casefold() not in names]
        target = "area" if "area" in group.say and self.made.areas else "name"
        has_domain = any(d.entity.domain in function.domains for d in self.made.devices)
        if target not in group.say or not rooms or (target == "name" and has_domain):
            raise NotHere
        kinds = [
            k for k in (group.kinds or self.lexicon.kinds)
            if k.partition(".")[0] in function.domains and k in self.lexicon.kinds
        ]  # fmt: skip
        if not kinds:
            raise NotHere
        kind = self.lexicon.kinds[self.random.choice(kinds)]
        words = kind.devices + kind.one
        if not words or not kind.one:
            raise NotHere
        slots = {"name": self.random.choice(words), "area": self.random.choice(rooms),
                 "noun": self.random.choice(kind.one),
                 "nouns": self.random.choice(kind.many or kind.one)}  # fmt: skip
        phrase = self._phrase(group, target)
        slots |= {item.slot: item.word for item in self._values(group, function) if item.slot}
        if phrase.slots - slots.keys():
            raise NotHere
        lowered = {slot: self._case(word) for slot, word in slots.items()}
        return phrase.sample(self.random, lambda slot, form: lowered[slot].form(form))
