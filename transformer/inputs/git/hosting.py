"""Where a Git repository is hosted, and which branch is released from there."""

from pathlib import Path
from typing import NamedTuple

from transformer.errors import SettingsError
from transformer.inputs.git.program import Git, outer


class Hosting(NamedTuple):
    """The name of the host of `origin`, or of another remote; and the default branch."""

    host: str = ""
    branch: str = "main"


def hosting(top: Path) -> Hosting:
    """Return what the repository at `top` knows of its remotes; the defaults without git."""
    git = outer(top)
    try:
        return Hosting(_host(git), _branch(git))
    except SettingsError:  # there is no git to ask
        return Hosting()


def _host(git: Git) -> str:
    done = git.attempt("config", "--get-regexp", r"^remote\..*\.url$")
    pairs = [line.partition(" ") for line in done.stdout.decode(errors="replace").splitlines()]
    urls = {name: url for name, _, url in pairs}
    return host_of(urls.get("remote.origin.url") or next(iter(urls.values()), ""))


def host_of(url: str) -> str:
    """Return the host of an address such as `https://host/path` or `user@host:path`."""
    rest = url.partition("://")[2] or url
    place = rest.partition("/")[0].rpartition("@")[2]
    return place.partition(":")[0] if "://" in url or ":" in place else ""


def _branch(git: Git) -> str:
    """Return the branch that the remote says is its default, else `main` or `master`."""
    names = ("refs/remotes/origin/HEAD", "refs/heads/main", "refs/heads/master")
    done = git.attempt("for-each-ref", "--format=%(refname) %(symref)", *names)
    found = dict(line.split(" ", 1) for line in done.stdout.decode(errors="replace").splitlines())
    if default := found.get(names[0]):
        return default.removeprefix("refs/remotes/origin/")
    return next((name.rpartition("/")[2] for name in names[1:] if name in found), "main")
