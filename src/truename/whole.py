"""Whole numbers as people and programs write them, within bounds.

Python's `int` takes more than is meant (signs, underscores, the digits of other scripts), and answers 4,301 digits with
an exception that speaks of Python. What comes from outside is read here.
"""


def whole(text: str, most: int) -> int | None:
    """The number that *text* writes in ASCII digits; None for any other text, and for more than *most*."""
    if not (text.isascii() and text.isdecimal()):
        return None
    digits = text.lstrip("0") or "0"
    number = int(digits) if len(digits) <= len(str(most)) else most + 1
    return number if number <= most else None
