"""python -m training.linking

Writes the words that link of all languages there are templates for to the integration's
`core/linking.json`: what says that something is left out (`except` of a lexicon), how many are
meant (`all`, `pair`, `one_of`), that it is the speaker's room (`here`), and what stands between
several things (`and`).
"""

from __future__ import annotations

from collections.abc import Iterator

from custom_components.functiongemma.core.linking import MEANT, PATH
from custom_components.functiongemma.core.numbers import folded
from custom_components.functiongemma.core.wording import is_unspaced, plain

from .dataset.lexicon import LANGUAGES, Lexicon, without_slots
from .tables import write

#: Words that stand between two things and are said for much else in another of these languages.
_MUCH_ELSE = frozenset(("en", "mais", "mas", "と"))
#: Times that what leaves something out may stand in templates without being said otherwise too.
_RARE = 30


def table(codes: list[str]) -> dict[str, object]:
    """`except` by where what is left out stands; `and`: what is hardly said otherwise; `MEANT`."""
    exceptions: dict[str, set[str]] = {}
    meant: dict[str, set[str]] = {key: set() for key in MEANT}
    more: set[str] = set()
    for code in codes:
        lexicon = Lexicon.load(code)
        for side, said in _exceptions(lexicon):
            exceptions.setdefault(side, set()).add(said)
        for key, phrases in meant.items():
            phrases.update(folded(phrase) for phrase in lexicon.data.get(key) or ())
        words = (plain(text).strip(" ,、，。.") for text in lexicon.data.get("and") or ())
        more.update(word for word in words if word and word not in _MUCH_ELSE)
    # The longest first: "and the" is more of it than "and".
    ranked = sorted(more, key=lambda word: (-len(word), word))
    return {
        "except": {side: sorted(said) for side, said in sorted(exceptions.items())},
        **{key: sorted(phrases) for key, phrases in meant.items()},
        "and": ranked,
    }


def _exceptions(lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    """Where what is left out stands, and what says so; `perhaps` where it is said otherwise too."""
    paths = (LANGUAGES / lexicon.code / "sentences").glob("*.yaml")
    sentences = folded(" ".join(path.read_text(encoding="utf-8") for path in paths))
    for templates in (lexicon.data.get("except") or {}).values():
        for template in templates:
            first, _, rest = template.partition("{name")
            last = folded(rest.partition("}")[2])
            said = folded(without_slots(template))
            if not said:
                continue
            if folded(first) and last and not is_unspaced(last):
                # Around what is left out: "op … na".
                yield "around", f"{folded(first)} … {last}"
                continue
            # In Chinese 除了 stands before what is left out, though all of it before the rest.
            where = "before" if not folded(first) else "after"
            doubt = f" {sentences} ".count(f" {said} ") > _RARE
            yield (f"{where} perhaps" if doubt else where), said


if __name__ == "__main__":
    write(PATH, table)
