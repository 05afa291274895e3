"""Tests of the dataset generator."""
