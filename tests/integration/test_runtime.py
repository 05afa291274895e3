"""The runtime: homes are prepared once, deadlines hold, crashes are told."""

from __future__ import annotations

import asyncio
import inspect
from pathlib import Path

import pytest
from homeassistant.core import HomeAssistant

from custom_components.functiongemma import runtime
from custom_components.functiongemma.core.calls import FunctionCall
from custom_components.functiongemma.core.catalogue import functions_for
from custom_components.functiongemma.core.errors import (
    WorkerCrashedError,
    WorkerTimeoutError,
)
from custom_components.functiongemma.core.home import Area, Entity, Home
from custom_components.functiongemma.core.worker import WorkerClient
from custom_components.functiongemma.runtime import Runtime

from .desk import CALL, SENTENCE, home
from .fake_model import FakeModel, FakeWorker


async def ask(started: Runtime, where: Home, deadline: float = 5) -> tuple[FunctionCall, ...]:
    decoded = await started.async_decode(where, functions_for(where), SENTENCE, deadline=deadline)
    assert decoded.best is not None
    return decoded.best.calls


async def test_sentence_becomes_calls(started: Runtime, fake_model: FakeModel) -> None:
    assert await ask(started, home()) == (CALL,)
    assert "Study: light Desk lamp" in fake_model.prompts[-1]
    assert SENTENCE in fake_model.prompts[-1]


async def test_equal_homes_are_prepared_once(started: Runtime, fake_model: FakeModel) -> None:
    await started.async_prewarm(home(), functions_for(home()))
    await ask(started, home())
    await ask(started, home())
    assert len(fake_model.prepared) == 1
    elsewhere = Home((Entity("fan.attic", "Fan", "Attic"),), (Area("Attic"),))
    await ask(started, elsewhere)
    await ask(started, elsewhere)
    assert len(fake_model.prepared) == 2


async def test_sentences_that_wait_for_the_same_home_have_it_read_once(
    started: Runtime, fake_model: FakeModel
) -> None:
    fake_model.hold = asyncio.Event()
    sentences = [asyncio.create_task(ask(started, home())) for _ in range(3)]
    await asyncio.sleep(0)
    read = asyncio.create_task(started.async_prewarm(home(), functions_for(home())))
    await asyncio.sleep(0)
    late = asyncio.create_task(ask(started, home()))
    await asyncio.sleep(0)
    fake_model.hold.set()
    assert await asyncio.gather(*sentences, late) == [(CALL,)] * 4
    await read
    assert len(fake_model.prepared) == 1


async def test_a_sentence_right_after_a_rename_waits_for_nothing(
    started: Runtime, fake_model: FakeModel
) -> None:
    await started.async_prewarm(home(), functions_for(home()))
    fake_model.hold = asyncio.Event()
    renamed = home("Reading lamp")
    assert await ask(started, renamed, deadline=0.5) == (CALL,)
    assert "light Desk lamp\nStudy: light Reading lamp\nTurn on" in fake_model.prompts[-1]
    assert len(fake_model.prepared) == 1
    # The next one interrupts the reading, which begins again when it is answered.
    await asyncio.sleep(0)
    assert await ask(started, renamed, deadline=0.5) == (CALL,)
    fake_model.hold.set()
    await started.async_prewarm(renamed, functions_for(renamed))
    assert len(fake_model.prepared) == 2
    assert await ask(started, renamed) == (CALL,)
    assert "user\nStudy: light Reading lamp\nTurn on" in fake_model.prompts[-1]


async def test_a_renamed_device_is_read_in_the_background_even_if_nobody_asks_for_it(
    hass: HomeAssistant, started: Runtime, fake_model: FakeModel
) -> None:
    await started.async_prewarm(home(), functions_for(home()))
    await ask(started, home("Reading lamp"))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(fake_model.prepared) == 2
    await ask(started, home("Reading lamp"))
    assert "user\nStudy: light Reading lamp\nTurn on" in fake_model.prompts[-1]


async def test_what_can_be_done_anew_is_declared_before_anybody_is_answered(
    started: Runtime, fake_model: FakeModel
) -> None:
    await started.async_prewarm(home(), functions_for(home()))
    lock = Entity("lock.door", "Door", "Study")
    grown = Home((*home().entities, lock), home().areas)
    await ask(started, grown)
    assert len(fake_model.prepared) == 2
    assert "lock.lock" in fake_model.prompts[-1]


async def test_a_model_that_was_trained_on_another_prompt_gets_no_lines_behind_its_listing(
    started: Runtime, fake_model: FakeModel
) -> None:
    started.style = None
    await started.async_prewarm(home(), functions_for(home()))
    await ask(started, home("Reading lamp"))
    assert len(fake_model.prepared) == 2
    assert "Desk lamp\n" not in fake_model.prompts[-1]


async def test_developer_text_makes_another_prompt(started: Runtime, fake_model: FakeModel) -> None:
    functions = functions_for(home())
    await started.async_decode(home(), functions, SENTENCE, deadline=5)
    await started.async_decode(home(), functions, SENTENCE, text="Be brief.", deadline=5)
    assert len(fake_model.prepared) == 2
    assert "Be brief." in fake_model.prompts[-1]
    assert "Be brief." not in fake_model.prompts[-2]


async def test_style_of_the_model_decides_the_declarations(
    hass: HomeAssistant, fake_model: FakeModel, tiny_model: Path
) -> None:
    fake_model.style = None
    other = Runtime(hass, tiny_model)
    await other.async_start()
    assert other.style is None
    await other.async_decode(home(), functions_for(home()), SENTENCE, deadline=5)
    assert "brightness_pct" in fake_model.prompts[-1]


async def test_sentence_that_comes_too_early_leaves_the_next_one_prepared(
    started: Runtime, fake_model: FakeModel
) -> None:
    fake_model.hold = asyncio.Event()
    with pytest.raises(WorkerTimeoutError):
        await ask(started, home(), deadline=0.05)
    fake_model.hold.set()
    assert await ask(started, home()) == (CALL,)
    assert len(fake_model.prepared) == 1


async def test_home_that_takes_too_long_to_read_keeps_nobody_else_waiting(
    started: Runtime, fake_model: FakeModel
) -> None:
    """As an agent with another LLM API has it, whose prompt is another one in each room."""
    await ask(started, home())
    fake_model.hold = asyncio.Event()
    with pytest.raises(WorkerTimeoutError):
        await ask(started, home("Far away"), deadline=0.05)
    assert await ask(started, home(), deadline=0.5) == (CALL,)
    fake_model.hold.set()
    assert await ask(started, home("Far away")) == (CALL,)


async def test_crash_is_told_and_forgotten(started: Runtime, fake_model: FakeModel) -> None:
    fake_model.decode_error = WorkerCrashedError("gone")
    with pytest.raises(WorkerCrashedError):
        await ask(started, home())
    fake_model.decode_error = None
    assert await ask(started, home()) == (CALL,)


async def test_many_homes_in_turn(started: Runtime, fake_model: FakeModel) -> None:
    for name in ("A lamp", "B lamp", "C lamp", "D lamp", "A lamp"):
        assert await ask(started, home(name)) == (CALL,)
        assert name in fake_model.prompts[-1]


@pytest.mark.parametrize("method", ["load", "prepare", "decode", "stop"])
def test_scripted_worker_takes_what_the_real_one_takes(method: str) -> None:
    scripted = inspect.signature(getattr(FakeWorker, method))
    real = inspect.signature(getattr(WorkerClient, method))
    assert list(scripted.parameters) == list(real.parameters)


async def test_stopping_ends_a_preparation(started: Runtime, fake_model: FakeModel) -> None:
    fake_model.hold = asyncio.Event()
    sentence = asyncio.create_task(ask(started, home()))
    await asyncio.sleep(0)
    await started.async_stop()
    with pytest.raises(asyncio.CancelledError):
        await sentence
    assert started.info is None


async def test_stopping_ends_the_reading_in_the_background(
    started: Runtime, fake_model: FakeModel
) -> None:
    fake_model.hold = asyncio.Event()
    read = asyncio.create_task(started.async_prewarm(home(), functions_for(home())))
    await asyncio.sleep(0)
    sentence = asyncio.create_task(ask(started, home()))
    await asyncio.sleep(0)
    await started.async_stop()
    await read
    with pytest.raises(asyncio.CancelledError):
        await sentence


async def test_a_home_that_the_worker_has_forgotten_is_told_again(
    started: Runtime, fake_model: FakeModel
) -> None:
    await ask(started, home())
    fake_model.workers[-1].forget()
    assert await ask(started, home()) == (CALL,)


@pytest.mark.slow
async def test_real_worker_tries_a_model(tiny_model: Path) -> None:
    pytest.importorskip("llama_cpp")
    info = await runtime.async_try_model(tiny_model)
    assert info.name == "tiny"
    assert info.path == tiny_model


@pytest.mark.slow
async def test_real_worker_answers_and_leaves(hass: HomeAssistant, tiny_model: Path) -> None:
    pytest.importorskip("llama_cpp")
    real = Runtime(hass, tiny_model, threads=1)
    await real.async_start()
    assert real.info is not None
    process = Path(f"/proc/{real.info.pid}")
    assert process.exists()
    decoded = await real.async_decode(home(), functions_for(home()), SENTENCE, deadline=60)
    assert decoded.best is not None
    await real.async_stop()
    assert not process.exists()
