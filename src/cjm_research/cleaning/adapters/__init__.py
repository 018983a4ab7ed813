"""Layouts of known systems, as data: which header fills which column of which table."""
