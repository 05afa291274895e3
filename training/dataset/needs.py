"""What people need, without saying which device fulfils it: one that is called for that need."""

from __future__ import annotations

from collections.abc import Sequence

from custom_components.functiongemma.core.catalogue import BY_NAME

from .accepted import NotHere
from .commands import Command, Commands
from .homes import Device
from .phrases import PhraseGroup

#: What nobody else in a house can do when the device is not there: another lamp gives light too.
_ALONE = ("switch.", "button.", "valve.")

_MEASURING = ("sensor", "binary_sensor")


class Needs:
    """Needs of people in one home."""

    def __init__(self, commands: Commands, groups: Sequence[PhraseGroup]) -> None:
        """`groups`: of all functions, declared or not."""
        self._say, self._random = commands, commands.random
        self._called: list[tuple[PhraseGroup, Device]] = []
        self._missing: list[PhraseGroup] = []
        declared = {group.call for group in commands.groups}
        for group in groups:
            if not group.needs:
                continue
            found = self._devices(group)
            if not found and group.call.startswith(_ALONE):
                self._missing.append(group)
            # Of two coffee machines nobody knows which one is meant.
            if len(found) == 1 and group.call in declared:
                self._called.append((group, found[0]))

    def met(self) -> Command:
        """A need that one device is there for. Raises NotHere."""
        if not self._called:
            raise NotHere
        group, device = self._random.choice(self._called)
        function = BY_NAME[group.call]
        if device not in self._say.devices(function, group):
            raise NotHere
        phrase = self._random.choice(group.needs)
        spoken = self._say.values.sample(group, function)
        self._say.values.check(function, spoken, [device])
        arguments = self._say.by_name(function, device, {})
        text = self._say.fill(phrase, {}, spoken, [device])
        return Command(text, [self._say.call(function, spoken, arguments)], [device])

    def unmet(self) -> str:
        """A need for which this home has no device. Raises NotHere."""
        if not self._missing:
            raise NotHere
        group = self._random.choice(self._missing)
        spoken = self._say.values.sample(group, BY_NAME[group.call])
        return self._say.fill(self._random.choice(group.needs), {}, spoken, [])

    def _devices(self, group: PhraseGroup) -> list[Device]:
        """All that are called so, whatever they can do; what only measures can do nothing."""
        return [
            device
            for device in self._say.made.devices
            if device.entity.domain not in _MEASURING
            and any(
                called in word.name.casefold() for called in group.called for word in device.words
            )
        ]
