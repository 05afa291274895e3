"""Tests of assemble: small stand-in models, and a real HTTP server on loopback."""
