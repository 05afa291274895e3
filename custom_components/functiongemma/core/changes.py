"""What became different in a home whose listing the model has read.

Reading a listing takes seconds, reading a line of it takes less than a sentence. So until the new
listing has been read, the lines that are new follow the old one, and the sentence follows them.

What the old listing names and the home no longer has, stays readable. A model that cannot say what
it reads says the next best thing: "turn on the printer", which was removed, became the towel rail.
So for the search the old names stay, and an answer that uses one counts as nothing to call.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace

from .decode import Answer, Decoded
from .functions import Function
from .home import Entity, Home
from .selection import CHARACTERS, FOLLOWING, shown


def added_listing(before: Home, now: Home) -> str:
    """Lines of `now` with what the listing of `before` does not say, in the listing's own form.

    Empty where there is nothing: something was removed, or only what no listing shows is different.
    """
    known = {*shown(before)}
    there = zip(now.entities, shown(now), strict=True)
    new = tuple(entity for entity, said in there if said not in known)
    return Home(new, now.areas).listing()


def is_small(before: Home, now: Home) -> bool:
    """Whether what is different may follow the listing of `before` for a while."""
    added = added_listing(before, now)
    return added.count("\n") <= FOLLOWING and len(added) <= CHARACTERS


def gone_names(before: Home, now: Home) -> frozenset[str]:
    """Names and aliases that were listed and that nothing has any more."""
    there = {name.casefold() for entity in now.entities for name in entity.names}
    listed = (name for entity in before.entities for name in entity.names)
    return frozenset(name for name in listed if name.casefold() not in there)


def with_gone(before: Home, now: Home) -> Home:
    """`now`, and under their old names what of `before` has lost one: for the search alone."""
    gone = gone_names(before, now)
    rooms = {area.name for area in now.areas}
    ghosts = tuple(
        _called(entity, names, rooms)
        for entity in before.entities
        if (names := tuple(name for name in entity.names if name in gone))
    )
    return replace(now, entities=(*now.entities, *ghosts)) if ghosts else now


def without_gone(decoded: Decoded, gone: Collection[str], functions: Sequence[Function]) -> Decoded:
    """What was decoded, answers that use a name of `gone` for a device being nothing to call."""
    targeted = {function.name for function in functions if function.has_target}

    def lost(answer: Answer) -> bool:
        called = (call for call in answer.calls if call.name in targeted)
        return any(call.arguments.get("name") in gone for call in called)

    answers = [answer for answer in decoded.answers if answer.calls and not lost(answer)]
    nothing = [answer for answer in decoded.answers if not answer.calls or lost(answer)]
    if not any(answer.calls for answer in nothing):
        return decoded
    share = sum(math.exp(answer.logprob) for answer in nothing)
    answers.append(Answer((), math.log(share)))
    answers.sort(key=lambda answer: -answer.logprob)
    confidence = min(1.0, math.exp(answers[0].logprob) / decoded.mass)
    return replace(decoded, answers=tuple(answers), confidence=confidence)


def _called(entity: Entity, names: tuple[str, ...], rooms: Collection[str]) -> Entity:
    area = entity.area if entity.area in rooms else None
    return replace(entity, name=names[0], aliases=names[1:], area=area)
