"""What is known is left out, and nothing else."""

import inspect
import re
import sys

from hypothesis import given
from hypothesis import strategies as st

from transformer.findings import Finding, ObjectRef, Related
from transformer.pipeline.baseline import Key, always_reported, known_of, without_known
from transformer.rules.registry import validation_rules

_OBJECTS = (
    None,
    ObjectRef("apps", "v1", "Deployment", "shop", "cart"),
    ObjectRef("", "", "A", "", ""),
)

_findings = st.lists(
    st.builds(
        Finding,
        rule=st.sampled_from(["HN401", "HN405", "HN901"]),
        severity=st.sampled_from(["error", "warning"]),
        message=st.just("m"),
        file=st.sampled_from(["a.yaml", "b.yaml"]),
        line=st.integers(1, 3),
        column=st.just(1),
        document=st.just(0),
        object=st.sampled_from(_OBJECTS),
        pointer=st.sampled_from(["", "/spec"]),
        related=st.just(()),
        is_each=st.just(False),
        other=st.sampled_from(["", "NodePool/p"]),
        clusters=st.sampled_from([(), ("one",), ("one", "two")]),
    ),
    max_size=8,
)


@given(_findings)
def test_what_was_written_is_left_out_except_for_what_is_never_known(found: list[Finding]) -> None:
    filtered = without_known(found, known_of(found))
    assert list(filtered.findings) == [one for one in found if one.rule == "HN901"]
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
    known = {Key("", "HN401", "", f"Pod/{name}", "", "", ""): 1 for name in "ab"}
    filtered = without_known([], known, is_decided=lambda key: key.object == "Pod/a")
    assert [key.object for key in filtered.unneeded] == ["Pod/a"]
    assert [key.object for key in filtered.elsewhere] == ["Pod/b"]


def workload(name: str) -> ObjectRef:
    return ObjectRef("apps", "v1", "Deployment", "", name)


def landing(*names: str) -> Finding:
    pool = ObjectRef("apps.openyurt.io", "v1beta2", "NodePool", "", "p")
    places = tuple(
        Related(f"{name}.yaml", 1, 1, "can land there", workload(name)) for name in names
    )
    return Finding(
        "HN420", "warning", "m", "p.yaml", 1, 1, 0, object=pool, related=places, is_each=True
    )


def test_of_the_places_of_a_finding_only_new_ones_are_reported() -> None:
    known = known_of([landing("web", "job")])
    assert without_known([landing("job", "web")], known).findings == ()
    (found,) = without_known([landing("web", "api", "cli")], known).findings
    assert (found.related, found.related_total) == (landing("api", "cli").related, 2)
    # The pool was there before: it is at the first of what is new.
    assert (found.file, found.object, found.pointer) == ("api.yaml", workload("api"), "")
    assert without_known([landing("api", "cli")], known).findings == (landing("api", "cli"),)


def test_a_place_that_is_patched_is_as_mild_by_itself_as_among_others() -> None:
    found = landing("web", "job")
    web, job = found.related
    found = found._replace(related=(web, job._replace(patches=("patch.yaml",))))
    known = known_of([found])
    assert {key.object: key.severity for key in known} == {
        "Deployment/web": "warning",
        "Deployment/job": "info",
    }
    (new,) = without_known([found], known_of([landing("web")])).findings
    assert (new.severity, new.patches) == ("info", ("patch.yaml",))
    assert new.message == "m (without the patch in patch.yaml)"


def test_the_place_in_a_list_may_change() -> None:
    at = "/spec/template/spec/containers/{}/ports/0"
    found = Finding("HN410", "error", "m", "a.yaml", 1, 1, 0, object=workload("a"))
    before, now = (found._replace(pointer=at.format(number)) for number in (0, 12))
    assert without_known([now], known_of([before])).findings == ()


def test_a_warning_that_becomes_an_error_is_reported() -> None:
    warning = Finding("HN427", "warning", "m", "a.yaml", 1, 1, 0, object=workload("a"))
    error = warning._replace(severity="error")
    assert without_known([error], known_of([warning])).findings == (error,)


def test_files_that_no_longer_hold_a_manifest_are_told_apart() -> None:
    def strangers(*files: str) -> Finding:
        places = tuple(Related(file, 1, 1, "no kind") for file in files)
        return Finding("HN903", "info", "m", files[0], 1, 1, 0, related=places, is_each=True)

    known = known_of([strangers("a", "b")])
    assert without_known([strangers("b", "a")], known).findings == ()
    (found,) = without_known([strangers("a", "c")], known).findings
    assert [one.file for one in found.related] == ["c"]


def test_changes_reminders_and_what_was_not_read_are_always_reported() -> None:
    always = always_reported(validation_rules())
    assert always >= {"HN201", "HN204", "HN304", "HN416", "HN901", "HN905", "HN907"}
    assert always.isdisjoint({"HN401", "HN420", "HN903", "HN906"})


def test_rules_that_look_at_an_old_state_are_known_to_say_other_things_with_it() -> None:
    looks_back = re.compile(r"context\.before|asks_anew\(|\.former_|\.joining")
    found = {
        rule.id
        for rule in validation_rules()
        if rule.check is not None
        and looks_back.search(inspect.getsource(sys.modules[rule.check.__module__]))
        and "old" not in rule.needs
        and not rule.compares
    }
    # With an old state these say more, or give other help; what they say of one state stays.
    assert found == {"HN102", "HN103", "HN104", "HN106", "HN312"}


def test_of_two_objects_it_does_not_matter_which_is_reported() -> None:
    one = Finding("HN408", "error", "m", "a.yaml", 1, 1, 0, object=workload("a"), pointer="/x")
    one = one._replace(other=str(workload("b")))
    two = one._replace(file="b.yaml", object=workload("b"), pointer="/y", other=str(workload("a")))
    assert without_known([two], known_of([one])).findings == ()
