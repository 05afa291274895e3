"""Makes the home model: data, LoRA, evaluation, export. Never imports Home Assistant."""
