"""The installed kubectl still says what is recorded, of every hundredth document."""

from tests.kubectl.documents import Document
from tests.kubectl.vectors import Vector, ask, packed, recorded
from tests.requirements import require_tool


def test_the_record_is_what_the_installed_kubectl_says() -> None:
    kubectl = require_tool("kubectl")
    some = list(recorded())[::97]
    assert len(some) > 50
    assert list(ask(kubectl, [Document(*vector[:2]) for vector in some])) == some


def test_a_record_is_the_same_bytes_whenever_it_is_made() -> None:
    kubectl = require_tool("kubectl")
    vector = Vector("json", "{}", "1e21")
    assert packed(kubectl, [vector]) == packed(kubectl, [vector])
    assert packed(kubectl, [vector]) != packed(kubectl, [vector._replace(json="1")])
