"""Make an input that breaks a property shorter, as long as it breaks it in the same way."""

from collections.abc import Callable

from tests.fuzz.findings import broken


def shrink(data: bytes, holds: Callable[[bytes], None]) -> bytes:
    """Return what is left of `data` when nothing more can be taken out; lines first, then bytes."""
    wanted = broken(data, holds)
    if not wanted:
        raise SystemExit("this input breaks nothing")

    def fails(shorter: bytes) -> bool:
        return broken(shorter, holds) == wanted

    lines = _without(data.splitlines(keepends=True), lambda kept: fails(b"".join(kept)))
    single = [bytes((byte,)) for byte in b"".join(lines)]
    return b"".join(_without(single, lambda kept: fails(b"".join(kept))))


def _without(pieces: list[bytes], fails: Callable[[list[bytes]], bool]) -> list[bytes]:
    size = max(len(pieces) // 2, 1)
    while True:
        at, shorter = 0, False
        while at < len(pieces):
            kept = pieces[:at] + pieces[at + size :]
            if fails(kept):
                pieces, shorter = kept, True
            else:
                at += size
        if size == 1 and not shorter:
            return pieces
        size = max(size // 2, 1)
