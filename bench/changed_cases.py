"""Houses in three languages, what becomes different in them, and what is said right after that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from custom_components.functiongemma.core.home import Area, Entity, Home

#: What the devices can do, by domain; of other domains it makes no difference.
_FEATURES: Final = {
    "light": ("brightness", "color", "color_temp"),
    "cover": ("open", "close", "stop", "position"),
    "climate": ("temperature", "turn_on", "turn_off"),
    "fan": ("speed",),
    "media_player": ("pause", "play", "volume_set", "turn_on", "turn_off"),
}


@dataclass(frozen=True)
class Case:
    """A house before and after, and sentences with what they mean afterwards."""

    what: str
    before: Home
    after: Home
    sentences: tuple[tuple[str, str], ...]
    """Sentence, and `function: name, name` of what it does; empty: there is nothing to do."""


def house(text: str) -> Home:
    """A home from lines `[Floor]` and `Area: domain Name, Name; domain Name`."""
    floor: str | None = None
    areas: list[Area] = []
    entities: list[Entity] = []
    for line in text.strip().splitlines():
        if line.startswith("["):
            floor = line.strip("[]")
            continue
        area, _, groups = line.partition(": ")
        areas.append(Area(area, floor))
        for group in groups.split("; "):
            domain, _, names = group.partition(" ")
            entities += [entity(domain, name, area, len(entities)) for name in names.split(", ")]
    return _sorted(Home(tuple(entities), tuple(areas)))


def entity(domain: str, name: str, area: str, number: int) -> Entity:
    """A device; its id does not depend on its name."""
    features = frozenset(_FEATURES[domain]) if domain in _FEATURES else None
    return Entity(f"{domain}.x{number:03}", name, area, features=features)


def _sorted(home: Home) -> Home:
    """As the agent lists them: by entity id."""
    return replace(home, entities=tuple(sorted(home.entities, key=lambda e: e.entity_id)))


def renamed(home: Home, old: str, new: str) -> Home:
    """`home` after a device got another name."""
    return replace(
        home,
        entities=tuple(replace(e, name=new) if e.name == old else e for e in home.entities),
    )


def moved(home: Home, name: str, area: str) -> Home:
    """`home` after a device was put into another room."""
    return replace(
        home,
        entities=tuple(replace(e, area=area) if e.name == name else e for e in home.entities),
    )


def added(home: Home, domain: str, name: str, area: str) -> Home:
    """`home` with one device more."""
    return _sorted(
        replace(home, entities=(*home.entities, entity(domain, name, area, len(home.entities))))
    )


def removed(home: Home, name: str) -> Home:
    """`home` with one device less."""
    return replace(home, entities=tuple(e for e in home.entities if e.name != name))


def area_renamed(home: Home, old: str, new: str) -> Home:
    """`home` after a room got another name."""
    return Home(
        tuple(replace(e, area=new) if e.area == old else e for e in home.entities),
        tuple(replace(a, name=new) if a.name == old else a for a in home.areas),
    )


_EN: Final = house("""
Garden: light Path lights, Tree lights; switch Fountain; lock Garden gate
[Ground floor]
Living room: light Ceiling light, Floor lamp; media_player TV, Radio; cover Curtains; \
climate Heating
Kitchen: light Worktop light, Kitchen lamp; switch Coffee machine, Kettle
Hallway: light Stair light; lock Front door; switch Doorbell
[Upstairs]
Bedroom: light Bedside lamp, Wardrobe light; cover Blinds; fan Ceiling fan
Bathroom: light Mirror light; switch Towel rail; fan Extractor
Study: light Desk lamp; switch Printer, Monitor; climate Study heating
""")
_DE: Final = house("""
Garten: light Weglicht, Baumlichter; switch Springbrunnen; lock Gartentor
[Erdgeschoss]
Wohnzimmer: light Deckenlicht, Stehlampe; media_player Fernseher, Radio; cover Vorhang; \
climate Heizung
Küche: light Arbeitslicht, Küchenlampe; switch Kaffeemaschine, Wasserkocher
Flur: light Treppenlicht; lock Haustür; switch Klingel
[Obergeschoss]
Schlafzimmer: light Nachttischlampe, Schranklicht; cover Rollladen; fan Deckenventilator
Bad: light Spiegellicht; switch Handtuchwärmer; fan Lüfter
Arbeitszimmer: light Schreibtischlampe; switch Drucker, Monitor; climate Büroheizung
""")
_FR: Final = house("""
Jardin: light Lumières de l'allée, Lumières des arbres; switch Fontaine; lock Portail
[Rez-de-chaussée]
Salon: light Plafonnier, Lampadaire; media_player Télé, Radio; cover Rideaux; climate Chauffage
Cuisine: light Lumière du plan de travail, Lampe de la cuisine; switch Machine à café, Bouilloire
Couloir: light Lumière de l'escalier; lock Porte d'entrée; switch Sonnette
[Étage]
Chambre: light Lampe de chevet, Lumière du placard; cover Stores; fan Ventilateur de plafond
Salle de bain: light Lumière du miroir; switch Sèche-serviettes; fan Extracteur
Bureau: light Lampe de bureau; switch Imprimante, Écran; climate Chauffage du bureau
""")

CASES: Final = (
    Case("renamed", _EN, renamed(_EN, "Floor lamp", "Reading lamp"), (
        ("Turn on the reading lamp", "light.turn_on: Reading lamp"),
        ("Set the reading lamp to 30 percent", "light.turn_on: Reading lamp"),
        ("Switch off the ceiling light", "light.turn_off: Ceiling light"),
        ("Turn on all the lights in the living room", "light.turn_on: Ceiling light, Reading lamp"),
        ("Turn on the floor lamp", ""),
    )),
    Case("added", _EN, added(_EN, "light", "Star lights", "Bedroom"), (
        ("Turn the star lights on", "light.turn_on: Star lights"),
        ("Make the star lights blue", "light.turn_on: Star lights"),
        ("Bedroom lights off", "light.turn_off: Bedside lamp, Star lights, Wardrobe light"),
        ("Close the blinds in the bedroom", "cover.close_cover: Blinds"),
        ("Start the coffee machine", "switch.turn_on: Coffee machine"),
    )),
    Case("moved", _EN, moved(_EN, "Radio", "Kitchen"), (
        ("Pause the radio", "media_player.media_pause: Radio"),
        ("Turn off the radio in the kitchen", "media_player.turn_off: Radio"),
        ("Turn on the kitchen lights", "light.turn_on: Kitchen lamp, Worktop light"),
        ("Turn the TV off", "media_player.turn_off: TV"),
    )),
    Case("removed", _EN, removed(_EN, "Printer"), (
        ("Turn on the monitor", "switch.turn_on: Monitor"),
        ("Turn on the printer", ""),
        ("Desk lamp off please", "light.turn_off: Desk lamp"),
    )),
    Case("three changes", _EN, renamed(added(moved(_EN, "Towel rail", "Bedroom"), "switch",
                                            "Waffle iron", "Kitchen"), "Fountain", "Waterfall"), (
        ("Switch the waffle iron on", "switch.turn_on: Waffle iron"),
        ("Turn off the waterfall", "switch.turn_off: Waterfall"),
        ("Turn on the towel rail", "switch.turn_on: Towel rail"),
        ("Lock the front door", "lock.lock: Front door"),
        ("Turn the fountain off", ""),
    )),
    Case("a room renamed", _EN, area_renamed(_EN, "Study", "Office"), (
        ("Turn on the light in the office", "light.turn_on: Desk lamp"),
        ("Set the office heating to 21 degrees", "climate.set_temperature: Study heating"),
        ("Bathroom light on", "light.turn_on: Mirror light"),
    )),
    Case("renamed", _DE, renamed(_DE, "Stehlampe", "Leselampe"), (
        ("Mach die Leselampe an", "light.turn_on: Leselampe"),
        ("Leselampe auf 30 Prozent", "light.turn_on: Leselampe"),
        ("Schalte das Deckenlicht aus", "light.turn_off: Deckenlicht"),
        ("Mach alle Lichter im Wohnzimmer an", "light.turn_on: Deckenlicht, Leselampe"),
        ("Mach die Stehlampe an", ""),
    )),
    Case("added", _DE, added(_DE, "light", "Sternenhimmel", "Schlafzimmer"), (
        ("Schalte den Sternenhimmel ein", "light.turn_on: Sternenhimmel"),
        ("Mach den Sternenhimmel blau", "light.turn_on: Sternenhimmel"),
        ("Licht im Schlafzimmer aus",
         "light.turn_off: Nachttischlampe, Schranklicht, Sternenhimmel"),
        ("Mach den Rollladen im Schlafzimmer zu", "cover.close_cover: Rollladen"),
        ("Kaffeemaschine an", "switch.turn_on: Kaffeemaschine"),
    )),
    Case("moved", _DE, moved(_DE, "Radio", "Küche"), (
        ("Radio auf Pause", "media_player.media_pause: Radio"),
        ("Schalte das Radio in der Küche aus", "media_player.turn_off: Radio"),
        ("Mach das Licht in der Küche an", "light.turn_on: Arbeitslicht, Küchenlampe"),
        ("Fernseher aus", "media_player.turn_off: Fernseher"),
    )),
    Case("removed", _DE, removed(_DE, "Drucker"), (
        ("Schalte den Monitor ein", "switch.turn_on: Monitor"),
        ("Schalte den Drucker ein", ""),
        ("Schreibtischlampe aus bitte", "light.turn_off: Schreibtischlampe"),
    )),
    Case("three changes", _DE, renamed(added(moved(_DE, "Handtuchwärmer", "Schlafzimmer"),
                                            "switch", "Waffeleisen", "Küche"),
                                      "Springbrunnen", "Wasserfall"), (
        ("Schalte das Waffeleisen ein", "switch.turn_on: Waffeleisen"),
        ("Mach den Wasserfall aus", "switch.turn_off: Wasserfall"),
        ("Handtuchwärmer anschalten", "switch.turn_on: Handtuchwärmer"),
        ("Schließ die Haustür ab", "lock.lock: Haustür"),
        ("Mach den Springbrunnen aus", ""),
    )),
    Case("a room renamed", _DE, area_renamed(_DE, "Arbeitszimmer", "Werkstatt"), (
        ("Mach das Licht in der Werkstatt an", "light.turn_on: Schreibtischlampe"),
        ("Stell die Büroheizung auf 21 Grad", "climate.set_temperature: Büroheizung"),
        ("Licht im Bad an", "light.turn_on: Spiegellicht"),
    )),
    Case("renamed", _FR, renamed(_FR, "Lampadaire", "Liseuse"), (
        ("Allume la liseuse", "light.turn_on: Liseuse"),
        ("Mets la liseuse à 30 pour cent", "light.turn_on: Liseuse"),
        ("Éteins le plafonnier", "light.turn_off: Plafonnier"),
        ("Allume toutes les lumières du salon", "light.turn_on: Liseuse, Plafonnier"),
        ("Allume le lampadaire", ""),
    )),
    Case("added", _FR, added(_FR, "light", "Ciel étoilé", "Chambre"), (
        ("Allume le ciel étoilé", "light.turn_on: Ciel étoilé"),
        ("Mets le ciel étoilé en bleu", "light.turn_on: Ciel étoilé"),
        ("Éteins les lumières de la chambre",
         "light.turn_off: Ciel étoilé, Lampe de chevet, Lumière du placard"),
        ("Ferme les stores de la chambre", "cover.close_cover: Stores"),
        ("Allume la machine à café", "switch.turn_on: Machine à café"),
    )),
    Case("moved", _FR, moved(_FR, "Radio", "Cuisine"), (
        ("Mets la radio en pause", "media_player.media_pause: Radio"),
        ("Éteins la radio de la cuisine", "media_player.turn_off: Radio"),
        ("Allume les lumières de la cuisine",
         "light.turn_on: Lampe de la cuisine, Lumière du plan de travail"),
        ("Éteins la télé", "media_player.turn_off: Télé"),
    )),
    Case("removed", _FR, removed(_FR, "Imprimante"), (
        ("Allume l'écran", "switch.turn_on: Écran"),
        ("Allume l'imprimante", ""),
        ("Éteins la lampe de bureau", "light.turn_off: Lampe de bureau"),
    )),
    Case("three changes", _FR, renamed(added(moved(_FR, "Sèche-serviettes", "Chambre"),
                                            "switch", "Gaufrier", "Cuisine"),
                                      "Fontaine", "Cascade"), (
        ("Allume le gaufrier", "switch.turn_on: Gaufrier"),
        ("Éteins la cascade", "switch.turn_off: Cascade"),
        ("Mets en marche le sèche-serviettes", "switch.turn_on: Sèche-serviettes"),
        ("Verrouille la porte d'entrée", "lock.lock: Porte d'entrée"),
        ("Éteins la fontaine", ""),
    )),
    Case("a room renamed", _FR, area_renamed(_FR, "Bureau", "Atelier"), (
        ("Allume la lumière de l'atelier", "light.turn_on: Lampe de bureau"),
        ("Mets le chauffage de l'atelier à 21 degrés",
         "climate.set_temperature: Chauffage du bureau"),
        ("Allume la lumière de la salle de bain", "light.turn_on: Lumière du miroir"),
    )),
)  # fmt: skip
