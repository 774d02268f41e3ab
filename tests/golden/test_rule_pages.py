"""`docs/rules/`: made from the rules and not stale, and their bad examples are bad."""

import re
from pathlib import Path

import pytest

from transformer import validate
from transformer.commands.explain import rule_pages
from transformer.rules.registry import validation_rules

PAGES = Path(__file__).resolve().parents[2] / "docs/rules"

POOLS = b"""\
apiVersion: apps.openyurt.io/v1beta2
kind: NodePool
metadata: {name: hangzhou}
spec: {type: Edge, hostNetwork: true}
---
apiVersion: apps.openyurt.io/v1beta2
kind: NodePool
metadata: {name: shanghai}
spec: {type: Edge}
"""
"""What an example means by: bad, where `hangzhou` is a host-network pool."""

IN_WORDS = {"HN905", "HN907"}
"""What takes more than manifests: an option, or a configuration file and a day."""

_EXAMPLE = re.compile(r"^\*\*Bad\*\*(?P<where>.*?)```yaml\n(?P<text>.*?)^```$", re.M | re.S)


def test_the_pages_are_those_of_the_rules_as_they_are_now() -> None:
    found = {file.name: file.read_text("utf-8") for file in PAGES.iterdir()}
    assert found == rule_pages(), "run `make docs`"


@pytest.mark.parametrize("rule", [rule.id for rule in validation_rules()])
def test_the_bad_example_of_a_rule_is_found_by_it(rule: str) -> None:
    example = _EXAMPLE.search(rule_pages()[f"{rule}.md"])
    if rule in IN_WORDS:
        assert example is None
        return
    assert example is not None
    before, _, now = example["text"].rpartition("# now\n")
    findings = validate(
        now.encode(),
        old=before.encode() if before else None,
        pools=POOLS if example["where"].startswith(", where ") else None,
    )
    assert rule in {found.rule for found in findings}
    assert "HN903" not in {found.rule for found in findings} - {rule}
