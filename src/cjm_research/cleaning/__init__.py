"""From raw files to canonical tables: nothing lost, every change explained."""
