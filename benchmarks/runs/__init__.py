"""Runs of notebooks beside papermill."""
