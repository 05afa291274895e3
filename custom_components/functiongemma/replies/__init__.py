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
from typing import Any, Literal

from home_assistant_intents import get_intents
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import TemplateError
from homeassistant.helpers import template

from ..const import LOGGER

_FOLDER = Path(__file__).parent

#: A language tag; whoever speaks sends it, and files are looked for by it.
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")

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

    def say(self, key: str, **values: str) -> str:
        """One of our own replies."""
        return self.own[key].format(**values)

    def names(self, names: Iterable[str], last: Literal["and", "or"]) -> str:
        """`A, B and C` in this language, each name once."""
        unique = list(dict.fromkeys(names))
        if len(unique) < 2:
            return "".join(unique)
        return self.own["comma"].join(unique[:-1]) + self.own[f"last_{last}"] + unique[-1]

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
            "slots": {key: _spoken(value) for key, value in slots.items()},
            "state": next(iter([*states, *others]), None),
            "query": {"matched": states, "unmatched": others},
        }
        for intent, key in candidates:
            text = self.intents.get(intent, {}).get(key)
            # Several templates begin with a name that several devices do not have.
            if text is None or ("{{ slots.name" in text and "name" not in slots):
                continue
            spoken = _render(hass, text, variables)
            # Such as "Turned on None", from a table of nouns that lacks the domain.
            if spoken and "None" not in spoken:
                return spoken
        return None

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


def _spoken(value: object) -> object:
    """A number as text, as the templates expect it: `21`, not `21.0`."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:g}"
    return value


async def async_get_replies(hass: HomeAssistant, language: str) -> Replies:
    """The replies for a language tag: its own, its base language's, or English."""
    if (replies := _LOADED.get(language)) is None:
        replies = _LOADED[language] = await hass.async_add_executor_job(load, language)
    return replies


def load(language: str) -> Replies:
    """Read the replies for a language tag."""
    wanted = (language, language.partition("-")[0])
    tags = [*(tag for tag in wanted if _TAG.fullmatch(tag)), "en"]
    spoken = next(tag for tag in tags if (_FOLDER / f"{tag}.json").is_file())
    own: dict[str, str] = json.loads((_FOLDER / f"{spoken}.json").read_text(encoding="utf-8"))
    for tag in tags:
        if (data := get_intents(tag)) is not None:
            responses = data.get("responses", {})
            intents, errors = responses.get("intents", {}), responses.get("errors", {})
            fluent = spoken.partition("-")[0] == tag.partition("-")[0]
            return Replies(tag, own, intents, errors, fluent)
    return Replies("en", own, {}, {}, True)
