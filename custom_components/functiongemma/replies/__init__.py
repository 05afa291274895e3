"""What the agent says: templates, never text from the model.

Most replies are the response templates of `home-assistant-intents`, which speaks 65 languages and
sounds like Home Assistant's own agent; what it has no words for is in `<language>.json` here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from home_assistant_intents import get_intents
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import TemplateError
from homeassistant.helpers import template
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, LOGGER

_CACHE: HassKey[dict[str, Replies]] = HassKey(f"{DOMAIN}_replies")
_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Replies:
    """One language's replies."""

    language: str
    own: Mapping[str, str]
    intents: Mapping[str, Mapping[str, str]]
    """Response templates (Jinja) by intent and response key."""

    def say(self, key: str, **values: str) -> str:
        """One of our own replies."""
        return self.own[key].format(**values)

    def names(self, names: Sequence[str]) -> str:
        """`A, B or C` in this language."""
        unique = list(dict.fromkeys(names))
        if len(unique) < 2:
            return "".join(unique)
        return ", ".join(unique[:-1]) + self.own["last_or"] + unique[-1]

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
        for intent, key in candidates:
            text = self.intents.get(intent, {}).get(key)
            if text is None:
                continue
            states = [template.TemplateState(hass, state) for state in matched]
            others = [template.TemplateState(hass, state) for state in unmatched]
            variables = {
                "slots": dict(slots),
                "state": next(iter([*states, *others]), None),
                "query": {"matched": states, "unmatched": others},
            }
            try:
                spoken = template.Template(text, hass).async_render(variables, parse_result=False)
            except TemplateError as err:
                LOGGER.warning("Response %s of %s for %s: %s", key, intent, self.language, err)
                continue
            if (spoken := " ".join(str(spoken).split())) and "None" not in spoken.split():
                return spoken
        return None


async def async_get_replies(hass: HomeAssistant, language: str) -> Replies:
    """The replies for a language tag: its own, its base language's, or English."""
    cache = hass.data.setdefault(_CACHE, {})
    if (replies := cache.get(language)) is None:
        replies = await hass.async_add_executor_job(_load, language)
        cache[language] = replies
    return replies


def _load(language: str) -> Replies:
    tags = [language, language.partition("-")[0]]
    own = json.loads((_FOLDER / "en.json").read_text(encoding="utf-8"))
    for tag in tags:
        if (path := _FOLDER / f"{tag}.json").is_file():
            own |= json.loads(path.read_text(encoding="utf-8"))
            break
    for tag in [*tags, "en"]:
        if (data := get_intents(tag)) is not None:
            return Replies(tag, own, data.get("responses", {}).get("intents", {}))
    return Replies(language, own, {})
