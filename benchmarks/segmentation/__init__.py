"""Segmentation beside its peers."""
