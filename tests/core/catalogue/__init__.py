"""Tests of the home functions, a module a domain."""
