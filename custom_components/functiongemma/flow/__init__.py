"""The config flow's parts: one module for each kind of model, one for agents."""
