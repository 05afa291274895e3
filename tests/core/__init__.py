"""Tests of the core, none of which need Home Assistant."""
