"""Somebody installs the agent in a browser, and uses it. Nothing here is faked but Hugging Face."""

from __future__ import annotations

import json
from typing import Any

import pytest

from . import tour
from .installing import AGENT, ENGLISH, FRENCH
from .visitor import TEXTS

pytestmark = pytest.mark.slow

#: What docs/first-steps.md promises, from the first page of a Home Assistant that was onboarded.
MOST_CLICKS = 8
MOST_SECONDS = 300.0


def texts(language: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((TEXTS / f"{language}.json").read_text("utf-8"))
    return found


def test_the_first_sentence_typed_into_assist_turns_the_lights_on(toured: tour.Tour) -> None:
    way = toured.installation
    assert way.before == ["off", "off"]
    # One reply: nothing had to be said again.
    assert way.replies == ["Turned on the lights"]
    assert way.after == ["on", "on"]


def test_it_was_our_agent_that_was_asked(toured: tour.Tour) -> None:
    assert toured.installation.agent not in ("unknown", "unavailable")


def test_the_dashboard_shows_the_lights_on(toured: tour.Tour) -> None:
    assert toured.on_screen == len(ENGLISH.lights)


def test_eight_clicks_and_five_minutes_are_enough_from_the_first_page_to_the_first_sentence(
    toured: tour.Tour,
) -> None:
    assert len(toured.installation.clicks) <= MOST_CLICKS, toured.installation.clicks
    assert toured.installation.seconds <= MOST_SECONDS


def test_the_icon_is_shown_in_the_list_of_integrations(toured: tour.Tour) -> None:
    assert toured.installation.brand >= 128


def test_somebody_who_waits_sees_what_is_done_and_how_far_it_is(toured: tour.Tour) -> None:
    reads_what_is_done(toured, "en")
    seen = toured.installation.progress
    assert seen.shares
    assert seen.shares == sorted(seen.shares)
    assert all(0 <= share <= 100 for share in seen.shares)


def reads_what_is_done(toured: tour.Tour, language: str) -> None:
    progress, seen = texts(language)["config"]["progress"], toured.installation.progress
    assert progress["merge"] in seen.texts
    assert set(seen.texts) <= set(progress.values())


def test_the_assistant_is_offered_the_agent_and_the_end_leads_to_it(toured: tour.Tour) -> None:
    step = texts("en")["config"]["step"]["assistant"]
    assert step["description"].format(assistant="Home Assistant") in toured.installation.offered
    assert step["data"]["use"] in toured.installation.offered
    assert "“Home Assistant” uses it" in toured.installation.finished


def test_another_agent_can_be_chosen_by_hand_and_ours_again(toured: tour.Tour) -> None:
    assert toured.engines == ["conversation.home_assistant", AGENT]


def test_options_say_what_they_do(toured: tour.Tour) -> None:
    for text in texts("en")["config_subentries"]["conversation"]["step"]["agent"]["data"].values():
        assert text in toured.options


def test_errors_say_in_words_what_is_wrong(toured: tour.Tour) -> None:
    errors = texts("en")["config"]["error"]
    expected = errors["repository_not_found"].format(repository=tour.REPOSITORY)
    assert toured.errors == {"repository_not_found": expected, "not_gguf": errors["not_gguf"]}


def test_somebody_with_a_french_browser_reads_french_all_the_way(french: tour.Tour) -> None:
    config, way = texts("fr")["config"], french.installation
    assert [code.partition("-")[0] for code in way.languages] == ["fr", "fr"]
    assert way.title == config["step"]["user"]["title"]
    assert config["step"]["assistant"]["data"]["use"] in way.offered
    link = config["create_entry"]["in_use"].partition("[")[2].partition("]")[0]
    assert link in way.finished
    assert french.errors == {"not_gguf": config["error"]["not_gguf"]}
    reads_what_is_done(french, "fr")


def test_the_first_sentence_in_french_is_done_and_answered_in_french(french: tour.Tour) -> None:
    way = french.installation
    assert way.before == ["on"]
    assert way.replies == ["Éteint"]
    assert way.after == [FRENCH.state]
    assert way.agent not in ("unknown", "unavailable")
    assert french.engines == ["conversation.home_assistant", AGENT]


def test_the_way_is_as_short_in_french(french: tour.Tour) -> None:
    assert len(french.installation.clicks) <= MOST_CLICKS, french.installation.clicks
    assert french.installation.seconds <= MOST_SECONDS


def test_no_key_is_shown_where_a_text_should_be(toured: tour.Tour, french: tour.Tour) -> None:
    assert toured.options
    assert toured.untranslated == set()
    assert french.untranslated == set()
