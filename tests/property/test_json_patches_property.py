"""`splice` of random JSON patches means what jsonpatch makes of the values, and keeps every line
that no operation names.
"""

from hypothesis import event, given

from tests.property.json_patches import Case, cases, outcome


@given(cases())
def test_a_patch_means_what_jsonpatch_says_and_keeps_every_other_line(case: Case) -> None:
    found = outcome(case)
    event(found[:40])
    assert not found.startswith("!"), found
