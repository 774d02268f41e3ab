"""Files whose documents are printed as KYAML: the corpus, and the inputs in `testdata/`."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.shared_material import CORPUS
from transformer.errors import InputError
from transformer.yamltree.construct import construct
from transformer.yamltree.parse import load, parse

TESTDATA = Path(__file__).parents[2] / "testdata"

_MARKER = re.compile(r"^(?:---|\.\.\.)(?:[ \t].*)?(?:\n|\Z)", re.MULTILINE)

_LEFT_OUT = re.compile(r"#@|#.*\{[{%]|^%|\r|\ufeff|\\/", re.MULTILINE)
"""Comments that are programs, directives, hidden characters and `\\/`, of which a stream of YAML or
KYAML has nothing.
"""


class Source(NamedTuple):
    """A file: its documents, and the configuration that goes with it."""

    name: str
    documents: tuple[str, ...]
    settings: dict[str, Any] | None


def sources(*folders: Path) -> Iterator[Source]:
    """Yield the files that have documents which kubectl could print, of all folders or of some."""
    for file in _files(folders or (CORPUS, TESTDATA)):
        beside = file.parent / "settings.yaml"
        settings = load(beside.read_bytes()) if beside.exists() else None
        name = "/".join(file.parts[-3:])
        if documents := tuple(filter(is_manifest, _documents(file))):
            yield Source(name, documents, settings)


def _files(folders: Iterable[Path]) -> list[Path]:
    patterns = {CORPUS: "*/*", TESTDATA: "**/in.*"}
    return [file for folder in folders for file in sorted(folder.glob(patterns[folder]))]


def is_manifest(text: str) -> bool:
    """Whether a document is an object with a name, and neither a list of objects nor left out."""
    if _LEFT_OUT.search(text):
        return False
    try:
        value = construct(parse(text).root)
    except InputError:
        return False
    return (
        isinstance(value, dict)
        and isinstance(value.get("metadata"), dict)
        and isinstance(value["metadata"].get("name"), str)
        and {"apiVersion", "kind"} <= value.keys()
        and "items" not in value
    )


def _documents(file: Path) -> Iterator[str]:
    """Yield the texts of documents, each with a line break at its end."""
    text = file.read_bytes().decode("utf-8-sig", "replace").replace("\r\n", "\n")
    for document in [text] if file.suffix == ".json" else _MARKER.split(text):
        yield document if document.endswith("\n") else f"{document}\n"
