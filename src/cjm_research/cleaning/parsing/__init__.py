"""Texts of one column to values, decided by the evidence of the whole column."""
