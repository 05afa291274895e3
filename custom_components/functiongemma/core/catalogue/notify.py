"""Messages to somebody's phone, or wherever else notifications go."""

from __future__ import annotations

from ..functions import Function, Parameter

FUNCTIONS = (
    Function(
        "notify.send_message", "Send somebody a message",
        (Parameter("message", "STRING", required=True),),
        domains=("notify",), exactly_one=True, local=True,
    ),
)  # fmt: skip
