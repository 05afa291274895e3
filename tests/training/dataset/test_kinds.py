"""A device is taken for what it is: else "the blinds" would be said of a garage door."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.home import Entity
from training.dataset.homes import KIND_WEIGHTS
from training.dataset.kinds import kind_of, words_of
from training.dataset.lexicon import Lexicon


@pytest.mark.parametrize(
    ("entity", "kind"),
    [
        (Entity("light.a", "Anything"), "light"),
        (Entity("cover.a", "Anything", device_class="garage"), "cover.garage"),
        (Entity("cover.a", "Curtain", device_class="shade"), "cover.blind"),
        (Entity("cover.a", "Left curtain"), "cover.curtain"),
        (Entity("cover.a", "Volet roulant"), "cover.shutter"),
        (Entity("cover.a", "Anything"), "cover.blind"),
        (Entity("switch.a", "Anything", device_class="outlet"), "switch.outlet"),
        (Entity("switch.a", "Washing machine", device_class="switch"), "switch.appliance"),
        (Entity("switch.a", "Anything"), "switch.outlet"),
        (Entity("climate.a", "X", options={"hvac_modes": ("off", "cool", "dry")}), "climate.ac"),
        (Entity("climate.a", "X", options={"hvac_modes": ("heat", "cool")}), "climate.thermostat"),
        (Entity("climate.a", "Bathroom radiator"), "climate.heater"),
        (Entity("media_player.a", "X", device_class="tv"), "media_player.tv"),
        (Entity("media_player.a", "X", device_class="receiver"), "media_player.speaker"),
        (Entity("media_player.a", "주방 라디오"), "media_player.radio"),
        (Entity("sensor.a", "X", device_class="temperature"), "sensor.temperature"),
        (Entity("sensor.a", "Temperature", device_class="pm25"), "sensor.pm25"),
        (Entity("sensor.a", "X"), "sensor.other"),
        (Entity("binary_sensor.a", "X", device_class="occupancy"), "binary_sensor.motion"),
        (Entity("input_select.a", "Anything"), "select"),
        (Entity("input_boolean.a", "Anything"), "input_boolean"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value.entity_id} {value.name}",
)
def test_kind_of_a_device(lexicons: dict[str, Lexicon], entity: Entity, kind: str) -> None:
    assert kind_of(entity, lexicons.values()) == kind


def test_every_kind_has_words_in_some_language(lexicons: dict[str, Lexicon]) -> None:
    for kind in KIND_WEIGHTS:
        assert any(words_of(lexicon, kind) for lexicon in lexicons.values()), kind
    assert words_of(lexicons["en"], "sensor.pm25") == []
