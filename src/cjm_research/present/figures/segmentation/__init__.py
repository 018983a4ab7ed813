"""Pages of segments: sizes, and a portrait of each."""
