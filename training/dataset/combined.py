"""Several commands in one sentence, one for two devices or two areas, and one taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from custom_components.functiongemma.core.catalogue import BY_NAME
from custom_components.functiongemma.core.constraint.states import MAX_CALLS
from custom_components.functiongemma.core.functions import Function

from .accepted import NotHere
from .commands import Command, Commands
from .lexicon import Word, pick
from .phrases import Phrase, PhraseGroup, parsed
from .values import Spoken

#: Marks that make a question of a sentence: nothing is joined to one.
_QUESTIONS = ("?", "？")
#: Of what is said behind a command; many homes have no areas, or no two of a kind in them.
_TARGETS = {"name": 1.0, "area": 2.0}
#: Nobody says these of another thing too: questions, and what has no thing.
_NOT_AGAIN = ("state.", "sensor.", "weather.", "calendar.", "home.")
#: What may be said of things of different domains in one breath: "the lamp, and the radio too".
_ALIKE = ("turn_on", "turn_off")
#: How often it is.
_ACROSS = 0.4
#: How often only the name is corrected, not the whole command.
_OTHER_NAME = 0.7
#: How often three commands are said where two or three are.
_THREE = 0.35


class Combinations:
    """Sentences of more than one command to one home. All of them raise NotHere."""

    def __init__(self, commands: Commands) -> None:
        self._say = commands
        self._random, self._lexicon = commands.random, commands.lexicon
        self._followers: dict[str, dict[str, list[PhraseGroup]]] = {"name": {}, "area": {}}
        for group in commands.groups:
            for target in group.then:
                self._followers[target].setdefault(group.domain, []).append(group)

    def several(self) -> Command:
        """Two commands in one breath, or three."""
        joins = self._lexicon.strings("joins")
        if not joins:
            raise NotHere
        said = self._joinable()
        for _ in range(2 if self._random.random() < _THREE else 1):
            said = _join(self._random.choice(joins), said, self._joinable())
        return said

    def _joinable(self) -> Command:
        """A command that something else may be said with."""
        command = self._say.command()
        if any(call["name"].startswith("home.") for call in command.calls):
            raise NotHere  # whoever takes it back says nothing else
        if not command.calls or command.text.endswith(_QUESTIONS):
            raise NotHere
        return command

    def both(self) -> Command:
        """One command for two named devices."""
        return self._two_names(self._lexicon.strings("and"))

    def corrected(self) -> Command:
        """A command of which something is taken back: "the lamp, no, the fan", or all of it."""
        corrections = self._lexicon.strings("corrections")
        if self._random.random() < _OTHER_NAME:
            said = self._two_names(corrections)
            return Command(said.text, said.calls[1:], said.meant[1:])
        first, second = self._joinable(), self._joinable()
        if not corrections or first.calls == second.calls:
            raise NotHere
        text = _join(self._random.choice(corrections), first, second).text
        return Command(text, second.calls, second.meant)

    def _two_names(self, joins: Sequence[str]) -> Command:
        """A command with two names in the place of one, a call for each."""
        say = self._say
        group, function = say.group(lambda g: "name" in g.say)
        devices = [d for d in say.devices(function, group) if say.unique(function, d.entity.name)]
        if not joins or len(devices) < 2:
            raise NotHere
        pair = self._random.sample(devices, 2)
        first, second = (say.case(self._random.choice(d.words)) for d in pair)
        join = self._random.choice(joins)
        both = Word({
            form: first.form("name" if form == "name" else form) + join + second.form(form)
            for form in {*first.forms, *second.forms}
        })  # fmt: skip
        spoken = say.values.sample(group, function)
        say.values.check(function, spoken, pair)
        text = say.fill(say.phrase(group, "name"), {"name": both}, spoken, pair)
        calls = [say.call(function, spoken, {"name": d.entity.name}) for d in pair]
        return Command(text, calls, pair)

    def shared(self) -> Command:
        """Two commands of a domain of which the second leaves out what the first has said.

        "Turn off the light in the kitchen, and on in the hall".
        """
        target = self._target(*(t for t, domains in self._followers.items() if domains))
        followers = self._followers[target]
        group, function = self._say.group(lambda g: target in g.say, followers)
        first = self._first(group, function, self._say.phrase(group, target), target)
        kinds = {device.kind for device in first.meant}
        fitting = [f for f in followers[group.domain] if not f.kinds or kinds <= {*f.kinds}]
        if not fitting:
            raise NotHere
        follower = self._random.choice(fitting)
        then = self._random.choice(follower.then[target])
        other = BY_NAME[follower.call]
        spoken = self._say.values.sample(follower, other)
        if target == "area" or then.slots & {"noun", "nouns"}:
            follower = self._of_the_kind(follower, first)
        second = self._second(follower, other, then, spoken, first, target)
        return self._joined(first, second)

    def again(self) -> Command:
        """A command, and the same for another device or area: "… and the fan too"."""
        also = self._lexicon.data.get("also") or {}
        target = self._target(*also)
        group, function = self._say.group(lambda g: self._can_be_again(g, target))
        phrase = self._say.phrase(group, target)
        spoken = self._say.values.sample(group, function)
        first = self._aimed(group, function, phrase, spoken, target)
        if phrase.slots & {"noun", "nouns"}:
            group = self._of_the_kind(group, first)
        elif target == "name" and self._random.random() < _ACROSS:
            group, function = self._alike(group, function)
        line = parsed(self._random.choice(also[target]))
        second = self._second(group, function, line, spoken, first, target)
        return self._joined(first, second)

    # -- parts ---------------------------------------------------------------------------------

    def _target(self, *targets: str) -> str:
        """One of these, by how common they are."""
        weights = {t: _TARGETS[t] for t in targets if t == "name" or self._say.made.areas}
        if not weights:
            raise NotHere
        return str(pick(self._random, weights))

    @staticmethod
    def _can_be_again(group: PhraseGroup, target: str) -> bool:
        # Of a vacuum, the other area would be taken for the one to clean.
        return (
            target in group.say
            and not group.call.startswith(_NOT_AGAIN)
            and "room" not in group.values.values()
        )

    def _aimed(
        self, group: PhraseGroup, function: Function, phrase: Phrase, spoken: list[Spoken],
        target: str,
    ) -> Command:  # fmt: skip
        how = self._say.named if target == "name" else self._say.placed
        command = how(group, function, phrase, spoken, target)
        if command.text.endswith(_QUESTIONS):
            raise NotHere
        return command

    def _first(
        self, group: PhraseGroup, function: Function, phrase: Phrase, target: str
    ) -> Command:
        """A command that says what another one may leave out."""
        spoken = self._say.values.sample(group, function)
        first = self._aimed(group, function, phrase, spoken, target)
        if target == "area" and not self._says_a_noun(first):
            raise NotHere
        return first

    def _says_a_noun(self, command: Command) -> bool:
        """Whether the kind of the devices is said: "it's dark" does not say what is to be lit."""
        kind = self._lexicon.kinds.get(command.meant[0].kind)
        text = command.text.casefold()
        words = [*kind.one, *kind.many] if kind else []
        return any(form.casefold() in text for word in words for form in word.forms.values())

    @staticmethod
    def _of_the_kind(group: PhraseGroup, first: Command) -> PhraseGroup:
        """The group for devices of the one kind that the first command was about."""
        kinds = {device.kind for device in first.meant}
        if len(kinds) > 1 or (group.kinds and not kinds <= {*group.kinds}):
            raise NotHere
        return replace(group, kinds=tuple(kinds))

    def _alike(self, group: PhraseGroup, function: Function) -> tuple[PhraseGroup, Function]:
        """The same function of another domain, where one says the same of both."""
        action = function.name.partition(".")[2]
        if action not in _ALIKE or group.kinds or group.values:
            return group, function
        others = [
            g for g in self._say.groups
            if g.call.endswith(f".{action}") and "name" in g.say
            and g.call != group.call and not g.kinds and not g.values
        ]  # fmt: skip
        if not others:
            return group, function
        other = self._random.choice(others)
        return other, BY_NAME[other.call]

    def _second(
        self, group: PhraseGroup, function: Function, phrase: Phrase, spoken: list[Spoken],
        first: Command, target: str,
    ) -> Command:  # fmt: skip
        """The command that follows, for another device or area than the first."""
        if target == "name":
            names = {device.entity.name for device in first.meant}
            return self._say.named(group, function, phrase, spoken, target, names)
        areas = {device.entity.area for device in first.meant}
        return self._say.placed(group, function, phrase, spoken, target, areas)

    def _joined(self, first: Command, second: Command) -> Command:
        """Both, by a join that says nothing which the second begins with."""
        joins = [j for j in self._lexicon.strings("joins") if not self._repeats(j, second.text)]
        if not joins:
            raise NotHere
        return _join(self._random.choice(joins), first, second)

    def _repeats(self, join: str, text: str) -> bool:
        """Whether a text says a word of the join again: "and also" before "also the fan"."""
        bare, folded = join.strip(" ,.，、。"), text.casefold()
        if "joined_words" in self._lexicon.writing:
            return bool(bare) and folded.startswith(bare)
        return not {*bare.split()}.isdisjoint(folded.split())


def _join(join: str, first: Command, second: Command) -> Command:
    if len(first.calls) + len(second.calls) > MAX_CALLS:
        raise NotHere  # more than the agent would let through
    return Command(
        first.text + join + second.text, first.calls + second.calls, first.meant + second.meant
    )
