"""Which files a set-up has, and what is in them."""

import pytest
import yaml

from transformer.config.config_file import parse
from transformer.config.first_configuration import Proposal, additions, render
from transformer.config.first_files import (
    ACTION,
    BASELINE,
    HOOKS,
    PIPELINE,
    WORKFLOW,
    Facts,
    FirstFile,
    Tool,
    action_of,
    plan,
    read_templates,
)
from transformer.config.resolve import NAME
from transformer.pipeline.settings import Cluster

TEMPLATES = read_templates()
CLUSTERS = (
    Cluster("prod", ("/clusters/prod", "/apps/a b: *", "/yes")),
    Cluster("yes", ('/"quoted"',)),
)
EVERYTHING = Proposal(CLUSTERS, "from somewhere", True, BASELINE, True, ("vendor", "a, b"))


def planned(**facts: object) -> dict[str, FirstFile]:
    return {file.name: file for file in plan(Facts()._replace(**facts), TEMPLATES)}  # type: ignore[arg-type]


def test_the_configuration_is_read_as_it_is_meant() -> None:
    settings = parse(render(EVERYTHING).encode(), NAME)
    assert [one._replace(line=0) for one in settings.clusters] == list(CLUSTERS)
    assert (settings.build, settings.baseline) == (True, BASELINE)
    assert settings.exclude == settings.pool_paths == ()


def test_advice_in_comments_can_be_followed() -> None:
    text = render(EVERYTHING).replace("# pools:", "pools:").replace("# exclude:", "exclude:")
    settings = parse(text.encode(), NAME)
    assert settings.pool_paths == ("nodepools.yaml",)
    assert settings.exclude == ("/vendor/", "/a, b/")


def test_a_configuration_that_sets_nothing_is_read_as_well() -> None:
    settings = parse(render(Proposal()).encode(), NAME)
    assert settings._replace(name="") == type(settings)()
    assert additions(Proposal(lacks_pools=True, vendored=("vendor",))) == ""


def test_lines_to_add_fit_below_the_others() -> None:
    own = (
        "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\nspec:\n  strict: true\n"
    )
    settings = parse((own + additions(EVERYTHING)).encode(), NAME)
    assert (settings.strict, settings.build, len(settings.clusters)) == (True, True, 2)


def test_without_git_there_are_no_hooks() -> None:
    assert list(planned(is_git=False)) == [NAME]
    assert list(planned()) == [NAME, HOOKS]


@pytest.mark.parametrize(("ci", "file"), [("github", WORKFLOW), ("gitlab", PIPELINE)])
def test_each_service_has_its_file(ci: str, file: str) -> None:
    found = planned(ci=ci)
    assert list(found) == [NAME, HOOKS, file]
    assert not any(one.is_there for one in found.values())


def test_files_with_our_lines_need_nothing() -> None:
    there = {
        NAME: "",
        BASELINE: "",
        HOOKS: "- id: hostnet-validate",
        ".github/workflows/x.yaml": "uses: me/hostnet-transform@v1",
    }
    found = planned(there=there, ci="github", baseline="entries: []")
    assert set(found.values()) == {FirstFile(name, "", True) for name in there}


def test_files_without_our_lines_get_them_by_hand() -> None:
    found = planned(there={HOOKS: "repos: []", PIPELINE: "test: {}"}, ci="gitlab")
    assert found[HOOKS].is_there
    assert isinstance(yaml.safe_load(found[HOOKS].text), list)
    assert found[PIPELINE].is_there
    assert set(yaml.safe_load(found[PIPELINE].text)) == {"hostnet"}


def test_a_hook_that_edits_is_left_out_if_it_would_edit_sources() -> None:
    for tool in (Tool(), Tool("https://example.com/x", "v1")):
        (repository,) = yaml.safe_load(planned(edits=False, tool=tool)[HOOKS].text)["repos"]
        assert [hook["id"] for hook in repository["hooks"]] == ["hostnet-validate"]


def test_what_needs_quotes_gets_them() -> None:
    tool = Tool("https://example.com/x: #1", "0123")
    found = planned(tool=tool, ci="github", branch="release #2, true")
    (repository,) = yaml.safe_load(found[HOOKS].text)["repos"]
    assert (repository["repo"], repository["rev"]) == tool
    assert yaml.load(found[WORKFLOW].text, yaml.BaseLoader)["on"]["push"] == {
        "branches": ["release #2, true"]
    }
    job = yaml.safe_load(planned(tool=tool, ci="gitlab")[PIPELINE].text)["hostnet"]
    assert job["variables"]["HOSTNET_REPOSITORY"] == "@".join(tool)


@pytest.mark.parametrize(
    ("address", "of_pip"),
    [
        ("git@git.example.com:group/tool.git", "ssh://git@git.example.com/group/tool.git@v1"),
        ("ssh://git@git.example.com:22/tool", "ssh://git@git.example.com:22/tool@v1"),
        ("https://me@git.example.com/tool", "https://me@git.example.com/tool@v1"),
    ],
)
def test_pip_gets_an_address_that_it_takes(address: str, of_pip: str) -> None:
    text = planned(tool=Tool(address, "v1"), ci="gitlab")[PIPELINE].text
    assert yaml.safe_load(text)["hostnet"]["variables"]["HOSTNET_REPOSITORY"] == of_pip


@pytest.mark.parametrize(
    ("address", "action"),
    [
        ("https://github.com/me/tool", "me/tool@v1"),
        ("https://github.com/me/tool.git", "me/tool@v1"),
        ("https://me@github.com/me/tool/", "me/tool@v1"),
        ("git@github.com:me/tool.git", "me/tool@v1"),
        ("ssh://git@github.com/me/tool", "me/tool@v1"),
        ("https://notgithub.com/me/tool", ""),
        ("https://github.com.example.org/me/tool", ""),
        ("https://gitlab.com/github.com/me/tool", ""),
        ("https://github.com/me", ""),
        ("", ""),
    ],
)
def test_an_action_is_on_github(address: str, action: str) -> None:
    assert action_of(Tool(address, "v1")) == action


def test_an_action_that_is_elsewhere_keeps_its_placeholder() -> None:
    text = planned(ci="github", tool=Tool("https://example.com/x", "v1"))[WORKFLOW].text
    assert ACTION in text
