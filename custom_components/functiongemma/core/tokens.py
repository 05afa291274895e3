"""Gemma's special tokens, and how text becomes token ids without anyone breaking out of it.

A prompt is a list of segments: a `str` is plain text, an `int` is the id of a special token.
Special tokens exist as ids only, so that the same segments work with FunctionGemma's vocabulary and
with base Gemma 3's, where ids 46-52 are spelled `<unused40>` to `<unused46>`.

Plain text is tokenised with special parsing off. That alone does not keep a special token out of
an entity called `<escape>`: llama.cpp matches tokens typed USER_DEFINED in any text, and
FunctionGemma's six non-special tokens (46-49, 51, 52) may be typed so. `defuse` therefore rewrites
the spellings, and `encode` applies it to every run of text, also to one that only came about by
joining.

What is defused: every token that carries the protocol or that no text should ever contain, in
either vocabulary. These are the CONTROL tokens (`<bos>`, `<start_of_turn>`, `<unusedN>`, ...),
FunctionGemma's seven and the image tokens. What is not: the other USER_DEFINED tokens of Gemma 3,
which are `[multimodal]`, runs of newlines, spaces and tabs, and HTML tags like `<table>` and `<b>`.
They stand for their own text and nothing else. The tokenizer minds the case, so `<ESCAPE>` is
ordinary text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

PAD: Final = 0
EOS: Final = 1
BOS: Final = 2
UNK: Final = 3
MASK: Final = 4
START_FUNCTION_DECLARATION: Final = 46
END_FUNCTION_DECLARATION: Final = 47
START_FUNCTION_CALL: Final = 48
END_FUNCTION_CALL: Final = 49
START_FUNCTION_RESPONSE: Final = 50
END_FUNCTION_RESPONSE: Final = 51
ESCAPE: Final = 52
START_OF_TURN: Final = 105
END_OF_TURN: Final = 106
START_OF_IMAGE: Final = 255999
END_OF_IMAGE: Final = 256000

FUNCTION_TOKENS: Final = range(START_FUNCTION_DECLARATION, ESCAPE + 1)
"""The seven tokens FunctionGemma added, unused and untrained in base Gemma 3."""

STOP_IDS: Final = frozenset({EOS, START_FUNCTION_RESPONSE, END_OF_TURN})
"""Where an answer ends: 50 after calls, 106 after text. llama.cpp itself does not stop at 50."""

SPELLINGS: Final[dict[int, str]] = {
    PAD: "<pad>",
    EOS: "<eos>",
    BOS: "<bos>",
    UNK: "<unk>",
    MASK: "<mask>",
    START_FUNCTION_DECLARATION: "<start_function_declaration>",
    END_FUNCTION_DECLARATION: "<end_function_declaration>",
    START_FUNCTION_CALL: "<start_function_call>",
    END_FUNCTION_CALL: "<end_function_call>",
    START_FUNCTION_RESPONSE: "<start_function_response>",
    END_FUNCTION_RESPONSE: "<end_function_response>",
    ESCAPE: "<escape>",
    START_OF_TURN: "<start_of_turn>",
    END_OF_TURN: "<end_of_turn>",
    START_OF_IMAGE: "<start_of_image>",
    END_OF_IMAGE: "<end_of_image>",
}
"""Token id -> FunctionGemma's spelling."""

SPECIAL_SPELLINGS: Final[dict[str, int]] = {
    **{spelling: token for token, spelling in SPELLINGS.items()},
    **{f"<unused{token - 6}>": token for token in FUNCTION_TOKENS},
}
"""Spelling -> token id, with base Gemma 3's aliases of the seven function tokens."""

Segment = str | int
"""Plain text, or the id of a special token."""

# `<image_soft_token>` is in some files' vocabularies, one past the end of this model's.
_NAMES = "|".join(re.escape(spelling[1:-1]) for spelling in SPELLINGS.values())
_DANGEROUS = re.compile(rf"<({_NAMES}|unused[0-9]+|image_soft_token)>")


def defuse(text: str) -> str:
    """Return `text` with every special token's spelling made ordinary: `<escape>` -> `‹escape›`.

    Idempotent. Nothing is removed, so no new spelling can appear: `<esc<escape>ape>` becomes
    `<esc‹escape›ape>`. All other text, `a < b > c` and `<b>` included, is returned unchanged.
    Compare a name the model answered with `defuse(name)`, since that is the name it was shown.
    """
    return _DANGEROUS.sub(r"‹\1›", text)


def after(path: Sequence[int], token: int) -> tuple[int, ...]:
    """What follows the last `token` of a path; all of it without one."""
    for index in range(len(path) - 1, -1, -1):
        if path[index] == token:
            return tuple(path[index + 1 :])
    return tuple(path)


def merge(segments: Iterable[Segment]) -> list[Segment]:
    """Return the segments with neighbouring text joined, empty text dropped and text defused."""
    merged: list[Segment] = []
    texts: list[str] = []
    for segment in segments:
        if isinstance(segment, str):
            texts.append(segment)
            continue
        if text := "".join(texts):
            merged.append(defuse(text))
        texts = []
        merged.append(segment)
    if text := "".join(texts):
        merged.append(defuse(text))
    return merged


def encode(segments: Iterable[Segment], tokenize: Callable[[str], Sequence[int]]) -> list[int]:
    """Return the token ids of `segments`; prompts and training data are both made by this.

    `tokenize` gets non-empty plain text and must return its ids without a `<bos>`, with special
    parsing off and no space put in front. Text between two special tokens is tokenised in one
    piece, however many segments it came in.
    """
    ids: list[int] = []
    for segment in merge(segments):
        if isinstance(segment, str):
            ids.extend(tokenize(segment))
        else:
            ids.append(segment)
    return ids


def spell(segments: Iterable[Segment]) -> str:
    """Return segments as text, special tokens in FunctionGemma's spelling.

    For people, logs and the parser. Never tokenise the result: that is what `encode` is for.
    Raises KeyError for an id that is not in `SPELLINGS`.
    """
    return "".join(
        segment if isinstance(segment, str) else SPELLINGS[segment] for segment in merge(segments)
    )
