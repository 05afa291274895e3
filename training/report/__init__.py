"""What evaluations came to, as a page to be read."""
