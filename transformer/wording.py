"""The parts of messages: values, places, and suggestions for misspelt words."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from transformer.errors import SettingsError

RENDER_FIRST = "render it first (ytt -f, helm template), and transform the result"
"""What to do with a template."""

_MAX_SHOWN = 40
_MAX_PLACE = 80


def did_you_mean(word: str, known: Collection[str], patterns: Iterable[str] = ()) -> str:
    """Return a hint if `word` resembles one of `known`, or matches a pattern in upper case.

    If it has white space around it, which messages do not show, the hint says so.
    """
    if word.strip() not in ("", word):
        return "remove the spaces or line ends around it"
    if any(re.search(pattern, word.upper()) for pattern in patterns):
        return f'did you mean "{word.upper()}"?'
    folded = {name.lower().replace("-", ""): name for name in known}
    plain = word.lower().replace("-", "").replace("_", "")
    from difflib import get_close_matches  # rarely needed

    close = get_close_matches(plain[:_MAX_SHOWN], folded, n=1)
    return f'did you mean "{folded[close[0]]}"?' if close else ""


def dotted(path: Sequence[str | int]) -> str:
    """Return a place as people write it, `spec.ignore[0].rules`; of a long one, the last part."""
    text = ""
    for token in path:
        if isinstance(token, int):
            text += f"[{token}]"
        elif re.fullmatch(r"[\w-]+", token):
            text += f".{token}"
        else:
            text += f'["{clip(token)}"]'
    text = text.removeprefix(".")
    if len(text) <= _MAX_PLACE:
        return text
    _, dot, last = text[-_MAX_PLACE:].partition(".")
    return f"...{last}" if dot else f"...{text[-_MAX_PLACE:]}"


def shown(value: Any) -> str:
    """Return a plain value for a message: text in quotes, of a collection only its kind."""
    if isinstance(value, str):
        return f'"{clip(value)}"'
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, Sequence) else str(value)


def clip(text: str) -> str:
    """Return `text` on one line and short enough for a message."""
    line = " ".join(text.split())
    return line if len(line) <= _MAX_SHOWN else f"{line[: _MAX_SHOWN - 3]}..."


def without_patches(files: Sequence[str]) -> str:
    """Return that something was found without the patches in `files`."""
    if len(files) == 1:
        return f"without the patch in {files[0]}"
    others = f"{len(files) - 1} other files" if len(files) > 2 else files[1]
    return f"without the patches in {files[0]} and {others}"


def any_of(words: Sequence[str]) -> str:
    """Return `a, b or c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def resolve_name(what: str, name: str, known: Iterable[str], hint: str) -> str:
    """Return the one of `known` that `name` means; case, `-` and `_` make no difference.

    Raises:
        SettingsError: there is none; its message calls it `what`, and `hint` says what to do.
    """
    plain = {one.lower(): one for one in known}
    wanted = name.lower().replace("_", "-")
    if wanted in plain:
        return plain[wanted]
    from difflib import get_close_matches  # rarely needed

    close = get_close_matches(wanted, plain, n=1)
    question = f", did you mean {plain[close[0]]!r}?" if close else ""
    raise SettingsError(f"there is no {what} {name!r}{question}", hint=hint)


def some_of(words: Sequence[str], most: int = 5) -> str:
    """Return `a, b, c`, or `a, b, c and 3 more` if there are more than `most`."""
    more = len(words) - most
    return ", ".join(words[:most]) + (f" and {more} more" if more > 0 else "")
