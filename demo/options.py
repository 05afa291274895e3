"""The demo's command line. Standard library only: `--help` works before anything is installed."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HOUSE: Final = Path(__file__).parent / "house.yaml"

_DESCRIPTION: Final = """\
Starts a real Home Assistant with a house in it, lets our agent understand what you say to it with
the 270M model on this machine's processor, and shows what came of it.

  scripts/demo                                      a prompt: talk to the house
  scripts/demo "turn on the kitchen lights"         one sentence, or several
  scripts/demo --json "…" "…"                       one JSON object a sentence
  echo "…" | scripts/demo                           sentences from another program
  scripts/demo --serve                              the same house in the browser
  scripts/demo --serve --empty                      before anything was set up: try the installation
  scripts/demo --say "turn on the kitchen lights"   spoken and heard, not written (English)
"""

_EPILOG: Final = """\
JSON, one line a sentence on standard output (everything else goes to standard error):
  text, language   the sentence, and the language it was taken to be in
  calls            actions ("service calls") that reached Home Assistant's bus because of the
                   sentence: {"service", "entity_id": [...], "data": {...}}; calls that differ in
                   the entity alone are one; what scenes and scripts do in turn is not listed
  changes          {entity_id: [old, new]} of every state that is another one afterwards. Where the
                   state is the same word, but what the device does is not, both say what:
                   ["on brightness=100%", "on brightness=30%"]
  reply            what the agent says
  ms               milliseconds from the text to the reply

With --say each sentence is spoken by a synthesiser, heard by Whisper, and the reply is spoken. JSON
then has `heard`, `audio` ({"seconds", "loudness", "file"}, of the reply) and, as `ms`, {"stt",
"intent", "tts", "all"}: from the end of the speech to its text, the agent, from the reply's text to
its last sample, and from the end of the speech to the reply's last sample.

Home files: YAML with areas (id, name, floor, aliases), devices (id, name, area) and entities (id,
name, area or device, state, attributes, aliases), such as demo/house.yaml; or lines of JSON,
{"home": …, "entities": [{"id": …, "name": …}]}, of which FILE#HOME picks one.

Models, Home Assistant's configuration and its log are kept in ~/.cache/functiongemma (or in
$XDG_CACHE_HOME/functiongemma). The first start assembles the home model; later ones find it there.
"""


@dataclass(frozen=True)
class Options:
    """What the user asked for."""

    sentences: tuple[str, ...] = ()
    json: bool = False
    language: str = "auto"
    """A code, or `auto`: guessed for each sentence."""
    home: str = str(HOUSE)
    area: str | None = None
    """Name of the area the speaker is in."""
    model: Path | None = None
    """A GGUF file; None: the home model."""
    threads: int | None = None
    time: int = 0
    """How many times to repeat the sentences for `--time`; 0: not at all."""
    say: bool = False
    """Speak the sentences, and hear the replies."""
    serve: bool = False
    empty: bool = False
    """With `serve`: nobody has been here, and there is no agent yet."""
    port: int = 8123
    verbose: bool = False


def parse(arguments: list[str]) -> Options:
    """Read the command line; exits with status 2 on a mistake, and after `--help`."""
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("sentences", nargs="*", metavar="SENTENCE", help="what to say; none: a prompt")
    add("--json", action="store_true", help="one JSON object a sentence on standard output")
    add(
        "--language",
        default="auto",
        metavar="CODE",
        help="language of the sentences (en, fr, de, ko, ja, …); default: guessed for each",
    )
    add("--home", default=str(HOUSE), metavar="FILE", help="the house (default: demo/house.yaml)")
    add("--area", metavar="NAME", help="where the speaker is, for “turn on the light”")
    add("--model", type=Path, metavar="GGUF", help="another model than the home model")
    add("--threads", type=_positive, metavar="N", help="threads for the model")
    add(
        "--time",
        nargs="?",
        type=_positive,
        const=20,
        default=0,
        metavar="N",
        help="repeat the sentences N times (20) and print the medians of each part",
    )
    add("--say", action="store_true", help="speak the sentences, through the whole voice pipeline")
    add("--serve", action="store_true", help="Home Assistant's own frontend with this house")
    add(
        "--empty",
        action="store_true",
        help="with --serve: without user and agent, all to be clicked",
    )
    add("--port", type=_port, default=8123, metavar="N", help="port for --serve (8123)")
    add("--verbose", action="store_true", help="Home Assistant's log on standard error")
    found = parser.parse_args(arguments)
    if found.serve and (found.json or found.sentences or found.time):
        parser.error("--serve goes with neither sentences nor --json nor --time")
    if found.empty and (not found.serve or found.model or found.threads):
        parser.error("--empty needs --serve, and goes with neither --model nor --threads")
    if found.time and not found.sentences:
        parser.error("--time needs sentences")
    if found.say and (found.serve or found.time or not found.sentences):
        parser.error("--say needs sentences, and goes with neither --serve nor --time")
    if found.say and found.language not in ("auto", "en"):
        parser.error("--say: the speech model here knows English only")
    if found.model and not found.model.is_file():
        parser.error(f"--model: there is no file {found.model}")
    values = vars(found) | {"sentences": tuple(found.sentences)}
    if found.model:
        values["model"] = found.model.resolve()
    return Options(**values)


def cache_folder() -> Path:
    """Where the demo keeps what it can make again."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "functiongemma"


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (1 to 65535)")
    return int(text)


if __name__ == "__main__":
    parse(sys.argv[1:])
