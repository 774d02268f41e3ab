"""Files found in folders that contain no manifest: one finding for all of them (HN903).

Repositories contain many such files, and nobody named them. But a document in a file with manifests
may be a manifest that lacks its apiVersion or kind, so it gets a finding of its own.
"""

from collections.abc import Iterator, Sequence

from transformer.findings import MOST_RELATED, Finding, Related


class NonManifests:
    """Takes the documents of all files, file by file, and merges the findings on non-manifests."""

    def __init__(self) -> None:
        self._file = ""
        self._has_manifest = False
        self._pending: list[Finding] = []
        self._first: Finding | None = None
        self._files: list[Related] = []

    def add(self, file: str, found: Sequence[Finding], *, is_blank: bool) -> Iterator[Finding]:
        """Add a document; yield the findings that are to be reported now.

        `found`: why it is not a manifest. `is_blank`: it has no content.
        """
        if file != self._file:
            self._end_file()
            self._file, self._has_manifest = file, False
        self._has_manifest = self._has_manifest or not (found or is_blank)
        if self._has_manifest:
            yield from self._pending
            yield from found
            self._pending = []
        elif len(self._pending) < MOST_RELATED:
            self._pending += found

    def finalize(self) -> Iterator[Finding]:
        """Yield the finding on all the files without a manifest, if there are any, for `fold` of
        the rule to word.
        """
        self._end_file()
        if self._first is not None:
            yield self._first._replace(related=tuple(self._files), is_each=True)

    def _end_file(self) -> None:
        if self._pending:
            found = self._pending[0]
            if self._first is None:
                self._first = found
            at = Related(found.file, found.line, found.column, found.message)
            self._files.append(at._replace(document=found.document))
        self._pending = []
