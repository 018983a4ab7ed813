"""journey layer."""
