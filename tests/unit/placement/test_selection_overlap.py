"""Do the selections of two pods keep them apart?"""

from typing import Any

import pytest

from transformer.kubernetes.pod_template import PodTemplate
from transformer.placement.selection_overlap import are_apart, demands, only_values


def selecting(**labels: Any) -> PodTemplate:
    return PodTemplate({"spec": {"nodeSelector": labels}}, "")


def requiring(*terms: Any) -> PodTemplate:
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [*terms]}}
    return PodTemplate({"spec": {"affinity": {"nodeAffinity": required}}}, "")


def named(*names: str) -> dict[str, Any]:
    return {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [*names]}]}


def term(key: str, operator: str, *values: str) -> dict[str, Any]:
    return {"matchExpressions": [{"key": key, "operator": operator, "values": [*values]}]}


ARM, INTEL = selecting(arch="arm64"), selecting(arch="amd64")


@pytest.mark.parametrize(
    ("one", "other", "is_apart"),
    [
        (ARM, INTEL, True),
        (ARM, selecting(arch="arm64", os="linux"), False),
        (ARM, selecting(os="linux"), False),
        (ARM, selecting(), False),
        (ARM, requiring(term("arch", "In", "amd64", "riscv64")), True),
        (ARM, requiring(term("arch", "In", "amd64", "arm64")), False),
        (requiring(term("zone", "In", "a")), requiring(term("zone", "In", "b", "c")), True),
        (ARM, requiring(term("arch", "NotIn", "arm64", "amd64")), True),
        (ARM, requiring(term("arch", "NotIn", "amd64")), False),
        (ARM, requiring(term("arch", "DoesNotExist")), True),
        (ARM, requiring(term("arch", "Exists")), False),
        (requiring(term("canary", "Exists")), requiring(term("canary", "DoesNotExist")), True),
        (requiring(term("canary", "Exists")), requiring(term("canary", "NotIn", "a")), False),
        (requiring(term("a", "NotIn", "b")), requiring(term("a", "DoesNotExist")), False),
        (requiring(named("n1")), requiring(named("n2")), True),
        (requiring(named("n1")), requiring(named("n1", "n2")), False),
        (selecting(**{"metadata.name": "n1"}), requiring(named("n2")), False),
        # Terms are alternatives: each of them has to be apart.
        (ARM, requiring(term("arch", "In", "amd64"), term("os", "In", "linux")), False),
        (ARM, requiring(term("arch", "In", "amd64"), term("arch", "In", "riscv64")), True),
        # A number cannot be told from what it is compared with.
        (requiring(term("n", "Gt", "5")), requiring(term("n", "Lt", "3")), False),
    ],
)
def test_pods_are_apart_where_one_label_would_need_two_values(
    one: PodTemplate, other: PodTemplate, is_apart: bool
) -> None:
    assert are_apart(demands(one), demands(other)) is is_apart
    assert are_apart(demands(other), demands(one)) is is_apart


@pytest.mark.parametrize(
    "template",
    [
        PodTemplate({"spec": {"nodeSelector": "arch"}}, ""),
        selecting(arch=None),
        requiring(None),
        requiring({"matchExpressions": "arch"}),
        requiring({"matchExpressions": [None, {"operator": "In"}]}),
        requiring({"matchExpressions": [{"key": "arch", "operator": "Gt", "values": ["1"]}]}),
        requiring({"matchExpressions": [{"key": "arch", "operator": "In", "values": 5}]}),
        requiring({"matchExpressions": [{"key": "arch", "operator": "In", "values": "arm64"}]}),
        requiring({"matchFields": [{"key": "metadata.name", "operator": "In", "values": True}]}),
    ],
)
def test_what_is_malformed_demands_nothing(template: PodTemplate) -> None:
    assert demands(template) == ((),)


@pytest.mark.parametrize(
    ("template", "values"),
    [
        (ARM, ("arm64",)),
        (requiring(term("arch", "In", "a", "b"), term("arch", "In", "b", "c")), ("a", "b", "c")),
        (requiring(term("arch", "In", "a"), term("os", "In", "linux")), None),
        (requiring(term("arch", "NotIn", "a")), None),
        (selecting(), None),
    ],
)
def test_the_values_of_which_a_label_must_have_one(
    template: PodTemplate, values: tuple[str, ...] | None
) -> None:
    assert only_values(demands(template), "arch") == values
