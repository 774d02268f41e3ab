"""The commands of `--output kubectl`."""

from typing import Any

import pytest

from transformer.findings import Change, ObjectRef
from transformer.operations import Operation
from transformer.report.as_kubectl import command, comment, guarded, is_possible

WEB = ObjectRef("apps", "v1", "Deployment", "shop", "web")


@pytest.mark.parametrize(
    ("value", "operation", "test"),
    [
        ({}, Operation("add", "/spec", {}), ("/spec", None)),
        ({"spec": None}, Operation("add", "/spec", {}), ("/spec", None)),
        ({"spec": {"a": 1}}, Operation("add", "/spec/b", 2), ("/spec/b", None)),
        ({"spec": {"a": 1}}, Operation("replace", "/spec/a", 2), ("/spec/a", 1)),
        ({"x/y": {"~": 1}}, Operation("replace", "/x~1y/~0", 2), ("/x~1y/~0", 1)),
        ({"l": [1, 2]}, Operation("add", "/l/-", 3), ("/l", [1, 2])),
        ({"l": [1, [2]]}, Operation("add", "/l/1/0", 3), ("/l", [1, [2]])),
        ({"l": [1]}, Operation("replace", "/l", [2]), ("/l", [1])),
    ],
)
def test_what_an_edit_depends_on_is_tested_before(
    value: dict[str, Any], operation: Operation, test: tuple[str, Any]
) -> None:
    path, old = test
    wanted = [{"op": "test", "path": path, "value": old}, operation.as_dict()]
    assert guarded({"metadata": {}, **value}, [operation]) == wanted


def test_tests_come_first_each_once_and_that_of_the_uid_above_all() -> None:
    value = {"metadata": {"uid": "1"}, "l": [1]}
    edits = [Operation("add", path, 2) for path in ("/l/-", "/a", "/l/-")]
    steps = guarded(value, edits)
    assert [step["path"] for step in steps] == ["/metadata/uid", "/l", "/a", "/l/-", "/a", "/l/-"]


@pytest.mark.parametrize(
    "hostile", ["a b", "a'b", "a\n", "", "-a", "a/b", "a,b", "a" * 254, "\u00e9"]
)
@pytest.mark.parametrize("field", ["group", "version", "kind", "namespace", "name"])
def test_only_what_kubernetes_allows_names_an_object(hostile: str, field: str) -> None:
    may_be_empty = field in ("group", "namespace") and not hostile
    assert is_possible(WEB)
    assert is_possible(WEB._replace(**{field: hostile})) is may_be_empty


def test_a_dot_in_a_kind_or_version_would_name_another_kind() -> None:
    assert not is_possible(WEB._replace(kind="Deployment.v1"))
    assert not is_possible(WEB._replace(version="v1.apps"))
    assert is_possible(WEB._replace(name="ip-10.ec2", group="apps.openyurt.io"))


def test_a_comment_is_one_line_of_characters_that_show() -> None:
    text = "caf\u00e9 \n\r\x1b\x7f\x85\u2028\u202e\U000e0001\udce9\u3164"
    shown = r"caf" "\u00e9 " r"\u000a\u000d\u001b\u007f\u0085\u2028\u202e\ue0001\udce9\u3164"
    assert comment(text) == f"# {shown}\n"


def test_json_is_what_yaml_reads_too() -> None:
    change = Change("rule", "a.yaml", 1, 0, "", WEB, ())
    patch = guarded({"metadata": {}}, [Operation("add", "/a", "\U0001f600 \x7f\u2028'\n")])
    line = command([change], patch).splitlines()[-3]
    assert line == '  {"op": "add", "path": "/a", "value": "\U0001f600 \\u007f\\u2028\'\\n"}'
