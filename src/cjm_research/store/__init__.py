"""Canonical and derived tables on disk: versions, buckets, folds."""
