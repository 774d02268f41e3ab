"""What MkDocs asks for while it builds the site (mkdocs.yml): pages, navigation, texts."""

from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from tools.project_urls import urls
from tools.site import landing
from tools.site.markdown import BrokenLinkError, adapted
from tools.site.pages import INDEX, ROOT, navigation, pages

_ASSETS = ("site.css", "favicon.svg", "iframe-worker.js")
_PLACES = pages()
_SOURCES = {place: name for name, place in _PLACES.items()}
_REPOSITORY = urls().get("Repository", "").rstrip("/").removesuffix(".git")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Set the navigation, and the address of the site if there is one."""
    config.nav = navigation(_PLACES)
    config.site_url = urls().get("Documentation")
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are not in docs/, the landing page and what belongs to it."""
    files.remove(files.src_uris[INDEX.removeprefix("docs/")])
    for name, place in _PLACES.items():
        if place not in files.src_uris:
            files.append(File.generated(config, place, abs_src_path=str(ROOT / name)))
    for name in _ASSETS:
        path = ROOT / "tools" / "site" / name
        files.append(File.generated(config, name, abs_src_path=str(path)))
    for name, content in landing.files().items():
        files.append(File.generated(config, name, content=content))
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Return the text of a page for the site."""
    source = _SOURCES.get(page.file.src_uri)
    if source is None:  # the landing page
        return markdown
    try:
        return adapted(markdown, source, _PLACES, ROOT, _REPOSITORY)
    except BrokenLinkError as error:
        raise PluginError(str(error)) from None
