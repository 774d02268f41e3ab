"""Where results go: standard output as a stream, files in place, diffs, patches.

An output is told of each file (`begin`, `end`) and each document (`add`), and at last whether all
went well (`close`).
"""

import tempfile
from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol

from transformer.edges import atomic
from transformer.edges.sources import Source
from transformer.findings import DocumentResult
from transformer.report import as_diff, as_patches

_MEMORY = 16 * 1024 * 1024
_CHUNK = 1024 * 1024


class Output(Protocol):
    """What a run writes to."""

    def begin(self, source: Source | None) -> None:
        """A file begins (None: standard input)."""

    def add(self, result: DocumentResult) -> None:
        """A document has been decided."""

    def end(self) -> None:
        """The file has ended."""

    def close(self) -> None:
        """The run has ended."""


class Silent:
    """Writes nothing (`--check`)."""

    def begin(self, source: Source | None) -> None:
        pass

    def add(self, result: DocumentResult) -> None:
        pass

    def end(self) -> None:
        pass

    def close(self) -> None:
        pass


class ManifestStream(Silent):
    """The transformed stream. After a document that failed, nothing more is written.

    Between two files, and only there, a missing line end and a missing `---` are written.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._stopped = False
        self._is_first_of_file = True
        self._last = b""

    def begin(self, source: Source | None) -> None:
        self._is_first_of_file = True

    def add(self, result: DocumentResult) -> None:
        if self._stopped or result.failed:
            self._stopped = True
            return
        if self._is_first_of_file and self._last:
            self._join(result.data)
        self._is_first_of_file = False
        if result.data:
            self._out.write(result.data)
            self._last = result.data[-1:]

    def _join(self, data: bytes) -> None:
        newline = b"\r\n" if b"\r\n" in data else b"\n"
        if self._last not in (b"\n", b"\r"):
            self._out.write(newline)
        head = data.removeprefix(b"\xef\xbb\xbf")
        while head.startswith((b"#", b"\n", b"\r")):
            head = head.partition(b"\n")[2]
        if head.startswith(b"%"):
            self._out.write(b"..." + newline)
        elif not head.startswith(b"---"):
            self._out.write(b"---" + newline)


class InPlace(Silent):
    """Writes each file that changes, atomically; a file with a failed document stays as it is."""

    def __init__(self, wrote: Callable[[Source], None]) -> None:
        self._wrote = wrote
        self._source: Source | None = None

    def begin(self, source: Source | None) -> None:
        self._source = source
        self._changed = self._failed = False
        self._content = tempfile.SpooledTemporaryFile(max_size=_MEMORY)  # noqa: SIM115 (see end)

    def add(self, result: DocumentResult) -> None:
        self._failed = self._failed or result.failed
        self._changed = self._changed or result.data != result.source
        self._content.write(result.data)

    def end(self) -> None:
        assert self._source is not None
        with self._content:
            if self._changed and not self._failed:
                self._content.seek(0)
                atomic.replace(self._source.path, _chunks(self._content))
                self._wrote(self._source)


class DiffStream(Silent):
    """A unified diff of what would change."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def begin(self, source: Source | None) -> None:
        self._shift = 0
        self._has_header = False

    def add(self, result: DocumentResult) -> None:
        if result.data == result.source:
            return
        if not self._has_header:
            self._out.write(as_diff.header(result.file))
            self._has_header = True
        for line in as_diff.hunks(result, self._shift):
            self._out.write(line)
        self._shift += as_diff.growth(result)


class JsonPatchStream(Silent):
    """RFC 6902 patches, one JSON object a line."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def add(self, result: DocumentResult) -> None:
        for line in as_patches.json_patches(result):
            self._out.write(line.encode())


class KustomizePatchStream(Silent):
    """A `patches:` list for a Kustomization."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._is_empty = True

    def add(self, result: DocumentResult) -> None:
        for entry in as_patches.kustomize_patches(result):
            if self._is_empty:
                self._out.write(b"patches:\n")
                self._is_empty = False
            self._out.write(entry.encode())

    def close(self) -> None:
        if self._is_empty:
            self._out.write(b"patches: []\n")


def _chunks(file: "tempfile.SpooledTemporaryFile[bytes]") -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk
