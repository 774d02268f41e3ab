"""Changes as a shell script of `kubectl patch` commands, for objects that are not in Git.

The API server refuses a command if its object is not the one that was read (`/metadata/uid`), or
no longer has the value that was read where it is edited. Null stands for none: for Kubernetes, what
is absent is equal to it. An edit in a list tests the whole list, which decides what an index means.

A manifest can put no command into the script. The names of an object, which stand in quotes, have
the characters that Kubernetes allows. Everything else is a comment, without line breaks, or in a
here-document, which the shell does not expand and which ends at a line that no JSON has. Characters
that do not show are escaped. kubectl reads a patch as YAML, which has no surrogate pairs: beyond
U+FFFF a character stands for itself.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from transformer import pointer
from transformer.findings import Change, Finding, ObjectRef
from transformer.operations import Operation
from transformer.regexes import regex
from transformer.report.describe_change import describe_with_reason
from transformer.report.formatting import clean

HEADER = """\
#!/bin/sh
# Changes by hostnet-transform for objects in a cluster. Review them, then run this script:
#
#   sh FILE --dry-run=server
#   sh FILE
#
# Options are passed to each kubectl. A command is refused if its object has changed since it was
# read, also by an earlier run of this script. Then nothing below it is run: make the script again,
# and it has what is left to do.
set -eu
not_patched() { echo "not patched: $1, nor anything below it" >&2; exit 1; }
"""

NOTHING = "\n# Nothing to change.\n"

_LABEL = regex(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")
_NAME = regex(r"[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?")
_KIND = regex(r"[A-Za-z](?:[-A-Za-z0-9]{0,61}[A-Za-z0-9])?")
_UID = "/metadata/uid"


def is_possible(ref: ObjectRef) -> bool:
    """Whether an object in a cluster can have these names; group and namespace may be empty."""
    return bool(
        _KIND.fullmatch(ref.kind)
        and _LABEL.fullmatch(ref.version)
        and _NAME.fullmatch(ref.name)
        and (not ref.group or _NAME.fullmatch(ref.group))
        and (not ref.namespace or _LABEL.fullmatch(ref.namespace))
    )


def command(
    changes: Sequence[Change], patch: Sequence[dict[str, Any]], findings: Iterable[Finding] = ()
) -> str:
    """Return the command that patches an object, below comments that say what changes and why.

    `patch` is what `guarded` returns, `findings` those on the object. Its names must be possible.
    """
    ref = changes[0].object
    notes = [f"{ref} ({changes[0].file}:{changes[0].line})"]
    notes += [f"  {made.rule}: {describe_with_reason(made)}" for made in changes]
    notes += [f"  {found.severity}[{found.rule}]: {found.message}" for found in findings]
    if patch[0]["path"] != _UID:
        notes.append("  the input has no metadata.uid: whatever object has this name is patched")
    namespace = f" --namespace='{ref.namespace}'" if ref.namespace else ""
    kind = f"{ref.kind}.{ref.version}.{ref.group}"
    steps = ",\n".join(f"  {_shown_json(step)}" for step in patch)
    return (
        f"\n{''.join(map(comment, notes))}"
        f'kubectl patch --type=json --patch-file=/dev/stdin{namespace} "$@"'
        f" -- '{kind}' '{ref.name}' <<'PATCH' || not_patched '{ref}'\n"
        f"[\n{steps}\n]\nPATCH\n"
    )


def comment(text: str) -> str:
    """Return a line of the script that does nothing, whatever `text` is."""
    return f"# {clean(_shown(text))}\n"


def guarded(value: Any, operations: Sequence[Operation]) -> list[dict[str, Any]]:
    """Return a patch that fails on an object that is no longer as `value`, which was read."""
    tests = dict(_replaced(value, operation.path) for operation in operations)
    if uid := value["metadata"].get("uid"):
        tests = {_UID: uid, **tests}
    return [
        *({"op": "test", "path": path, "value": old} for path, old in tests.items()),
        *(operation.as_dict() for operation in operations),
    ]


def _replaced(value: Any, path: str) -> tuple[str, Any]:
    """Return the place that an edit at `path` depends on, and what is there (None: nothing)."""
    place = ""
    for token in pointer.split(path):
        if isinstance(value, list):
            break
        place = pointer.join(place, token)
        value = value.get(token) if isinstance(value, dict) else None
    return place, value


def _shown_json(value: Any) -> str:
    return _shown(json.dumps(value, ensure_ascii=False), "\uffff")


def _shown(text: str, last: str = "\U0010ffff") -> str:
    """Return `text` with the characters up to `last` that do not show escaped as in JSON."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or char > last else f"\\u{ord(char):04x}" for char in text
    )
