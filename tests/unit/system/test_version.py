"""Where the tool was installed from."""

import json
from importlib import metadata
from types import SimpleNamespace
from typing import Any

import pytest

from transformer.system.version import tool_source

COMMIT = "0123456789abcdef0123456789abcdef01234567"
GIT = {"vcs": "git", "commit_id": COMMIT}


@pytest.mark.parametrize(
    ("said", "source"),
    [
        (
            {"url": "https://example.com/tool.git", "vcs_info": GIT},
            ("https://example.com/tool.git", COMMIT),
        ),
        (
            {"url": "ssh://git@example.com/tool", "vcs_info": GIT},
            ("ssh://git@example.com/tool", COMMIT),
        ),
        ({"url": "file:///home/me/tool", "vcs_info": GIT}, ("", "")),
        ({"url": "file:///home/me/tool", "dir_info": {"editable": True}}, ("", "")),
        ({"url": "https://example.com/tool.zip", "archive_info": {}}, ("", "")),
        (None, ("", "")),
    ],
)
def test_only_an_address_that_others_can_reach_counts(
    said: Any, source: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = None if said is None else json.dumps(said)
    monkeypatch.setattr(
        metadata, "distribution", lambda _: SimpleNamespace(read_text=lambda _: text)
    )
    assert tool_source() == source


def test_a_tool_that_is_not_installed_comes_from_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", missing)
    assert tool_source() == ("", "")
