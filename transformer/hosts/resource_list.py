"""As a KRM function (kustomize, kpt): a ResourceList in, and the same ResourceList out.

Its items are manifests like those of any list, spliced in the same way, so the host's annotations,
comments and order stay. Findings are appended to its `results`. It is printed whole even where
something is wrong, because some hosts read it before they look at the exit status, and would take
an absent item for one to delete.

Source: KRM Functions Specification (kustomize, cmd/config/docs/api-conventions/functions-spec.md).
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, NamedTuple

from transformer import pointer
from transformer.errors import InputError, InternalError, PatchError
from transformer.findings import DocumentResult, Finding
from transformer.inputs.reading import Readable, Rewound, chunks, value_of
from transformer.kubernetes.objects import mapping_at, value_at
from transformer.operations import Operation
from transformer.outputs.writers import BaseOutput, Output
from transformer.patch import verify
from transformer.patch.splice import splice
from transformer.system import stdio
from transformer.text.framing import RawDocument, raw_documents
from transformer.yamltree.construct import construct
from transformer.yamltree.parse import parse

GROUP = "config.kubernetes.io/"
KIND = "ResourceList"

_KUSTOMIZE = "kustomize.config.k8s.io/id"
_PATHS = ("internal.config.kubernetes.io/path", "config.kubernetes.io/path")
_INDEXES = ("internal.config.kubernetes.io/index", "config.kubernetes.io/index")


class Request(NamedTuple):
    """A ResourceList on standard input, `functionConfig` as a plain value (None: it has none)."""

    function_config: Any
    value: Any


def look_ahead(stdin: Readable, max_document: int) -> tuple[Request | None, Rewound]:
    """Return the ResourceList that is the first document, if it is one, and all of the input."""
    seen: list[bytes] = []
    rest = chunks(stdin)

    def noted() -> Iterator[bytes]:
        for chunk in rest:
            seen.append(chunk)
            yield chunk

    first = next((raw for raw in raw_documents(noted(), max_document) if raw.data.strip()), None)
    return first and _request(first), Rewound(seen, rest)


def _request(first: RawDocument) -> Request | None:
    if first.oversize or KIND.encode() not in first.data or GROUP.encode() not in first.data:
        return None
    try:
        value = value_of(first)
    except InputError:
        return None
    root = mapping_at(value)
    if root.get("kind") != KIND or not str(root.get("apiVersion")).startswith(GROUP):
        return None
    return Request(root.get("functionConfig"), value)


def is_of_kustomize(request: Request) -> bool:
    """Whether kustomize has sent the ResourceList: its items carry an annotation of its own."""
    items = mapping_at(request.value).get("items")
    return isinstance(items, list) and any(
        _KUSTOMIZE in mapping_at(item, "metadata", "annotations") for item in items
    )


class ResourceListStream(BaseOutput):
    """The transformed ResourceList, with what was found in its `results`."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._data: list[bytes] = []
        self._findings: list[Finding] = []

    def add(self, result: DocumentResult) -> None:
        self._data.append(result.data)
        self._findings.extend(result.findings)

    def close(self) -> None:
        self._out.write(with_results(b"".join(self._data), self._findings))


@contextmanager
def printed() -> Iterator[tuple[Output, Callable[[], object]]]:
    """Yield where results go, and what to call before a wait; the list is printed when it is
    complete.
    """
    stdout = stdio.standard_output()
    yield ResourceListStream(stdout), lambda: None
    stdout.flush()


def with_results(data: bytes, findings: Iterable[Finding]) -> bytes:
    """Return a ResourceList to whose `results` the findings are appended.

    It is the first document in `data`. Where that cannot be done (a key stands twice in it, say)
    it is returned as it is.
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
    """Return a finding as the specification's result; the ResourceList is `value`, a `document`."""
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
    """Return where the host found an item, by its annotations."""
    annotations = mapping_at(item, "metadata", "annotations")
    path = next((annotations[key] for key in _PATHS if annotations.get(key)), "")
    index = next((annotations[key] for key in _INDEXES if annotations.get(key)), "")
    if not isinstance(path, str) or not path:
        return {}
    is_number = isinstance(index, str) and index.isdecimal()
    return {"path": path, **({"index": int(index)} if is_number else {})}
