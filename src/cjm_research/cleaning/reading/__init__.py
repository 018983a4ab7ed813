"""Bytes of a file to a table of texts that knows the line of every row."""
