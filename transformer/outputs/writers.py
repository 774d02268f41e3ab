"""Where results go: standard output as a stream, files in place, diffs, patches.

An output is called for each file (`begin`, `end`) and each document (`add`), and at the end of the
run (`close`).
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, BinaryIO

from transformer.errors import InputError, reason_of
from transformer.findings import DocumentResult
from transformer.inputs.discovery import Source
from transformer.inputs.reading import Signature, signature
from transformer.kubernetes.objects import Manifest, manifests
from transformer.outputs.reporter import Reporter
from transformer.regexes import regex
from transformer.system.files import spooled_file
from transformer.text.plain_runs import split
from transformer.yamltree.fast_load import fast_load

_MEMORY = 16 * 1024 * 1024
_CHUNK = 1024 * 1024
_ABOVE_CONTENT = regex(rb"(?:\xef\xbb\xbf)?(?>(?:[ \t]*+(?:#[^\r\n]*+)?(?:\r\n|\n|\r))*)")


class Output:
    """What a run writes to; this one writes nothing (`--check`)."""

    def begin(self, source: Source | None) -> None:
        """A file begins (None: standard input)."""

    def add(self, result: DocumentResult) -> None:
        """The result of a document is known."""

    def end(self) -> None:
        """The file has ended."""

    def close(self) -> None:
        """The run has ended."""


class ManifestStream(Output):
    """The transformed stream. It ends before the first document that failed.

    Between two files, a missing line end and a missing `---` are added, except between JSON
    objects, which kubectl reads without them. If a stream of several files contains YAML, each JSON
    object needs a `---` as well: kubectl would silently drop all except for the first. `stopped` is
    called with the first document that failed.
    """

    def __init__(
        self, out: BinaryIO, stopped: Callable[[DocumentResult], object] = lambda _: None
    ) -> None:
        self._out = out
        self._stopped = stopped
        self._has_stopped = False
        self._is_first_of_file = True
        self._files = 0
        self._has_yaml = False
        self._above = b""

    def begin(self, source: Source | None) -> None:
        self._is_first_of_file = True
        self._files += 1

    def add(self, result: DocumentResult) -> None:
        if self._has_stopped:
            return
        if result.failed:
            self._has_stopped = True
            self._stopped(result)
            return
        if not result.data:
            return
        content = _content(result.data)
        is_json = content.startswith(b"{")
        if self._above and (self._is_first_of_file or (is_json and self._files > 1)):
            self._join(content, is_json)
        self._is_first_of_file = False
        self._has_yaml = self._has_yaml or not is_json
        self._out.write(result.data)
        self._above = result.data

    def _join(self, content: bytes, is_json: bool) -> None:
        habit = self._above if b"\n" in self._above else content
        newline = b"\r\n" if b"\r\n" in habit else b"\n"
        if not self._above.endswith(b"\n"):  # for kubectl a lone CR is not a line end
            self._out.write(b"\n" if self._above.endswith(b"\r") else newline)
        if content.startswith(b"%"):
            self._out.write(b"..." + newline)
        elif not content.startswith(b"---") and (self._has_yaml or not is_json):
            self._out.write(b"---" + newline)


def _content(data: bytes) -> bytes:
    """Return a document without the blank lines and comments above its first content."""
    above = _ABOVE_CONTENT.match(data)
    return data[above.end() if above else 0 :]


class InPlace(Output):
    """Writes each file that changes, atomically; a file with a failed document is not changed.

    `reporter` is told what was done with each file.
    """

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self._source: Source | None = None
        self._swept: set[Path] = set()

    def begin(self, source: Source | None) -> None:
        from transformer.outputs import atomic  # not needed for standard input

        self._replace, self._sweep_folder = atomic.replace, atomic.sweep
        self._source = source
        self._seen: Signature | None = None
        if source is not None:
            with suppress(OSError):  # reading it reports why
                self._seen = signature(source.path.stat())
            self._sweep(Path(os.path.realpath(source.path)).parent)
        self._changed = self._failed = False
        self._content = spooled_file(_MEMORY)

    def add(self, result: DocumentResult) -> None:
        self._failed = self._failed or result.failed
        self._changed = self._changed or result.data != result.source
        self._content.write(result.data)

    def end(self) -> None:
        source = self._source
        with self._content:
            if source is None or not self._changed:
                return
            if self._failed:
                self._reporter.say(f"{source.name}: not changed, because a document in it failed")
                return
            self._content.seek(0)
            try:
                self._replace(source.path, _chunks(self._content), self._seen)
            except OSError as error:
                self.refused(source, error)
            else:
                self.wrote(source)

    def wrote(self, source: Source) -> None:
        """A file was written."""
        self._reporter.counts["written"] += 1
        if self._reporter.is_verbose:
            self._reporter.say(f"{source.name}: written")

    def refused(self, source: Source, error: OSError) -> None:
        """A file cannot be written."""
        self._reporter.fail(source.name, f"the file cannot be written: {reason_of(error)}")

    def _sweep(self, folder: Path) -> None:
        """Remove the temporary files of killed runs, once per folder."""
        if folder not in self._swept:
            self._swept.add(folder)
            self._sweep_folder(folder)


class DiffStream(Output):
    """A unified diff of what would change, its file names relative to the working folder."""

    def __init__(self, out: BinaryIO, stdin_name: str = "<stdin>") -> None:
        from transformer.report.as_diff import FileDiff

        self._out = out
        self._stdin_name = stdin_name
        self._new_diff = FileDiff

    def begin(self, source: Source | None) -> None:
        self._diff = self._new_diff(source.name if source else self._stdin_name, Path.cwd())

    def add(self, result: DocumentResult) -> None:
        self._out.writelines(self._diff.add(result))

    def end(self) -> None:
        self._out.writelines(self._diff.end())


class JsonPatchStream(Output):
    """RFC 6902 patches, one JSON object per line."""

    def __init__(self, out: BinaryIO) -> None:
        from transformer.report.as_patches import json_patches

        self._out = out
        self._patches = json_patches

    def add(self, result: DocumentResult) -> None:
        for line in self._patches(result):
            self._out.write(line.encode())


class KustomizePatchStream(Output):
    """A `patches:` list for a kustomization, written when all objects are known.

    `is_stream`: the input may be the output of `kustomize build`. `warn` is called with what the
    list cannot do.
    """

    def __init__(self, out: BinaryIO, warn: Callable[[str], object], *, is_stream: bool) -> None:
        from transformer.report.as_kustomize import KustomizePatches

        self._out = out
        self._warn = warn
        self._patches = KustomizePatches(is_stream=is_stream)

    def add(self, result: DocumentResult) -> None:
        if not (result.failed or result.is_patch):
            for one in _separated(result):
                named = {found.base: found.ref for found in objects_of(one) if found.is_named}
                self._patches.add(one, named)

    def close(self) -> None:
        for text in self._patches.lines():
            self._out.write(text.encode())
        for warning in self._patches.warnings:
            self._warn(warning)


def _separated(result: DocumentResult) -> Iterator[DocumentResult]:
    """Yield the results of the documents of a run one by one."""
    line = result.line
    for data in split(result.source) if result.documents > 1 else ():
        yield result._replace(line=line, source=data, data=data, documents=1)
        line += data.count(b"\n")
    if result.documents == 1:
        yield result


def objects_of(result: DocumentResult) -> list[Manifest]:
    """Return the objects of a document before its changes; none if it cannot be read."""
    first, document = result.list_item[:2] if result.list_item else (0, result.source)
    try:
        return list(manifests(fast_load(document.decode()), first=first))
    except (InputError, UnicodeDecodeError):
        return []


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk
