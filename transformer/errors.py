"""The exceptions.

TransformError
├── InputError      the user's text: not UTF-8, a syntax error, or a construct that is refused
├── PatchError      an operation cannot be spliced into this text
│   ├── PlaceholderError   it depends on a value that substitution is still to provide
│   └── MisfitError        an operation of a JSON patch does not fit the value
│       └── PatchTestError     it is a `test`, and the value is another one
├── SettingsError   an option, the configuration file or a functionConfig
│   └── GitError        what it names in Git cannot be read
└── InternalError   a bug of this tool: the self-check failed, or edits overlap

What a rule reports is a value (`findings.Violation`), never an exception.
"""

from dataclasses import KW_ONLY, dataclass


@dataclass(eq=False, repr=False)
class TransformError(Exception):
    """The base class; never raised itself.

    `message` says what is wrong (lower case, no full stop), `hint` what to do about it. `offset` is
    the place in the document's text, in code points, if it is known; `other` is that of another
    place to compare it with.
    """

    message: str
    _: KW_ONLY
    offset: int | None = None
    hint: str = ""
    other: int | None = None

    def __post_init__(self) -> None:
        super().__init__(self.message)


@dataclass(eq=False, repr=False, kw_only=True)
class InputError(TransformError):
    """The input cannot be read; `rule` is the id of the rule that reports it.

    `is_open`: the text ends inside a construct that more text might close.
    """

    rule: str = "HN901"
    is_open: bool = False


def duplicate_key(key: str, offset: int, first: int) -> InputError:
    """Return the error that a mapping has `key` twice, first at `first` and again at `offset`."""
    return InputError(
        f"duplicate key {key!r} in a mapping",
        offset=offset,
        hint="kubectl keeps the last one silently, kustomize refuses the file; keep one",
        rule="HN902",
        other=first,
    )


@dataclass(eq=False, repr=False, kw_only=True)
class PatchError(TransformError):
    """An operation does not fit this text: a missing target, or a text that cannot take it.

    `pointer` is the place within the object, if it is known.
    """

    pointer: str = ""


class PlaceholderError(PatchError):
    """An operation depends on a placeholder, whose value only substitution provides."""


class MisfitError(PatchError):
    """An operation of a JSON patch (RFC 6902) does not fit the value, whatever its text."""


class PatchTestError(MisfitError):
    """The value that a `test` operation names is another one."""


@dataclass(eq=False, repr=False, kw_only=True)
class SettingsError(TransformError):
    """An option or a setting is wrong. `line` and `column` are 1-based; 0 means unknown."""

    file: str = ""
    line: int = 0
    column: int = 0


class GitError(SettingsError):
    """Git cannot read a repository, or does not find in it what an option names."""


class InternalError(TransformError):
    """A bug of this tool, detected before anything is written."""


def reason_of(error: OSError) -> str:
    """Return why the system refused something, for the end of a message."""
    return (error.strerror or "unknown error").lower()
