"""Where a repository is hosted."""

import pytest

from transformer.inputs.git.hosting import host_of


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://github.com/me/shop.git", "github.com"),
        ("https://me:token@gitlab.example.com:8443/me/shop", "gitlab.example.com"),
        ("ssh://git@gitlab.com:22/me/shop.git", "gitlab.com"),
        ("git@github.com:me/shop.git", "github.com"),
        ("github.com:me/shop.git", "github.com"),
        ("../github.com/shop", ""),
        ("/srv/github/shop.git", ""),
        ("file:///srv/github/shop.git", ""),
        ("", ""),
    ],
)
def test_the_host_is_in_the_address(url: str, host: str) -> None:
    assert host_of(url) == host
