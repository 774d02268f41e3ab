"""The version of the installed tool, and where it was installed from."""

import json


def tool_version() -> str:
    """Return the version of the installed tool, or an empty string."""
    from importlib.metadata import PackageNotFoundError, version  # slow to import

    try:
        return version("hostnet-transform")
    except PackageNotFoundError:
        return ""


def tool_source() -> tuple[str, str]:
    """Return the address and the commit of Git that the tool was installed from; empty texts if it
    was not, or from this machine.

    Source: PEP 610, `direct_url.json`; pip leaves passwords out.
    """
    from importlib.metadata import PackageNotFoundError, distribution  # slow to import

    try:
        text = distribution("hostnet-transform").read_text("direct_url.json")
    except PackageNotFoundError:
        return "", ""
    found = json.loads(text or "{}")
    commit = found.get("vcs_info", {}).get("commit_id", "")
    is_elsewhere = found.get("url", "").startswith(("https://", "ssh://"))
    return (found["url"], commit) if is_elsewhere and commit else ("", "")
