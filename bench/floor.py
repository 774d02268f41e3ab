"""The least that a filter in Python can do: cut a stream at `---` lines, and write each document.

The fastest of a few such loops: it reads blocks of 1 MiB and has `bytes.split` find the lines.
"""

import os
import sys

_MARKER = b"\n---\n"


def main() -> None:
    """Copy standard input to standard output, one document at a time."""
    write = sys.stdout.buffer.write
    rest = b""
    while block := os.read(0, 1024 * 1024):
        *documents, rest = (rest + block).split(_MARKER)
        for document in documents:
            write(document)
            write(_MARKER)
    write(rest)


if __name__ == "__main__":
    main()
