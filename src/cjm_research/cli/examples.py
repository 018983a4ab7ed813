"""One example by command, below its help."""

from __future__ import annotations

EXAMPLES = {
    "run": "cjm run retail journey_map -p within_days=60 --pdf",
    "clean": "cjm clean retail",
    "check": "cjm check retail",
    "demo": "cjm demo retail",
    "new": "cjm new shop orders.csv clients.csv --column ordered_at=Bought",
    "upgrade": "cjm upgrade",
    "why": "cjm why retail journey_map",
    "plan": "cjm plan retail",
    "export": "cjm export retail due --language ru",
    "history": "cjm history retail > findings.csv",
    "schedule": "cjm schedule retail 'weekly mon 06:00'",
    "map": "cjm map retail svg csv --to maps",
    "params": "cjm params journey_map",
}


def example(command: str) -> str:
    """Return the line below the help of a command.

    Examples
    --------
    >>> example("clean")
    'Example: cjm clean retail'
    """
    return f"Example: {EXAMPLES[command]}"
