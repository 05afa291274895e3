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
CONF_URL: Final = "url"
CONF_API_KEY: Final = "api_key"
CONF_MODEL: Final = "model"
#: What was found out about a server: how it is asked, and how its model spells its tokens.
CONF_DIALECT: Final = "dialect"
CONF_SPELLING: Final = "spelling"
CONF_LOGPROBS: Final = "logprobs"
CONF_GRAMMAR: Final = "grammar"
CONF_STYLE: Final = "style"

#: Type of the config subentries that agents are.
SUBENTRY_AGENT: Final = "conversation"

CONF_FALLBACK_AGENT: Final = "fallback_agent"
CONF_CONFIDENCE: Final = "confidence"
CONF_THREADS: Final = "threads"
CONF_CONFIRM: Final = "confirm"
CONF_PIN: Final = "pin"
CONF_AREA: Final = "area"

SOURCE_HOME: Final = "home"
SOURCE_HUB: Final = "hub"
SOURCE_LOCAL: Final = "local"
SOURCE_REMOTE: Final = "remote"

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
