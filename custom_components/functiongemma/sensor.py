"""How long the last sentence took, and how sure the model was of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .agent import Agent, agents_of
from .records import Record
from .runtime import FunctionGemmaConfigEntry

#: The sensors are told; nothing is fetched.
PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class FunctionGemmaSensorDescription(SensorEntityDescription):
    """A number about the last sentence."""

    value: Callable[[Record], float | None]
    """None: the sentence says nothing about it, and the number before it stays."""


SENSORS: Final = (
    FunctionGemmaSensorDescription(
        key="latency",
        translation_key="latency",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        suggested_display_precision=0,
        value=lambda record: record.latency,
    ),
    FunctionGemmaSensorDescription(
        key="confidence",
        translation_key="confidence",
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        value=lambda record: None if record.confidence is None else record.confidence * 100,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FunctionGemmaConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of a config entry."""
    for agent in agents_of(entry):
        async_add_entities(
            [FunctionGemmaSensor(agent, description) for description in SENSORS],
            config_subentry_id=agent.subentry_id,
        )


class FunctionGemmaSensor(SensorEntity):
    """A number about the last sentence that was said to an agent."""

    entity_description: FunctionGemmaSensorDescription
    _attr_has_entity_name = True
    _attr_should_poll = False
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    # Every sentence is a change of state: only for those who want to look at it.
    _attr_entity_registry_enabled_default = False
    _attr_state_class = SensorStateClass.MEASUREMENT

    def __init__(self, agent: Agent, description: FunctionGemmaSensorDescription) -> None:
        """One of the `SENSORS`, on the device of the agent."""
        self.entity_description = description
        self._agent = agent.subentry_id
        self._records = agent.entry.runtime_data.records
        self._attr_unique_id = f"{agent.subentry_id}_{description.key}"
        self._attr_device_info = agent.device_info

    @override
    async def async_added_to_hass(self) -> None:
        """Show the latest sentence, and every further one."""
        await super().async_added_to_hass()
        if (latest := self._records.latest_of(self._agent)) is not None:
            self._show(latest)
        self.async_on_remove(self._records.async_listen(self._async_told))

    @callback
    def _async_told(self, record: Record) -> None:
        # A dry run takes another time, because nothing is done in it.
        ours = record.agent == self._agent and not record.dry_run
        if ours and self._show(record):
            self.async_write_ha_state()

    def _show(self, record: Record) -> bool:
        value = self.entity_description.value(record)
        if value is not None:
            self._attr_native_value = value
        return value is not None
