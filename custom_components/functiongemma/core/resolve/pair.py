"""Both of a kind, where a model named one of them twice, or another one: "both garage doors"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from ..calls import FunctionCall
from ..functions import Function
from ..home import Entity, Home
from ..linking import both_of, has_exception
from ..mention import both_said, words_said
from ..wording import is_noun, is_telling, is_unspaced, letters_alike, plain, words
from .call import Where, said_besides
from .covering import done_by_all, named

#: Asked about each answer to a sentence.
_both_of = lru_cache(maxsize=64)(both_of)


def both(
    home: Home,
    calls: Sequence[FunctionCall],
    where: Where | None,
    functions: Mapping[str, Function],
) -> Sequence[FunctionCall]:
    """A call for each of the two that a sentence speaks of, instead of `calls` for devices.

    Only where it says "both", one thing is done to devices by name, and exactly two of a kind are
    spoken of best, of which one is called, and nothing else that is called is spoken of.
    """
    function = functions.get(calls[0].name) if calls else None
    of_what = _both_of(where.said) if where is not None else []
    if where is None or function is None or not of_what or has_exception(where.said):
        return calls
    rest = done_by_all(calls)
    names = [name for call in calls if isinstance(name := call.arguments.get("name"), str)]
    if rest is None or not function.is_for_many or len(names) < len(calls):
        return calls
    candidates = function.candidates(home)
    called = [entity for name in names for entity in named(candidates, name)]
    said = said_besides(function, rest, where.said)
    found = both_said(candidates, said)
    if found is None or not _is_meant(found, called, said):
        return calls
    if not any(_is_of(text, found) for text in of_what):
        return calls
    alike = any(len(named(candidates, entity.name)) > 1 for entity in found)
    return tuple(
        FunctionCall(
            function.name,
            {**rest, **({"entity_id": e.entity_id} if alike else {"name": e.name})},
        )
        for e in found
    )


def _is_of(text: str, found: Sequence[Entity]) -> bool:
    """Whether a text begins with a word for some entities, articles apart: not "both of us"."""
    if is_unspaced(text):
        return True
    first = next((w for w in words(plain(text)) if is_telling(w) or is_noun(w)), "")
    names = (word for entity in found for name in entity.names for word in words(plain(name)))
    return is_noun(first) or any(letters_alike(first, word) for word in names)


def _is_meant(found: Sequence[Entity], called: Sequence[Entity], said: str) -> bool:
    """Whether two are of a kind and one of them is called, and no other one that is spoken of."""
    spoken = [words_said(entity, said) for entity in found]
    others = [words_said(entity, said) for entity in called if entity not in found]
    return (
        any(entity in found for entity in called)
        and len({entity.device_class for entity in found}) == 1
        and all(other <= spoken[0] | spoken[1] for other in others)
        and (all(spoken) or found[0].area == found[1].area)
    )
