"""Somebody installs the agent in a browser, and uses it. Nothing here is faked but Hugging Face."""

from __future__ import annotations

import json

import pytest

from . import tour
from .visitor import TEXTS

pytestmark = pytest.mark.slow


def texts(language: str) -> dict:
    return json.loads((TEXTS / f"{language}.json").read_text("utf-8"))


def test_a_sentence_typed_into_assist_turns_the_lights_on(toured: tour.Tour) -> None:
    assert toured.before == ["off", "off"]
    assert toured.after == ["on", "on"]
    assert toured.reply == "Turned on the lights"


def test_it_was_our_agent_that_was_asked(toured: tour.Tour) -> None:
    assert toured.agent not in ("unknown", "unavailable")


def test_the_dashboard_shows_the_lights_on(toured: tour.Tour) -> None:
    assert toured.on_screen == len(tour.LIGHTS)


def test_eight_clicks_are_enough_from_add_integration_to_the_first_sentence(
    toured: tour.Tour,
) -> None:
    assert toured.clicks <= 8


def test_the_icon_is_shown_in_the_list_of_integrations(toured: tour.Tour) -> None:
    assert toured.brand >= 128


def test_somebody_who_waits_sees_what_is_done_and_how_far_it_is(toured: tour.Tour) -> None:
    progress = texts("en")["config"]["progress"]
    assert progress["merge"] in toured.progress.texts
    assert set(toured.progress.texts) <= set(progress.values())
    assert toured.progress.shares
    assert toured.progress.shares == sorted(toured.progress.shares)
    assert all(0 <= share <= 100 for share in toured.progress.shares)


def test_the_end_of_set_up_says_what_to_do_next(toured: tour.Tour) -> None:
    assert "Voice assistants" in toured.finished


def test_errors_say_in_words_what_is_wrong(toured: tour.Tour) -> None:
    errors = texts("en")["config"]["error"]
    expected = errors["repository_not_found"].format(repository=tour.REPOSITORY)
    assert toured.errors == {"repository_not_found": expected, "not_gguf": errors["not_gguf"]}


def test_a_french_visitor_reads_and_is_answered_in_french(toured: tour.Tour) -> None:
    config = texts("fr")["config"]
    assert toured.french["title"] == config["step"]["user"]["title"]
    assert toured.french["error"] == config["error"]["not_gguf"]
    assert toured.french["light"] == "off"
    assert toured.french["reply"] == "Éteint"


def test_no_key_is_shown_where_a_text_should_be(toured: tour.Tour) -> None:
    assert toured.options
    assert toured.untranslated == set()
