"""Announcements reach every satellite unless a room is said."""

from __future__ import annotations

from .calls import asks_which, needs, parameter, service


def test_a_message_is_said_by_whatever_can_announce() -> None:
    name = "assist_satellite.announce"
    assert service(name, message="Dinner is ready") == (name, {"message": "Dinner is ready"})
    assert parameter(name, "message").required
    assert parameter(name, "message").choices(()) == ()
    assert needs(name, "announce")
    assert not asks_which(name, message="Dinner is ready")
