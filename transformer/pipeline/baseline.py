"""A baseline: how many findings of each key are known, so that only others are reported.

A key survives moved lines and, if the object has a name, moved files. Of a key with more findings
than are known, all are reported, because it is unknown which of them are new. A finding that is
about each of its further places, such as the workloads of HN420, has a key for each of them.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from transformer.findings import Finding, ObjectRef, Related
from transformer.pipeline.places import about, at_first
from transformer.rules.base import ValidationRule

UNREAD = ("HN901", "HN902", "HN905")
"""Rules about what was not read, or not edited."""

_REMINDERS = ("HN907",)


class Key(NamedTuple):
    """What findings of a baseline have in common.

    The fields are in the order of the entries in a file. `severity` is empty for an error, `file`
    if the object has a name. Indexes in `pointer` are `*`. `related` is a second object.
    """

    cluster: str
    rule: str
    severity: str
    object: str
    file: str
    pointer: str
    related: str


Known: TypeAlias = Mapping[Key, int]

Relative: TypeAlias = Callable[[str], str]
"""Returns the name of a file relative to the folder of the baseline."""


class Baseline(NamedTuple):
    """What is known, how many findings that covers, and how many entries are new or dropped."""

    known: Known
    findings: int
    added: int = 0
    dropped: int = 0

    def since(self, before: Known) -> "Baseline":
        """Return it with the numbers of entries by which it differs from what was known."""
        added, dropped = self.known.keys() - before.keys(), before.keys() - self.known.keys()
        return self._replace(added=len(added), dropped=len(dropped))


class Filtered(NamedTuple):
    """The findings that are not known, those among the `others`, how many were left out of both,
    and the entries that are larger than needed: those that the input decides, and the rest.
    """

    findings: tuple[Finding, ...]
    others: tuple[Finding, ...] = ()
    left_out: int = 0
    unneeded: tuple[Key, ...] = ()
    elsewhere: tuple[Key, ...] = ()


def always_reported(rules: Iterable[ValidationRule]) -> frozenset[str]:
    """Return the rules whose findings are never known: what was not read, what changes between an
    old state and a new one, and reminders.
    """
    of_changes = (rule.id for rule in rules if "old" in rule.needs)
    return frozenset((*UNREAD, *_REMINDERS, *of_changes))


def known_of(
    findings: Iterable[Finding], never: Collection[str] = UNREAD, relative: Relative = str
) -> Known:
    """Return the number of findings by key, without those of the rules in `never`."""
    known: Counter[Key] = Counter()
    for found in findings:
        if found.rule not in never:
            known.update(key for key, _ in _keys(found, relative))
    return known


def without_known(
    findings: Sequence[Finding],
    known: Known,
    never: Collection[str] = UNREAD,
    is_decided: Callable[[Key], bool] = lambda _: True,
    relative: Relative = str,
    others: Sequence[Finding] = (),
) -> Filtered:
    """Return the findings without those that are known. `others` count as well: that there are more
    than are known may show only in files that are not reported.

    A finding in several clusters is reported in those in which it is not known, and one about each
    of its further places with those that are not known. `is_decided`: whether the input decides
    how many findings of a key there are.
    """
    found_now = known_of((*findings, *others), never, relative)
    more = {key for key, number in found_now.items() if number > known.get(key, 0)}

    def left(found: Iterable[Finding]) -> tuple[Finding, ...]:
        every = (one if one.rule in never else _unknown(one, more, relative) for one in found)
        return tuple(one for one in every if one is not None)

    new, new_others = left(findings), left(others)
    unneeded = [key for key in sorted(known) if found_now.get(key, 0) < known[key]]
    return Filtered(
        new,
        new_others,
        len(findings) + len(others) - len(new) - len(new_others),
        tuple(filter(is_decided, unneeded)),
        tuple(key for key in unneeded if not is_decided(key)),
    )


def reduced(known: Known, found_now: Known, unneeded: Iterable[Key]) -> Known:
    """Return what is known without what is no longer needed of the entries in `unneeded`."""
    needed = {**known, **{key: found_now.get(key, 0) for key in unneeded}}
    return {key: number for key, number in needed.items() if number}


def _unknown(found: Finding, more: Collection[Key], relative: Relative) -> Finding | None:
    """Return what is not known of a finding, or None if all is."""
    left = [(key.cluster, place) for key, place in _keys(found, relative) if key in more]
    if not left:
        return None
    clusters = {cluster for cluster, _ in left}
    found = found._replace(clusters=tuple(name for name in found.clusters if name in clusters))
    new = {place for _, place in left}
    places = [one for one in found.related if one in new] if found.is_each else []
    return at_first(found, places) if 0 < len(places) < len(found.related) else found


def _keys(found: Finding, relative: Relative) -> Iterator[tuple[Key, Related | None]]:
    """Yield the keys of a finding, each with the further place that it is about, if any."""
    # Which of two objects is reported depends on the order of files.
    is_of_two = bool(found.other) and not found.is_each
    pointer = "" if found.is_each or is_of_two else _INDEX.sub("/*", found.pointer)
    places: Iterable[Related | None] = found.related if found.is_each else (None,)
    for cluster in found.clusters or ("",):
        for place in places:
            at: Finding | Related = place or found
            by_itself = about(found, [place]) if place and place.patches else found
            severity = "" if by_itself.severity == "error" else by_itself.severity
            name, other = name_of(at.object), found.other
            file = "" if name else _printable(relative(at.file))
            if is_of_two:
                name, other = sorted((name, other))
            yield Key(cluster, found.rule, severity, name, file, pointer, other), place


_INDEX = re.compile(r"/\d+(?=/|$)")


def name_of(ref: ObjectRef | None) -> str:
    """Return the name of an object by which it is found again, or nothing."""
    return str(ref) if ref is not None and ref.name else ""


def _printable(file: str) -> str:
    """Return the name of a file as it can be written, if it is not UTF-8."""
    return file.encode("utf-8", "backslashreplace").decode()
