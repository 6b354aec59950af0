"""An issue's letters, rendered: one way for all verbs, so that what is built is what is checked and sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from newsletter import compose, render
from newsletter.model.letter import Edition, Letter
from newsletter.model.settings import Settings
from newsletter.pipeline import issues
from newsletter.pipeline.issues import LoadedIssue
from newsletter.ports import Workspace
from newsletter.render import Theme

TEMPLATES = "templates"
THEME = f"{TEMPLATES}/theme.toml"
_ENDING = ".mjml.j2"


def letters(
    loaded: LoadedIssue,
    keys: Iterable[Sequence[str]],
    *,
    workspace: Workspace,
    settings: Settings,
    shipped: Mapping[str, bytes],
) -> tuple[Letter, ...]:
    """The letter of each edition. `shipped` are the program's own templates, over which the workspace's lie.

    Raises InputError or Problems with the file and line of the issue, the theme or a template.
    """
    texts, look = templates(workspace, shipped), theme(workspace)
    return _rendered(loaded, keys, texts, look, workspace=workspace, settings=settings)


def plain_letters(
    loaded: LoadedIssue,
    keys: Iterable[Sequence[str]],
    *,
    workspace: Workspace,
    settings: Settings,
    shipped: Mapping[str, bytes],
) -> tuple[Letter, ...]:
    """The same letters by the program's own templates and neutral theme, to hold others against."""
    texts = {name: data.decode() for name, data in shipped.items() if name.endswith(_ENDING)}
    return _rendered(loaded, keys, texts, render.theme(), workspace=workspace, settings=settings)


def _rendered(
    loaded: LoadedIssue,
    keys: Iterable[Sequence[str]],
    texts: Mapping[str, str],
    look: Theme,
    *,
    workspace: Workspace,
    settings: Settings,
) -> tuple[Letter, ...]:
    members = issues.members(workspace)
    composed = compose.Editions(loaded.issue, loaded.picks, members)
    editions = [composed.edition(key) for key in keys]
    names = {member.id: member.name for member in members.values()}
    return tuple(
        render.letter(
            edition,
            templates=texts,
            theme=look,
            settings=settings,
            pictures=_pictures(edition, look, workspace),
            members=names,
        )
        for edition in editions
    )


def telling(made: Sequence[Letter]) -> tuple[int, ...]:
    """Numbers of the letters that together show every block: each shows one that no earlier letter does.

    Editions may differ in nothing but order, and what holds for a block holds in all of them.
    """
    shown: set[str] = set()
    found: list[int] = []
    for number, letter in enumerate(made):
        if new := letter.block_bytes.keys() - shown:
            shown |= new
            found.append(number)
    return tuple(found)


def templates(workspace: Workspace, shipped: Mapping[str, bytes]) -> Mapping[str, str]:
    """Templates by file name: the program's, and the workspace's in their place."""
    own = [path for path in workspace.names(TEMPLATES) if path.endswith(_ENDING)]
    texts = {name: data.decode() for name, data in shipped.items() if name.endswith(_ENDING)}
    return texts | {path.removeprefix(f"{TEMPLATES}/"): issues.text(workspace, path) for path in own}


def theme(workspace: Workspace) -> Theme:
    """The workspace's theme; the neutral one where it has none."""
    has_one = THEME in workspace.names(TEMPLATES)
    return render.theme(issues.text(workspace, THEME), THEME) if has_one else render.theme()


def _pictures(edition: Edition, look: Theme, workspace: Workspace) -> Mapping[str, bytes]:
    """The bytes of each picture that is there; render tells of those that are not, with their place."""
    wanted = render.picture_paths(edition, look)
    there = {
        path for folder in {path.rpartition("/")[0] for path in wanted} for path in workspace.names(folder)
    }
    return {path: workspace.read(path) for path in wanted if path in there}
