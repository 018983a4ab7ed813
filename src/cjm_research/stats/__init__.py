"""Arrays in, numbers out: intervals, tests, moments, multiplicity. Knows no table."""
