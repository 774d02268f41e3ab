"""What to do next is said in few lines."""

from itertools import product

from transformer.commands.first_steps import Left, lines
from transformer.config.first_files import HOOKS, PIPELINE, WORKFLOW, Facts, plan, read_templates
from transformer.findings import Finding, Place, Violation, finding_at

TEMPLATES = read_templates()
NOTHING = Left(())


def found(severity: str) -> Finding:
    return finding_at(Place("a.yaml"), "HN401", severity, Violation("", "m"))  # type: ignore[arg-type]


def steps(facts: Facts, left: Left = NOTHING, where: str = ".") -> list[str]:
    return [*lines(facts, plan(facts, TEMPLATES), left, where)]


def test_there_are_never_more_than_six_lines() -> None:
    places: tuple[dict[str, str], ...] = ({}, {HOOKS: ""}, {HOOKS: "", WORKFLOW: "", PIPELINE: ""})
    for ci, there in product(("", "github", "gitlab"), places):
        for is_git, edits, builds in product((True, False), repeat=3):
            facts = Facts(there=there, is_git=is_git, ci=ci, edits=edits, builds=builds)
            said = steps(facts)
            assert 1 < len(said) <= 6
            assert said[0] == "next: `hostnet-transform validate .`: now no findings"
            assert all(line.startswith("      ") for line in said[1:])


def test_findings_are_counted_and_those_of_the_baseline_as_well() -> None:
    left = Left((found("error"), found("error"), found("warning"), found("info")), 5)
    assert steps(Facts(), left)[0].endswith(
        ": now 2 errors, 1 warning, 1 note; the baseline has 5 entries"
    )


def test_what_is_left_to_do_is_said() -> None:
    said = "\n".join(steps(Facts(there={HOOKS: ""}, ci="github")))
    assert "add the lines above to .pre-commit-config.yaml\n" in said
    assert "put repository and tag of the tool in place of OWNER/hostnet-transform@REF" in said
    assert "commit: .hostnet-transform.yaml, .github/workflows/hostnet.yml" in said
    assert "--check" not in "\n".join(steps(Facts(edits=False)))


def test_names_are_those_for_the_working_folder() -> None:
    said = "\n".join(steps(Facts(there={HOOKS: ""}), where="../.."))
    assert "`hostnet-transform --check ../..`" in said
    assert "add the lines above to ../../.pre-commit-config.yaml\n" in said
    assert "commit: ../../.hostnet-transform.yaml" in said
