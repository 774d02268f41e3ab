"""Lines of a text: where they begin and end, columns (0-based here), and the line break in use."""

from transformer.regexes import regex

BREAK = regex(r"\r\n|\n|\r")

SPACE = regex(r"(?>(?:\s++|(?<=\s)#[^\r\n]*+)*)")
"""White space and comments."""


def line_start(text: str, offset: int) -> int:
    """Return where the line of `offset` begins, behind a byte order mark."""
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    return start + 1 if text.startswith("\ufeff", start) else start


def line_end(text: str, offset: int) -> int:
    """Return where the line of `offset` ends, before its break (at its start: the line above)."""
    if text[offset - 1 : offset] == "\n":
        return offset - 2 if text[offset - 2 : offset] == "\r\n" else offset - 1
    if text[offset - 1 : offset] == "\r":
        return offset - 1
    found = BREAK.search(text, offset)
    return found.start() if found else len(text)


def column(text: str, offset: int) -> int:
    """Return the 0-based column of `offset`."""
    return offset - line_start(text, offset)


def indentation(text: str, offset: int) -> str:
    """Return the blanks that the line of `offset` begins with."""
    start = end = line_start(text, offset)
    while text[end : end + 1] in (" ", "\t"):
        end += 1
    return text[start:end]


def newline(text: str, offset: int) -> str:
    """Return the line break in use near `offset`: the one that follows, else the text's last.

    A lone CR is one only in a text without a LF; elsewhere it is half of a CRLF that was cut, or a
    slip.
    """
    at = text.find("\n", offset)
    at = text.rfind("\n") if at < 0 else at
    if at < 0:
        return "\r" if "\r" in text else "\n"
    return "\r\n" if text[at - 1 : at] == "\r" else "\n"
