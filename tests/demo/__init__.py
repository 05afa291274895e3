"""Tests of scripts/demo: home files, the house in Home Assistant, what is told of a sentence."""
