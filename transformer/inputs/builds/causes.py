"""Why a build failed: the innermost cause in what kustomize printed, and the file that it names.

kustomize wraps a cause in a sentence for each kustomization above it, with paths of this machine.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

_LOGGED = re.compile(
    r'[A-Z]\d{4} .*?\] "command failed" err=(?:"(?P<text>.*)"|<\n(?P<lines>.*)\n >)', re.DOTALL
)
_ESCAPED = re.compile(r'\\(["\\nt])')
_CHARACTERS = {"n": "\n", "t": "\t"}
_ABOVE = re.compile(
    r"accumulating resources: "
    r"accumulation err='(?:accumulating|merging) resources from '(?P<quoted>[^']*)': "
    r"|(?:accumulating resources|accumulating components): "
    r"|(?:accumulating|merging) resources from '(?P<entry>[^']*)': "
    r'|accumulateDirectory: "'
    r"|'[^']*' must resolve to a file': "
    r"|recursed (?:accumulation of|merging from) path '(?P<folder>[^']*)': "
    r"|couldn't make target for path '(?P<target>[^']*)': "
    r"|trouble configuring builtin \w+ with config: `.*?`: ",
    re.DOTALL,
)
_AFTER = re.compile(r"'?: must build at directory: .*", re.DOTALL)
_NO_FILE = re.compile(r"evalsymlink failure on '([^']*)' : lstat [^:]*: ")
_IN_FILE = re.compile(r" in File: \S+$")
_PATCH = re.compile(r'unable to parse SM or JSON patch from \[path: "([^"]*)"\]')
_MALFORMED = "MalformedYAMLError: "
_PATH = re.compile(r"(?<![^\s'\"(\[])/[^\s'\":)\]]+")


class Cause(NamedTuple):
    """Why a build failed; `file`: the text is about YAML in this file, which cannot be read."""

    text: str
    file: str = ""


def cause_of(failure: str, is_root: Callable[[str], bool], shown: Callable[[str], str]) -> Cause:
    """Return the innermost cause. `is_root`: whether a path is the folder that was built; `shown`
    returns how a path is to be shown.
    """
    rest, folder, place = _unwrapped(failure), "", ""
    while above := _ABOVE.match(rest):
        rest = rest[above.end() :]
        found = above.groupdict()
        folder = found["folder"] or found["target"] or folder
        if entry := found["quoted"] or found["entry"]:
            place = os.path.normpath(Path(folder, entry)) if folder else ""
        elif found["folder"] or found["target"]:
            place = folder
        if above[0].startswith("accumulateDirectory"):
            rest = rest.removesuffix('"')
    rest = _NO_FILE.sub(r"\1: ", _AFTER.sub("", rest)).strip()
    file = place if rest.startswith(_MALFORMED) else ""
    if patch := _PATCH.match(rest):
        file = os.path.normpath(Path(folder, patch[1]))
    text = _PATH.sub(lambda match: shown(match[0]), _IN_FILE.sub("", rest))
    if place and not is_root(place) and place not in rest and "is not in or below" not in rest:
        text = f"{shown(place)}: {text}"
    return Cause(" ".join(text.split()), file)


def _unwrapped(failure: str) -> str:
    """Return the message of a failure, without warnings and the marks of a log."""
    lines = failure.splitlines()
    while lines and (lines[0].startswith("# Warning: ") or not lines[0].strip()):
        del lines[0]
    text = "\n".join(lines)
    if logged := _LOGGED.match(text):
        quoted, block = logged["text"], logged["lines"]
        text = _unescaped(quoted) if block is None else re.sub(r"(?m)^\t", "", block)
    return re.sub(r"^[Ee]rror: ", "", text.strip())


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: _CHARACTERS.get(match[1], match[1]), text)
