"""From calls to what they would do here: entities, action, data; or a question, or why not.

Nothing outside the `Home` can be reached: whatever a model says, names, areas, floors and entity
ids are looked up among the exposed entities only.
"""

from .call import Where, resolve
from .choice import Choice, choose
from .outcome import Action, Ambiguous, Failed, Resolved, effect

__all__ = [
    "Action",
    "Ambiguous",
    "Choice",
    "Failed",
    "Resolved",
    "Where",
    "choose",
    "effect",
    "resolve",
]
