"""Players: one at a time, the one that plays; volume in per cent, sent as 0 to 1."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.catalogue import BY_NAME
from custom_components.functiongemma.core.home import Entity

from .calls import asks_which, needs, parameter, service

ONE = [
    ("media_play", "play", "paused"),
    ("media_pause", "pause", "playing"),
    ("media_next_track", "next", "playing"),
    ("media_previous_track", "previous", "playing"),
    ("volume_up", "volume_step", "playing"),
    ("volume_down", "volume_step", "playing"),
]


@pytest.mark.parametrize(("short", "feature", "state"), ONE)
def test_transport_and_volume_are_for_the_one_that_plays(
    short: str, feature: str, state: str
) -> None:
    name = f"media_player.{short}"
    assert service(name) == (name, {})
    assert needs(name, feature)
    assert asks_which(name)
    assert state in BY_NAME[name].prefers


def test_what_is_stopped_can_go_on_later() -> None:
    name = "media_player.media_stop"
    assert service(name) == ("media_player.media_pause", {})
    assert needs(name, "halt") and asks_which(name)
    assert "playing" in BY_NAME[name].prefers


@pytest.mark.parametrize("short", ["turn_on", "turn_off"])
def test_several_players_are_switched_at_once(short: str) -> None:
    name = f"media_player.{short}"
    assert service(name) == (name, {})
    assert needs(name, short)
    assert not asks_which(name)


@pytest.mark.parametrize(("said", "sent"), [(0, 0.0), (35, 0.35), (100, 1.0)])
def test_volume_is_spoken_in_per_cent(said: int, sent: float) -> None:
    name = "media_player.volume_set"
    assert service(name, volume_pct=said) == (name, {"volume_level": sent})
    assert parameter(name, "volume_pct").required
    assert needs(name, "volume_set")
    assert asks_which(name, volume_pct=said)


@pytest.mark.parametrize(("said", "sent"), [("on", True), ("off", False)])
def test_muting_becomes_true_or_false(said: str, sent: bool) -> None:
    name = "media_player.volume_mute"
    assert service(name, muted=said) == (name, {"is_volume_muted": sent})
    assert needs(name, "volume_mute")


def test_sources_are_those_of_the_player() -> None:
    name = "media_player.select_source"
    assert service(name, source="HDMI 1") == (name, {"source": "HDMI 1"})
    television = Entity("media_player.a", "A", options={"source_list": ("HDMI 1", "Radio")})
    assert parameter(name, "source").choices((television,)) == ("HDMI 1", "Radio")
    assert needs(name, "select_source")


@pytest.mark.parametrize(("said", "sent"), [("on", True), ("off", False)])
def test_shuffling_becomes_true_or_false(said: str, sent: bool) -> None:
    name = "media_player.shuffle_set"
    assert service(name, shuffle=said) == (name, {"shuffle": sent})
    assert needs(name, "shuffle") and asks_which(name, shuffle=said)


def test_one_title_or_all_are_repeated() -> None:
    name = "media_player.repeat_set"
    assert service(name, repeat="one") == (name, {"repeat": "one"})
    assert set(parameter(name, "repeat").values) == {"off", "one", "all"}
    assert needs(name, "repeat")


def test_searching_and_playing_is_the_agents_own() -> None:
    """Home Assistant has no action that does both."""
    name = "media_player.search_and_play"
    assert BY_NAME[name].local
    assert service(name, query="jazz") == (name, {"query": "jazz"})
    assert needs(name, "search") and asks_which(name, query="jazz")
