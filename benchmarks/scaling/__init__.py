"""How time and memory grow with rows, buckets and workers (`python -m benchmarks.scaling`)."""
