"""A message has one recipient."""

from __future__ import annotations

from .calls import asks_which, parameter, service


def test_a_message_goes_to_one_and_is_free_text() -> None:
    name = "notify.send_message"
    assert service(name, message="I am late") == (name, {"message": "I am late"})
    assert parameter(name, "message").required
    assert parameter(name, "message").choices(()) == ()
    assert asks_which(name, message="I am late")
