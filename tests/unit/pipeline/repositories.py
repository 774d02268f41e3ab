"""Repositories of Flux and Argo CD for tests."""


def known(*files: str) -> set[str]:
    """Return files, and the folders above them."""
    every = {*files, "."}
    for file in files:
        while "/" in file:
            file = file.rpartition("/")[0]
            every.add(file)
    return every
