"""The prompt: a static part that is evaluated once, and a turn a sentence.

    <bos> developer turn: function declarations · user turn: listing, sentence · model turn

The static part (up to and including the listing) holds nothing volatile, so its KV cache stays
valid until the home changes. Training renders its sequences with these very functions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from . import template, tokens
from .catalogue import BY_NAME
from .errors import PromptTooLongError
from .functions import Function, tool_schema
from .home import Home
from .selection import Closest, read, usual
from .tokens import Segment

#: FunctionGemma's trained phrase: without it the model does not call functions.
DEVELOPER_TEXT = "You are a model that can do function calling with the following functions"

#: `functiongemma.prompt` in a GGUF that was trained on the home prompt: lean declarations, listing.
HOME_STYLE = "home-1"

#: Most tokens of prompt and answer together. A home of 250 entities takes 3,000 in our style; all
#: functions in full, for other people's models, 11,200. Every 4,096 of them take 12 MB.
CONTEXT = 13312

#: Longest sentence, in characters. People say 100; a pasted page is not a command.
MAX_SENTENCE = 500


@dataclass(frozen=True)
class StaticPrompt:
    """The part of the prompt that all sentences to one home share."""

    segments: tuple[Segment, ...]

    declared: int = 0
    """How many of the segments are the developer turn: they change less often than the home."""

    listed: Home = field(default_factory=Home)
    """What is listed."""

    closest: Closest | None = None
    """Of a home that is too large to be listed whole: finds the rest of it."""

    def turn(self, sentence: str | Sequence[Segment]) -> tuple[Segment, ...]:
        """Segments from behind the listing to where the model's answer begins.

        `sentence`: also all segments of a turn. What it names and the listing lacks comes first.
        Raises PromptTooLongError over MAX_SENTENCE characters.
        """
        if not isinstance(sentence, str):
            lines = self._lines(words(sentence))
            return (lines, *sentence) if lines else tuple(sentence)
        text = tokens.defuse(" ".join(sentence.split()))
        if len(text) > MAX_SENTENCE:
            raise PromptTooLongError(
                f"A sentence of {len(text)} characters is no command", limit=str(MAX_SENTENCE)
            )
        return (
            self._lines(text) + text,
            tokens.END_OF_TURN,
            "\n",
            tokens.START_OF_TURN,
            "model\n",
        )

    def _lines(self, said: str) -> str:
        return "" if self.closest is None else self.closest.lines(said)


def words(said: str | Iterable[Segment]) -> str:
    """What was said: a sentence, or all text of a turn."""
    if isinstance(said, str):
        return said
    return " ".join(segment for segment in said if isinstance(segment, str))


def known(functions: Sequence[Function], trained: Collection[str] | None) -> tuple[Function, ...]:
    """`functions` without those of the catalogue that are younger than the model.

    `trained`: names of the functions it was trained on, its `functiongemma.functions`; None where
    it does not say: then all of them.
    """
    return tuple(
        f for f in functions if trained is None or f.name in trained or f.name not in BY_NAME
    )


def listed(home: Home, trained: Collection[str] | None) -> Home:
    """`home` without the entities of domains that are younger than the model.

    `trained`: its `functiongemma.domains`; None where it does not say: then all of them.
    """
    if trained is None or home.domains <= {*trained}:
        return home
    return Home(tuple(e for e in home.entities if e.domain in trained), home.areas)


def build_static(
    home: Home,
    functions: Sequence[Function],
    *,
    style: str | None = HOME_STYLE,
    text: str = "",
    now: Home | None = None,
) -> StaticPrompt:
    """The static prompt for `home` and `functions`.

    `style` is the model's `functiongemma.prompt`: HOME_STYLE declares the catalogue's functions by
    name only, which that model knows; anything else (other people's models) gets all there is. Of a
    large home a part is listed, see `selection`. `now`: what `home`, whose listing is used on, has
    become, see `changes`.
    `text` is further developer text, from an LLM API for instance; it stands before DEVELOPER_TEXT.
    """
    tools = [tool_schema(f, full=style != HOME_STYLE or f.name not in BY_NAME) for f in functions]
    developer = f"{text.strip()}\n{DEVELOPER_TEXT}" if text.strip() else DEVELOPER_TEXT
    declared = (tokens.BOS, *template.developer_turn(developer, tools), tokens.START_OF_TURN)
    part = usual(home)
    segments = (*declared, "user\n" + part.listing())
    there = home if now is None else now
    closest = None if part is home else Closest(there, read(home, part, there))
    return StaticPrompt(segments, len(declared), part, closest)
