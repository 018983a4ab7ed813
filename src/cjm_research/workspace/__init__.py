"""A study opened: its tables, the derived tables in their fixed order, its words."""
