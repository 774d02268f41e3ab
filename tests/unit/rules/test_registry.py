"""The index lists each rule once, and the registry finds rules and their documentation by it."""

from pathlib import Path

from transformer.rules import index, registry

TABLES = (
    index.TRANSFORM,
    index.CHECKED_BY_BOTH,
    index.CHECKED_BY_VALIDATE,
    index.REPORTED_BY_READER,
)


def test_every_module_of_a_rule_is_in_the_index_once() -> None:
    listed = [module for table in TABLES for module in table.values()]
    folder = Path(index.__file__).parent
    files = [file for file in folder.glob("*/*.py") if file.name != "__init__.py"]
    assert sorted(listed) == sorted(f"{file.parent.name}.{file.stem}" for file in files)


def test_a_module_defines_the_rule_that_the_index_says() -> None:
    ids = [rule.id for rule in registry.transform_rules()]
    ids += [rule.id for rule in registry.validation_rules()]
    assert tuple(ids) == registry.rule_ids()


def test_transform_runs_the_checks_that_the_index_says() -> None:
    run = {rule.id for rule in registry.validation_rules() if rule.in_transform != "never"}
    assert run - set(index.REPORTED_BY_READER) == set(index.CHECKED_BY_BOTH)


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
        "keep-off",
        "node-label",
        "pod-guard",
        "pool-attributes",
    ]
