"""What the model may answer: an automaton over token ids for this home's possible calls.

`Constraint(home, functions, vocabulary)` builds nothing but indexes; everything else comes into
being where decoding passes: a home of 1,000 entities costs milliseconds, a step microseconds.
"""

from __future__ import annotations

from .automaton import Constraint, Refused
from .state import State, forced
from .trie import Allowed, Free, Ids, Vocabulary

__all__ = ["Allowed", "Constraint", "Free", "Ids", "Refused", "State", "Vocabulary", "forced"]
