"""What the agent says: templates, never text from the model.

Most replies are the response templates of `home-assistant-intents`, which speaks 65 languages and
sounds like Home Assistant's own agent; what it has no words for is in `<language>.json` here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, override

from home_assistant_intents import get_intents
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import TemplateError
from homeassistant.helpers import template

from ..const import LOGGER

_FOLDER = Path(__file__).parent

#: A language tag; whoever speaks sends it, and files are looked for by it.
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")

#: Where a template says the state that was asked for.
_STATE = re.compile(r"{{\s*slots\.state\b")

#: Where Chinese is written in traditional characters, as a tag says it.
_TRADITIONAL = frozenset({"hant", "hk", "mo", "tw"})

#: Spanish does not say `y` before its own sound, nor `o`: what a name then begins with, and what
#: is said instead.
_SAME_SOUND = {
    ("es", "and"): (re.compile(r"h?[ií](?![aeouáéóú])", re.IGNORECASE), " e "),
    ("es", "or"): (re.compile(r"h?[oó]|8|11\b", re.IGNORECASE), " u "),
}

#: By language tag. The files are part of the program, so they do not change while it runs.
_LOADED: dict[str, Replies] = {}


@dataclass(frozen=True)
class Replies:
    """One language's replies."""

    language: str
    """The language of the templates of `home-assistant-intents`."""

    own: Mapping[str, str]
    intents: Mapping[str, Mapping[str, str]]
    """Response templates (Jinja) by intent and response key."""

    errors: Mapping[str, str]
    """Error templates (Jinja) by response key."""

    fluent: bool = False
    """Whether `own` are in this language too, and not in English for want of better."""

    interface: str = "en"
    """The same language as Home Assistant's translations call it: `zh-Hans` for `zh-CN`."""

    def say(self, key: str, **values: str) -> str:
        """One of our own replies."""
        return self.own[key].format(**values)

    def names(self, names: Iterable[str], last: Literal["and", "or"]) -> str:
        """`A, B and C` in this language, each name once."""
        unique = list(dict.fromkeys(names))
        if len(unique) < 2:
            return "".join(unique)
        joint = self.own[f"last_{last}"]
        sound, instead = _SAME_SOUND.get((self.language.partition("-")[0], last), (None, joint))
        if sound is not None and self.fluent and sound.match(unique[-1]):
            joint = instead
        return self.own["comma"].join(unique[:-1]) + joint + unique[-1]

    def number(self, value: float) -> str:
        """A number as this language writes it: `21,5`, and `21` instead of `21,0`."""
        return f"{value:g}".replace(".", self.own["decimal"])

    def day(self, day: int) -> str:
        """A day of a month, 1 to 31: the first has a word of its own in some languages."""
        return self.own["first"] if day == 1 else str(day)

    def respond(
        self,
        hass: HomeAssistant,
        candidates: Iterable[tuple[str, str]],
        slots: Mapping[str, Any],
        matched: Sequence[State] = (),
        unmatched: Sequence[State] = (),
    ) -> str | None:
        """The first response template that exists among (intent, key) `candidates`, rendered.

        The variables are those Home Assistant's own agent gives its templates. None when the
        language has none of them or they come out empty.
        """
        states = [template.TemplateState(hass, state) for state in matched]
        others = [template.TemplateState(hass, state) for state in unmatched]
        variables = {
            "slots": {key: self._spoken(value) for key, value in slots.items()},
            "state": next(iter([*states, *others]), None),
            "query": {"matched": states, "unmatched": others},
        }
        for intent, key in candidates:
            text = self.intents.get(intent, {}).get(key)
            # Several templates begin with a name that several devices do not have.
            if text is None or ("{{ slots.name" in text and "name" not in slots):
                continue
            # The state asked for is the model's word, in English.
            if self.fluent and self.interface != "en" and _STATE.search(text):
                continue
            spoken = _render(hass, text, variables)
            # Such as "Turned on None", from a table of nouns that lacks the domain.
            if spoken and "None" not in spoken:
                return spoken
        return None

    def _spoken(self, value: object) -> object:
        """A number as text, as the templates expect it: `21`, not `21.0`."""
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            return value
        if value == int(value):
            return f"{value:g}"
        return _Fraction(value, self.number(value))

    def error(self, hass: HomeAssistant, key: str | None) -> str | None:
        """The error text Home Assistant's own agent has for `key`, if it needs no variables."""
        text = self.errors.get(key or "")
        return _render(hass, text, {}) if text and "{" not in text else None


def _render(hass: HomeAssistant, text: str, variables: Mapping[str, Any]) -> str:
    try:
        spoken = template.Template(text, hass).async_render(variables, parse_result=False)
    except TemplateError as err:
        LOGGER.warning(
            "A reply of home-assistant-intents cannot be made, and a plainer one is said: %s. "
            "Please report it there, with the sentence",
            err,
        )
        return ""
    return " ".join(str(spoken).split())


class _Fraction(float):
    """A number that templates can reckon with, and that is spoken as its language says it."""

    _text: str

    def __new__(cls, value: float, text: str) -> _Fraction:
        fraction = super().__new__(cls, value)
        fraction._text = text
        return fraction

    @override
    def __str__(self) -> str:
        return self._text


async def async_get_replies(hass: HomeAssistant, language: str) -> Replies:
    """The replies for a language tag: its own, the nearest language's, or English."""
    if (replies := _LOADED.get(language)) is None:
        replies = _LOADED[language] = await hass.async_add_executor_job(load, language)
    return replies


def load(language: str) -> Replies:
    """Read the replies for a language tag."""
    tags = [*(_near(language) if _TAG.fullmatch(language) else ()), "en"]
    spoken = next(tag for tag in tags if (_FOLDER / f"{tag}.json").is_file())
    own: dict[str, str] = json.loads((_FOLDER / f"{spoken}.json").read_text(encoding="utf-8"))
    for tag in tags:
        if (data := get_intents(tag)) is not None:
            responses = data.get("responses", {})
            intents, errors = responses.get("intents", {}), responses.get("errors", {})
            fluent = spoken.partition("-")[0] == tag.partition("-")[0]
            return Replies(tag, own, intents, errors, fluent, spoken if fluent else tag)
    return Replies("en", own, {}, {}, True)


def _near(language: str) -> list[str]:
    """The tags whose texts serve a language, the best first.

    Home Assistant's interface names Chinese by its script, `home-assistant-intents` by a region.
    """
    base, *rest = language.split("-")
    if base.lower() != "zh":
        return [language, base]
    if _TRADITIONAL & {part.lower() for part in rest}:
        return [language, "zh-Hant", "zh-TW"]
    return [language, "zh-Hans", "zh-CN"]
