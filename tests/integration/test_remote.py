"""A model on a server elsewhere: found out how to ask it, asked, checked, and its failures told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from yarl import URL

from custom_components.functiongemma import conversation, remote
from custom_components.functiongemma.const import DOMAIN
from custom_components.functiongemma.diagnostics import async_get_config_entry_diagnostics
from custom_components.functiongemma.endpoint import parse_url
from custom_components.functiongemma.system_health import async_info

from .completion_server import KEY, CompletionServer
from .fake_model import FakeModel
from .flows import choose, fields, finish, shown, submit, suggested, until
from .house import Speaker, call, lights_and_switches, set_agent, speech, state_of

NO_SERVER = "Sorry, the server that runs the model did not answer"
ON = call("light.turn_on", name="Counter")


@pytest.fixture
async def server(hass: HomeAssistant, socket_enabled: None) -> AsyncIterator[CompletionServer]:
    """An OpenAI-style server with the home model; a test may make another of it."""
    running = CompletionServer(answers={"Light": [ON]})
    await running.start()
    yield running
    await running.stop()


async def again(server: CompletionServer) -> None:
    """The server, started anew as what it was made to be."""
    await server.stop()
    await server.start()


async def connect(hass: HomeAssistant, server: CompletionServer, **typed: str) -> ConfigFlowResult:
    """Through the flow, to its end or to the form that says what is wrong."""
    assert await async_setup_component(hass, "conversation", {})
    result = await choose(hass, "remote")
    result = await finish(hass, await submit(hass, result, {"url": server.url, **typed}))
    await hass.async_block_till_done()
    return result


async def speaker_of(hass: HomeAssistant, result: ConfigFlowResult) -> Speaker:
    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry: Any = result["result"]
    return await lights_and_switches(hass, entry)


# -- the ways to ask -----------------------------------------------------------------------------


def _home_model(server: CompletionServer) -> None:
    """As llama-cpp-python's server gives it: other spellings, and tokens that are not printed."""
    server.spelling, server.prints_tokens, server.logprobs = "gemma", False, False
    server.grammar = True


def _somebodys(server: CompletionServer) -> None:
    server.home_model = False


def _llama_cpp(server: CompletionServer) -> None:
    server.llama_cpp, server.spelling = True, "gemma"


def _llama_cpp_somebodys(server: CompletionServer) -> None:
    server.llama_cpp, server.home_model, server.lists_models = True, False, False


def _as_it_is(server: CompletionServer) -> None:
    pass


def _ignores(server: CompletionServer) -> None:
    server.grammar = False


FOUND = {
    "model": "gemma",
    "dialect": "completions",
    "spelling": "functiongemma",
    "grammar": False,
    "logprobs": False,
    "style": "home-1",
}


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (_as_it_is, FOUND),
        (_ignores, FOUND),
        (_home_model, {**FOUND, "spelling": "gemma", "grammar": True}),
        (_somebodys, {**FOUND, "logprobs": True, "style": None}),
        (_llama_cpp, {**FOUND, "dialect": "llama_cpp", "spelling": "gemma", "grammar": True}),
        (
            _llama_cpp_somebodys,
            {
                "dialect": "llama_cpp",
                "spelling": "functiongemma",
                "grammar": True,
                "logprobs": True,
                "style": None,
            },
        ),
    ],
)
async def test_how_to_ask_is_found_out_and_a_sentence_moves_a_device(
    hass: HomeAssistant,
    server: CompletionServer,
    make: Callable[[CompletionServer], None],
    found: dict[str, Any],
) -> None:
    make(server)
    await again(server)
    result = await connect(hass, server)
    assert result["data"] == {"source": "remote", "url": server.url, **found}
    speaker = await speaker_of(hass, result)
    await speaker.say("Light")
    assert speaker.services == [("light.turn_on", {"entity_id": "light.kitchen_lights"})]
    assert "Kitchen: light Ceiling, Counter" in server.prompts[-1]
    # Nothing to call is told apart from a call.
    assert speech(await speaker.say("Tell me a joke")) == "Sorry, I could not work out what to do"


async def test_several_agents_share_a_server_and_nothing_is_sent_before_somebody_speaks(
    hass: HomeAssistant, server: CompletionServer
) -> None:
    result = await connect(hass, server)
    asked = len(server.prompts)
    speaker = await speaker_of(hass, result)
    assert len(server.prompts) == asked
    await speaker.say("Light")
    assert len(server.prompts) == asked + 1, "one request a sentence"


async def test_llama_cpps_server_is_stopped_where_the_model_ends(
    hass: HomeAssistant, server: CompletionServer
) -> None:
    _llama_cpp(server)
    await again(server)
    speaker = await speaker_of(hass, await connect(hass, server))
    written, hung_up = server.written, server.hung_up
    await speaker.say("Light")
    assert len(speaker.services) == 1
    await until(lambda: server.hung_up > hung_up)
    # The call and its end are eleven parts; of the noise behind it hardly any is written.
    assert server.written - written < 60


async def test_confidence_comes_from_the_server(
    hass: HomeAssistant, server: CompletionServer
) -> None:
    _somebodys(server)
    speaker = await speaker_of(hass, await connect(hass, server))
    server.logprob = -0.5
    assert speech(await speaker.say("Light")) == "Sorry, I am not sure what you meant"
    assert not speaker.services


async def test_what_is_possible_here_goes_along_as_a_grammar_and_only_where_it_is_obeyed(
    hass: HomeAssistant, server: CompletionServer
) -> None:
    _home_model(server)
    speaker = await speaker_of(hass, await connect(hass, server))
    await speaker.say("Light")
    assert '"Counter"' in server.grammars[-1]
    assert "<unused42>" in server.grammars[-1]


async def test_token_that_was_only_spelled_out_is_no_call(
    hass: HomeAssistant, server: CompletionServer
) -> None:
    """A grammar makes a model that has nothing to call write the token's name, letter by letter."""
    _home_model(server)
    speaker = await speaker_of(hass, await connect(hass, server))
    server.answers["Nice"] = "<unused42>call:light.turn_on{area:Kitchen}"
    assert speech(await speaker.say("Nice")) == "Sorry, I could not work out what to do"
    assert not speaker.services


@pytest.mark.parametrize(
    "answer",
    [
        [call("light.turn_on", name="Safe")],
        [call("lock.unlock", area="all")],
        [call("light.turn_on", entity_id="light.bed_light")],
        [ON, call("light.turn_on", area="Attic")],
        "call:light.turn_on",
        "Certainly! call:light.turn_on{name:Counter}",
    ],
)
async def test_what_is_not_possible_in_this_home_is_no_call(
    hass: HomeAssistant, server: CompletionServer, answer: Any
) -> None:
    speaker = await speaker_of(hass, await connect(hass, server))
    server.answers["Light"] = answer
    assert speech(await speaker.say("Light")) == "Sorry, I could not work out what to do"
    assert not speaker.services


async def test_tools_of_another_api_go_to_the_server_too(
    hass: HomeAssistant, server: CompletionServer
) -> None:
    result = await connect(hass, server)
    assert await async_setup_component(hass, "intent", {})
    speaker = await speaker_of(hass, result)
    entry: Any = result["result"]
    set_agent(hass, entry, llm_hass_api="assist")
    server.answers["Light"] = [call("intent__HassTurnOn", name="Counter")]
    await speaker.say("Light")
    assert state_of(hass, "light.kitchen_lights") == "on"


# -- what goes wrong at set-up -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        (" http://box:8080/ ", "http://box:8080"),
        ("https://box/v1", "https://box"),
        ("https://box/openai/v1/completions", "https://box/openai"),
        ("http://[::1]:80/v1/models", "http://[::1]:80"),
    ],
)
def test_address_can_be_pasted_with_its_end(typed: str, url: str) -> None:
    assert parse_url(typed) == url


@pytest.mark.parametrize(
    "typed", ["box:8080", "ftp://box", "http://", "http://user:pw@box", "http://box:port", "  "]
)
async def test_what_is_no_address_stays_in_the_field(hass: HomeAssistant, typed: str) -> None:
    result = await submit(hass, await choose(hass, "remote"), {"url": typed})
    assert (result["step_id"], result["errors"]) == ("remote", {"url": "invalid_url"})


def _fails(status: int, body: str = "<html>") -> Callable[[CompletionServer], None]:
    def make(server: CompletionServer) -> None:
        server.status, server.body = status, body

    return make


def _locked(server: CompletionServer) -> None:
    server.key = KEY


def _another_model(server: CompletionServer) -> None:
    server.answers["Turn on the kitchen light"] = "Of course! Here is a poem about it."


def _silent(server: CompletionServer) -> None:
    server.models, server.lists_models = [], False


@pytest.mark.parametrize(
    ("make", "typed", "error"),
    [
        (_locked, {}, "remote_unauthorized"),
        (_locked, {"api_key": "sk-wrong"}, "remote_unauthorized"),
        (_as_it_is, {"model": "llama"}, "remote_model_not_found"),
        (_silent, {"model": "llama"}, "remote_model_not_found"),
        (_another_model, {}, "not_functiongemma"),
        (_fails(500, '{"error": {"message": "out of memory"}}'), {}, "remote_refused"),
        (_fails(404), {}, "remote_refused"),
        (_fails(302, ""), {}, "remote_refused"),
        (_fails(403, ""), {}, "remote_unauthorized"),
    ],
)
async def test_server_that_is_of_no_use_makes_no_entry_and_the_form_says_why(
    hass: HomeAssistant,
    server: CompletionServer,
    make: Callable[[CompletionServer], None],
    typed: dict[str, str],
    error: str,
) -> None:
    make(server)
    result = await connect(hass, server, **typed)
    assert (result["step_id"], result["errors"]) == ("remote", {"base": error})
    assert suggested(result, "url") == server.url
    assert fields(result) == {"url", "model", "api_key"}
    assert not hass.config_entries.async_entries(DOMAIN)


@pytest.mark.parametrize(
    "answer",
    [
        "[]",
        "{}",
        '{"choices": []}',
        '{"choices": [{"text": "x", "logprobs": {"token_logprobs": ["y"]}}]}',
        "nonsense",
        "x" * 2_000_000,
    ],
)
async def test_server_that_answers_something_else_is_told_apart(
    hass: HomeAssistant, server: CompletionServer, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    from aiohttp import web

    async def other(request: web.Request) -> web.Response:
        return web.Response(text=answer)

    monkeypatch.setattr(server, "_completions", other)
    await again(server)
    result = await connect(hass, server)
    assert result["errors"] == {"base": "remote_refused"}


async def test_server_that_is_not_there(hass: HomeAssistant, server: CompletionServer) -> None:
    await server.stop()
    result = await connect(hass, server)
    assert (result["step_id"], result["errors"]) == ("remote", {"base": "remote_unreachable"})
    await server.start()


async def test_server_that_is_too_slow(
    hass: HomeAssistant, server: CompletionServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.hold = asyncio.Event()
    monkeypatch.setattr(remote, "_TRIAL", 0.1)
    result = await connect(hass, server)
    assert result["errors"] == {"base": "worker_timeout"}


async def test_key_is_sent_and_a_wrong_one_can_be_typed_again(
    hass: HomeAssistant, server: CompletionServer
) -> None:
    server.key = KEY
    result = await connect(hass, server)
    result = await finish(hass, await submit(hass, result, {"url": server.url, "api_key": KEY}))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"]["api_key"] == KEY


async def test_same_server_and_model_twice(hass: HomeAssistant, server: CompletionServer) -> None:
    await connect(hass, server)
    result = await connect(hass, server)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


# -- what goes wrong later -----------------------------------------------------------------------


async def entry_of(hass: HomeAssistant, server: CompletionServer, **typed: str) -> MockConfigEntry:
    result = await connect(hass, server, **typed)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry: MockConfigEntry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    return entry


async def test_server_that_is_gone_at_the_start_is_tried_again(
    hass: HomeAssistant, server: CompletionServer
) -> None:
    entry = await entry_of(hass, server)
    await server.stop()
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "remote_unreachable"
    await server.start()


async def test_server_that_breaks_during_a_sentence_is_said_and_the_next_one_works(
    hass: HomeAssistant, server: CompletionServer
) -> None:
    speaker = await lights_and_switches(hass, await entry_of(hass, server))
    server.status = 500
    assert speech(await speaker.say("Light")) == NO_SERVER
    server.status = 200
    await speaker.say("Light")
    assert len(speaker.services) == 1


async def test_server_that_is_gone_during_use_is_said_and_the_next_sentence_finds_it_again(
    hass: HomeAssistant, server: CompletionServer, caplog: pytest.LogCaptureFixture
) -> None:
    speaker = await lights_and_switches(hass, await entry_of(hass, server))
    port = URL(server.url).port
    await server.stop()
    assert speech(await speaker.say("Light")) == NO_SERVER
    assert "See whether it runs and can be reached" in caplog.text
    await server.start(port)
    await speaker.say("Light")
    assert len(speaker.services) == 1


async def test_sentence_that_takes_too_long_is_given_up_on_the_server_too(
    hass: HomeAssistant, server: CompletionServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    speaker = await lights_and_switches(hass, await entry_of(hass, server))
    monkeypatch.setattr(conversation, "DEADLINE", 0.1)
    server.hold = asyncio.Event()
    said = speech(await speaker.say("Light"))
    assert said == "Sorry, that took too long. Please try again"
    await until(lambda: server.hung_up > 0)
    server.hold = None
    monkeypatch.setattr(conversation, "DEADLINE", 10.0)
    await speaker.say("Light")
    assert len(speaker.services) == 1


async def test_key_that_is_no_longer_accepted_is_asked_for_again(
    hass: HomeAssistant, server: CompletionServer
) -> None:
    entry = await entry_of(hass, server)
    speaker = await lights_and_switches(hass, entry)
    server.key = KEY
    assert speech(await speaker.say("Light")) == NO_SERVER
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == SOURCE_REAUTH
    result = shown(await hass.config_entries.flow.async_configure(flow["flow_id"]))
    assert (result["step_id"], result["errors"]) == ("api_key", {})
    result = await finish(hass, await submit(hass, result, {"api_key": "sk-wrong"}))
    assert (result["step_id"], result["errors"]) == ("api_key", {"base": "remote_unauthorized"})
    result = await finish(hass, await submit(hass, result, {"api_key": f" {KEY} "}))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reauth_successful")
    await hass.async_block_till_done()
    assert entry.data["api_key"] == KEY
    await speaker.say("Light")
    assert len(speaker.services) == 1


async def test_key_that_is_refused_at_the_start_is_asked_for_again(
    hass: HomeAssistant, server: CompletionServer
) -> None:
    entry = await entry_of(hass, server)
    server.key = KEY
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == SOURCE_REAUTH


async def reconfigure(hass: HomeAssistant, entry: MockConfigEntry, to: str) -> ConfigFlowResult:
    context = {"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    result = await hass.config_entries.flow.async_init(DOMAIN, context=context)
    return await submit(hass, result, {"next_step_id": to})


async def test_entry_moves_from_a_server_to_this_machine_and_back(
    hass: HomeAssistant, server: CompletionServer, fake_model: FakeModel, tiny_model: Any
) -> None:
    server.key = KEY
    entry = await entry_of(hass, server, api_key=KEY)
    agents = dict(entry.subentries)
    result = await reconfigure(hass, entry, "local")
    result = await finish(hass, await submit(hass, result, {"path": str(tiny_model)}))
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.data == {"source": "local", "path": str(tiny_model)}
    assert len(fake_model.running) == 1

    result = await reconfigure(hass, entry, "remote")
    result = await finish(hass, await submit(hass, result, {"url": server.url, "api_key": KEY}))
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert not fake_model.running
    assert dict(entry.subentries) == agents

    # Another model of the same server is reached with the same key, which no form shows.
    server.models.append("second")
    result = await reconfigure(hass, entry, "remote")
    assert suggested(result, "url") == server.url
    assert suggested(result, "api_key") is None
    typed = {"url": server.url, "model": "second"}
    result = await finish(hass, await submit(hass, result, typed))
    assert result["reason"] == "reconfigure_successful"
    assert (entry.data["model"], entry.data["api_key"]) == ("second", KEY)


async def test_diagnostics_and_system_health_do_not_tell_where_it_is(
    hass: HomeAssistant, server: CompletionServer
) -> None:
    server.key = KEY
    entry: Any = await entry_of(hass, server, api_key=KEY)
    speaker = await lights_and_switches(hass, entry)
    await speaker.say("Light")
    found = await async_get_config_entry_diagnostics(hass, entry)
    assert found["entry"]["source"] == "remote"
    assert (found["entry"]["dialect"], found["entry"]["with_key"]) == ("completions", True)
    assert (found["model"], found["worker"]) == (None, None)
    assert found["sentences"][0]["decision"] == "act"
    assert KEY not in str(found)
    assert server.url not in str(found)
    health = await async_info(hass)
    assert health["agents_loaded"] == "1/1"
    assert KEY not in str(health)


async def test_removing_it_leaves_nothing(hass: HomeAssistant, server: CompletionServer) -> None:
    entry = await entry_of(hass, server)
    await hass.config_entries.async_remove(entry.entry_id)
    assert not er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
