"""Training data: random homes, and what people say to them, with the calls that are meant."""
