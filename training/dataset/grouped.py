"""One command for several things: all but one, both of a kind, items of a list, two values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from custom_components.functiongemma.core.constraint.states import MAX_CALLS
from custom_components.functiongemma.core.functions import Function

from .accepted import NotHere
from .commands import Command, Commands
from .homes import Device
from .lexicon import Word
from .phrases import PhraseGroup, parsed

#: Of what a place covers, not a word is said of its parts by these.
_WHOLE = ("state.", "sensor.", "weather.", "calendar.", "vacuum.")
#: Where most of something may be meant.
_PLACES = ("area", "floor", "all")
#: How often two are left out, not one; and how often three items are said, not two.
_MORE = 0.2
#: Parameters of a light that say its colour.
_COLOURS = {"color_name", "color_temp_kelvin"}


class Groupings:
    """Commands for several things at once. All of them raise NotHere."""

    def __init__(self, commands: Commands) -> None:
        self._say = commands
        self._random, self._lexicon = commands.random, commands.lexicon

    def spared(self) -> Command:
        """A command for all of a place but one device: "all lights except the lamp"."""
        say = self._say
        group, function = say.group(lambda g: self._covers(g) and not g.call.startswith(_WHOLE))
        target = self._random.choice([t for t in _PLACES if t in group.say])
        phrase = say.phrase(group, target)
        if "nouns" not in phrase.slots:
            raise NotHere
        spoken = say.values.sample(group, function)
        whole = say.placed(group, function, phrase, spoken, target)
        left_out = self._left_out(function, whole.meant)
        meant = [device for device in whole.meant if device not in left_out]
        text = self._with_exception(whole.text, left_out)
        calls = [say.call(function, spoken, {"name": d.entity.name}) for d in meant]
        return Command(text, calls, meant)

    def _covers(self, group: PhraseGroup) -> bool:
        return any(target in group.say for target in _PLACES)

    def _left_out(self, function: Function, covered: list[Device]) -> list[Device]:
        """Whom to spare, so that the others can be named in as many calls as there may be."""
        count = 2 if len(covered) > 2 and self._random.random() < _MORE else 1
        if not count < len(covered) <= count + MAX_CALLS:
            raise NotHere
        if not all(self._say.unique(function, device.entity.name) for device in covered):
            raise NotHere
        return self._random.sample(covered, count)

    def _with_exception(self, text: str, devices: list[Device]) -> str:
        sides = self._lexicon.data.get("except") or {}
        if not sides or text.endswith(("?", "？")):
            raise NotHere
        side = self._random.choice(sorted(sides))
        words = [self._say.case(self._random.choice(device.words)) for device in devices]
        said = self._joined(
            words, self._random.choice(self._lexicon.strings("and") or [self._comma])
        )
        template = parsed(self._random.choice(sides[side]))
        exception = template.sample(self._random, lambda slot, form: said.form(form))
        if side == "before":
            return exception + self._space + text
        return text + ("" if exception.startswith((",", "，")) else self._space) + exception

    def pair(self) -> Command:
        """A command for both of a kind, which are not named: "both garage doors"."""
        say = self._say
        table = self._lexicon.data.get("both") or {}
        group, function = say.group(lambda g: "name" in g.say and not g.call.startswith(_WHOLE))
        fitting = say.devices(function, group)
        devices = [d for d in say.made.devices if d.entity.domain in function.domains]
        kinds = {d.kind for d in fitting if sum(o.kind == d.kind for o in devices) == 2}
        kinds &= table.keys()
        if not kinds or function.exactly_one:
            raise NotHere
        kind = self._random.choice(sorted(kinds))
        two = [device for device in fitting if device.kind == kind]
        if len(two) != 2 or not all(say.unique(function, d.entity.name) for d in two):
            raise NotHere
        spoken = say.values.sample(group, function)
        say.values.check(function, spoken, two)
        word = Word.parse(self._random.choice(table[kind]))
        # "Both gates" may also be the garage's, where there is one.
        if any(self._is_called(o, kind, word, table) for o in say.made.devices):
            raise NotHere
        text = say.fill(say.phrase(group, "name"), {"name": word}, spoken, two)
        return Command(
            text, [say.call(function, spoken, {"name": d.entity.name}) for d in two], two
        )

    @staticmethod
    def _is_called(
        device: Device, kind: str, word: Word, table: Mapping[str, Sequence[object]]
    ) -> bool:
        """Whether the word for both of a kind is also one for a device of another kind."""
        words = table.get(device.kind, ()) if device.kind != kind else ()
        return any(Word.parse(other).name == word.name for other in words)

    def items(self) -> Command:
        """A command for two or three items of a list: "milk and butter on the list"."""
        say = self._say
        group, function = say.group(lambda g: "item" in g.values.values(), ("todo",))
        first = say.values.sample(group, function)
        values = [item for item in first if item.slot == "item"]
        for _ in range(2 if self._random.random() < _MORE else 1):
            values += [s for s in say.values.sample(group, function) if s.slot == "item"]
        if len({str(value.arguments) for value in values}) < len(values):
            raise NotHere
        words = self._joined([value.word for value in values], self._and)
        spoken = [replace(s, word=words) if s.slot == "item" else s for s in first]
        once = say.aimed(group, function, spoken)
        calls = [
            {**call, "arguments": {**call["arguments"], **value.arguments}}
            for value in values for call in once.calls
        ]  # fmt: skip
        return Command(once.text, calls, once.meant)

    def coloured(self) -> Command:
        """A light's colour and how bright it is to be: "the lamp blue, 20 percent"."""
        say = self._say
        group, function = say.group(lambda g: not _COLOURS.isdisjoint(g.values), ("light",))
        level = replace(group, values={**group.values, "brightness_pct": "percent"})
        spoken = say.values.sample(level, function)
        once = say.aimed(level, function, spoken)
        if once.text.endswith(("?", "？")):
            raise NotHere
        words = next(s.word for s in spoken if s.slot == "percent")
        join = self._random.choice([self._and if self._space else self._comma, self._comma])
        return Command(once.text + join + words.name, once.calls, once.meant)

    # -- parts ---------------------------------------------------------------------------------

    @property
    def _space(self) -> str:
        """What stands between words that are put together."""
        return " " if any(" " in join for join in self._lexicon.strings("and")) else ""

    @property
    def _comma(self) -> str:
        return next((c for c in ("，", "、") if c in self._lexicon.strings("and")), ", ")

    @property
    def _and(self) -> str:
        """The plain one: others have an article for a device's name."""
        return next(iter(self._lexicon.strings("and")), self._comma)

    def _joined(self, words: list[Word], last: str) -> Word:
        """Several words as one, in all of their forms; `last` stands before the last one."""
        forms = {form for word in words for form in word.forms}

        def join(form: str) -> str:
            *before, end = (word.form(form) for word in words)
            return self._comma.join(before) + last + end

        return Word({form: join(form) for form in forms}) if len(words) > 1 else words[0]
