"""Tests of installing what runs the model."""
