"""A transformed ResourceList, with findings appended to its `results`.

It is printed completely even if there are errors, because some hosts read it before they check the
exit status, and would delete an item that is missing.

Source: KRM Functions Specification (kustomize, cmd/config/docs/api-conventions/functions-spec.md).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import IO, Any, BinaryIO

from transformer import pointer
from transformer.errors import InputError, InternalError, PatchError
from transformer.findings import DocumentResult, Finding
from transformer.kubernetes.objects import manifests, mapping_at
from transformer.operations import Operation
from transformer.outputs.writers import Output
from transformer.patch import verify
from transformer.patch.splice import splice
from transformer.pipeline.list_items import list_item
from transformer.system.files import spooled_file
from transformer.text.raw_document import RawDocument
from transformer.yamltree.construct import construct
from transformer.yamltree.fast_load import fast_load
from transformer.yamltree.parse import parse

_PATHS = ("internal.config.kubernetes.io/path", "config.kubernetes.io/path")
_INDEXES = ("internal.config.kubernetes.io/index", "config.kubernetes.io/index")

_MEMORY = 8 * 1024 * 1024
_CHUNK = 256 * 1024


class ResourceListStream(Output):
    """The transformed ResourceList, with the findings in its `results`.

    It is the first document that is not blank. If the findings cannot be appended (for example,
    because of a duplicate key), it is printed without them.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._above = spooled_file(_MEMORY)
        """What precedes the last part of the ResourceList so far."""

        self._start = 0
        """How many bytes precede the ResourceList."""

        self._last: DocumentResult | None = None
        self._below: list[bytes] = []
        self._results: list[dict[str, Any]] = []

    def add(self, result: DocumentResult) -> None:
        is_item = result.continues and result.list_item is not None
        is_part = self._last is None or (is_item and not self._below)
        number, document = result.list_item[:2] if result.list_item else (0, result.source)
        items = dict(_items(document, number)) if is_part and result.findings else {}
        for found in result.findings:
            self.add_finding(found, items.get(found.item))
        if not is_part:
            self._below.append(result.data)
        elif not result.source.strip():
            self._above.write(result.data)
            self._start += len(result.data)
        else:
            if self._last is not None:
                self._above.write(self._last.data)
            self._last = result

    def add_finding(self, found: Finding, item: Any) -> None:
        """Add a finding on an item of the ResourceList, or on anything else (None)."""
        self._results.append(_result(found, _file(item)))

    def close(self) -> None:
        with self._above as above:
            above.seek(0)
            self._out.write(above.read(self._start))
            if self._last is not None:
                self._close_list(self._last, above)
        self._out.writelines(self._below)

    def _close_list(self, last: DocumentResult, above: IO[bytes]) -> None:
        """Print the ResourceList, the last part of which is `last`; the others are in `above`."""
        head, lead = _head_and_lead(last)
        rest = last.data[len(lead) :]
        new = _with_results(head + rest, self._results)
        has_head = new.startswith(head)
        self._out.write(head if has_head else new[: len(new) - len(rest)])
        skipped = above.read(len(head))
        while chunk := above.read(_CHUNK):
            self._out.write(chunk)
        self._out.write(lead if skipped else lead[len(head) :])
        self._out.write(new[len(head) :] if has_head else rest)


def _head_and_lead(part: DocumentResult) -> tuple[bytes, bytes]:
    """Return what is above the first item of the list, and above the item that `part` is."""
    item = part.list_item
    if item is None:
        return b"", b""
    return item.document[: item.start], part.source[: item.start - len(item.document)]


def _with_results(data: bytes, results: list[dict[str, Any]]) -> bytes:
    """Return a ResourceList with `results` appended, or as it is if that is not possible."""
    try:
        tree = parse(data.decode())
        value = construct(tree.root)
        operations = _operations(value, results)
        if operations:
            return splice(tree, operations, verify.patched(value, operations)).encode()
    except (InputError, PatchError, InternalError, UnicodeDecodeError):
        pass
    return data


def print_with_results(
    documents: Callable[[], Iterable[RawDocument]], findings: Sequence[Finding], out: BinaryIO
) -> None:
    """Print a ResourceList, and the documents below it, with the findings in its `results`.

    `documents` returns all documents, each time that it is called.
    """
    items: dict[str, Any] = dict.fromkeys(found.item for found in findings)
    number = next((raw.ordinal for raw in documents() if raw.data.strip()), -1)
    for raw in documents() if items else ():
        if raw.ordinal == number:
            items |= {at: item for at, item in _items(raw.data, raw.first_item) if at in items}
    stream = ResourceListStream(out)
    for found in findings:
        stream.add_finding(found, items[found.item] if found.document == number else None)
    for raw in documents():
        source, item = raw.source, list_item(raw)
        part = DocumentResult("", raw.line, source, source, "screened", list_item=item)
        stream.add(part._replace(continues=raw.first_item > 0))
    stream.close()


def _items(document: bytes, first: int) -> Iterator[tuple[str, Any]]:
    """Yield the objects in a List by their pointers; `first` is the number of its first item."""
    with suppress(InputError, UnicodeDecodeError):
        for manifest in manifests(fast_load(document.decode()), first=first):
            yield manifest.base, manifest.value


def _operations(value: Any, results: list[Any]) -> list[Operation]:
    present = mapping_at(value).get("results")
    if not results:
        return []
    if isinstance(present, list) and present:
        return [Operation("add", "/results/-", result) for result in results]
    return [Operation("replace" if "results" in value else "add", "/results", results)]


def _result(found: Finding, file: dict[str, Any]) -> dict[str, Any]:
    """Return a finding as a result of the specification; `file` is where the item comes from."""
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
    if file:
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
