"""Which language a sentence is in: by its script, its letters and its small words.

Enough for a demo: Home Assistant gets the language from the satellite or the browser.
"""

from __future__ import annotations

import re
from typing import Final

DEFAULT: Final = "en"

#: Words that are frequent in commands of one language and rare in those of the others.
_WORDS: Final[dict[str, frozenset[str]]] = {
    "en": frozenset(
        "the turn on off is are what please set open close to my i it's in up down and switch "
        "lights light dim start stop play make".split()
    ),
    "fr": frozenset(
        "le la les du des de dans un une et est allume allumer éteins éteindre ouvre ferme mets "
        "baisse monte augmente s'il te plaît je il fait quelle quel combien lance coupe à au aux "
        "lampe lumière salon chambre cuisine".split()
    ),
    "de": frozenset(
        "der die das den dem ein eine im in am zum zur und ist mach mache schalte schalt stelle "
        "bitte an aus auf zu licht öffne schließe wie wohnzimmer küche schlafzimmer ich es "
        "einen heller dunkler wärmer".split()
    ),
    "es": frozenset(
        "el la los las del en un una y es enciende apaga abre cierra pon sube baja por favor "
        "luz luces qué cuál está salón cocina dormitorio".split()
    ),
    "it": frozenset(
        "il lo la gli le del della nel nella un una e è accendi spegni apri chiudi imposta alza "
        "abbassa per favore luce luci che salotto cucina soggiorno camera".split()
    ),
    "nl": frozenset(
        "de het een in van op zet doe aan uit open sluit en is licht lampen lamp alsjeblieft "
        "keuken woonkamer slaapkamer hoe".split()
    ),
    "pl": frozenset(
        "w na do i jest włącz wyłącz otwórz zamknij ustaw zapal zgaś proszę światło światła "
        "salonie kuchni sypialni ile".split()
    ),
    "pt": frozenset(
        "o a os as do da no na um uma e é liga ligue desliga desligue abre fecha por favor luz "
        "luzes sala cozinha quarto".split()
    ),
    "sv": frozenset(
        "den det en ett i på och är tänd släck öppna stäng sätt lampan lamporna ljuset köket "
        "vardagsrummet sovrummet".split()
    ),
}

#: Letters that only some of these languages write.
_LETTERS: Final[dict[str, str]] = {
    "fr": "éèêëàâçùûîïôœ",
    "de": "äöüß",
    "es": "áéíóúñ¿¡",
    "it": "àèéìòù",
    "nl": "ëï",
    "pl": "ąćęłńóśźż",
    "pt": "ãõáâêçéíóú",
    "sv": "åäö",
}

_SCRIPTS: Final = (
    ("ko", re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")),
    # A few characters of Han alone ("照明点灯") are a command in Japanese rather than in Chinese:
    # that is the one the model speaks.
    ("ja", re.compile(r"[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f\u4e00-\u9fff]")),
)


def guess_language(text: str, before: str | None = None) -> str:
    """The language code of a sentence; `guess_language("Éteins la lampe")` is `fr`.

    `before`: that of the sentence before, in which a word alone is meant: "no".
    """
    for code, letters in _SCRIPTS:
        if letters.search(text):
            return code
    lowered = text.casefold().replace("’", "'")
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?|\w+", lowered)
    spoken = [part for word in words for part in (word, *word.split("'")[:1])]
    points = {code: 1.0 * sum(w in known for w in spoken) for code, known in _WORDS.items()}
    for code, letters_of in _LETTERS.items():
        points[code] += 1.5 * sum(letter in letters_of for letter in set(lowered))
    best = max(points, key=lambda code: (points[code], code == DEFAULT))
    # A word without an apostrophe counts twice.
    if before is not None and len(words) == 1 and points[best] <= 2:
        return before
    return best if points[best] > 0 else DEFAULT
