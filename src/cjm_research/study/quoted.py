"""A text as TOML has it."""

from __future__ import annotations

import json


def quoted(text: str) -> str:
    r"""Return a text in quotes: JSON's escapes, and one more for the character 127.

    Examples
    --------
    >>> quoted('Say "now"'), quoted("\x7f")
    ('"Say \\"now\\""', '"\\u007f"')
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
