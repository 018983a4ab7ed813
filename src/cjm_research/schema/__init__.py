"""The canonical tables as plain declarations: columns, types, keys, rules with code and words."""
