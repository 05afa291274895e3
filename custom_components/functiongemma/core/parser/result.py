"""What a parsed answer is: calls, words, and what was wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..calls import FunctionCall


@dataclass(frozen=True)
class ParseError:
    """Something that is not as the format says."""

    position: int
    """Where, in characters from 0; the start of what is not closed."""

    message: str
    """What, as an English phrase."""

    damages: int | None = None
    """Index in `calls` of the call that lacks something or may be wrong because of it, if any."""


@dataclass(frozen=True)
class Text:
    """Words outside of calls, without special tokens; never only white space."""

    position: int
    """Where they begin, in characters from 0."""

    text: str


@dataclass
class ParseResult:
    """Everything that could be read, in the text's order."""

    calls: list[FunctionCall] = field(default_factory=list)
    """Every call with a name, with the arguments that could be read."""

    texts: list[Text] = field(default_factory=list)
    errors: list[ParseError] = field(default_factory=list)

    @property
    def sound_calls(self) -> list[FunctionCall]:
        """The calls that no error damages.

        Carry out only these: a call cut off before its target could mean every device.
        """
        damaged = {error.damages for error in self.errors}
        return [call for index, call in enumerate(self.calls) if index not in damaged]

    @property
    def text(self) -> str:
        """All words outside of calls."""
        return " ".join(text.text.strip() for text in self.texts)
