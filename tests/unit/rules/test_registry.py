"""The registry finds rules by their files, and their documentation by their ids."""

from transformer.rules import registry


def test_every_rule_has_its_documentation() -> None:
    ids = [rule.id for rule in registry.transform_rules()]
    for rule_id in (*ids, *(rule.id for rule in registry.validation_rules())):
        text = registry.documentation(rule_id)
        assert text is not None
        assert text == text.strip()
        assert "Source: " in text


def test_an_unknown_rule_has_none() -> None:
    assert registry.documentation("HN000") is None


def test_rules_are_sorted_by_id_and_those_of_transform_are_among_those_of_validate() -> None:
    ids = [rule.id for rule in registry.validation_rules()]
    assert ids == sorted(ids)
    assert set(registry.checks_of_transform()) < set(registry.validation_rules())
    assert [rule.id for rule in registry.checks_of_transform()] == [
        rule.id for rule in registry.validation_rules() if rule in registry.checks_of_transform()
    ]
    assert [rule.id for rule in registry.transform_rules()] == [
        "cni-isolation",
        "host-network-pods",
        "node-label",
        "pod-guard",
        "pool-attributes",
    ]
