"""JSON patches (RFC 6902) as their authors write them: values, checked for what is wrong."""

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple

from transformer.operations import copy_of
from transformer.regexes import regex

MEMBERS: Mapping[str, tuple[str, ...]] = {
    "add": ("path", "value"),
    "remove": ("path",),
    "replace": ("path", "value"),
    "move": ("from", "path"),
    "copy": ("from", "path"),
    "test": ("path", "value"),
}
"""The operations of RFC 6902, and the members that each of them needs."""

_POINTER = regex(r"(?:/(?:[^~/]|~[01])*)*")
_INT64 = range(-(2**63), 2**63)


class PatchOperation(NamedTuple):
    """One operation of a JSON patch, the `number`th (from 1) of `total`."""

    op: str
    path: str
    value: Any = None
    source: str = ""
    number: int = 1
    total: int = 1

    def __str__(self) -> str:
        """Return which operation it is, for messages."""
        what = f"{self.op} {self.source} to" if self.source else self.op
        return f"operation {self.number} of {self.total} ({what} {self.path or 'the root'})"

    def below(self, base: str) -> "PatchOperation":
        """Return the operation for a document that has the root of this one at `base`."""
        source = base + self.source if "from" in MEMBERS[self.op] else ""
        return self._replace(path=base + self.path, source=source)

    def as_dict(self) -> dict[str, Any]:
        """Return the operation in the form of RFC 6902; it shares no value with this one."""
        members = {"op": self.op, "from": self.source, "path": self.path}
        if "value" in MEMBERS[self.op]:
            members["value"] = copy_of(self.value)
        return {name: members[name] for name in ("op", *MEMBERS[self.op])}


class Flaw(NamedTuple):
    """What is wrong with a list of operations, at a pointer into it."""

    pointer: str
    message: str
    hint: str = ""


_HINT = "write a list of operations: [{op: replace, path: /spec/replicas, value: 3}]"


def flaws(value: Any) -> Iterator[Flaw]:
    """Yield what makes a plain value no JSON patch. Other members are ignored, as RFC 6902 says."""
    if not isinstance(value, list | tuple):
        yield Flaw("", "the operations are not a list", _HINT)
        return
    for index, operation in enumerate(value):
        at = f"/{index}"
        if not isinstance(operation, Mapping):
            yield Flaw(at, f"operation {index + 1} of {len(value)} is not a mapping", _HINT)
            continue
        for flaw in _flaws_of(operation):
            place = at + flaw.pointer if flaw.pointer[1:] in operation else at
            yield Flaw(place, f"operation {index + 1} of {len(value)}: {flaw.message}", flaw.hint)


def _flaws_of(operation: Mapping[str, Any]) -> Iterator[Flaw]:
    op = operation.get("op")
    if not isinstance(op, str) or op not in MEMBERS:
        shown = f"there is no operation {op!r}" if "op" in operation else "it has no op"
        yield Flaw("/op", shown, f"RFC 6902 has {', '.join(MEMBERS)}")
        return
    for member in MEMBERS[op]:
        if member not in operation:
            yield Flaw(f"/{member}", f"{op} needs a {member}")
        elif member != "value":
            if message := _flaw_of_pointer(operation[member]):
                yield Flaw(f"/{member}", f"{member}: {message}", "write ~ as ~0, and / as ~1")
        elif message := _flaw_of_value(operation[member]):
            yield Flaw("/value", message)


def _flaw_of_pointer(path: Any) -> str:
    if not isinstance(path, str):
        return "a JSON pointer is a string"
    if _POINTER.fullmatch(path) is None:
        return f"{path!r} is not a JSON pointer: it begins with a slash"
    return ""


def _flaw_of_value(value: Any) -> str:
    """Return why a value cannot be written as YAML and JSON, or be read as what it is."""
    if isinstance(value, dict):
        strange = next((key for key in value if not isinstance(key, str)), None)
        if strange is not None:
            return f"the key {strange!r} is not a string"
        return next(filter(None, map(_flaw_of_value, [*value, *value.values()])), "")
    if isinstance(value, list):
        return next(filter(None, map(_flaw_of_value, value)), "")
    if isinstance(value, str):
        is_text = not any("\ud800" <= char <= "\udfff" for char in value)
        return "" if is_text else "a string has half of a surrogate pair"
    if isinstance(value, int) and value not in _INT64:
        return f"the integer {value} has more than 64 bits: kubectl reads another number"
    if isinstance(value, float) and not isfinite(value):
        return f"JSON has no number {value}"
    is_plain = value is None or isinstance(value, bool | int | float)
    return "" if is_plain else f"a {type(value).__name__} is not a JSON value"


def operations_from(value: Sequence[Mapping[str, Any]]) -> tuple[PatchOperation, ...]:
    """Return the operations in the plain value of a JSON patch, in which there are no `flaws`."""
    return tuple(
        PatchOperation(
            one["op"],
            one["path"],
            one["value"] if "value" in MEMBERS[one["op"]] else None,
            one["from"] if "from" in MEMBERS[one["op"]] else "",
            number,
            len(value),
        )
        for number, one in enumerate(value, 1)
    )
