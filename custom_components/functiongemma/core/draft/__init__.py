"""What the model will probably answer, guessed from the sentence and from earlier answers.

Nothing here decides anything: a guess says which decisions are worth evaluating ahead. It looks at
which names, rooms and numbers are in the sentence, and at what followed earlier sentences with the
same words. What it remembers are counts, in memory only.
"""

from __future__ import annotations

from .guess import Guesser, SentenceGuess

__all__ = ["Guesser", "SentenceGuess"]
