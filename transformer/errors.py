"""What can go wrong, as exceptions.

TransformError
├── InputError      the user's text: not UTF-8, a syntax error, or a construct we refuse to read
├── PatchError      an operation cannot be spliced into this text
│   └── PlaceholderError   what it depends on is not known before substitution
├── SettingsError   an option, the configuration file or a functionConfig
└── InternalError   our own bug: the self-check disagreed, or edits overlap

What a rule has to say is a value (`findings.Violation`), never an exception.
"""

from typing import Any


class TransformError(Exception):
    """Base of all; never raised itself.

    `message` says what is wrong (lower case, no full stop), `hint` what to do about it.
    `offset` is the code point in the document's text where it is wrong, if that is known; `other`
    that of another place to compare it with.
    """

    def __init__(
        self,
        message: str,
        *,
        offset: int | None = None,
        hint: str = "",
        other: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.hint = hint
        self.other = other


class InputError(TransformError):
    """The input cannot be read; `rule` is the id under which that is reported.

    `is_open`: the text ends in the midst of something that more text might close.
    """

    def __init__(
        self,
        message: str,
        *,
        offset: int | None = None,
        hint: str = "",
        rule: str = "HN901",
        is_open: bool = False,
        other: int | None = None,
    ) -> None:
        super().__init__(message, offset=offset, hint=hint, other=other)
        self.rule = rule
        self.is_open = is_open

    def revised(self, **attributes: Any) -> "InputError":
        """Return the same error with other `attributes`."""
        return InputError(**(vars(self) | attributes))


def duplicate_key(key: str, offset: int, first: int) -> InputError:
    """Return the error that a mapping holds `key` twice, at `offset` and before that at `first`."""
    return InputError(
        f"duplicate key {key!r} in a mapping",
        offset=offset,
        hint="kubectl keeps the last one silently, kustomize refuses the file; keep one",
        rule="HN902",
        other=first,
    )


class PatchError(TransformError):
    """An operation does not fit this text: a missing target, or an alias that cannot be served.

    `pointer` is the place within the object, where it is known.
    """

    def __init__(
        self,
        message: str,
        *,
        offset: int | None = None,
        hint: str = "",
        other: int | None = None,
        pointer: str = "",
    ) -> None:
        super().__init__(message, offset=offset, hint=hint, other=other)
        self.pointer = pointer


class PlaceholderError(PatchError):
    """What an operation depends on is a placeholder: it is not known before substitution."""


class SettingsError(TransformError):
    """An option or a setting is wrong. `file`, `line` and `column` (1-based, 0: unknown)."""

    def __init__(
        self, message: str, *, file: str = "", line: int = 0, column: int = 0, hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.file = file
        self.line = line
        self.column = column


class InternalError(TransformError):
    """A bug of ours, caught before anything was written."""
