"""The benchmark: how long a sentence takes, what that time is made of, and what it could be."""
