"""Ours beside its peers and a bare floor, on the same made-up data, one process each.

``python -m benchmarks`` runs all contests; ``python -m benchmarks journey cleaning`` some.
"""
