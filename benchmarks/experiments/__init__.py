"""Experiments beside their peers."""
