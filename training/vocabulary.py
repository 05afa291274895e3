"""python -m training.vocabulary --base BASE.gguf [--homes N]

Writes the list of tokens that the home model keeps besides common ones and single characters
(`core/assemble/vocabulary.py`): all that occur in what is said in any language there are files for,
in the words of those files, in `home-assistant-intents`, and in our prompts; and the pieces these
tokens are merged from. Run it again when a language is added.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import home_assistant_intents

from custom_components.functiongemma.core.assemble.vocabulary import COMMON, LIST
from custom_components.functiongemma.core.catalogue import FUNCTIONS
from custom_components.functiongemma.core.functions import tool_schema

from .dataset.__main__ import Generator, languages
from .dataset.lexicon import LANGUAGES, Lexicon, read_yaml
from .tokenizer import GgufTokenizer


def strings(data: Any) -> Iterator[str]:
    """Every string in nested data, keys included."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield str(key)
            yield from strings(value)
    elif isinstance(data, list):
        for item in data:
            yield from strings(item)


def written(code: str) -> Iterator[str]:
    """What a language's files and Home Assistant's sentences say."""
    for path in sorted((LANGUAGES / code).rglob("*.yaml")):
        yield from strings(read_yaml(path))
    folder = Path(home_assistant_intents.__file__).parent / "data"
    for path in sorted(folder.glob(f"{code}*.json")):
        yield from strings(json.loads(path.read_text(encoding="utf-8")))


def generated(code: str, lexicons: dict[str, Lexicon], homes: int) -> Iterator[str]:
    """What is said to random homes, and the homes' names."""
    generator = Generator(code, lexicons)
    for index in range(homes):
        yield from strings(generator.record(f"vocabulary/{code}/{index}", 64))


def variants(text: str) -> set[str]:
    """A text as it is written at the start of a sentence, inside it, and in haste."""
    forms = {text, text.lower(), text.capitalize(), text.title()}
    return forms | {f" {form}" for form in forms}


class Pieces:
    """What a token is merged from, in the tokenizer's own order."""

    def __init__(self, tokenizer: GgufTokenizer) -> None:
        vocabulary = tokenizer.vocabulary
        texts = (vocabulary.text(token) for token in range(vocabulary.size))
        # The lowest id was learned first and is merged first.
        self._ids = {text: token for token, text in enumerate(texts) if text}

    def rank(self, token: str) -> int:
        """The token's id."""
        return self._ids[token]

    def of(self, token: str) -> list[str]:
        """Every piece that comes up while `token` is merged from its characters, itself last."""
        symbols, found = list(token), []
        while len(symbols) > 1:
            pairs = ((self._ids.get(a + b), i) for i, (a, b) in enumerate(pairwise(symbols)))
            known = [(token_id, i) for token_id, i in pairs if token_id is not None]
            if not known:
                break
            _, at = min(known)
            symbols[at : at + 2] = [symbols[at] + symbols[at + 1]]
            found.append(symbols[at])
        return found


def main(argv: list[str] | None = None) -> None:
    """Entry point of the command."""
    parser = argparse.ArgumentParser(prog="training.vocabulary", description=__doc__)
    parser.add_argument("--base", type=Path, required=True, help="base model, a GGUF")
    parser.add_argument("--homes", type=int, default=150, help="random homes a language")
    parser.add_argument("--out", type=Path, default=LIST)
    args = parser.parse_args(argv)
    tokenizer = GgufTokenizer(args.base)
    used: set[int] = set()
    for function in FUNCTIONS:
        for text in strings(tool_schema(function, full=True)):
            used.update(*map(tokenizer, variants(text)))
    codes = languages()
    lexicons = {code: Lexicon.load(code) for code in codes}
    for code in codes:
        before = len(used)
        for text in written(code):
            used.update(*map(tokenizer, variants(text)))
        for text in generated(code, lexicons, args.homes):
            used.update(tokenizer(text), tokenizer(f" {text}"))
        print(f"{code}: {len(used) - before} new tokens")
    vocabulary, pieces = tokenizer.vocabulary, Pieces(tokenizer)
    spelled = {vocabulary.text(token) or "" for token in used if token >= COMMON}
    spelled |= {piece for token in spelled for piece in pieces.of(token)}
    characters = {token for token in spelled if len(token.replace("▁", "")) <= 1}
    rare = sorted(t for t in spelled - characters if pieces.rank(t) >= COMMON)
    args.out.write_text("".join(f"{token}\n" for token in rare), encoding="utf-8")
    print(f"{len(rare)} tokens in {args.out}")


if __name__ == "__main__":
    main()
