"""Asking a model what was meant by commands it never saw, and judging its answers."""
