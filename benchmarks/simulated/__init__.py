"""Promises put to the test by simulation: how often intervals hold and tests are wrong."""
