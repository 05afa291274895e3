"""What a language calls things: `training/languages/<code>/lexicon.yaml`."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

LANGUAGES = Path(__file__).parent.parent / "languages"
_SLOT = re.compile(r"\{(\w+)(?::(\w+))?\}")


# The same in C, where the package has it, is ten times as fast.
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class LexiconError(ValueError):
    """A language file says something it cannot mean; the message names the file and the place."""


class Word:
    """A name and its forms: `{name: Cuisine, of: de la cuisine}`."""

    __slots__ = ("_forms",)

    def __init__(self, forms: dict[str, str]) -> None:
        self._forms = forms

    @classmethod
    def parse(cls, data: object) -> Word:
        """From the YAML: a string, or a mapping with `name`. Raises LexiconError."""
        if isinstance(data, str):
            return cls({"name": data})
        if isinstance(data, dict) and isinstance(data.get("name"), str):
            return cls({str(k): str(v) for k, v in data.items()})
        raise LexiconError(f"not a word: {data!r}")

    @property
    def name(self) -> str:
        """As listed in the app."""
        return self._forms["name"]

    def form(self, key: str | None) -> str:
        """The form asked for, or the name."""
        return self._forms.get(key or "name", self._forms["name"])

    @property
    def forms(self) -> dict[str, str]:
        """All forms, `name` included."""
        return self._forms

    def map(self, change: Any) -> Word:
        """Every form changed by `change`."""
        return Word({key: change(form) for key, form in self._forms.items()})

    def __repr__(self) -> str:
        return f"Word({self._forms})"


def read_yaml(path: Path) -> Any:
    """YAML with every scalar a string: `on` is no boolean, `1` no number, in any language."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)


@dataclass
class Kind:
    """Words for one kind of device."""

    one: list[Word]
    many: list[Word]
    devices: list[Word]


class Lexicon:
    """One language's words."""

    def __init__(self, code: str, data: dict[str, Any]) -> None:
        self.code = code
        self.data = data
        self.writing: dict[str, Any] = data.get("writing") or {}
        self.contractions: list[list[str]] = self.writing.get("contractions") or []
        self.rooms = self.words("rooms")
        self.floors = self.words("floors")
        self.persons = self.words("person_names")
        devices, kinds = data.get("devices") or {}, data.get("kinds") or {}
        self.kinds = {
            kind: Kind(
                [Word.parse(w) for w in (kinds.get(kind) or {}).get("one") or ()],
                [Word.parse(w) for w in (kinds.get(kind) or {}).get("many") or ()],
                [Word.parse(w) for w in devices.get(kind) or ()],
            )
            for kind in dict.fromkeys([*kinds, *devices])
        }
        if self.persons:
            # People are called by their names, here as everywhere.
            self.kinds.setdefault("person", Kind([], [], self.persons))

    @classmethod
    def load(cls, code: str) -> Lexicon:
        """Read a language's lexicon. Raises LexiconError or FileNotFoundError."""
        data = read_yaml(LANGUAGES / code / "lexicon.yaml")
        if not isinstance(data, dict):
            raise LexiconError(f"{code}/lexicon.yaml is not a mapping")
        if (writing := LANGUAGES / code / "writing.yaml").is_file():
            data["writing"] = read_yaml(writing)
        try:
            return cls(code, data)
        except LexiconError as error:
            raise LexiconError(f"{code}/lexicon.yaml: {error}") from error

    def words(self, key: str) -> list[Word]:
        """A list of words at the top level."""
        return [Word.parse(item) for item in self.data.get(key) or ()]

    def strings(self, key: str) -> list[str]:
        """A list of plain strings at the top level."""
        return [str(item) for item in self.data.get(key) or ()]


def compose(pattern: str, words: dict[str, Word], head: str) -> Word:
    """A new word from a pattern such as `{noun} {area:of}`.

    Slots that name a form take it; the slot `head` without a form takes each of its forms in
    turn, and these become the forms of the result: Lampe de la cuisine / la lampe de la cuisine.
    """

    def fill(form: str) -> str:
        def replace(match: re.Match[str]) -> str:
            slot, wanted = match.group(1), match.group(2)
            word = words.get(slot)
            if word is None:
                raise LexiconError(f"unknown slot {{{slot}}} in {pattern!r}")
            return word.form(wanted or (form if slot == head else None))

        return " ".join(_SLOT.sub(replace, pattern).split())

    result = {form: fill(form) for form in words[head].forms}
    name = result["name"]
    return Word({**result, "name": name[:1].upper() + name[1:]})


def without_slots(pattern: str) -> str:
    """What a pattern says besides its slots."""
    return _SLOT.sub("", pattern).strip()


def pick(generator: random.Random, weights: dict[Any, float]) -> Any:
    """One key, by weight."""
    return generator.choices(list(weights), list(weights.values()))[0]
