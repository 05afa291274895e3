"""How common domains, targets and functions are in what people say."""

from __future__ import annotations

#: Sorts of sentences, in per cent of what is tried; the rarer ones are often not possible.
SORTS: dict[str, float] = {
    "command": 50, "two": 8, "shared": 4, "both": 2.5, "again": 2.5, "corrected": 1.5, "need": 7,
    "spared": 3, "pair": 3, "items": 3, "coloured": 2.5,
    "chat": 7, "absent": 3, "beyond": 1, "unmet": 1.5, "refused": 2,
}  # fmt: skip
DOMAIN_WEIGHTS: dict[str, float] = {
    "light": 3.2, "switch": 2.5, "fan": 6, "cover": 5.5, "valve": 2, "lock": 4, "climate": 4,
    "media_player": 6, "vacuum": 1.8, "scene": 0.7, "script": 0.5, "todo": 2.2, "timer": 0.7,
    "state": 1.6, "sensor": 0.9, "weather": 0.9, "calendar": 0.9, "clock": 0.25,
    "assist_satellite": 0.9, "notify": 0.8, "home": 0.15,
    "humidifier": 1.6, "water_heater": 1.4, "lawn_mower": 1.2, "siren": 0.8,
    "alarm_control_panel": 1.3, "button": 0.9, "input_boolean": 1.2, "number": 1, "select": 1.3,
}  # fmt: skip
TARGET_WEIGHTS: dict[str, float] = {
    "name": 5, "area": 4, "here": 2.2, "name_area": 1.6, "floor": 0.6, "all": 0.7, "none": 3,
}  # fmt: skip
#: How often no device and no place is said, where that is more than usual: music is simply there.
HERE_WEIGHTS = {"media_player": 6.0, "vacuum": 4.0, "climate": 3.0, "lawn_mower": 4.0,
                "alarm_control_panel": 5.0, "water_heater": 4.0}  # fmt: skip
#: Functions people use more than their domain's others.
CALL_WEIGHTS: dict[str, float] = {
    "light.turn_on": 4, "light.turn_off": 3.5, "light.toggle": 0.5, "switch.toggle": 0.4,
    "fan.toggle": 0.5, "cover.toggle": 0.4, "climate.set_temperature": 3, "fan.turn_on": 2,
    "climate.adjust_temperature": 2, "climate.turn_on": 1.8, "climate.turn_off": 1.8,
    "climate.set_fan_mode": 0.4, "climate.set_preset_mode": 0.5, "media_player.volume_set": 1.5,
    "media_player.media_play": 2, "media_player.media_pause": 2,
    "media_player.media_next_track": 1.7, "media_player.media_previous_track": 1.7,
    "cover.open_cover": 2,
    "cover.close_cover": 2, "cover.open_cover_tilt": 0.4, "cover.close_cover_tilt": 0.4,
    "cover.set_cover_tilt_position": 0.4, "valve.open_valve": 2, "valve.close_valve": 2,
    "fan.set_direction": 0.4, "todo.add_item": 3, "timer.start": 3,
    "media_player.shuffle_set": 0.7, "media_player.repeat_set": 0.7, "vacuum.clean_area": 1.5,
    "input_boolean.toggle": 0.3, "lock.lock": 2, "lock.unlock": 2, "lock.open": 0.6,
}  # fmt: skip
