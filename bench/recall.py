"""python -m bench.recall [EVAL] [--size N] [--areas]

How often what a sentence means in a large home is read by the model, listed or behind the listing:
of the entities that the sentences of a language need, each sentence's home being filled up to N
(1,000) with other homes' devices of its language. The sentences are our held-out ones in all
languages; and those of `EVAL/piles.jsonl`. No home has areas, and a device's name has its room in
it; with `--areas` devices stay in their rooms, and those of `EVAL`, which have none, are not asked.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from custom_components.functiongemma.core.home import Area, Entity, Home
from custom_components.functiongemma.core.selection import Closest, usual
from training.dataset.__main__ import languages
from training.dataset.homes import HomeMaker
from training.dataset.lexicon import Lexicon
from training.evaluate.commands import House, read_heldout, read_homes, read_rows

#: Random homes whose devices fill others up.
_HOMES: Final = 90
#: Kinds of held-out commands that name no device, or one that is not there.
_NAMELESS: Final = ("nothing", "ambiguous", "indirect")
#: Written without spaces.
_JOINED: Final = ("ja", "zh")


@dataclass
class Measured:
    """What was found of one language's sentences."""

    needed: int = 0
    read: int = 0
    following: list[int] = field(default_factory=list)
    """Entities behind the listing, for each sentence."""

    milliseconds: list[float] = field(default_factory=list)
    """What finding them and writing their lines took, for each sentence."""

    def add(self, home: Home, said: Sequence[tuple[str, frozenset[str]]]) -> None:
        """Measure sentences, each with the ids of what it needs."""
        listed = usual(home)
        closest = Closest(home, listed)
        for text, needed in said:
            began = time.perf_counter()
            closest.lines(text)
            self.milliseconds.append((time.perf_counter() - began) * 1000)
            found = closest.following(text)
            self.following.append(len(found))
            there = {entity.entity_id for entity in (*listed.entities, *found)}
            self.needed += len(needed)
            self.read += len(needed & there)


def filled(
    own: Sequence[Entity],
    others: Sequence[Entity],
    size: int,
    seed: str,
    areas: Sequence[Area] = (),
) -> Home:
    """Entities with `others` as far as they are not called like them.

    They are in `areas`, as far as these are known by their names; in a home without: nowhere.
    """
    names = {name.casefold() for entity in own for name in entity.names}
    generator = random.Random(seed)
    more = [entity for entity in others if entity.name.casefold() not in names]
    generator.shuffle(more)
    more = more[: max(0, size - len(own))]
    known = {area.name for area in areas}
    added = (
        replace(e, entity_id=f"{e.entity_id}_{i}", area=e.area if e.area in known else None)
        for i, e in enumerate(more)
    )
    entities = [*own, *added]
    generator.shuffle(entities)
    wanted = {entity.area for entity in entities}
    return Home(tuple(entities), tuple(area for area in areas if area.name in wanted))


def heldout(size: int, *, with_areas: bool) -> Iterator[tuple[str, Measured]]:
    """Our own sentences, language by language."""
    lexicons = {code: Lexicon.load(code) for code in languages()}
    for code in lexicons:
        rows, houses = read_heldout([code])
        maker, generator = HomeMaker(lexicons, code), random.Random(code)
        made = [maker.make(generator).home for _ in range(_HOMES)]
        found = (entity for home in made for entity in home.entities)
        pool = list({(e.name, e.area if with_areas else None): e for e in found}.values())
        rooms = [area for home in made for area in home.areas] if with_areas else []
        measured = Measured()
        for name, house in houses.items():
            own = house.home.entities
            others = [entity for entity in pool if not _confused(entity, own)]
            areas = {area.name: area for area in [*rooms, *house.home.areas]} if rooms else {}
            ours = own if with_areas else [_placed(e, code) for e in own]
            home = filled(ours, others, size, name, [*areas.values()])
            commands = [r for r in rows if r["home"] == name and r["kind"] not in _NAMELESS]
            measured.add(home, [(r["text"], needed) for r in commands if (needed := _needed(r))])
        yield code, measured


def _confused(other: Entity, own: Sequence[Entity]) -> bool:
    """Whether a sentence that means one of `own` could mean `other` as well.

    "The floor lamp" is that one only where no other is called so, "the heating" where there is no
    other, "the light in the hall" where no second one is there.
    """
    name = other.name.casefold()
    if any(called.casefold() in name for e in own for called in e.names if len(called) > 1):
        return True
    alike = [entity for entity in own if entity.domain == other.domain]
    rooms = {e.area.casefold() for e in alike if e.area}
    return len(alike) == 1 or any(r in name or r == (other.area or "").casefold() for r in rooms)


def _placed(entity: Entity, code: str) -> Entity:
    """An entity that has its area in its name instead."""
    area, name = entity.area or "", entity.name
    if area.casefold() not in name.casefold():
        name = f"{area}{'' if code in _JOINED else ' '}{name}"
    return replace(entity, name=name, area=None)


def _needed(row: dict[str, Any]) -> frozenset[str]:
    """The ids of entities that a command's calls are for; not of those for a whole room."""
    named = (call.get("entity_id", ()) for call in row["calls"])
    return frozenset(entity_id for ids in named if len(ids) == 1 for entity_id in ids)


def piles(folder: Path, size: int) -> Iterator[tuple[str, Measured]]:
    """The sentences of `piles.jsonl`, language by language."""
    homes: dict[str, House] = read_homes(folder / "pile_homes.jsonl")
    by_language: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in read_rows(folder / "piles.jsonl"):
        by_language[row["language"]].append(row)
    for code, rows in by_language.items():
        theirs = [entity for row in rows for entity in homes[row["home"]].home.entities]
        pool = list({entity.name: entity for entity in theirs}.values())
        measured = Measured()
        for row in rows:
            home = filled(homes[row["home"]].home.entities, pool, size, row["home"])
            measured.add(home, [(row["text"], _needed(row))])
        yield code, measured


def main() -> None:
    """Print the shares by language, and the median time a sentence takes."""
    parser = argparse.ArgumentParser(prog="bench.recall", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", metavar="EVAL")
    parser.add_argument("--size", type=int, default=1_000, metavar="N", help="entities of a home")
    parser.add_argument("--areas", action="store_true", help="homes with areas; without EVAL")
    args = parser.parse_args()
    sets = {"held out": heldout(args.size, with_areas=args.areas)}
    if args.folder is not None and not args.areas:
        sets["piles"] = piles(args.folder, args.size)
    for name, found in sets.items():
        print(f"{name}, homes of up to {args.size}")
        everything = Measured()
        for code, measured in found:
            print(f"  {code}: {_share(measured)} of {measured.needed} read", flush=True)
            everything.needed += measured.needed
            everything.read += measured.read
            everything.following += measured.following
            everything.milliseconds += measured.milliseconds
        print(f"  all: {_share(everything)} of {everything.needed} read")
        print(f"  {statistics.mean(everything.following):.1f} devices follow the listing (mean)")
        print(f"  {statistics.median(everything.milliseconds):.2f} ms a sentence (median)")


def _share(measured: Measured) -> str:
    return f"{100 * measured.read / max(1, measured.needed):.1f} %"


if __name__ == "__main__":
    main()
