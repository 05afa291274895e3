"""Names shared by the integration's modules."""

from __future__ import annotations

import logging
from typing import Final

DOMAIN: Final = "functiongemma"
LOGGER = logging.getLogger(__package__)

#: Id of our own LLM API, whose tools are the home functions.
HOME_API: Final = "functiongemma"

CONF_SOURCE: Final = "source"
CONF_REPOSITORY: Final = "repository"
CONF_FILE: Final = "file"
CONF_TOKEN: Final = "token"
CONF_PATH: Final = "path"

CONF_FALLBACK_AGENT: Final = "fallback_agent"
CONF_CONFIDENCE: Final = "confidence"
CONF_THREADS: Final = "threads"
CONF_CONFIRM: Final = "confirm"
CONF_PIN: Final = "pin"

SOURCE_HOME: Final = "home"
SOURCE_HUB: Final = "hub"
SOURCE_LOCAL: Final = "local"

#: Below this the agent asks or hands over instead of acting; per cent.
DEFAULT_CONFIDENCE: Final = 50
#: A sentence that takes longer than this is given up; seconds.
DEADLINE: Final = 20.0

#: Fired when a sentence has changed something; in the sentence's context. For the logbook.
EVENT_ACTED: Final = "functiongemma_acted"
ATTR_SENTENCE: Final = "sentence"
ATTR_CALLS: Final = "calls"
ATTR_FUNCTION: Final = "function"
ATTR_ENTITIES: Final = "entities"
