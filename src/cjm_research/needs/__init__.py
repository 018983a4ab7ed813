"""needs layer."""
