"""One command to a random home, with the calls it means; `sentences.py` has the rules."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from custom_components.functiongemma.core.catalogue import BY_NAME
from custom_components.functiongemma.core.functions import ALL, HERE, Function

from .accepted import HomeValues, NotHere
from .homes import Device, RandomHome
from .lexicon import Kind, Lexicon, Word, pick
from .phrases import Phrase, PhraseGroup
from .values import Spoken
from .weights import CALL_WEIGHTS, DOMAIN_WEIGHTS, HERE_WEIGHTS, TARGET_WEIGHTS

#: A kind the language has no words for.
_NAMELESS = Kind([], [], [])
#: Questions that give the domain and the state they are about.
_ABOUT_STATES = ("state.count", "state.list", "state.all")
#: What is asked for by what it is: a sensor's name in the sentence is the word for that.
_BY_QUANTITY = "sensor."


@dataclass(frozen=True)
class Command:
    """What is said, the calls it means, and the devices it is about; no devices: of no target."""

    text: str
    calls: list[dict[str, Any]]
    meant: list[Device]


class Commands:
    """Commands to one home."""

    def __init__(
        self,
        generator: random.Random,
        lexicon: Lexicon,
        groups: Sequence[PhraseGroup],
        made: RandomHome,
        functions: Sequence[Function],
    ) -> None:
        """`functions`: those that are declared; groups of others are left out."""
        self.random, self.lexicon, self.made = generator, lexicon, made
        self.values = HomeValues(generator, lexicon, made)
        self.rooms_cleaned = any(f.name == "vacuum.clean_area" for f in functions)
        names = {function.name for function in functions}
        self.groups = [group for group in groups if group.call in names]
        self.by_domain: dict[str, dict[str, list[PhraseGroup]]] = {}
        for group in self.groups:
            if group.say:
                calls = self.by_domain.setdefault(group.domain, {})
                calls.setdefault(group.call, []).append(group)

    def command(self) -> Command:
        """Any command. Raises NotHere when the dice fell badly, as all of these do."""
        group, function = self.group(lambda g: True)
        return self.aimed(group, function, self.values.sample(group, function))

    def aimed(self, group: PhraseGroup, function: Function, spoken: list[Spoken]) -> Command:
        """A command of a group, with these values, to any target it has."""
        targets = {t: w for t, w in TARGET_WEIGHTS.items() if group.say.get(t)}
        if not targets:
            raise NotHere
        if "here" in targets:
            targets["here"] = HERE_WEIGHTS.get(group.domain, targets["here"])
        target = pick(self.random, targets)
        phrase = self.phrase(group, target)
        if target == "none":
            if function.has_target:
                raise NotHere
            return Command(self.fill(phrase, {}, spoken, []), [self.call(function, spoken, {})], [])
        if target in ("name", "name_area"):
            return self.named(group, function, phrase, spoken, target)
        return self.placed(group, function, phrase, spoken, target)

    def named(
        self, group: PhraseGroup, function: Function, phrase: Phrase, spoken: list[Spoken],
        target: str, besides: Collection[str] = (),
    ) -> Command:  # fmt: skip
        """A command to one device by its name, but none of the names `besides`."""
        devices = [d for d in self.devices(function, group) if d.entity.name not in besides]
        if target == "name_area":
            devices = [d for d in devices if d.entity.area]
        if not devices:
            raise NotHere
        device = self.random.choice(devices)
        word = self.random.choice(device.words)
        words = {"name": word}
        if target == "name_area":
            words["area"] = self.area(device.entity.area)
        arguments = {"name": device.listed(word)}
        if target == "name_area" and not self.unique(function, arguments["name"]):
            arguments["area"] = words["area"].name
        self.values.check_state(spoken, [device])
        self.values.check(function, spoken, [device])
        text = self.fill(phrase, words, spoken, [device])
        return Command(text, [self.call(function, spoken, arguments)], [device])

    def placed(
        self, group: PhraseGroup, function: Function, phrase: Phrase, spoken: list[Spoken],
        target: str, besides: Collection[str | None] = (),
    ) -> Command:  # fmt: skip
        """A command to the devices of a place, but none of the areas `besides`."""
        if function.name == "vacuum.start" and target == "area":
            self._check_start(phrase)
        covered, words, arguments = self._place(function, group, target, besides)
        meant = self._meant(group, phrase, covered)
        self.values.check_state(spoken, meant)
        self.values.check(function, spoken, meant)
        text = self.fill(phrase, words, spoken, meant)
        targets = self._targets(function, phrase, target, text, covered, meant, arguments)
        return Command(text, [self.call(function, spoken, one) for one in targets], meant)

    def _targets(
        self, function: Function, phrase: Phrase, target: str, text: str, covered: list[Device],
        meant: list[Device], arguments: dict[str, Any],
    ) -> list[dict[str, Any]]:  # fmt: skip
        """The arguments for a place, `arguments`, or those for the devices that are meant of it."""
        if function.name in _ABOUT_STATES:
            if len(domains := {d.entity.domain for d in meant}) > 1:
                raise NotHere
            return [{**arguments, "domain": min(domains)}]
        named = None
        if target in ("area", "here") and not function.name.startswith(_BY_QUANTITY):
            named = self._named_after_all(function, phrase, text, meant)
        if named:
            return [self.by_name(function, named, arguments)]
        single = target == "here" and "noun" in phrase.slots and len(meant) == 1
        if len(meant) == len(covered) and not single:
            return [arguments]
        if target == "here" and len(meant) > 1:
            return [arguments]
        if len(meant) > 3:
            raise NotHere
        return [self.by_name(function, device, arguments) for device in meant]

    def _place(
        self, function: Function, group: PhraseGroup, target: str, besides: Collection[str | None]
    ) -> tuple[list[Device], dict[str, Word], dict[str, Any]]:
        """Devices a place covers, its words, and the arguments for it."""
        covered, words, arguments = self._whole_place(function, group, target, besides)
        first = [d for d in covered if d.entity.domain not in function.secondary]
        return first or covered, words, arguments

    def _whole_place(
        self, function: Function, group: PhraseGroup, target: str, besides: Collection[str | None]
    ) -> tuple[list[Device], dict[str, Word], dict[str, Any]]:
        everything = self.devices(function, replace(group, kinds=()))
        fitting = self.devices(function, group)
        if not fitting:
            raise NotHere
        if target == "here":
            return everything, {}, {"area": HERE}
        if target == "all":
            return everything, {}, {"area": ALL}
        home = self.made.home
        if target == "area":
            areas = sorted({d.entity.area for d in fitting if d.entity.area} - {*besides})
            if not areas:
                raise NotHere
            area = self.random.choice(areas)
            covered = [d for d in everything if d.entity.area == area]
            word = self.area(area)
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

    def group(
        self, wanted: Callable[[PhraseGroup], object], domains: Collection[str] | None = None
    ) -> tuple[PhraseGroup, Function]:
        """A group that is `wanted`, and its function; `domains`: of one of these only."""
        weights = {d: DOMAIN_WEIGHTS[d] for d in self.by_domain if domains is None or d in domains}
        if not weights:
            raise NotHere
        calls = self.by_domain[pick(self.random, weights)]
        call = pick(self.random, {c: CALL_WEIGHTS.get(c, 1) for c in calls})
        groups = [g for g in calls[call] if wanted(g)]
        if not groups:
            raise NotHere
        sizes = {i: g.weight * sum(map(len, g.say.values())) ** 0.5 for i, g in enumerate(groups)}
        return groups[pick(self.random, sizes)], BY_NAME[call]

    def phrase(self, group: PhraseGroup, target: str) -> Phrase:
        """One of the ways a group has to say it of a target."""
        return self.random.choice(group.say[target])

    def devices(self, function: Function, group: PhraseGroup) -> list[Device]:
        """Devices that can do what the group says."""
        needed = [p.feature for p in function.parameters if p.name in group.values]
        return [
            d
            for d in self.made.devices
            if d.entity.domain in function.domains
            and (not group.kinds or d.kind in group.kinds)
            and all(d.entity.supports(feature) for feature in (function.feature, *needed))
        ]

    def unique(self, function: Function, name: str) -> bool:
        """Whether the name alone is enough; capitals tell names apart, as in the constraint."""
        same = [d for d in self.made.by_name[name.casefold()] if name in d.entity.names]
        return sum(d.entity.domain in function.domains for d in same) == 1

    def by_name(self, function: Function, device: Device, place: dict[str, Any]) -> dict[str, Any]:
        """Arguments that mean one device of a place; its area is called as it was there."""
        arguments = {"name": device.entity.name}
        if not self.unique(function, device.entity.name):
            if device.entity.area is None:
                raise NotHere
            said = place.get("area")
            spoken = said if said in self.made.areas[device.entity.area].names else None
            arguments["area"] = spoken or device.entity.area
        return arguments

    def area(self, name: str | None) -> Word:
        """A word for an area."""
        return self.random.choice(self.made.areas[str(name)].words)

    def _check_start(self, phrase: Phrase) -> None:
        """Where a vacuum can be told which room, "clean the kitchen" is not where it starts."""
        if self.rooms_cleaned and not phrase.slots & {"noun", "nouns"}:
            raise NotHere

    def case(self, word: Word) -> Word:
        """A name as it is spoken inside a sentence: mostly small letters."""
        return word if self.random.random() < 0.4 else word.map(str.lower)

    def fill(
        self, phrase: Phrase, words: dict[str, Word], spoken: list[Spoken], meant: list[Device]
    ) -> str:
        """A phrase with these words and values, and the noun of one of the devices meant."""
        slots = {slot: self.case(word) for slot, word in words.items()}
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

    @staticmethod
    def call(function: Function, spoken: list[Spoken], target: dict[str, Any]) -> dict[str, Any]:
        """The call of a function with a target's arguments and these values."""
        arguments = dict(target)
        for item in spoken:
            arguments |= item.arguments
        return {"name": function.name, "arguments": arguments}
