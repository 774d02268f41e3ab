"""Holding parts back: in memory to a limit, then in a temporary file that nobody else can open."""

import marshal
from collections.abc import Iterator

from transformer.errors import InputError
from transformer.pipeline.glue import Part
from transformer.text.framing import Frame, Opening

MEMORY = 16 * 1024 * 1024
"""Bytes that a spool holds in memory before it goes to disk."""


class FileSpool:
    """A spool of parts (see `pipeline.run.Spool`) over an anonymous temporary file."""

    def __init__(self) -> None:
        from tempfile import SpooledTemporaryFile  # slow to import, and most runs spool nothing

        self._file = SpooledTemporaryFile(max_size=MEMORY)  # noqa: SIM115 (closed in __iter__)
        self._count = 0

    def append(self, part: Part) -> None:
        """Add a part at the end."""
        frame, problem = part.frame, part.problem
        record = (
            frame.data,
            frame.line,
            frame.ordinal,
            frame.opening.name,
            frame.oversize,
            part.continues,
            None
            if problem is None
            else (problem.message, problem.offset, problem.hint, problem.rule),
        )
        self._file.write(marshal.dumps(record))
        self._count += 1

    def __iter__(self) -> Iterator[Part]:
        """Yield the parts in order, once."""
        self._file.seek(0)
        with self._file:
            for _ in range(self._count):
                data, line, ordinal, opening, oversize, continues, problem = marshal.load(
                    self._file
                )
                error = None
                if problem is not None:
                    message, offset, hint, rule = problem
                    error = InputError(message, offset=offset, hint=hint, rule=rule)
                frame = Frame(data, line, ordinal, Opening[opening], oversize)
                yield Part(frame, error, continues)
