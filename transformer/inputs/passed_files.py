"""The files that a hook passes, and the others of the repository, which they may depend on."""

from pathlib import Path

from transformer.inputs.discovery import DiscoveryOptions, Source, discover, is_taken
from transformer.inputs.git.program import top_of
from transformer.inputs.git.states import GitStates


def passed_files(files: tuple[str, ...], discovery: DiscoveryOptions) -> list[Source]:
    """Return the files that a hook passes, except for those that the configuration leaves out.

    The hook found them, nobody named them: a template among them is no error.
    """
    everything = discovery._replace(include=(), exclude=())
    return [
        source._replace(is_named=False)
        for source in discover(files, everything)
        if is_taken(source.relative, discovery.include, discovery.exclude)
    ]


def other_files(passed: list[Source], discovery: DiscoveryOptions) -> tuple[Source, ...]:
    """Return the other files in which Git has manifests, as they are on the disk: what is ignored,
    or not added yet, is not part of the repository.
    """
    known = {source.relative for source in passed}
    with GitStates() as git:
        tracked = git.in_index(top_of(Path.cwd()))
        found = discover(["."], discovery, look=tracked)
    return tuple(
        source._replace(opener=None, blob="") for source in found if source.relative not in known
    )
