"""Findings about each of their further places, such as the workloads of HN420, of which only some
are reported: in a hook those in changed files, with a baseline those that it lacks.
"""

from collections.abc import Sequence

from transformer.findings import Finding, Related
from transformer.pipeline.suppressions import before_patches


def about(found: Finding, places: Sequence[Related]) -> Finding:
    """Return a finding as one about only some of its further places (at least one). It is milder if
    patches may be the remedy in all of these.
    """
    found = found._replace(related=tuple(places), related_total=len(places))
    if found.patches or not all(one.patches for one in places):
        return found
    return before_patches(found, tuple(dict.fromkeys(file for at in places for file in at.patches)))


def at_first(found: Finding, places: Sequence[Related]) -> Finding:
    """Return a finding as `about` some of its further places, at the first of them."""
    first = places[0]
    return about(found, places)._replace(
        file=first.file,
        line=first.line,
        column=first.column,
        document=first.document,
        item=first.item,
        object=first.object,
        pointer=first.pointer,
        excerpt="",
    )
