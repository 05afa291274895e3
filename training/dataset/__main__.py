"""python -m training.dataset --out DIR [--homes N] [--languages en,fr,…] [--seed N]

Writes one JSONL file a language: a random home a line, with what is said to it. The same seed gives
the same files. `--sample N` prints N sentences a language instead, to be read by a person.

With `--home FILE`, which may be given several times, a share of the homes (`--share`, half of them)
are those of the files and not random: sentences for one's own house, among others so that nothing
is forgotten.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from custom_components.functiongemma.core.catalogue import functions_for

from .clipping import clip
from .given import GivenHome, GivenHomeError, read_home_file
from .homes import HomeMaker
from .intents import load_intent_groups
from .lexicon import LANGUAGES, Lexicon
from .phrases import PhraseGroup, load_groups
from .sentences import NotHere, Said, Speaker

#: How many of the homes that have such a device have one that can do this.
OFFERED = {"vacuum.clean_area": 0.5, "media_player.search_and_play": 0.6}


def languages() -> list[str]:
    """Codes of all languages there are templates for."""
    return sorted(path.parent.name for path in LANGUAGES.glob("*/lexicon.yaml"))


class Generator:
    """Makes records of one language."""

    def __init__(
        self,
        code: str,
        lexicons: dict[str, Lexicon],
        given: Sequence[GivenHome] = (),
        share: float = 0.5,
    ) -> None:
        """`given`: homes that are not random; `share`: of the records that are theirs, 0 to 1."""
        self.given, self.share = given, share if given else 0.0
        self.lexicon = lexicons[code]
        self.maker = HomeMaker(lexicons, code)
        self.groups: list[PhraseGroup] = [*load_groups(code), *load_intent_groups(code)]

    def maker_at(self, index: int) -> HomeMaker | GivenHome:
        """Who makes the home of a record: the given ones in turn, evenly among the random."""
        before, after = int(index * self.share), int((index + 1) * self.share)
        return self.given[before % len(self.given)] if after > before else self.maker

    def record(
        self, seed: str, sentences: int, maker: HomeMaker | GivenHome | None = None
    ) -> dict[str, Any]:
        """A home, random unless `maker` is another, and what is said to it.

        Deterministic in `seed`.
        """
        generator = random.Random(seed)
        made = clip(generator, self.lexicon, (maker or self.maker).make(generator))
        functions = tuple(
            f for f in functions_for(made.home) if generator.random() < OFFERED.get(f.name, 1)
        )
        if generator.random() < 0.5:
            # A home where some functions are not offered: the model reads the declarations.
            functions = tuple(f for f in functions if generator.random() > 0.25) or functions
        speaker = Speaker(generator, self.lexicon, self.groups, made, functions)
        said = unique(speaker, sentences)
        return {
            "language": self.lexicon.code,
            "home": made.to_dict(),
            "functions": [function.name for function in functions],
            "sentences": [{"text": s.text, "calls": s.calls, "source": s.source} for s in said],
        }


def unique(speaker: Speaker, count: int) -> list[Said]:
    """Up to `count` different sentences."""
    found: dict[str, Said] = {}
    for _ in range(count * 20):
        try:
            said = speaker.say()
        except NotHere:
            continue
        if said.text:
            found.setdefault(said.text, said)
        if len(found) == count:
            break
    return list(found.values())


def records(
    generator: Generator, seed: int, homes: int, sentences: int
) -> Iterator[dict[str, Any]]:
    """`homes` records."""
    for index in range(homes):
        maker = generator.maker_at(index)
        yield generator.record(f"{seed}/{generator.lexicon.code}/{index}", sentences, maker)


def show(generator: Generator, seed: int, count: int) -> None:
    """Print sentences to be read."""
    for record in records(generator, seed, count // 4 + 1, 4):
        for row in record["sentences"]:
            calls = "  ".join(
                c["name"] + json.dumps(c["arguments"], ensure_ascii=False) for c in row["calls"]
            )
            print(f"{row['text']}\n      {row['source']}: {calls or '–'}")


def write(generator: Generator, path: Path, args: argparse.Namespace) -> Counter[str]:
    """Write a language's file; returns how often each function is called (`–`: nothing is)."""
    counts: Counter[str] = Counter()
    with path.open("w", encoding="utf-8") as file:
        for record in records(generator, args.seed, args.homes, args.sentences):
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            for row in record["sentences"]:
                counts.update([call["name"] for call in row["calls"]] or ["–"])
    return counts


def main(argv: list[str] | None = None) -> None:
    """Entry point of the command."""
    parser = argparse.ArgumentParser(prog="training.dataset", description=__doc__)
    parser.add_argument("--out", type=Path, help="folder to write to")
    parser.add_argument("--homes", type=int, default=400, help="homes a language")
    parser.add_argument("--sentences", type=int, default=24, help="sentences a home")
    parser.add_argument("--languages", default=",".join(languages()))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sample", type=int, help="print this many sentences a language")
    parser.add_argument(
        "--home", type=Path, action="append", default=[], metavar="FILE", help="a given home"
    )
    parser.add_argument("--share", type=float, default=0.5, help="of the given homes, 0 to 1")
    args = parser.parse_args(argv)
    codes = args.languages.split(",")
    if unknown := {*codes} - {*languages()}:
        parser.error(f"there are no files for {', '.join(sorted(unknown))}")
    if args.out is None and not args.sample:
        parser.error("--out or --sample is needed")
    if not 0 <= args.share <= 1:
        parser.error("--share is a number from 0 to 1")
    try:
        files = [read_home_file(path) for path in args.home]
    except GivenHomeError as error:
        parser.error(str(error))
    # Whoever has a home of their own may have names of any language in it.
    known = languages() if files else codes
    lexicons = {code: Lexicon.load(code) for code in dict.fromkeys([*known, *codes, "en"])}
    for code in codes:
        given = [GivenHome(data, lexicons, code) for data in files]
        generator = Generator(code, lexicons, given, args.share)
        if args.sample:
            show(generator, args.seed, args.sample)
            continue
        args.out.mkdir(parents=True, exist_ok=True)
        counts = write(generator, args.out / f"{code}.jsonl", args)
        table = ", ".join(f"{name} {count}" for name, count in counts.most_common())
        print(f"{code}: {counts.total()} calls, {table}")


if __name__ == "__main__":
    main()
