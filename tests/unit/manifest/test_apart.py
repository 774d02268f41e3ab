"""Do the selections of two pods keep them apart?"""

from typing import Any

import pytest

from transformer.manifest.apart import are_apart, demands
from transformer.manifest.pod_template import PodTemplate


def selecting(**labels: Any) -> PodTemplate:
    return PodTemplate({"spec": {"nodeSelector": labels}}, "")


def requiring(*terms: Any) -> PodTemplate:
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [*terms]}}
    return PodTemplate({"spec": {"affinity": {"nodeAffinity": required}}}, "")


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
        # Any other operator, and terms that are alternatives, leave it open.
        (ARM, requiring(term("arch", "NotIn", "arm64")), False),
        (ARM, requiring(term("arch", "In", "amd64"), term("os", "In", "linux")), False),
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
        requiring({"matchExpressions": [{"key": "arch", "operator": "In", "values": "arm64"}]}),
    ],
)
def test_what_is_malformed_demands_nothing(template: PodTemplate) -> None:
    assert demands(template) == ()
