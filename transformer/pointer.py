"""JSON pointers (RFC 6901) as strings: split, join, escape."""


def escape(token: str) -> str:
    """Return `token` escaped for use between two slashes of a pointer."""
    return token.replace("~", "~0").replace("/", "~1")


def unescape(token: str) -> str:
    """Return what `escape` made `token` of."""
    return token.replace("~1", "/").replace("~0", "~")


def split(pointer: str) -> list[str]:
    """Return the unescaped tokens of `pointer`; the empty pointer has none."""
    if not pointer:
        return []
    if "~" not in pointer:
        return pointer[1:].split("/")
    return [unescape(token) for token in pointer[1:].split("/")]


def join(base: str, *tokens: str | int) -> str:
    """Return `base` with `tokens` (unescaped) appended."""
    for token in tokens:  # usually one: no generator is worth it
        base += "/" + escape(str(token))
    return base
