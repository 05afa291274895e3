"""Tests of speech in the demo: real audio through real servers and a real Home Assistant."""
