"""A real llama-cpp-python server on loopback: what it takes, and a house that is moved by it."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.setup import async_setup_component

from custom_components.functiongemma import conversation, remote
from custom_components.functiongemma.core import tokens
from custom_components.functiongemma.core.catalogue import functions_for
from custom_components.functiongemma.core.completion import prompt_text, read_calls
from custom_components.functiongemma.core.engine import LlamaEngine
from custom_components.functiongemma.core.gbnf import grammar
from custom_components.functiongemma.core.home import Area, Entity, Home
from custom_components.functiongemma.core.prompt import HOME_STYLE, build_static
from custom_components.functiongemma.endpoint import Endpoint
from custom_components.functiongemma.errors import RemoteUnauthorizedError
from tests.core import tiny_gguf

from .flows import choose, finish, submit
from .house import lights_and_switches, state_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        any(
            importlib.util.find_spec(name) is None
            for name in ("llama_cpp", "fastapi", "uvicorn", "sse_starlette", "pydantic_settings")
        ),
        reason="llama-cpp-python's server is not installed",
    ),
]

KEY = "sk-right"
HOME = Home(
    (Entity("light.ceiling", "Ceiling <escape> 灯", "Kitchen"), Entity("light.lamp", "Lamp")),
    (Area("Kitchen"),),
)


@contextlib.asynccontextmanager
async def serving(model: Path, *arguments: str) -> AsyncIterator[str]:
    """Start the server; its address, once it listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "llama_cpp.server", "--host", "127.0.0.1", "--port", str(port)),
        *("--model", str(model), "--n_threads", "1", *arguments),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(300):
            while True:
                assert process.returncode is None, "the server ended"
                with contextlib.suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.close()
                    break
                await asyncio.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()


async def test_text_becomes_the_very_tokens_that_a_model_here_would_read(
    hass: HomeAssistant, socket_enabled: None, tiny_model: Path
) -> None:
    functions = functions_for(HOME)
    static = build_static(HOME, functions)
    segments = [*static.segments, *static.turn("Turn on <end_of_turn> the light <bos>")]
    engine = LlamaEngine(tiny_model, threads=1, context=4096, snapshots=None)
    expected = len(tokens.encode(segments, engine.vocabulary.tokenize))
    engine.close()
    async with serving(tiny_model, "--n_ctx", "4096") as url:
        endpoint = Endpoint(async_get_clientsession(hass), url, logprobs=False, spelling="gemma")
        reply = await endpoint.async_complete(prompt_text(segments, "gemma"), limit=1)
        assert reply.prompt_tokens == expected
        # In the other spelling they would be letters.
        text = prompt_text(segments, "functiongemma")
        reply = await endpoint.async_complete(text, limit=1)
        assert reply.prompt_tokens is not None and reply.prompt_tokens > expected

        # Even a model that knows nothing can only answer what is possible in the home.
        written = grammar(HOME, functions, "gemma")
        reply = await endpoint.async_complete(prompt_text(segments, "gemma"), written)
        calls = read_calls(reply.text.replace("<unused42>", ""))
        assert not calls or calls[0].name in {function.name for function in functions}


async def test_log_probabilities_and_key_of_a_server_that_has_them(
    hass: HomeAssistant, socket_enabled: None, tiny_model: Path
) -> None:
    arguments = ("--logits_all", "True", "--n_ctx", "512", "--api_key", KEY)
    async with serving(tiny_model, *arguments) as url:
        session = async_get_clientsession(hass)
        reply = await Endpoint(session, url, KEY).async_complete("call:light", limit=4)
        assert reply.logprobs is not None
        assert all(value <= 0 for value in reply.logprobs)
        assert await Endpoint(session, url, KEY).async_models() == [str(tiny_model)]
        for wrong in (None, "sk-wrong"):
            with pytest.raises(RemoteUnauthorizedError):
                await Endpoint(session, url, wrong).async_complete("Hello")


async def test_model_that_knows_nothing_makes_no_entry(
    hass: HomeAssistant, socket_enabled: None, tiny_model: Path
) -> None:
    async with serving(tiny_model, "--n_ctx", "4096") as url:
        result = await submit(hass, await choose(hass, "remote"), {"url": url})
        result = await finish(hass, result)
        assert result["errors"] == {"base": "not_functiongemma"}


async def test_home_model_on_a_server_moves_the_devices_that_were_meant_and_no_others(
    hass: HomeAssistant, socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However busy the machine is.
    monkeypatch.setattr(remote, "_TRIAL", 600.0)
    monkeypatch.setattr(conversation, "DEADLINE", 600.0)
    assert await async_setup_component(hass, "conversation", {})
    # As it is with `--logits_all False`: refused, when log-probabilities are wished for.
    arguments = ("--n_ctx", "4096", "--logits_all", "False")
    async with serving(tiny_gguf.full_model(), *arguments) as url:
        result = await submit(hass, await choose(hass, "remote"), {"url": url + "/v1"})
        result = await finish(hass, result)
        assert result["type"] is FlowResultType.CREATE_ENTRY
        data = result["data"]
        assert (data["spelling"], data["style"]) == ("gemma", HOME_STYLE)
        assert (data["grammar"], data["logprobs"]) == (True, False)
        assert data["dialect"] == "completions"
        await hass.async_block_till_done()
        entry: Any = result["result"]
        speaker = await lights_and_switches(hass, entry)
        await speaker.say("Turn on the lights in the kitchen")
        assert state_of(hass, "light.ceiling_lights") == "on"
        assert state_of(hass, "light.kitchen_lights") == "on"
        assert state_of(hass, "light.bed_light") == "off"
