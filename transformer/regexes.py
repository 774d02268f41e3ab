"""Regular expressions that are compiled when they are first used: a run needs few of them."""

import re
from typing import Any, AnyStr, cast


def regex(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what behaves as the compiled pattern of `text`."""
    return cast("re.Pattern[AnyStr]", LazyPattern(text, flags))


class LazyPattern:
    """A pattern that is compiled when its first attribute is looked up."""

    def __init__(self, text: Any, flags: int) -> None:
        self._arguments = text, flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        value = getattr(re.compile(*self._arguments), name)
        setattr(self, name, value)  # from now on it is found without this method
        return value

    def __reduce__(self) -> Any:
        return LazyPattern, self._arguments
