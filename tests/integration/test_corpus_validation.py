"""`validate` on real manifests from upstream: findings where there is something to find only."""

import pytest

from tests.integration.test_corpus import GUARDED, TEMPLATES, VALID, content, transformed
from tests.shared_material import CORPUS, files, needs
from transformer import Finding, validate

pytestmark = needs(CORPUS)

POOL = b"""\
apiVersion: apps.openyurt.io/v1beta2
kind: NodePool
metadata: {name: hangzhou}
spec: {type: Edge, hostNetwork: true}
"""

OTHERS = {
    "styles/duplicate-key-metadata-proxy.yaml": [("HN902", 46)],
    "styles/configmap-embedded-templates.yaml": [("HN903", 1)],
}
"""What there is to find that is not about host networking."""


def about(found: Finding) -> tuple[str, str]:
    return found.rule, str(found.object)


@pytest.mark.parametrize("name", VALID)
def test_the_findings_are_the_components_that_are_not_guarded(name: str) -> None:
    findings = validate(content(name))
    if name in OTHERS:
        assert [(found.rule, found.line) for found in findings] == OTHERS[name]
    else:
        assert {about(found) for found in findings} == {
            ("HN406", workload) for workload in GUARDED.get(name, ())
        }


@pytest.mark.parametrize("name", GUARDED)
def test_what_was_transformed_has_no_finding(name: str) -> None:
    assert validate(transformed(name).data, pools=POOL) == ()


@pytest.mark.parametrize("name", files(CORPUS, "apps/*"))
def test_of_applications_beside_a_host_network_pool_only_those_are_found_that_can_land_there(
    name: str,
) -> None:
    found = validate(content(name), pools=POOL)
    assert [one.rule for one in found] == (["HN420"] if name in LANDING else [])


LANDING = {
    "apps/argo-cd-namespace-install.yaml",
    "apps/ingress-nginx-baremetal.yaml",
    "apps/kops-cluster-autoscaler.yaml",
    "apps/podinfo-cronjob-warm-cache.yaml",
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_told_as_such(name: str) -> None:
    findings = validate(content(name))
    assert {found.rule for found in findings} == {"HN901"}
    assert "this looks like a template" in findings[0].message


@pytest.mark.parametrize("name", VALID)
def test_a_file_compared_with_itself_has_no_change(name: str) -> None:
    assert [about(found) for found in validate(content(name), old=content(name))] == [
        about(found) for found in validate(content(name))
    ]
