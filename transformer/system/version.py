"""The version of the installed tool."""


def tool_version() -> str:
    """Return the version of the installed tool, or an empty string."""
    from importlib.metadata import PackageNotFoundError, version  # slow to import

    try:
        return version("hostnet-transform")
    except PackageNotFoundError:
        return ""
