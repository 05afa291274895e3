"""GGUF files: reading their header without the rest, and writing one."""
