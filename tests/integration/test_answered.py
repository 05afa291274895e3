"""What is said every day is understood at once, and never as it was meant in another home."""

from __future__ import annotations

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma import answered
from custom_components.functiongemma.core.catalogue import functions_for
from custom_components.functiongemma.core.decode import Decoded
from custom_components.functiongemma.core.home import Home
from custom_components.functiongemma.runtime import Runtime

from .desk import SENTENCE, home
from .fake_model import FakeModel
from .house import Speaker, call, lights_and_switches, speech, state_of


@pytest.fixture(autouse=True)
def _remembering(fake_model: FakeModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answered, "_KEPT", 3)


async def ask(
    started: Runtime, sentence: str = SENTENCE, where: Home | None = None, *, text: str = "",
    speaks: bool = False,
) -> Decoded:  # fmt: skip
    there = where or home()
    return await started.async_decode(
        there, functions_for(there), sentence, text=text, deadline=5, speaks=speaks
    )


async def test_same_words_are_understood_without_the_model(
    started: Runtime, fake_model: FakeModel
) -> None:
    first = await ask(started)
    again = await ask(started, "  Turn on  the desk lamp ")
    assert fake_model.sentences == [SENTENCE]
    assert again.answers == first.answers
    assert (again.confidence, again.no_call) == (first.confidence, first.no_call)
    assert (first.remembered, again.remembered) == (False, True)
    assert again.timings == {"decode": 0.0}, "nobody waited for it"


async def test_light_that_was_turned_off_meanwhile_is_turned_on_again(
    hass: HomeAssistant, home_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    """What is remembered is what was meant, not what was done."""
    speaker: Speaker = await lights_and_switches(hass, home_entry)
    fake_model.answers["Bed light on"] = [call("light.turn_on", name="Bed Light")]
    await speaker.say("Bed light on")
    target = {"entity_id": "light.bed_light"}
    await hass.services.async_call("light", "turn_off", target, blocking=True)
    assert speech(await speaker.say("Bed light on")) == "Turned on the light"
    assert state_of(hass, "light.bed_light") == "on"
    assert fake_model.sentences == ["Bed light on"]


async def test_home_that_has_changed_is_asked_about_anew(
    started: Runtime, fake_model: FakeModel
) -> None:
    await ask(started)
    await ask(started, where=home("Reading lamp"))
    assert fake_model.sentences == [SENTENCE] * 2
    assert (await ask(started)).remembered, "and back again"


async def test_other_instructions_are_other_answers(
    started: Runtime, fake_model: FakeModel
) -> None:
    await ask(started)
    assert not (await ask(started, text="Be brief.")).remembered
    assert not (await ask(started, text="Be brief.", speaks=True)).remembered
    assert not (await ask(started, text="Be brief.", speaks=True)).remembered


async def test_model_that_had_no_answer_is_asked_again(
    started: Runtime, fake_model: FakeModel
) -> None:
    fake_model.mute = True
    assert (await ask(started)).best is None
    fake_model.mute = False
    assert (await ask(started)).best is not None


async def test_answer_that_was_cut_short_is_not_kept(
    started: Runtime, fake_model: FakeModel
) -> None:
    """It need not be the best one, and saying it again would never mend it."""
    there = home()
    late = await started.async_decode(there, functions_for(there), SENTENCE, deadline=0)
    assert late.best is not None
    assert not (await ask(started)).remembered
    assert (await ask(started)).remembered


async def test_what_nobody_says_any_more_is_forgotten(
    started: Runtime, fake_model: FakeModel
) -> None:
    for sentence in ("one", "two", "three", "one", "four"):
        await ask(started, sentence)
    assert (await ask(started, "one")).remembered
    assert not (await ask(started, "two")).remembered
    started.forget_answers()
    assert not (await ask(started, "one")).remembered
