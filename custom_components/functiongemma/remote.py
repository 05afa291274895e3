"""A model on a server elsewhere, with the same face as one on this machine.

Every sentence, and the names of what is exposed, go to that server. Before somebody speaks it is
only asked which models it has, with the key. What comes back is checked against this home, as if
the model were here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .const import (
    CONF_API_KEY,
    CONF_DIALECT,
    CONF_GRAMMAR,
    CONF_LOGPROBS,
    CONF_MODEL,
    CONF_SPELLING,
    CONF_STYLE,
    CONF_URL,
    LOGGER,
)
from .core.catalogue import BY_NAME, functions_for
from .core.completion import SPELLINGS, Checker, Spelling, decoded, prompt_text, read_calls
from .core.decode import Decoded
from .core.gbnf import grammar
from .core.home import Area, Entity, Home
from .core.prompt import HOME_STYLE, StaticPrompt, build_static
from .endpoint import Endpoint, parse_url
from .errors import (
    NotFunctionGemmaError,
    RemoteModelNotFoundError,
    RemoteRefusedError,
    RemoteTimeoutError,
    RemoteUnauthorizedError,
)
from .prepared import PreparedHomes, Source
from .runtime import TRIAL_SENTENCE, ModelRuntime
from .trace import Seen

__all__ = ["RemoteRuntime", "async_try_remote", "parse_url"]

#: Seconds for looking whether the server is there, and for each question it is tried with.
_KNOCK: Final = 10.0
_TRIAL: Final = 60.0

#: Grammar and log-probabilities: what is asked of a server, until it takes it.
_WISHES: Final = ((True, True), (True, False), (False, True), (False, False))

#: What a server's model is tried with: only one that reads the listing finds the room or a name.
_TRIAL_HOME: Final = Home(
    (
        Entity("light.ceiling", "Ceiling", "Kitchen"),
        # Two of them: then "the kitchen light" is the room's, and no name is made up for it.
        Entity("light.counter", "Counter", "Kitchen"),
        Entity("light.lamp", "Lamp", "Bedroom"),
        Entity("cover.blind", "Blind", "Bedroom"),
    ),
    (Area("Kitchen"), Area("Bedroom")),
)


@dataclass(frozen=True)
class _Prepared:
    """A static prompt, and what may be answered to it."""

    static: StaticPrompt
    checker: Checker
    grammar: str


class RemoteRuntime(ModelRuntime):
    """The server of one config entry."""

    def __init__(
        self, hass: HomeAssistant, data: Mapping[str, Any], unauthorized: Callable[[], None]
    ) -> None:
        """`data`: the entry's; `unauthorized` is called when the server wants another key."""
        super().__init__()
        self._hass = hass
        self._endpoint = _endpoint(hass, data)
        self._unauthorized = unauthorized
        self._homes: PreparedHomes[_Prepared] = PreparedHomes(hass)
        self.style = data.get(CONF_STYLE) or None

    @property
    def url(self) -> str:
        """Where sentences go."""
        return self._endpoint.url

    @override
    async def async_start(self) -> None:
        """See whether the server is there; raises the errors of `Endpoint.async_models`."""
        try:
            async with asyncio.timeout(_KNOCK):
                await self._endpoint.async_models()
        except TimeoutError as err:
            raise RemoteTimeoutError from err

    @override
    async def async_stop(self) -> None:
        """Forget what was prepared."""
        await self._homes.async_stop()

    @override
    async def _async_decode(self, seen: Seen, *, deadline: float, speaks: bool) -> Decoded:
        try:
            async with asyncio.timeout(deadline):
                source = Source(seen.home, seen.functions, seen.text)
                prepared = await self._homes.async_get(source, partial(self._async_prepare, source))
                prompt = [*prepared.static.segments, *prepared.static.turn(seen.turn)]
                reply = await self._endpoint.async_complete(
                    prompt_text(prompt, self._endpoint.spelling),
                    # Whoever may speak may say anything.
                    None if speaks else prepared.grammar,
                )
        except TimeoutError as err:
            raise RemoteTimeoutError from err
        except RemoteUnauthorizedError:
            self._unauthorized()
            raise
        if self._endpoint.spells_out(reply.text):
            reply = replace(reply, text="")
        return await self._hass.async_add_executor_job(
            lambda: decoded(reply, prepared.checker, speaks=speaks)
        )

    async def _async_prepare(self, source: Source) -> _Prepared:
        return await self._hass.async_add_executor_job(self._prepare, source)

    def _prepare(self, source: Source) -> _Prepared:
        home, functions = source.home, source.functions
        static = build_static(home, functions, style=self.style, text=source.text)
        spelling = self._endpoint.spelling
        written = grammar(home, functions, spelling) if self._endpoint.grammar else ""
        return _Prepared(static, Checker(home, functions), written)


def _endpoint(hass: HomeAssistant, data: Mapping[str, Any]) -> Endpoint:
    return Endpoint(
        async_get_clientsession(hass),
        data[CONF_URL],
        data.get(CONF_API_KEY),
        data.get(CONF_MODEL),
        data.get(CONF_DIALECT, "completions"),
        data.get(CONF_SPELLING, SPELLINGS[0]),
        data.get(CONF_LOGPROBS, True),
        data.get(CONF_GRAMMAR, True),
    )


async def async_try_remote(hass: HomeAssistant, data: Mapping[str, Any]) -> dict[str, Any]:
    """Find out how a server is asked, and whether its model calls functions as FunctionGemma does.

    What was found out, to be kept with the entry. Raises NotFunctionGemmaError, RemoteTimeoutError
    and what `Endpoint` raises.
    """
    known = {key: data.get(key) for key in (CONF_URL, CONF_API_KEY, CONF_MODEL)}
    endpoint = _endpoint(hass, known)
    try:
        async with asyncio.timeout(_KNOCK):
            names = await endpoint.async_models()
            if endpoint.model and names and endpoint.model not in names:
                raise RemoteModelNotFoundError(model=endpoint.model)
            endpoint = replace(endpoint, model=endpoint.model or next(iter(names), None))
            spelling = await endpoint.async_spelling()
        if spelling is not None:
            endpoint = replace(endpoint, dialect="llama_cpp", spelling=spelling)
        else:
            async with asyncio.timeout(_TRIAL):
                endpoint = await _async_spelled(await _async_able(endpoint))
        for style in (HOME_STYLE, None):
            async with asyncio.timeout(_TRIAL):
                if await _async_calls(endpoint, style):
                    return _found(endpoint, style)
    except TimeoutError as err:
        raise RemoteTimeoutError from err
    raise NotFunctionGemmaError


def _found(endpoint: Endpoint, style: str | None) -> dict[str, Any]:
    return {
        **({CONF_MODEL: endpoint.model} if endpoint.model else {}),
        CONF_DIALECT: endpoint.dialect,
        CONF_SPELLING: endpoint.spelling,
        # The home model was trained to decide between what is possible: how likely that is among
        # everything that can be written says nothing.
        CONF_LOGPROBS: endpoint.logprobs and style != HOME_STYLE,
        CONF_GRAMMAR: endpoint.grammar,
        CONF_STYLE: style,
    }


async def _async_able(endpoint: Endpoint) -> Endpoint:
    """The server, without the wishes that it refuses, or takes and does nothing about."""
    for written, logprobs in _WISHES:
        able = replace(endpoint, grammar=written, logprobs=logprobs)
        try:
            reply = await able.async_complete("Yes or no?", 'root ::= "yes"', limit=1)
        except RemoteRefusedError as err:
            if (written, logprobs) == _WISHES[-1]:
                raise
            LOGGER.debug("The server takes no grammar %s, logprobs %s: %s", written, logprobs, err)
        else:
            obeys = bool(reply.text) and "yes".startswith(reply.text)
            return replace(able, grammar=written and obeys)
    raise AssertionError  # the last wish returns or raises


async def _async_spelled(endpoint: Endpoint) -> Endpoint:
    """The server, with the spelling that makes the fewest tokens: control tokens are one each."""
    counts: dict[int, Spelling] = {}
    for spelling in reversed(SPELLINGS):
        reply = await endpoint.async_complete(_trial_prompt(HOME_STYLE, spelling), limit=1)
        if reply.prompt_tokens is not None:
            counts[reply.prompt_tokens] = spelling
    return replace(endpoint, spelling=counts[min(counts)]) if counts else endpoint


def _trial_prompt(style: str | None, spelling: Spelling) -> str:
    static = build_static(_TRIAL_HOME, functions_for(_TRIAL_HOME), style=style)
    return prompt_text([*static.segments, *static.turn(TRIAL_SENTENCE)], spelling)


async def _async_calls(endpoint: Endpoint, style: str | None) -> bool:
    """Whether the model calls a function by itself, without being forced to by a grammar."""
    reply = await endpoint.async_complete(_trial_prompt(style, endpoint.spelling))
    # The first call tells: without a grammar a small model may go on and on, up to half a call.
    first, brace, _ = reply.text.partition("}")
    calls = read_calls(reply.text) or read_calls(first + brace)
    LOGGER.debug("The server's model answered %r: %s", reply.text, calls)
    if style == HOME_STYLE:
        # Names that were only listed: nobody else than the home model knows what to do with them.
        return Checker(_TRIAL_HOME, functions_for(_TRIAL_HOME)).allows(calls[:1])
    return bool(calls) and all(call.name in BY_NAME for call in calls)
