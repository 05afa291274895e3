"""A live Home Assistant's exposed home as a home file."""
