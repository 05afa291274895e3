"""Televisions, speakers, radios and receivers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..calls import Value
from ..functions import Function, Parameter

# With several players and nothing to tell them apart, what is skipped is music, and what is too
# loud is the screen.
_PLAYER = ("media_player",)
_ACTIVE = ("playing", "buffering", "paused", "on", "idle")
_PLAYING = ("playing", "buffering", "on")
_FREE = ("playing", "buffering", "on", "paused", "idle", "standby")
_STARTABLE = ("paused", "idle", "on", "standby", "playing")


def _volume_set(arguments: Mapping[str, Value]) -> tuple[str, dict[str, Any]]:
    # People and the model speak in per cent; Home Assistant's action takes 0 to 1.
    percent = arguments["volume_pct"]
    if not isinstance(percent, (int, float)):
        raise TypeError(f"not a volume: {percent!r}")
    return "media_player.volume_set", {"volume_level": percent / 100}


def _volume_mute(arguments: Mapping[str, Value]) -> tuple[str, dict[str, Any]]:
    return "media_player.volume_mute", {"is_volume_muted": arguments["muted"] == "on"}


def _shuffle(arguments: Mapping[str, Value]) -> tuple[str, dict[str, Any]]:
    return "media_player.shuffle_set", {"shuffle": arguments["shuffle"] == "on"}


def _pause(_: Mapping[str, Value]) -> tuple[str, dict[str, Any]]:
    return "media_player.media_pause", {}


def _transport(name: str, description: str, feature: str, intent: str, *states: str) -> Function:
    return Function(
        f"media_player.{name}", description, domains=_PLAYER, feature=feature,
        exactly_one=True, prefers=states or _PLAYING, likeliest="speaker",
        intent=(intent, "default"),
    )  # fmt: skip


FUNCTIONS = (
    Function(
        "media_player.turn_on", "Turn on players", domains=_PLAYER, feature="turn_on",
        intent=("HassTurnOn", "default"),
    ),
    Function(
        "media_player.turn_off", "Turn off players", domains=_PLAYER, feature="turn_off",
        intent=("HassTurnOff", "default"),
    ),
    _transport("media_play", "Play or resume", "play", "HassMediaUnpause", *_STARTABLE),
    _transport("media_pause", "Pause", "pause", "HassMediaPause"),
    # As Home Assistant's own sentences have it, what is stopped can go on later.
    Function(
        "media_player.media_stop", "Stop playing", domains=_PLAYER, feature="halt",
        exactly_one=True, prefers=(*_PLAYING, "paused"), likeliest="speaker", to_service=_pause,
    ),
    _transport("media_next_track", "Next track or channel", "next", "HassMediaNext", *_ACTIVE),
    _transport(
        "media_previous_track", "Previous track", "previous", "HassMediaPrevious", *_ACTIVE
    ),
    Function(
        "media_player.volume_set", "Set the volume",
        (Parameter("volume_pct", "INTEGER", required=True),),
        domains=_PLAYER, feature="volume_set", exactly_one=True, prefers=_ACTIVE, likeliest="tv",
        to_service=_volume_set, intent=("HassSetVolume", "default"),
    ),
    Function(
        "media_player.volume_up", "Louder", domains=_PLAYER, feature="volume_step",
        exactly_one=True, prefers=_ACTIVE, likeliest="tv",
        intent=("HassSetVolumeRelative", "default"),
    ),
    Function(
        "media_player.volume_down", "Quieter", domains=_PLAYER, feature="volume_step",
        exactly_one=True, prefers=_ACTIVE, likeliest="tv",
        intent=("HassSetVolumeRelative", "default"),
    ),
    Function(
        "media_player.volume_mute", "Mute or unmute",
        (Parameter("muted", "STRING", values=("on", "off"), required=True),),
        domains=_PLAYER, feature="volume_mute", exactly_one=True, prefers=_ACTIVE, likeliest="tv",
        to_service=_volume_mute, intent=("HassMediaPlayerMute", "default"),
    ),
    Function(
        "media_player.select_source", "Switch to an input or channel",
        (Parameter("source", "STRING", option="source_list", required=True),),
        domains=_PLAYER, feature="select_source", exactly_one=True, prefers=_ACTIVE,
    ),
    Function(
        "media_player.shuffle_set", "Play in any order, or in the order given",
        (Parameter("shuffle", "STRING", values=("on", "off"), required=True),),
        domains=_PLAYER, feature="shuffle", exactly_one=True, prefers=_ACTIVE,
        likeliest="speaker", to_service=_shuffle,
    ),
    Function(
        "media_player.repeat_set", "Repeat one title, all, or none",
        (Parameter("repeat", "STRING", values=("off", "all", "one"), required=True),),
        domains=_PLAYER, feature="repeat", exactly_one=True, prefers=_ACTIVE,
        likeliest="speaker",
    ),
    # Home Assistant has an action that searches and one that plays.
    Function(
        "media_player.search_and_play", "Find music, a radio station or a film, and play it",
        (Parameter("query", "STRING", required=True),),
        domains=_PLAYER, feature="search", exactly_one=True, prefers=_FREE,
        likeliest="speaker", local=True, intent=("HassMediaSearchAndPlay", "default"),
    ),
)  # fmt: skip
