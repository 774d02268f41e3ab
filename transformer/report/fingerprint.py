"""Fingerprints, by which a finding stays the same one when lines move.

They are made of the rule, the file, the object and the place in the object.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256

from transformer.findings import Finding


def fingerprints(findings: Iterable[Finding]) -> Iterator[tuple[Finding, str]]:
    """Yield each finding with its fingerprint (hexadecimal); equal findings get different ones."""
    seen: Counter[str] = Counter()
    for found in findings:
        ref = found.object
        parts = [found.rule, found.file, found.pointer]
        message = "" if found.related else found.message  # the message counts the places
        parts += [ref.group, ref.kind, ref.namespace, ref.name] if ref else [message]
        key = "\0".join(parts)
        seen[key] += 1
        text = f"{key}\0{seen[key]}".encode("utf-8", "surrogatepass")
        yield found, sha256(text).hexdigest()
