"""What is asked of a home that cannot do it, or must not: nothing is called."""

from __future__ import annotations

from collections.abc import Sequence

from custom_components.functiongemma.core.catalogue import BY_NAME
from custom_components.functiongemma.core.functions import Function

from .accepted import NotHere
from .commands import Commands
from .phrases import PhraseGroup

#: What people ask of a house whether or not it can tell; where it cannot, nothing is called.
_ASKED_ANYWAY = ("weather.", "calendar.", "clock.", "assist_satellite.", "notify.", "home.")
#: What these do is anybody's guess, so a wish for one that is not there may be for another device.
_ANYTHING = ("state.", "todo.", "scene.", "script.", "button.", "input_boolean.", "number.",
             "select.")  # fmt: skip


class Absences:
    """Wishes that one home cannot fulfil."""

    def __init__(self, commands: Commands, groups: Sequence[PhraseGroup]) -> None:
        """`groups`: of all functions, declared or not."""
        self._say, self._random = commands, commands.random
        self._lexicon, self._made = commands.lexicon, commands.made
        declared = {group.call for group in commands.groups}
        self._groups = [
            g for g in groups if g.call != "none" and {"name", "area", "name_area"} & g.say.keys()
        ]
        self._refused = [g for g in commands.groups if g.refused]
        self._beyond = [
            g for g in groups if g.call.startswith(_ASKED_ANYWAY) and g.call not in declared
        ]

    def refused(self) -> str:
        """That something must stay as it is. Raises NotHere."""
        if not self._refused:
            raise NotHere
        group = self._random.choice(self._refused)
        target = self._random.choice(sorted(group.refused))
        phrase = self._random.choice(group.refused[target])
        function = BY_NAME[group.call]
        say = self._say.named if target == "name" else self._say.placed
        return say(group, function, phrase, [], target).text

    def beyond(self) -> str:
        """A question that this home has no function for. Raises NotHere."""
        groups = [g for g in self._beyond if {"all", "none"} & g.say.keys()]
        if not groups:
            raise NotHere
        group = self._random.choice(groups)
        phrase = self._say.phrase(group, "all" if "all" in group.say else "none")
        spoken = self._say.values.sample(group, BY_NAME[group.call])
        return self._say.fill(phrase, {}, spoken, [])

    def absent(self) -> str:
        """A wish for a device of a domain, or in a room, that it does not have. Raises NotHere."""
        if not self._groups:
            raise NotHere
        group = self._random.choice(self._groups)
        function = BY_NAME.get(group.call)
        if function is None or function.name.startswith(_ANYTHING):
            raise NotHere
        known = {name for room in self._made.areas.values() for name in room.names}
        rooms = [r for r in self._lexicon.rooms if r.name not in known]
        names = " ".join(self._made.by_name)
        rooms = [r for r in rooms if r.name.casefold() not in names]
        target = self._absent_target(group, function)
        if not rooms:
            raise NotHere
        kinds = [
            k for k in (group.kinds or self._lexicon.kinds)
            if k.partition(".")[0] in function.domains and k in self._lexicon.kinds
        ]  # fmt: skip
        if not kinds:
            raise NotHere
        kind = self._lexicon.kinds[self._random.choice(kinds)]
        words = kind.devices + kind.one
        if target == "name_area":  # one that is there, in another room, may be meant all the same
            words = [word for word in words if word.name.casefold() not in names]
        if not words or not kind.one:
            raise NotHere
        slots = {"name": self._random.choice(words), "area": self._random.choice(rooms),
                 "noun": self._random.choice(kind.one),
                 "nouns": self._random.choice(kind.many or kind.one)}  # fmt: skip
        phrase = self._say.phrase(group, target)
        slots |= {
            item.slot: item.word for item in self._say.values.sample(group, function) if item.slot
        }
        if phrase.slots - slots.keys():
            raise NotHere
        lowered = {slot: self._say.case(word) for slot, word in slots.items()}
        return phrase.sample(self._random, lambda slot, form: lowered[slot].form(form))

    def _absent_target(self, group: PhraseGroup, function: Function) -> str:
        """What is not there: a room, a thing in it, or a kind of thing. Raises NotHere."""
        targets = ["area", "name_area"] if self._made.areas else []
        if not any(d.entity.domain in function.domains for d in self._made.devices):
            targets.append("name")
        targets = [target for target in targets if target in group.say]
        if not targets:
            raise NotHere
        return self._random.choice(targets)
