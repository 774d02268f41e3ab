"""Inputs that broke a property: how they are told apart, and where they are kept."""

import hashlib
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from tests.fuzz.seeds import ROOT


def signature(error: BaseException) -> str:
    """Return a name for where an error was raised: the last frames that are of this project."""
    frames = [
        f"{Path(raw.filename).name}:{raw.lineno}"
        for raw in traceback.extract_tb(error.__traceback__)
        if str(ROOT) in raw.filename and ".venv" not in raw.filename
    ]
    digest = hashlib.sha256(" ".join(frames[-3:]).encode()).hexdigest()[:10]
    return f"{type(error).__name__}-{digest}"


def broken(data: bytes, holds: Callable[[bytes], None]) -> str:
    """Return the signature of the error that `data` ends in; empty where the property holds."""
    try:
        holds(data)
    except Exception as error:  # whatever it is
        return signature(error)
    return ""


class Findings:
    """One file for each way to break a property, and its traceback beside it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._shortest: dict[str, int] = {}

    def forget_mended(self, holds: Callable[[bytes], None]) -> None:
        """Delete what an earlier run left and no longer breaks the property."""
        for told in self._folder.glob("*.txt"):  # not what libFuzzer left there: it may hang
            path = told.with_suffix("")
            if not broken(path.read_bytes(), holds):
                path.unlink()
                told.unlink()

    def note(self, data: bytes, error: BaseException) -> None:
        """Keep `data` if it is the shortest that ended in this way."""
        name = signature(error)
        if len(data) >= self._shortest.get(name, sys.maxsize):
            return
        if name not in self._shortest:
            print(f"finding {name}: {type(error).__name__}: {str(error)[:200]!r}", file=sys.stderr)
        self._shortest[name] = len(data)
        (self._folder / name).write_bytes(data)
        text = "".join(traceback.format_exception(error))
        (self._folder / f"{name}.txt").write_text(text, errors="backslashreplace")
