"""An input that knows of no host-network pool has no finding that is about such pools."""

import re

from tests.golden.test_golden import CASES, TESTDATA, Case
from transformer import validate

ABOUT_POOLS = {
    *("HN401", "HN404", "HN405", "HN407", "HN408", "HN409", "HN410", "HN411", "HN416"),
    *("HN420", "HN421", "HN422", "HN423", "HN427"),
}


def without_host_network(data: bytes) -> bytes:
    """Return manifests in which each NodePool is a standard one, and no label says otherwise."""
    parts = re.split(rb"(?m)^(?=---)", data)
    pools = (
        re.sub(rb'(hostNetwork"?): ?true', rb"\1: false", part) if b"NodePool" in part else part
        for part in parts
    )
    return b"".join(pools).replace(b"nodepool.openyurt.io/hostnetwork", b"example.com/hostnetwork")


def rules_of(case: Case, data: bytes, old: bytes | None) -> set[str]:
    return {found.rule for found in validate(data, old=old, config=case.settings)}


def test_without_a_host_network_pool_no_rule_about_them_finds_anything() -> None:
    with_pool: set[str] = set()
    without: list[tuple[str, set[str]]] = []
    for case in CASES:
        data, old = case.source.read_bytes(), case.old
        if not (concerned := ABOUT_POOLS & rules_of(case, data, old)):
            continue
        with_pool |= concerned
        old = None if old is None else without_host_network(old)
        found = ABOUT_POOLS & rules_of(case, without_host_network(data), old)
        without += [(case.folder.relative_to(TESTDATA).as_posix(), found)] if found else []
    assert with_pool == ABOUT_POOLS
    assert without == []
