"""YAML text to a syntax tree with positions, read by libyaml.

PyYAML's binding contains libyaml 0.2.5, a relative of the parser in kubectl. The C parsers of
ruamel.yaml contain 0.1.7, which refuses `{image: nginx:1.2}`.

This module prepares what libyaml reads and explains its errors; `compose` makes the tree of its
events. libyaml does not count a byte order mark, and takes none below a `---`.
"""

from collections.abc import Callable
from itertools import count
from typing import Any

from yaml._yaml import CParser
from yaml.error import MarkedYAMLError
from yaml.events import ScalarEvent
from yaml.reader import ReaderError

from transformer.errors import InputError
from transformer.regexes import regex
from transformer.yamltree import flow_colons
from transformer.yamltree.compose import compose
from transformer.yamltree.syntax import MAX_NODES, Tree, too_many

_LINES = r"(?>(?:[ \t]*+(?:#[^\r\n]*+)?[\r\n])*)"
_MARKS = regex(
    rf"(?>(?:{_LINES}\ufeff)*)"
    rf"(?:{_LINES}---[ \t]*(?:[ \t]#[^\r\n]*+)?[\r\n](?>(?:{_LINES}[ \t]*+\ufeff)+))?"
)
"""Byte order marks above the content, with what precedes them: joined files may each have one."""


def parse_yaml(text: str) -> Tree:
    """Return the tree of the one YAML document in `text`.

    Raises:
        InputError: the text is not YAML, or contains a second document, a duplicate or non-scalar
            key, an alias without an anchor, or more nesting, aliases or nodes than the limits.
    """
    found = _MARKS.match(text)
    shift = found.end() if found else 0
    reading = flow_colons.Reading(text[shift:] if shift else text)
    while True:
        try:
            return compose(text, shift, _events(reading, shift))
        except MarkedYAMLError as error:
            mark = error.problem_mark
            again = mark and reading.past(error.problem or "", mark.index)
            if not again:
                raise _syntax_error(text, error, shift, reading) from None
            reading = again
        except ReaderError as error:
            before = reading.text.encode()[: error.position].decode(errors="ignore")
            raise InputError(
                f"not readable as YAML: {error.reason}", offset=shift + len(before)
            ) from None


def _events(reading: flow_colons.Reading, shift: int) -> Callable[[], Any]:
    """Return the function that returns the next event, with the original colons in scalars."""
    text = reading.text
    next_event: Callable[[], Any] = CParser(text).get_event
    if len(text) > MAX_NODES and text.count(",") + text.count("\n") > MAX_NODES // 2:
        next_event = _counted(next_event, shift)
    if not reading.colons:
        return next_event

    def restored() -> Any:
        event = next_event()
        if type(event) is ScalarEvent:
            event.value = reading.original(event.value)
        return event

    return restored


def _counted(next_event: Callable[[], Any], shift: int) -> Callable[[], Any]:
    """Return the same function, which raises an error after `MAX_NODES` events."""
    counts = count(1)

    def counted() -> Any:
        event = next_event()
        if next(counts) > MAX_NODES:
            raise too_many(event.start_mark.index + shift)
        return event

    return counted


def _syntax_error(
    text: str, error: MarkedYAMLError, shift: int, reading: flow_colons.Reading
) -> InputError:
    """Return the error, at the place of the problem or, at the end of the text, of its context."""
    mark = error.problem_mark or error.context_mark
    is_open = mark is not None and not text[mark.index + shift :].strip()
    if is_open and error.context_mark is not None:
        mark = error.context_mark
    offset = None if mark is None else min(mark.index + shift, len(text))
    problem = error.problem or "not readable as YAML"
    message = f"{error.context}: {problem}" if error.context else problem
    if "expected <document start>" in problem:
        hint = "files seem to run together here: put a --- line between them"
    else:
        hint = reading.hint(problem, text[max((offset or 0) - 1, 0) : (offset or 0) + 1])
    return InputError(message, offset=offset, hint=hint, is_open=is_open)
