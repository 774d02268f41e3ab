"""The options of `init`, as plain data."""

from typing import Literal, NamedTuple


class InitOptions(NamedTuple):
    """The options of `init`. `ci`: for which service to write a job, or `none` (nothing: what the
    repository uses). `tool` is the address of the tool, with `@REVISION` or without.
    """

    yes: bool = False
    baseline: bool = False
    ci: Literal["github", "gitlab", "none"] | None = None
    tool: str = ""
