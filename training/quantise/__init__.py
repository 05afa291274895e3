"""The home model in other sizes."""
