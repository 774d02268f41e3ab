"""A baseline: how many findings of each key are known, so that only others are reported.

A key survives moved lines and, if the object has a name, moved files. Of a key with more findings
than are known, all are reported, because it is unknown which of them are new. A finding counts as
often as it has further places: one more workload is one more.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from transformer.findings import Finding, ObjectRef

NEVER_KNOWN = ("HN901", "HN902", "HN905")
"""Rules whose findings are always reported: something was not read, or not edited."""


class Key(NamedTuple):
    """What findings of a baseline have in common; `file` only if the object has no name.

    The fields are in the order of the entries in a file.
    """

    cluster: str
    rule: str
    object: str
    file: str
    pointer: str


Known: TypeAlias = Mapping[Key, int]

Relative: TypeAlias = Callable[[str], str]
"""Returns the name of a file relative to the folder of the baseline."""


class Filtered(NamedTuple):
    """The findings to report, how many were left out, and the entries that are larger than needed:
    those of objects and files in the input, and others.
    """

    findings: tuple[Finding, ...]
    left_out: int = 0
    unneeded: tuple[Key, ...] = ()
    elsewhere: tuple[Key, ...] = ()


def known_of(findings: Iterable[Finding], relative: Relative = str) -> Known:
    """Return the number of findings by key."""
    known: Counter[Key] = Counter()
    for found in findings:
        if found.rule not in NEVER_KNOWN:
            for key in _keys(found, relative):
                known[key] += max(found.related_total, 1)
    return known


def without_known(
    findings: Sequence[Finding],
    known: Known,
    is_in_input: Callable[[Key], bool] = lambda _: True,
    relative: Relative = str,
) -> Filtered:
    """Return the findings without those that are known.

    A finding in several clusters is reported in those in which it is not known.
    """
    found_now = known_of(findings, relative)
    more = {key for key, number in found_now.items() if number > known.get(key, 0)}
    reported = tuple(
        left for found in findings if (left := _unknown(found, more, relative)) is not None
    )
    unneeded = [key for key in sorted(known) if found_now.get(key, 0) < known[key]]
    return Filtered(
        reported,
        len(findings) - len(reported),
        tuple(filter(is_in_input, unneeded)),
        tuple(key for key in unneeded if not is_in_input(key)),
    )


def _unknown(found: Finding, more: set[Key], relative: Relative) -> Finding | None:
    """Return a finding if it is not known in all of its clusters, else None."""
    if found.rule in NEVER_KNOWN:
        return found
    left = [key.cluster for key in _keys(found, relative) if key in more]
    if not left:
        return None
    return found._replace(clusters=tuple(filter(None, left)))


def _keys(found: Finding, relative: Relative) -> Iterable[Key]:
    name = name_of(found.object)
    file = "" if name else _printable(relative(found.file))
    for cluster in found.clusters or ("",):
        yield Key(cluster, found.rule, name, file, found.pointer)


def name_of(ref: ObjectRef | None) -> str:
    """Return the name of an object by which it is found again, or nothing."""
    return str(ref) if ref is not None and ref.name else ""


def _printable(file: str) -> str:
    """Return the name of a file as it can be written, if it is not UTF-8."""
    return file.encode("utf-8", "backslashreplace").decode()
