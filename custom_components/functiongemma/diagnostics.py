"""What can be pasted into a public issue: how things are set up and how they go.

Everything in it is named here. Names of devices, rooms, people, agents and files, entity ids,
sentences and tokens are not, and what somebody else could have named is left out or counted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any, Final

from homeassistant.components.diagnostics import REDACTED
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_LLM_HASS_API
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import llm
from homeassistant.loader import async_get_integration

from . import facts, install, report
from .agent import Agent, agents_of
from .const import (
    CONF_API_KEY,
    CONF_AREA,
    CONF_CONFIDENCE,
    CONF_CONFIRM,
    CONF_DIALECT,
    CONF_FALLBACK_AGENT,
    CONF_FILE,
    CONF_GRAMMAR,
    CONF_LOGPROBS,
    CONF_REPOSITORY,
    CONF_SOURCE,
    CONF_SPELLING,
    CONF_STYLE,
    CONF_THREADS,
    CONF_TOKEN,
    DEFAULT_CONFIDENCE,
    DOMAIN,
    HOME_API,
    SOURCE_HUB,
    SOURCE_LOCAL,
    SOURCE_REMOTE,
)
from .core.catalogue import BY_NAME, functions_for
from .core.home import Home
from .core.selection import LIMIT
from .exposure import async_build_home
from .records import Record
from .runtime import FunctionGemmaConfigEntry, ModelRuntime
from .trace import Seen, Trace

#: LLM APIs whose ids nobody chose.
_KNOWN_APIS: Final = frozenset((HOME_API, llm.LLM_API_ASSIST))


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: FunctionGemmaConfigEntry
) -> dict[str, Any]:
    """The diagnostics of an entry; where it is not loaded, what there is without the model."""
    runtime = entry.runtime_data if entry.state is ConfigEntryState.LOADED else None
    integration = await async_get_integration(hass, DOMAIN)
    return {
        "version": str(integration.version),
        "entry": {
            "state": entry.state.value,
            "reason": entry.error_reason_translation_key,
            **_model_choice(entry),
        },
        "options": {CONF_THREADS: entry.options.get(CONF_THREADS)},
        "agents": [_agent(hass, agent) for agent in agents_of(entry)],
        "model": _model(entry, runtime),
        "worker": _worker(runtime),
        "software": await hass.async_add_executor_job(facts.software),
        "runtime": await _runtime(hass),
        "machine": await hass.async_add_executor_job(facts.machine),
        # Of a large home that takes a while.
        "home": await hass.async_add_executor_job(_home, async_build_home(hass), runtime),
        "sentences": [_sentence(record) for record in runtime.records] if runtime else [],
    }


async def _runtime(hass: HomeAssistant) -> dict[str, Any] | None:
    """The runtime's wheel, the way it came and why; a wheel's name is its publisher's."""
    origin = await hass.async_add_executor_job(install.origin, install.folders_of(hass))
    return None if origin is None else asdict(origin)


def _is_private(entry: FunctionGemmaConfigEntry) -> bool:
    """Whether the model's names are its owner's business: files at home, private repositories."""
    source = entry.data[CONF_SOURCE]
    return source in (SOURCE_LOCAL, SOURCE_REMOTE) or bool(entry.data.get(CONF_TOKEN))


def _model_choice(entry: FunctionGemmaConfigEntry) -> dict[str, Any]:
    found: dict[str, Any] = {"source": entry.data[CONF_SOURCE]}
    if entry.data[CONF_SOURCE] == SOURCE_HUB:
        private = _is_private(entry)
        found["with_token"] = private
        for key in (CONF_REPOSITORY, CONF_FILE):
            found[key] = REDACTED if private else entry.data[key]
    elif entry.data[CONF_SOURCE] == SOURCE_REMOTE:
        found["with_key"] = CONF_API_KEY in entry.data
        for key in (CONF_DIALECT, CONF_SPELLING, CONF_GRAMMAR, CONF_LOGPROBS, CONF_STYLE):
            found[key] = entry.data.get(key)
    return found


@callback
def _agent(hass: HomeAssistant, agent: Agent) -> dict[str, Any]:
    """What was chosen for an agent; whether there is a PIN is nobody's business either."""
    return {
        CONF_LLM_HASS_API: agent.api if agent.api in _KNOWN_APIS else REDACTED,
        CONF_FALLBACK_AGENT: _integration_of(hass, agent.options.get(CONF_FALLBACK_AGENT)),
        CONF_CONFIDENCE: agent.options.get(CONF_CONFIDENCE, DEFAULT_CONFIDENCE),
        CONF_CONFIRM: agent.options.get(CONF_CONFIRM, True),
        "area_set": CONF_AREA in agent.options,
    }


@callback
def _integration_of(hass: HomeAssistant, agent: str | None) -> str | None:
    """The integration an agent is of: its name is its owner's."""
    if agent is None:
        return None
    entity = er.async_get(hass).async_get(agent)
    entry = hass.config_entries.async_get_entry(agent)
    if entity is not None:
        return entity.platform
    return entry.domain if entry is not None else "missing"


def _model(entry: FunctionGemmaConfigEntry, runtime: ModelRuntime | None) -> dict[str, Any] | None:
    info = runtime.info if runtime else None
    if info is None:
        return None
    return {
        "name": REDACTED if _is_private(entry) and info.name else info.name,
        "description": info.description,
        "prompt": info.prompt,
        "functions": None if info.functions is None else len(info.functions),
        "domains": None if info.domains is None else sorted(info.domains),
        "megabytes": info.bytes >> 20,
        "context": info.context,
    }


def _worker(runtime: ModelRuntime | None) -> dict[str, Any] | None:
    info = runtime.info if runtime else None
    if info is None:
        return None
    return {
        "threads": info.threads,
        "pace": None if info.pace is None else asdict(info.pace),
        "memory_mb": None if info.rss is None else info.rss >> 20,
    }


def _home(home: Home, runtime: ModelRuntime | None) -> dict[str, Any]:
    """The exposed home in numbers."""
    functions = functions_for(home)
    found: dict[str, Any] = {
        "entities": len(home.entities),
        "by_domain": dict(sorted(Counter(e.domain for e in home.entities).items())),
        "without_area": sum(e.area is None for e in home.entities),
        "areas": len(home.areas),
        "floors": len({area.floor for area in home.areas if area.floor}),
        "aliases": sum(len(entity.aliases) for entity in home.entities),
        "area_aliases": sum(len(area.aliases) for area in home.areas),
        "listed_whole": len(home.entities) <= LIMIT,
        "functions": len(functions),
    }
    if runtime is not None:
        seen = Trace(seen=Seen(home, functions, ""))
        static = report.prompt(seen, runtime) or {}
        found["prompt_characters"] = static["characters"]
    return found


def _sentence(record: Record) -> dict[str, Any]:
    """One sentence in numbers; tools that are not ours may be named after scripts or people."""
    return {
        "language": record.language,
        "decision": record.decision,
        "functions": [name if name in BY_NAME else REDACTED for name in record.functions],
        "confidence": None if record.confidence is None else round(record.confidence, 4),
        "candidates": record.candidates,
        "prompt_tokens": record.prompt_tokens,
        "turn_tokens": record.turn_tokens,
        "error": record.error,
        "dry_run": record.dry_run,
        "timings": {name: round(value, 1) for name, value in record.timings.items()},
    }
