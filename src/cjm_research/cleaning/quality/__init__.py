"""How far the data can be trusted: what was read, what is filled, how old it is."""
