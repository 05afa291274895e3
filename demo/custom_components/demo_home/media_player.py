"""Televisions, speakers and radios of the demo house."""

from __future__ import annotations

from typing import Any, override

from homeassistant.components.media_player import (
    MediaPlayerDeviceClass,
    MediaPlayerEntity,
    MediaPlayerEntityFeature,
    MediaPlayerState,
    MediaType,
)

from demo.house import EntitySpec

from .base import DemoEntity, features, member, platform

_F = MediaPlayerEntityFeature
_ANY = (
    _F.TURN_ON | _F.TURN_OFF | _F.PLAY | _F.PAUSE | _F.STOP | _F.NEXT_TRACK | _F.PREVIOUS_TRACK
    | _F.VOLUME_SET | _F.VOLUME_STEP | _F.VOLUME_MUTE | _F.PLAY_MEDIA | _F.SHUFFLE_SET
)  # fmt: skip
_STOPPED = {MediaPlayerState.OFF, MediaPlayerState.STANDBY}


class DemoMediaPlayer(DemoEntity, MediaPlayerEntity):
    """A player with an endless playlist: the track it is at is its title."""

    _attr_media_content_type = MediaType.MUSIC
    _attr_volume_step = 0.1

    def __init__(self, spec: EntitySpec) -> None:
        """Idle at half volume, unless the file says otherwise."""
        super().__init__(spec)
        kind = member(MediaPlayerDeviceClass, self.given("device_class"))
        self._attr_device_class = kind
        sources = [str(source) for source in self.given("source_list") or []]
        self._attr_supported_features = features(_F, self.given("supported_features"), _ANY)
        if sources:
            self._attr_supported_features |= _F.SELECT_SOURCE
            self._attr_source_list = sources
            self._attr_source = str(self.given("source", default=sources[0]))
        state = member(MediaPlayerState, spec.state) if spec.state else MediaPlayerState.IDLE
        self._attr_state = state
        self._attr_volume_level = self.number("volume_level", default=0.5)
        self._attr_is_volume_muted = bool(self.given("is_volume_muted", default=False))
        self._attr_shuffle = bool(self.given("shuffle", default=False))
        self._attr_media_track = int(self.number("media_track", default=1) or 1)
        self._attr_media_title = str(self.given("media_title", default="Track 1"))

    @override
    async def async_turn_on(self) -> None:
        if self._attr_state in _STOPPED:
            self.show(state=MediaPlayerState.ON)

    @override
    async def async_turn_off(self) -> None:
        self.show(state=MediaPlayerState.OFF)

    @override
    async def async_media_play(self) -> None:
        self.show(state=MediaPlayerState.PLAYING)

    @override
    async def async_media_pause(self) -> None:
        self.show(state=MediaPlayerState.PAUSED)

    @override
    async def async_media_stop(self) -> None:
        self.show(state=MediaPlayerState.IDLE)

    @override
    async def async_media_next_track(self) -> None:
        self._skip(1)

    @override
    async def async_media_previous_track(self) -> None:
        self._skip(-1)

    def _skip(self, by: int) -> None:
        track = max((self._attr_media_track or 1) + by, 1)
        self.show(media_track=track, media_title=f"Track {track}", state=MediaPlayerState.PLAYING)

    @override
    async def async_set_volume_level(self, volume: float) -> None:
        self.show(volume_level=round(volume, 2))

    @override
    async def async_mute_volume(self, mute: bool) -> None:
        self.show(is_volume_muted=mute)

    @override
    async def async_set_shuffle(self, shuffle: bool) -> None:
        self.show(shuffle=shuffle)

    @override
    async def async_select_source(self, source: str) -> None:
        self.show(source=source, state=MediaPlayerState.PLAYING)

    @override
    async def async_play_media(self, media_type: str, media_id: str, **kwargs: Any) -> None:
        self.show(media_title=media_id, state=MediaPlayerState.PLAYING)


async_setup_entry = platform("media_player", DemoMediaPlayer)
