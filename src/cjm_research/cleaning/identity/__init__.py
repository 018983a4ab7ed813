"""Which records are one customer: sure keys, then likeness, never by accident, always undone."""
