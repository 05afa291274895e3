"""A model on a server elsewhere, with the same face as one on this machine.

Every sentence, and the names of what is exposed, go to that server. Nothing is sent before
somebody speaks. What comes back is checked against this home, as if the model were here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .const import (
    CONF_API_KEY,
    CONF_DIALECT,
    CONF_LOGPROBS,
    CONF_MODEL,
    CONF_SPELLING,
    CONF_STYLE,
    CONF_URL,
    LOGGER,
)
from .core.catalogue import BY_NAME, functions_for
from .core.completion import SPELLINGS, Checker, decoded, prompt_text, read_calls
from .core.decode import Decoded
from .core.errors import WorkerTimeoutError
from .core.functions import Function
from .core.home import Area, Entity, Home
from .core.prompt import HOME_STYLE, StaticPrompt, build_static
from .core.tokens import Segment
from .endpoint import Endpoint, parse_url
from .errors import (
    NotFunctionGemmaError,
    RemoteModelNotFoundError,
    RemoteRefusedError,
    RemoteUnauthorizedError,
)
from .runtime import TRIAL_SENTENCE, ModelRuntime

__all__ = ["RemoteRuntime", "async_try_remote", "parse_url"]

#: Seconds for looking whether the server is there, and for each question it is tried with.
_KNOCK: Final = 10.0
_TRIAL: Final = 60.0

#: Homes that are kept ready.
_REMEMBERED: Final = 3

#: What a server's model is tried with: only one that reads the listing finds this light's name.
_TRIAL_HOME: Final = Home(
    (
        Entity("light.ceiling", "Ceiling", "Kitchen"),
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
        self._prepared: dict[tuple[Home, tuple[Function, ...], str], _Prepared] = {}
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
            raise WorkerTimeoutError from err

    @override
    async def _async_decode(
        self,
        home: Home,
        functions: Sequence[Function],
        turn: str | Sequence[Segment],
        *,
        text: str,
        deadline: float,
        speaks: bool,
    ) -> Decoded:
        try:
            async with asyncio.timeout(deadline):
                prepared = await self._async_prepare(home, tuple(functions), text)
                segments = prepared.static.turn(turn) if isinstance(turn, str) else turn
                prompt = [*prepared.static.segments, *segments]
                reply = await self._endpoint.async_complete(
                    prompt_text(prompt, self._endpoint.spelling)
                )
        except TimeoutError as err:
            raise WorkerTimeoutError("The server did not answer in time") from err
        except RemoteUnauthorizedError:
            self._unauthorized()
            raise
        return await self._hass.async_add_executor_job(
            lambda: decoded(reply, prepared.checker, speaks=speaks)
        )

    async def _async_prepare(
        self, home: Home, functions: tuple[Function, ...], text: str
    ) -> _Prepared:
        wanted = (home, functions, text)
        known = self._prepared.pop(wanted, None)
        if known is None:
            known = await self._hass.async_add_executor_job(
                _prepare, home, functions, self.style, text
            )
        self._prepared[wanted] = known
        while len(self._prepared) > _REMEMBERED:
            del self._prepared[next(iter(self._prepared))]
        return known


def _prepare(
    home: Home, functions: tuple[Function, ...], style: str | None, text: str
) -> _Prepared:
    static = build_static(home, functions, style=style, text=text)
    return _Prepared(static, Checker(home, functions))


def _endpoint(hass: HomeAssistant, data: Mapping[str, Any]) -> Endpoint:
    return Endpoint(
        async_get_clientsession(hass),
        data[CONF_URL],
        data.get(CONF_API_KEY),
        data.get(CONF_MODEL),
        data.get(CONF_DIALECT, "completions"),
        data.get(CONF_SPELLING, SPELLINGS[0]),
        data.get(CONF_LOGPROBS, True),
    )


async def async_try_remote(hass: HomeAssistant, data: Mapping[str, Any]) -> dict[str, Any]:
    """Ask a server one question, in all ways there are, until it answers as FunctionGemma does.

    What was found out, to be kept with the entry. Raises NotFunctionGemmaError, WorkerTimeoutError
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
    except TimeoutError as err:
        raise WorkerTimeoutError from err
    spellings = SPELLINGS
    if spelling is not None:
        endpoint, spellings = replace(endpoint, dialect="llama_cpp"), (spelling,)
    for style in (HOME_STYLE, None):
        for way in spellings:
            endpoint = replace(endpoint, spelling=way)
            answered, endpoint = await _async_ask(endpoint, style)
            if answered:
                return _found(endpoint, style)
    raise NotFunctionGemmaError


def _found(endpoint: Endpoint, style: str | None) -> dict[str, Any]:
    return {
        **({CONF_MODEL: endpoint.model} if endpoint.model else {}),
        CONF_DIALECT: endpoint.dialect,
        CONF_SPELLING: endpoint.spelling,
        CONF_LOGPROBS: endpoint.logprobs,
        CONF_STYLE: style,
    }


async def _async_ask(endpoint: Endpoint, style: str | None) -> tuple[bool, Endpoint]:
    """Whether the model calls a function, and the server without what it does not take."""
    functions = functions_for(_TRIAL_HOME)
    prepared = _prepare(_TRIAL_HOME, functions, style, "")
    segments = [*prepared.static.segments, *prepared.static.turn(TRIAL_SENTENCE)]
    prompt = prompt_text(segments, endpoint.spelling)
    try:
        async with asyncio.timeout(_TRIAL):
            try:
                reply = await endpoint.async_complete(prompt)
            except RemoteRefusedError as err:
                if endpoint.dialect == "llama_cpp" or not endpoint.logprobs:
                    raise
                LOGGER.debug("Without log-probabilities, because of: %s", err)
                endpoint = replace(endpoint, logprobs=False)
                reply = await endpoint.async_complete(prompt)
    except TimeoutError as err:
        raise WorkerTimeoutError from err
    calls = read_calls(reply.text)
    LOGGER.debug("The server's model answered %r: %s", reply.text, calls)
    if style == HOME_STYLE:
        # Names that were only listed: nobody else than the home model knows what to do with them.
        return prepared.checker.allows(calls), endpoint
    return bool(calls) and all(call.name in BY_NAME for call in calls), endpoint
