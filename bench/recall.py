"""python -m bench.recall EVAL

How often what is meant in a large home is read by the model: `EVAL/piles.jsonl`, each home filled
up to 1,000 with the devices that the other homes of its language have, as far as they go.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

from custom_components.functiongemma.core.home import Entity, Home
from custom_components.functiongemma.core.selection import Closest, usual
from training.evaluate.commands import House, read_homes, read_rows

_SIZE = 1_000


def filled(own: Home, others: list[Entity], generator: random.Random) -> Home:
    """A home with other homes' devices, as far as they are not called like its own."""
    names = {entity.name for entity in own.entities}
    more = [entity for entity in others if entity.name not in names]
    generator.shuffle(more)
    more = more[: _SIZE - len(own.entities)]
    added = (replace(e, entity_id=f"{e.entity_id}_{i}") for i, e in enumerate(more))
    entities = [*own.entities, *added]
    generator.shuffle(entities)
    return Home(tuple(entities), own.areas)


def pools(homes: dict[str, House], rows: list[dict[str, Any]]) -> dict[str, dict[str, Entity]]:
    """All devices of a language's homes by name."""
    found: defaultdict[str, dict[str, Entity]] = defaultdict(dict)
    for row in rows:
        found[row["language"]] |= {e.name: e for e in homes[row["home"]].home.entities}
    return found


def main() -> None:
    """Print the shares by language, and the median time a sentence takes."""
    parser = argparse.ArgumentParser(prog="bench.recall", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="EVAL")
    folder = parser.parse_args().folder
    homes, rows = read_homes(folder / "pile_homes.jsonl"), read_rows(folder / "piles.jsonl")
    pool, generator = pools(homes, rows), random.Random(1)
    read: defaultdict[str, list[bool]] = defaultdict(list)
    milliseconds, following = [], []
    for row in rows:
        others = list(pool[row["language"]].values())
        home = filled(homes[row["home"]].home, others, generator)
        listed = usual(home)
        closest = Closest(home, listed)
        began = time.perf_counter()
        found = closest.following(row["text"])
        milliseconds.append((time.perf_counter() - began) * 1000)
        following.append(len(found))
        there = {entity.entity_id for entity in (*listed.entities, *found)}
        meant = {entity_id for call in row["calls"] for entity_id in call["entity_id"]}
        read[row["language"]].append(meant <= there)
    for language, shares in read.items():
        print(f"{language}: {100 * statistics.mean(shares):.1f} % of {len(shares)} read")
    print(f"{statistics.mean(following):.1f} devices follow the listing (mean)")
    print(f"{statistics.median(milliseconds):.2f} ms a sentence (median)")


if __name__ == "__main__":
    main()
