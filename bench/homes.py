"""The homes that are measured: made by a rule, the same on every machine.

Every home begins with the same eight rooms and their first three devices, which all sentences are
about. A larger one has more devices in each room, more rooms, and beyond the house's own rooms a
building of guest rooms and offices, floor by floor: what a thousand devices look like.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final, NamedTuple

from custom_components.functiongemma.core.home import Area, Entity, Home

#: Devices of the homes that are measured.
SIZES: Final = (25, 100, 1000)


class _Kind(NamedTuple):
    domain: str
    features: tuple[str, ...] | None = None
    options: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    device_class: str | None = None
    state: str = "off"


_KINDS: Final = {
    "light": _Kind("light", ("brightness", "color_temp")),
    "colour": _Kind("light", ("brightness", "color", "color_temp"), state="on"),
    "plug": _Kind("switch", device_class="outlet"),
    "blind": _Kind("cover", ("open", "close", "stop", "position"), device_class="blind",
                   state="open"),
    "garage": _Kind("cover", ("open", "close", "stop"), device_class="garage", state="closed"),
    "lock": _Kind("lock", (), state="locked"),
    "thermostat": _Kind("climate", ("temperature", "turn_on", "turn_off", "preset_mode"),
                        {"hvac_modes": ("off", "heat", "auto"),
                         "preset_modes": ("comfort", "eco", "away")}, state="heat"),
    "player": _Kind("media_player", ("pause", "halt", "play", "volume_set", "volume_step", "next",
                                     "previous", "volume_mute", "turn_on", "turn_off"),
                    device_class="speaker", state="playing"),
    "fan": _Kind("fan", ("speed", "oscillate")),
    "vacuum": _Kind("vacuum", ("start", "pause", "stop", "return_home"), state="docked"),
    "temperature": _Kind("sensor", device_class="temperature", state="20.5"),
    "window": _Kind("binary_sensor", device_class="window"),
    "scene": _Kind("scene", state="unknown"),
    "list": _Kind("todo", ("add", "delete", "update"), state="3"),
}  # fmt: skip

#: Room: its floor, other names, and its devices, those first that every home has. A device is its
#: kind, its name, and after a slash its other names.
_ROOMS: Final[dict[str, tuple[str | None, str, str]]] = {
    "Living room": ("Ground floor", "Salon, Wohnzimmer, Salón, 거실, リビング",
        "colour Floor lamp/Stehlampe/Lampada da terra, thermostat Living room thermostat, "
        "player TV, blind Curtains, light Living room ceiling light, plug Fairy lights"),
    "Kitchen": ("Ground floor", "Cuisine, Küche, Cocina, 주방, キッチン",
        "light Kitchen ceiling light, plug Coffee machine, light Worktop light, "
        "player Kitchen radio, window Kitchen window, blind Kitchen blind"),
    "Hallway": ("Ground floor", "Couloir, Flur, Pasillo, 현관, 玄関",
        "light Hallway light, lock Front door, vacuum Robot vacuum/Staubsauger, "
        "temperature Hallway temperature, light Stair light, plug Doormat heater"),
    "Bedroom": ("Upstairs", "Chambre, Schlafzimmer, Dormitorio, 침실, 寝室",
        "light Bedroom ceiling light, blind Bedroom blinds/Volets de la chambre, "
        "light Bedside lamp, fan Ceiling fan, thermostat Bedroom heating, window Bedroom window"),
    "Bathroom": ("Upstairs", "Salle de bain, Badezimmer, Baño, 욕실, 浴室",
        "light Mirror light, plug Towel rail, fan Extractor, "
        "temperature Bathroom temperature, light Shower light, window Skylight"),
    "Kids' room": ("Upstairs", "Chambre des enfants, Kinderzimmer, 아이 방, 子供部屋",
        "colour Night light, blind Roller blind, player Story box, "
        "light Globe, thermostat Kids' heating, plug Train set"),
    "Study": ("Upstairs", "Bureau, Arbeitszimmer, Despacho, 서재, 書斎",
        "light Desk lamp, plug Printer, temperature Study temperature, "
        "plug Monitor, blind Study blind, light Bookshelf light"),
    "Garage": (None, "Garaje, 차고, ガレージ",
        "garage Garage door, light Garage light, plug Charger, "
        "temperature Garage temperature, plug Freezer, window Side door"),
    "Dining room": ("Ground floor", "Salle à manger, Esszimmer, Comedor",
        "light Table light, blind Dining room blind, player Dining room speaker, "
        "thermostat Dining room heating, plug Hot plate, window Patio door"),
    "Laundry": ("Basement", "Buanderie, Waschküche, 세탁실",
        "light Laundry light, plug Washing machine, plug Dryer, "
        "temperature Laundry temperature, fan Dehumidifier fan, window Laundry window"),
    "Cellar": ("Basement", "Cave, Keller, Bodega",
        "light Cellar light, plug Wine fridge, temperature Cellar temperature, "
        "plug Pump, light Shelf light, window Cellar hatch"),
    "Attic": ("Upstairs", "Grenier, Dachboden, Ático",
        "light Attic light, window Roof window, fan Attic fan, "
        "plug Projector, blind Roof blind, temperature Attic temperature"),
    "Garden": (None, "Jardin, Garten, Jardín, 정원, 庭",
        "light Path lights, plug Fountain, light Tree lights, "
        "temperature Outside temperature, lock Garden gate, plug Pond pump"),
    "Terrace": (None, "Terrasse, Terraza, 테라스",
        "light Terrace light, blind Awning, player Terrace speaker, "
        "plug Patio heater, light Lanterns, temperature Terrace temperature"),
    "Guest room": ("Upstairs", "Chambre d'amis, Gästezimmer, 손님방",
        "light Guest light, blind Guest blind, thermostat Guest heating, "
        "light Guest bedside lamp, player Guest radio, window Guest window"),
    "Workshop": (None, "Atelier, Werkstatt, Taller",
        "light Bench light, plug Drill press, fan Dust fan, "
        "plug Compressor, light Workshop ceiling light, lock Workshop door"),
}  # fmt: skip

#: In no room.
_ANYWHERE: Final = "list Shopping list, scene Movie night, scene Good night, list Chores"

#: What there is in every room of the building beyond the house.
_BUILDING: Final = (
    "light {} ceiling light, light {} desk lamp, thermostat {} heating, blind {} blind, "
    "plug {} socket, temperature {} temperature, window {} window, lock {} door, fan {} fan, "
    "player {} speaker"
)
_BUILDING_ROOMS: Final = ("Guest room", "Office", "Meeting room", "Pantry")
_ORDINALS: Final = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth",
                    "Ninth", "Tenth", "Eleventh", "Twelfth")  # fmt: skip


def make_home(count: int) -> Home:
    """The home of `count` devices, 25 to 1,000; raises ValueError when there are not so many."""
    areas, devices = _rooms(count)
    rows = _round_robin(devices)
    ids: dict[str, int] = {}
    entities: list[Entity] = []
    for area, text in rows:
        if len(entities) == count:
            break
        kind, _, names = text.partition(" ")
        entities.append(_entity(_KINDS[kind], names, area, ids))
    if len(entities) < count:
        raise ValueError(f"there are no {count} devices, only {len(entities)}")
    # As the agent lists them: by entity id.
    entities.sort(key=lambda entity: entity.entity_id)
    return Home(tuple(entities), tuple(areas))


def state_of(entity: Entity) -> str:
    """A state that suits the entity, for prompts that hold states."""
    for kind in _KINDS.values():
        if (kind.domain, kind.device_class) == (entity.domain, entity.device_class):
            return kind.state
    return "unknown"


def renamed(home: Home, number: int) -> Home:
    """`home` after somebody gave one of its lights a name that it never had."""
    lights = [i for i, entity in enumerate(home.entities) if entity.domain == "light"]
    index = lights[number % len(lights)]
    entity = replace(home.entities[index], name=f"Lamp number {number + 1}")
    return replace(home, entities=(*home.entities[:index], entity, *home.entities[index + 1 :]))


def _rooms(count: int) -> tuple[list[Area], dict[str | None, list[str]]]:
    """Areas, and what is in each; a larger home has fuller rooms before it has more of them."""
    wanted = 8 if count <= 40 else len(_ROOMS)
    areas: list[Area] = []
    devices: dict[str | None, list[str]] = {}
    for name, (floor, aliases, contents) in list(_ROOMS.items())[:wanted]:
        areas.append(Area(name, floor, tuple(aliases.split(", "))))
        devices[name] = contents.split(", ")
    more = min((count + 9) // 10, 10 * len(_ORDINALS)) if count > 100 else 0
    for number in range(more):
        level, place = divmod(number, 10)
        kind = _BUILDING_ROOMS[number % len(_BUILDING_ROOMS)]
        name = f"{kind} {100 * (level + 1) + place + 1}"
        areas.append(Area(name, f"{_ORDINALS[level]} floor"))
        devices[name] = _BUILDING.format(*[name] * _BUILDING.count("{}")).split(", ")
    devices[None] = _ANYWHERE.split(", ")
    return areas, devices


def _round_robin(devices: dict[str | None, list[str]]) -> Iterator[tuple[str | None, str]]:
    """The first device of every room, then the second, and so on."""
    for index in range(max(map(len, devices.values()))):
        for area, contents in devices.items():
            if index < len(contents):
                yield area, contents[index]


def _entity(kind: _Kind, names: str, area: str | None, ids: dict[str, int]) -> Entity:
    name, *aliases = names.split("/")
    slug = "".join(c if c.isalnum() else "_" for c in name.lower())
    number = ids[slug] = ids.get(slug, 0) + 1
    return Entity(
        f"{kind.domain}.{slug}" + (f"_{number}" if number > 1 else ""),
        name,
        area,
        tuple(aliases),
        None if kind.features is None else frozenset(kind.features),
        dict(kind.options),
        kind.device_class,
    )
