"""A transformed ResourceList, with findings appended to its `results`.

It is printed completely even if there are errors, because some hosts read it before they check the
exit status, and would delete an item that is missing.

Source: KRM Functions Specification (kustomize, cmd/config/docs/api-conventions/functions-spec.md).
"""

from collections.abc import Iterable
from typing import Any, BinaryIO

from transformer import pointer
from transformer.errors import InputError, InternalError, PatchError
from transformer.findings import DocumentResult, Finding
from transformer.kubernetes.objects import mapping_at, value_at
from transformer.operations import Operation
from transformer.outputs.writers import Output
from transformer.patch import verify
from transformer.patch.splice import splice
from transformer.text.framing import raw_documents
from transformer.yamltree.construct import construct
from transformer.yamltree.parse import parse

_PATHS = ("internal.config.kubernetes.io/path", "config.kubernetes.io/path")
_INDEXES = ("internal.config.kubernetes.io/index", "config.kubernetes.io/index")


class ResourceListStream(Output):
    """The transformed ResourceList, with the findings in its `results`."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._data: list[bytes] = []
        self._findings: list[Finding] = []

    def add(self, result: DocumentResult) -> None:
        self._data.append(result.data)
        self._findings.extend(result.findings)

    def close(self) -> None:
        self._out.write(with_results(b"".join(self._data), self._findings))


def with_results(data: bytes, findings: Iterable[Finding]) -> bytes:
    """Return a ResourceList with the findings appended to its `results`.

    It is the first document in `data`. If the findings cannot be appended (for example, because of
    a duplicate key), it is returned unchanged.
    """
    cut = list(raw_documents([data]))
    pieces = [raw.data for raw in cut]
    first = next((index for index, piece in enumerate(pieces) if piece.strip()), None)
    if first is None:
        return data
    ordinal = cut[first].ordinal
    try:
        tree = parse(pieces[first].decode())
        value = construct(tree.root)
        operations = _operations(value, [_result(found, value, ordinal) for found in findings])
        if operations:
            new = splice(tree, operations, verify.patched(value, operations))
            pieces[first] = new.encode()
    except (InputError, PatchError, InternalError, UnicodeDecodeError):
        return data
    return b"".join(pieces)


def _operations(value: Any, results: list[Any]) -> list[Operation]:
    present = mapping_at(value).get("results")
    if not results:
        return []
    if isinstance(present, list) and present:
        return [Operation("add", "/results/-", result) for result in results]
    return [Operation("replace" if "results" in value else "add", "/results", results)]


def _result(found: Finding, value: Any, document: int) -> dict[str, Any]:
    """Return a finding as a result of the specification.

    `value` is the ResourceList, and `document` its ordinal.
    """
    message = f"{found.message}; {found.hint}" if found.hint else found.message
    result: dict[str, Any] = {"message": message, "severity": found.severity}
    if found.object is not None and found.object.name:
        ref = found.object
        result["resourceRef"] = {
            "apiVersion": f"{ref.group}/{ref.version}" if ref.group else ref.version,
            "kind": ref.kind,
            "name": ref.name,
            **({"namespace": ref.namespace} if ref.namespace else {}),
        }
        if found.pointer:
            result["field"] = {"path": _field(found.pointer)}
    is_item = found.item and found.document == document
    if is_item and (file := _file(value_at(value, found.item))):
        result["file"] = file
    result["tags"] = {"rule": found.rule}
    return result


def _field(at: str) -> str:
    """Return a pointer as `spec.containers[0].image`."""
    tokens = (f"[{token}]" if token.isdecimal() else f".{token}" for token in pointer.split(at))
    return "".join(tokens).removeprefix(".")


def _file(item: Any) -> dict[str, Any]:
    """Return where the host found an item, according to its annotations."""
    annotations = mapping_at(item, "metadata", "annotations")
    path = next((annotations[key] for key in _PATHS if annotations.get(key)), "")
    index = next((annotations[key] for key in _INDEXES if annotations.get(key)), "")
    if not isinstance(path, str) or not path:
        return {}
    is_number = isinstance(index, str) and index.isdecimal()
    return {"path": path, **({"index": int(index)} if is_number else {})}
