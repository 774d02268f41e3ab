"""Durations as Go writes them (`1h30m`), which OpenYurt reads from annotations."""

from transformer.regexes import regex

_UNITS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,  # U+00B5, the micro sign
    "μs": 10**3,  # U+03BC, the Greek letter
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
# Not from within a number, which would take long if no unit follows it.
_PART = regex(rf"(?<![0-9.])([0-9]+(?:\.[0-9]*)?|\.[0-9]+)({'|'.join(_UNITS)})")
_DURATION = regex(rf"([-+]?)(0|(?:{_PART.pattern})+)")
_LIMIT = 2**63
"""Nanoseconds are a 64-bit integer: about 292 years."""


def is_duration(text: str) -> bool:
    """Whether Go's `time.ParseDuration` reads `text`."""
    whole = _DURATION.fullmatch(text)
    if whole is None:
        return False
    from fractions import Fraction  # slow to import, rarely needed

    total = sum(Fraction(number) * _UNITS[unit] for number, unit in _PART.findall(whole[2]))
    return total < _LIMIT or (whole[1] == "-" and total == _LIMIT)
