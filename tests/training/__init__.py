"""Tests of the training package; they run in its own environment."""
