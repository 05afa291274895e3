"""What is said: commands and questions in seven languages, about what every home here has."""

from __future__ import annotations

from typing import Final

#: Of every kind: one device, a room, a value, a question, two commands at once, nothing to do. The
#: first three are those of `--quick`.
SENTENCES: Final = (
    "Switch on the lights in the kitchen",
    "Éteins la lumière du couloir",
    "거실 온도를 2도 올려줘",
    "Put the floor lamp at 40 percent",
    "Is the front door locked?",
    "Turn the coffee machine off and close the garage door",
    "Ferme les volets de la chambre",
    "Mach das Licht im Badezimmer aus",
    "Wie warm ist es im Arbeitszimmer?",
    "Enciende la luz del dormitorio",
    "Accendi la lampada da terra",
    "寝室の電気を消して",
)

#: Said once more in the naive way and in the peer's, where each takes as long as all of the others.
FEW: Final = SENTENCES[:3]
