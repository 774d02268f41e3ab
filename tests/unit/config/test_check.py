import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from transformer.config.check import check
from transformer.kubernetes.schema.explain import Problem

ROOT = Path(__file__).parents[3]


SCHEMA: dict[str, Any] = json.loads((ROOT / "schemas" / "config.schema.json").read_bytes())


HEAD = {"apiVersion": "transform.hostnet.io/v1alpha1", "kind": "HostnetTransform"}


POOL = {"apiVersion": "apps.openyurt.io/v1beta2", "kind": "NodePool", "metadata": {"name": "edge"}}


COMPONENT = {"id": "x", "kinds": ["DaemonSet"], "names": ["x"], "images": ["x/x"]}


IGNORE = {"rules": ["HN405"], "object": "DaemonSet/*", "reason": "known"}


def config(**spec: Any) -> dict[str, Any]:
    return {**HEAD, "spec": spec}


def only_problem(value: Any) -> Problem:
    problems = check(value)
    assert len(problems) == 1, problems
    return problems[0]


def properties(schema: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        for word in ("properties", "patternProperties"):
            for name, inner in schema.get(word, {}).items():
                yield f"{where}/{name}", inner
        for name, inner in schema.items():
            yield from properties(inner, f"{where}/{name}")
    elif isinstance(schema, list):
        for index, inner in enumerate(schema):
            yield from properties(inner, f"{where}/{index}")


def test_the_schema_is_a_valid_draft_2020_12_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_every_property_of_the_schema_has_a_description() -> None:
    assert [name for name, inner in properties(SCHEMA) if not inner.get("description")] == []


def test_every_setting_in_the_schema_has_a_default_that_it_allows() -> None:
    for inner in SCHEMA["properties"]["spec"]["properties"].values():
        reference = inner.get("$ref", "#/$defs/").removeprefix("#/$defs/")
        full = {**SCHEMA["$defs"].get(reference, {}), **inner, "$defs": SCHEMA["$defs"]}
        Draft202012Validator(full).validate(full["default"])


def test_every_pattern_and_choice_in_the_schema_has_words_for_its_error() -> None:
    def walk(schema: Any) -> Iterator[dict[str, Any]]:
        if isinstance(schema, dict):
            yield schema
        for inner in schema.values() if isinstance(schema, dict) else schema:
            if isinstance(inner, dict | list):
                yield from walk(inner)

    for schema in walk(SCHEMA):
        options = schema.get("anyOf", [])
        if isinstance(schema.get("pattern"), str) and len(schema) > 1:
            assert "title" in schema
        if isinstance(options, list) and options and "required" not in options[0]:
            assert "title" in schema


def test_the_catalog_and_the_configuration_ask_the_same_of_what_is_matched() -> None:
    catalog = json.loads((ROOT / "schemas" / "components.schema.json").read_bytes())["$defs"]

    def patterns(schema: Any) -> list[Any]:
        of = schema["properties"]
        labels = of["labels"]
        texts = [of["names"]["items"], of["namespaces"]["items"], of["images"]["items"]]
        texts += [labels["propertyNames"], labels["additionalProperties"]["items"]]
        return [text["pattern"] for text in texts]

    assert patterns(SCHEMA["$defs"]["component"]) == patterns(catalog["component"])


@pytest.mark.parametrize(
    ("key", "value", "pointer", "hint"),
    [
        ("names", ["*"], "names/0", "names cannot be globs: write each one in full"),
        ("names", ["ok", "kube-*"], "names/1", "names cannot be globs: write each one in full"),
        ("names", ["kube-{a,b}"], "names/0", "names cannot be globs: write each one in full"),
        ("names", ["Kube-Proxy"], "names/0", 'did you mean "kube-proxy"?'),
        ("names", ["kube_proxy"], "names/0", ""),
        ("names", ["-x"], "names/0", ""),
        ("names", ["x."], "names/0", ""),
        ("names", ["x..y"], "names/0", ""),
        ("names", [""], "names/0", ""),
        ("names", ["x" * 254], "names/0", ""),
        ("names", ["x\n"], "names/0", "remove the spaces or line ends around it"),
        (
            "namespaces",
            ["kube-*"],
            "namespaces/0",
            "namespaces cannot be globs: write each one in full",
        ),
        ("namespaces", ["a.b"], "namespaces/0", ""),
        ("namespaces", ["x" * 64], "namespaces/0", ""),
        ("images", ["calico/*"], "images/0", "images cannot be globs: write each one in full"),
        ("images", ["calico/node:v3"], "images/0", ""),
        ("images", ["calico/node@sha256:00"], "images/0", ""),
        ("images", ["Calico/node"], "images/0", 'did you mean "calico/node"?'),
        (
            "labels",
            {"app": ["x-*"]},
            "labels/app/0",
            "labels cannot be globs: write each one in full",
        ),
        ("labels", {"app": ["x y"]}, "labels/app/0", ""),
        (
            "labels",
            {"app*": ["x"]},
            "labels/app*",
            "labels cannot be globs: write each one in full",
        ),
        ("labels", {"a/b/c": ["x"]}, "labels/a~1b~1c", ""),
        ("kinds", ["*"], "kinds/0", "kinds cannot be globs: write each one in full"),
        ("kinds", ["Daemonset"], "kinds/0", 'did you mean "DaemonSet"?'),
        ("kinds", ["DaemonSet", "Service"], "kinds/1", None),
        ("generic", ["z"], "generic/0", "one of x"),
    ],
)
def test_an_entry_that_can_match_nothing_is_a_problem(
    key: str, value: Any, pointer: str, hint: str | None
) -> None:
    problem = only_problem(config(components=[COMPONENT, {**COMPONENT, key: value}]))
    assert problem.pointer == f"/spec/components/1/{pointer}"
    assert hint is None or problem.hint == hint


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("names", ["x", "0", "a.b-c.d", "x" * 253]),
        ("namespaces", ["x" * 63, "0"]),
        ("images", ["registry.example.com:5000/net/dns", "coredns", "a_b/c.d-e"]),
        ("labels", {"example.com/x": ["A_b.c-1"], "app": ["true", "x" * 63]}),
        ("kinds", ["DaemonSet", "Pod", "CloneSet", "Fleet"]),
        ("generic", ["x"]),
        ("generic", []),
    ],
)
def test_an_entry_that_can_match_is_accepted(key: str, value: Any) -> None:
    fleet = {"group": "example.com", "kinds": ["Fleet"], "pointer": "/spec/template"}
    entry = {**COMPONENT, key: value}
    assert check(config(components=[entry], podTemplates=[fleet])) == []


def test_the_catalog_and_the_configuration_agree_on_what_an_entry_is() -> None:
    catalog = json.loads((ROOT / "schemas" / "components.schema.json").read_bytes())["$defs"]
    mine, other = SCHEMA["$defs"]["component"]["properties"], catalog["component"]["properties"]
    assert set(mine) == {*other, "enabled"}
    assert mine["guard"]["enum"] == other["guard"]["enum"]
    entries = json.loads((ROOT / "transformer" / "kubernetes" / "components.json").read_bytes())
    assert check(config(components=entries["components"])) == []


def test_the_kind_of_the_validator_twin_is_accepted() -> None:
    assert check({**HEAD, "kind": "HostnetValidate"}) == []


def test_what_kustomize_adds_at_the_top_is_accepted() -> None:
    more = {"metadata": {"name": "x", "annotations": {"a": "b"}}, "argsOneLiner": "--strict"}
    assert check({**HEAD, **more}) == []


@pytest.mark.parametrize(
    ("value", "pointer", "message", "hint"),
    [
        ([], "", "the configuration is a list, expected a mapping", ""),
        (None, "", "the configuration is empty, expected a mapping", ""),
        ({"kind": "HostnetTransform"}, "", 'the configuration lacks the key "apiVersion"', ""),
        (
            {**HEAD, "apiVersion": "transform.hostnet.io/v1"},
            "/apiVersion",
            'apiVersion is "transform.hostnet.io/v1", expected transform.hostnet.io/v1alpha1',
            'did you mean "transform.hostnet.io/v1alpha1"?',
        ),
        (
            {**HEAD, "kind": "Hostnet-Transform"},
            "/kind",
            'kind is "Hostnet-Transform", expected HostnetTransform or HostnetValidate',
            'did you mean "HostnetTransform"?',
        ),
        (
            config(strict="yes"),
            "/spec/strict",
            'spec.strict is "yes", expected true or false',
            "write it without quotes",
        ),
        (config(strict=None), "/spec/strict", "spec.strict is empty, expected true or false", ""),
        (
            config(onInvalid="ignore"),
            "/spec/onInvalid",
            'spec.onInvalid is "ignore", expected fail or pass',
            "",
        ),
        (
            config(rules={"pod-guard": "error"}),
            "/spec/rules/pod-guard",
            'spec.rules.pod-guard is "error", expected true or false',
            "",
        ),
        (
            config(rules={"HN405": "eror"}),
            "/spec/rules/HN405",
            'spec.rules.HN405 is "eror", expected error, warning, info or off',
            'did you mean "error"?',
        ),
        (
            config(rules={"HN405": True}),
            "/spec/rules/HN405",
            "spec.rules.HN405 is true, expected error, warning, info or off",
            "",
        ),
        (
            config(pools="pools.yaml"),
            "/spec/pools",
            'spec.pools is "pools.yaml", expected a list',
            "write it as a list, even if it has one item",
        ),
        (
            config(pools=[3]),
            "/spec/pools/0",
            "spec.pools[0] is 3, expected a path or a NodePool",
            "",
        ),
        (config(pools=[""]), "/spec/pools/0", "spec.pools[0] is empty", ""),
        (
            config(pools=[{**POOL, "metadata": {}}]),
            "/spec/pools/0/metadata",
            'spec.pools[0].metadata lacks the key "name"',
            "",
        ),
        (
            config(pools=["x", {**POOL, "apiVersion": "v1"}]),
            "/spec/pools/1/apiVersion",
            'spec.pools[1].apiVersion is "v1", expected a version of apps.openyurt.io, '
            "such as apps.openyurt.io/v1beta2",
            "",
        ),
        (
            config(components=[{"id": "x", "kinds": ["DaemonSet"], "names": ["x"]}]),
            "/spec/components/0",
            'spec.components[0] lacks "namespaces", "labels" or "images"',
            "",
        ),
        (
            config(components=[{**COMPONENT, "kinds": ["daemonset"]}]),
            "/spec/components/0/kinds/0",
            'spec.components[0].kinds[0] is "daemonset", expected a kind such as DaemonSet',
            "",
        ),
        (
            config(components=[{**COMPONENT, "labels": {"a.b/c": "d"}}]),
            "/spec/components/0/labels/a.b~1c",
            'spec.components[0].labels["a.b/c"] is "d", expected a list',
            "write it as a list, even if it has one item",
        ),
        (
            config(components=[{**COMPONENT, "names": []}]),
            "/spec/components/0/names",
            "spec.components[0].names is empty",
            "",
        ),
        (
            config(podTemplates=[{"group": "apps/v1", "kinds": ["X"], "pointer": "/spec"}]),
            "/spec/podTemplates/0/group",
            'spec.podTemplates[0].group is "apps/v1", expected an API group without a version, '
            "such as apps.kruise.io",
            "",
        ),
        (
            config(podTemplates=[{"group": "", "kinds": ["X"], "pointer": "spec.template"}]),
            "/spec/podTemplates/0/pointer",
            'spec.podTemplates[0].pointer is "spec.template", expected a JSON pointer '
            "such as /spec/template",
            "",
        ),
        (
            config(ignore=[{"rules": ["HN405"], "object": "Pod/x"}]),
            "/spec/ignore/0",
            'spec.ignore[0] lacks the key "reason"',
            "",
        ),
        (
            config(ignore=[{"rules": ["HN405"], "reason": "x"}]),
            "/spec/ignore/0",
            'spec.ignore[0] lacks "object" or "file"',
            "",
        ),
        (
            config(ignore=[{**IGNORE, "reason": " "}]),
            "/spec/ignore/0/reason",
            'spec.ignore[0].reason is "", expected a sentence that says why',
            "",
        ),
        (
            config(ignore=[{**IGNORE, "rules": ["pod-gaurd"]}]),
            "/spec/ignore/0/rules/0",
            'spec.ignore[0].rules[0] is "pod-gaurd", expected a rule id such as HN405 or pod-guard',
            'did you mean "pod-guard"?',
        ),
        (
            config(ignore=[{**IGNORE, "rules": ["hn405"]}]),
            "/spec/ignore/0/rules/0",
            'spec.ignore[0].rules[0] is "hn405", expected a rule id such as HN405 or pod-guard',
            'did you mean "HN405"?',
        ),
        (
            config(ignore=[{**IGNORE, "rules": [405]}]),
            "/spec/ignore/0/rules/0",
            "spec.ignore[0].rules[0] is 405, expected a string",
            "put it in quotes",
        ),
        (
            config(ignore=[{**IGNORE, "object": "web"}]),
            "/spec/ignore/0/object",
            'spec.ignore[0].object is "web", expected a pattern '
            "such as Deployment/shop/web-* or DaemonSet/*",
            "",
        ),
    ],
)
def test_a_wrong_value_is_named_with_what_was_expected(
    value: Any, pointer: str, message: str, hint: str
) -> None:
    assert only_problem(value) == Problem(pointer, message, hint)


@pytest.mark.parametrize(
    ("value", "pointer", "message", "hint"),
    [
        (config(strikt=True), "/spec/strikt", '"strikt" in spec', 'did you mean "strict"?'),
        (config(podtemplates=[]), "/spec/podtemplates", "in spec", 'did you mean "podTemplates"?'),
        ({**HEAD, "rules": {}}, "/rules", "in the configuration", "it belongs under spec"),
        (config(HN405="off"), "/spec/HN405", "in spec", "it belongs under spec.rules"),
        (
            config(rules={"pod_guard": True}),
            "/spec/rules/pod_guard",
            "in spec.rules",
            'did you mean "pod-guard"?',
        ),
        (config(rules={"hn405": "off"}), "/spec/rules/hn405", "", 'did you mean "HN405"?'),
        (
            config(rules={"HN4051": "off"}),
            "/spec/rules/HN4051",
            "",
            "it may hold node-label, cni-isolation, pod-guard, host-network-pods, "
            "keep-off, pool-attributes or ids of validation rules such as HN405",
        ),
        (
            config(ignore=[{**IGNORE, "a/b": 1}]),
            "/spec/ignore/0/a~1b",
            'unknown key "a/b" in spec.ignore[0]',
            "it may hold rules, object, file, reason or until",
        ),
    ],
)
def test_an_unknown_key_is_named_with_what_was_probably_meant(
    value: Any, pointer: str, message: str, hint: str
) -> None:
    problem = only_problem(value)
    assert (problem.pointer, problem.hint, problem.at_key) == (pointer, hint, True)
    assert message in problem.message


def test_each_missing_key_is_told_once() -> None:
    problems = check(config(podTemplates=[{}]))
    assert [problem.message for problem in problems] == [
        f'spec.podTemplates[0] lacks the key "{key}"' for key in ("group", "kinds", "pointer")
    ]


def test_a_long_value_is_cut_and_put_on_one_line() -> None:
    problem = only_problem(config(onInvalid="one\ntwo " + "x" * 1000))
    assert problem.message == (
        'spec.onInvalid is "one two xxxxxxxxxxxxxxxxxxxxxxxxxxxxx...", expected fail or pass'
    )


def test_an_id_that_no_rule_has_is_a_problem_when_the_rules_are_known() -> None:
    known = ("pod-guard", "HN405", "HN407")
    plain = config(rules={"HN406": "off", "HN407": "off"}, ignore=[{**IGNORE, "rules": ["HN999"]}])
    assert check(plain) == []
    assert [(p.pointer, p.message, p.at_key) for p in check(plain, known)] == [
        ("/spec/rules/HN406", 'there is no rule "HN406"', True),
        ("/spec/ignore/0/rules/0", 'there is no rule "HN999"', False),
    ]
    assert re.match('did you mean "HN40[57]"', check(plain, known)[0].hint)


@pytest.mark.parametrize("key", ["scopes", "include", "exclude"])
def test_a_pattern_that_is_wrong_is_a_problem(key: str) -> None:
    problem = only_problem(config(**{key: ["good", "bad["]}))
    assert problem.pointer == f"/spec/{key}/1"
    assert problem.message == 'invalid pattern "bad["'
    assert problem.hint.startswith("close each bracket")
    problem = only_problem(config(**{key: ["!good", "good", "!good"]}))
    assert problem.pointer == f"/spec/{key}/0"
    assert problem.message == 'the pattern "!good" has no effect'


def test_clusters_have_names_of_their_own_and_patterns_that_can_match() -> None:
    clusters = [
        {"name": "prod", "paths": ["!x", "prod/"]},
        {"name": "staging", "paths": ["staging/", "bad["]},
        {"name": "prod", "paths": ["more/"]},
    ]
    problems = check(config(clusters=clusters))
    assert {(problem.pointer, problem.message) for problem in problems} == {
        ("/spec/clusters/0/paths/0", 'the pattern "!x" has no effect'),
        ("/spec/clusters/1/paths/1", 'invalid pattern "bad["'),
        ("/spec/clusters/2/name", 'there are two clusters called "prod"'),
    }


@pytest.mark.parametrize("name", ["", " ", "a,b", "a ", "a\nb"])
def test_the_name_of_a_cluster_can_be_listed_with_others(name: str) -> None:
    (problem,) = check(config(clusters=[{"name": name, "paths": ["a/"]}]))
    assert problem.pointer == "/spec/clusters/0/name"


def test_a_pattern_of_ignored_files_that_is_wrong_is_a_problem() -> None:
    entries = [
        IGNORE,
        {**IGNORE, "file": "a"},
        {**IGNORE, "file": "../a"},
        {**IGNORE, "file": "!a"},
    ]
    problems = check(config(ignore=entries))
    assert [(problem.pointer, problem.message) for problem in problems] == [
        ("/spec/ignore/2/file", 'invalid pattern "../a"'),
        ("/spec/ignore/3/file", 'the pattern "!a" has no effect'),
    ]
