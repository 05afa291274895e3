"""The demo: a real Home Assistant with a house of files, and our agent in it."""
