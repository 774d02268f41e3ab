"""A configuration as settings, and which findings an entry of `ignore` matches."""

from typing import Any

import pytest

from transformer.config.check import check
from transformer.pipeline.settings import (
    Cluster,
    Settings,
    Suppression,
    from_plain,
    matches_suppression,
)

HEAD = {"apiVersion": "transform.hostnet.io/v1alpha1", "kind": "HostnetTransform"}
POOL = {"apiVersion": "apps.openyurt.io/v1beta2", "kind": "NodePool", "metadata": {"name": "edge"}}
COMPONENT = {"id": "x", "kinds": ["DaemonSet"], "names": ["x"], "images": ["x/x"]}
IGNORE = {"rules": ["HN405"], "object": "DaemonSet/*", "reason": "known"}


def config(**spec: Any) -> dict[str, Any]:
    return {**HEAD, "spec": spec}


def test_a_configuration_of_nothing_but_its_head_gives_the_defaults() -> None:
    assert check(HEAD) == []
    assert from_plain(HEAD) == Settings()


def test_keys_without_a_value_count_as_absent() -> None:
    empty = dict.fromkeys(("rules", "components", "pools", "clusters", "scopes", "ignore"))
    assert check({**HEAD, "metadata": None, "spec": None}) == []
    assert check(config(**empty)) == []
    assert from_plain(config(**empty)) == Settings()
    assert from_plain({**HEAD, "spec": None}) == Settings()


def test_rules_are_told_apart_by_their_ids() -> None:
    plain = config(rules={"pod-guard": False, "node-label": True, "HN405": "info", "HN409": "off"})
    assert check(plain) == []
    settings = from_plain(plain)
    assert settings.transform_rules == {"pod-guard": False, "node-label": True}
    assert settings.severities == {"HN405": "info", "HN409": "off"}


def test_a_severity_of_false_means_off() -> None:
    plain = config(rules={"HN405": False})
    assert check(plain) == []
    assert from_plain(plain).severities == {"HN405": "off"}


def test_pools_are_told_apart_into_paths_and_objects() -> None:
    plain = config(pools=["pools", POOL, "more.yaml"])
    assert check(plain) == []
    settings = from_plain(plain)
    assert settings.pool_paths == ("pools", "more.yaml")
    assert settings.inline_pools == (POOL,)


def test_the_other_settings_are_taken_over() -> None:
    template = {"group": "", "kinds": ["Thing"], "pointer": "/spec/*/template"}
    plain = config(
        components=[COMPONENT, {"id": "y", "enabled": False}],
        podTemplates=[template],
        clusters=[{"name": "prod", "paths": ["prod/", "base/"]}],
        scopes=["clusters/*"],
        include=["*.yaml"],
        exclude=["old/*"],
        ignore=[IGNORE, {"rules": ["pod-guard"], "file": "a.yaml", "reason": "b"}],
        onInvalid="pass",
        strict=True,
    )
    assert check(plain) == []
    assert from_plain(plain) == Settings(
        components=(COMPONENT, {"id": "y", "enabled": False}),
        pod_templates=(template,),
        clusters=(Cluster("prod", ("prod/", "base/")),),
        scopes=("clusters/*",),
        include=("*.yaml",),
        exclude=("old/*",),
        suppressions=(
            Suppression(("HN405",), object="DaemonSet/*", reason="known"),
            Suppression(("pod-guard",), file="a.yaml", reason="b"),
        ),
        on_invalid="pass",
        strict=True,
    )


@pytest.mark.parametrize(
    ("pattern", "file", "expected"),
    [
        ("clusters/*", "clusters/prod/a.yaml", True),
        ("clusters/prod", "clusters/prod/a.yaml", True),
        ("a.yaml", "./b/a.yaml", True),
        ("./a.yaml", "a.yaml", True),
        ("./a.yaml", "b/a.yaml", False),
        ("clusters/*", "clusters\\prod\\a.yaml", True),
    ],
)
def test_an_ignore_covers_the_files_that_its_pattern_chooses(
    pattern: str, file: str, expected: bool
) -> None:
    ignore = Suppression(("HN405",), file=pattern)
    assert matches_suppression(ignore, "HN405", "Pod/x", file) is expected


def test_an_ignore_with_both_patterns_needs_both_and_the_rule() -> None:
    ignore = Suppression(("HN405", "HN407"), object="Pod/*", file="a.yaml")
    assert matches_suppression(ignore, "HN407", "Pod/x/y", "a.yaml")
    assert not matches_suppression(ignore, "HN406", "Pod/x/y", "a.yaml")
    assert not matches_suppression(ignore, "HN407", "Job/x/y", "a.yaml")
    assert not matches_suppression(ignore, "HN407", "Pod/x/y", "b.yaml")
