"""Days as people name them, for questions about the weather and about calendars."""

from __future__ import annotations

#: As `datetime.date.weekday` counts them.
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAYS = ("today", "tomorrow", "day_after_tomorrow", *WEEKDAYS, "weekend", "week")
