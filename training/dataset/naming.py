"""Names that people chose, in the words of a language: which are its own, and their forms."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property

from .lexicon import Lexicon, Word

#: Words of a lexicon that a name may be made of: its rooms, a kind's nouns, …
Known = Callable[[Lexicon], Sequence[Word]]

#: Shortest noun that may end a compound (Wohnzimmerlampe): shorter ones end words by chance.
_COMPOUND = 4


def inflect(name: str, known: Iterable[Word]) -> Word | None:
    """`name` with the forms of the known word that it is, begins with or ends in; None: of none.

    `Lampe bleue` and `{name: lampe, the: la lampe}` make `{name: Lampe bleue, the: la lampe
    bleue}`. A form that cannot be made that way is left out.
    """
    word = match(name, known)
    if word is None:
        return None
    if word.name.casefold() == name.casefold():
        return Word({**word.forms, "name": name})
    begins = name.casefold().startswith(word.name.casefold())
    forms = {key: _form(form, word.name, name, begins) for key, form in word.forms.items()}
    return Word({key: form for key, form in forms.items() if form is not None} | {"name": name})


def match(name: str, known: Iterable[Word]) -> Word | None:
    """The known word that `name` is, or the longest that it begins with or ends in."""
    folded = name.casefold()
    best: Word | None = None
    for word in known:
        noun = word.name.casefold()
        if folded == noun:
            return word
        if (best is None or len(noun) > len(best.name)) and _contains(folded, noun):
            best = word
    return best


def _contains(name: str, noun: str) -> bool:
    """Whether a name begins with or ends in a noun, and is not the noun itself."""
    spaced = _script(noun) in _SPACED
    if name.startswith(noun):
        return not (spaced and name[len(noun)].isalnum())
    if not name.endswith(noun):
        return False
    return not (spaced and name[-len(noun) - 1].isalnum()) or len(noun) >= _COMPOUND


def _form(form: str, noun: str, name: str, begins: bool) -> str | None:
    """A noun's form with the whole name in the noun's place."""
    match = re.search(re.escape(noun), form, re.IGNORECASE)
    if match is None:
        return form + name[len(noun) :] if begins else None
    before = form[: match.start()]
    # l'ampoule does not become l'petite ampoule.
    if not begins and before.endswith(("'", "’")):
        return None
    # Names are capitalised, words inside a sentence as the language has it.
    first = form[match.start()] if begins else name[0]
    return before + first + name[1:] + form[match.end() :]


class Names:
    """How people who speak one language say the names of a home, whatever language they are in."""

    def __init__(self, lexicons: Mapping[str, Lexicon], code: str) -> None:
        """`lexicons`: of all languages there are, so that foreign names are known as such."""
        self._own = lexicons[code]
        self._others = [lexicon for other, lexicon in lexicons.items() if other != code]

    def words(self, names: Sequence[str], known: Known) -> list[Word]:
        """Those of `names` that are said, with their forms; each word's name is one of `names`.

        A name of another language is said only where there is none of this one; one that no
        language knows, always.
        """
        native = [n for n in names if not _scripts(n) or _scripts(n) & self._scripts.keys()]
        ours = {name for name in native if self._is_written_so(name)}
        ours = ours or {name for name in native if self._is_ours(name, known)}
        said = [n for n in native if not ours or n in ours or self._is_nobodys(n, known)]
        own = known(self._own)
        return [inflect(name, own) or Word({"name": name}) for name in said or names]

    def _is_ours(self, name: str, known: Known) -> bool:
        """Whether no other language knows the name better: fr "living", en "living room"."""
        best = _strength(name, known(self._own))
        return best > 0 and all(_strength(name, known(other)) <= best for other in self._others)

    def _is_nobodys(self, name: str, known: Known) -> bool:
        return not any(_strength(name, known(other)) for other in (self._own, *self._others))

    def _is_written_so(self, name: str) -> bool:
        """Whether the name is in this language's own script, which is not everybody's."""
        main = self._scripts.most_common(1)[0][0]
        return main != "LATIN" and bool((_scripts(name) & self._scripts.keys()) - {"LATIN"})

    @cached_property
    def _scripts(self) -> Counter[str]:
        """How often letters of a script are in the words for rooms."""
        letters = "".join(room.name for room in self._own.rooms)
        return Counter(_script(letter) for letter in letters if letter.isalpha())


#: Scripts of languages that put spaces between words.
_SPACED = frozenset(("LATIN", "CYRILLIC", "GREEK"))


def _strength(name: str, known: Iterable[Word]) -> int:
    """Letters of the name that are a known word."""
    word = match(name, known)
    return len(word.name) if word else 0


def _scripts(text: str) -> set[str]:
    return {_script(letter) for letter in text if letter.isalpha()}


def _script(text: str) -> str:
    """Of the first letter: LATIN, CYRILLIC, HANGUL, CJK, …"""
    return unicodedata.name(text[0], "").partition(" ")[0]


def shortened(name: str, places: Iterable[Word], additions: Iterable[str]) -> str | None:
    """A name without its room and its maker: `Kitchen ceiling light` → `ceiling light`.

    None when nothing can be left out.
    """
    short = name
    forms = {form for place in places for form in place.forms.values()}
    for part in sorted({*forms, *additions}, key=len, reverse=True):
        short = _without(short, part)
    return short if short != name and len(short) > 1 else None


def _without(name: str, part: str) -> str:
    """`name` without `part` at its beginning or end, or as it is."""
    match = re.fullmatch(rf"{re.escape(part)}(?:'s)?\W+(.+)", name, re.IGNORECASE)
    if match:
        return match[1]
    match = re.fullmatch(rf"(.+?)\W+{re.escape(part)}\W*", name, re.IGNORECASE)
    # "Lamp in the kitchen" would leave "Lamp in the" behind.
    return match[1] if match and len(match[1].split()[-1]) > 3 else name
