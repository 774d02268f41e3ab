"""What is known is left out, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from transformer.findings import Finding, ObjectRef
from transformer.pipeline.baseline import NEVER_KNOWN, Key, known_of, without_known

_OBJECTS = (
    None,
    ObjectRef("apps", "v1", "Deployment", "shop", "cart"),
    ObjectRef("", "", "A", "", ""),
)

_findings = st.lists(
    st.builds(
        Finding,
        rule=st.sampled_from(["HN401", "HN405", "HN901"]),
        severity=st.just("error"),
        message=st.just("m"),
        file=st.sampled_from(["a.yaml", "b.yaml"]),
        line=st.integers(1, 3),
        column=st.just(1),
        document=st.just(0),
        object=st.sampled_from(_OBJECTS),
        pointer=st.sampled_from(["", "/spec"]),
        related_total=st.integers(0, 3),
        clusters=st.sampled_from([(), ("one",), ("one", "two")]),
    ),
    max_size=8,
)


@given(_findings)
def test_what_was_written_is_left_out_except_for_what_is_never_known(found: list[Finding]) -> None:
    filtered = without_known(found, known_of(found))
    assert list(filtered.findings) == [one for one in found if one.rule in NEVER_KNOWN]
    assert filtered.left_out == len(found) - len(filtered.findings)
    assert filtered.unneeded == filtered.elsewhere == ()


@given(_findings, _findings)
def test_no_key_is_left_out_more_often_than_it_is_known(
    old: list[Finding], now: list[Finding]
) -> None:
    known = known_of(old)
    filtered = without_known(now, known)
    assert {(one.rule, one.file, one.line) for one in filtered.findings} <= {
        (one.rule, one.file, one.line) for one in now
    }
    found, reported = known_of(now), known_of(filtered.findings)
    for key, number in found.items():
        assert reported.get(key, 0) == (number if number > known.get(key, 0) else 0)
    assert set(filtered.unneeded) == {
        key for key, number in known.items() if found.get(key, 0) < number
    }


def test_entries_about_what_is_not_in_the_input_are_apart() -> None:
    known = {Key("", "HN401", "Pod/a", "", ""): 1, Key("", "HN401", "Pod/b", "", ""): 1}
    filtered = without_known([], known, lambda key: key.object == "Pod/a")
    assert [key.object for key in filtered.unneeded] == ["Pod/a"]
    assert [key.object for key in filtered.elsewhere] == ["Pod/b"]


def test_a_workload_more_among_the_places_of_a_finding_is_new() -> None:
    pool = ObjectRef("apps.openyurt.io", "v1beta2", "NodePool", "", "p")
    one = Finding("HN420", "warning", "m", "p.yaml", 1, 1, 0, object=pool, related_total=5)
    assert without_known([one], known_of([one])).findings == ()
    more = one._replace(related_total=6)
    assert without_known([more], known_of([one])).findings == (more,)
