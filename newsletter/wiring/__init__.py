"""Where ports and edges meet: the only place that names an edge.

An :class:`Application` is one workspace with everything plugged in. An edge is made when it is first
needed, so that a command pays only for what it uses.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter import config
from newsletter.edges.clock import SystemClock
from newsletter.edges.package import example, shipped
from newsletter.edges.workspace import Folder
from newsletter.wiring.lists import Lists
from newsletter.wiring.news import News
from newsletter.wiring.results import Results
from newsletter.wiring.rights import Rights
from newsletter.wiring.sending import Sending

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from newsletter.ports import Timer


def application(workspace: Path | None = None) -> Application:
    """The application for the workspace that was named, or the one around the current folder."""
    named = workspace or config.chosen_workspace()
    root = named.resolve() if named else config.find(Path.cwd())
    return Application(root, config.load(root))


def trial(
    root: Path, *, clock: Timer, new_id: Callable[[], str], trial_hosts: Mapping[str, str]
) -> Application:
    """The application over a workspace to try things in: its own time and ids, members' sites on loopback."""
    settings = config.load(root)
    rules = replace(settings.gather, trial_hosts=trial_hosts, politeness_seconds=0.0)
    return Application(root, replace(settings, gather=rules), clock, new_id)


def lay_out_example(folder: Path, changed: Callable[[Mapping[str, bytes]], Mapping[str, bytes]]) -> None:
    """The example workspace in a new folder, whole or not at all, with some of its files changed."""
    Folder(folder.parent).replace(folder.name, changed(example()))


def init(folder: Path) -> Sequence[str]:
    """A new workspace in the folder; the paths that were written."""
    from newsletter.pipeline import init

    skeleton = shipped("skeleton")
    today = SystemClock().now().astimezone().date()
    return init.init(Folder(folder), skeleton=skeleton, today=today)


class Application(News, Sending, Lists, Rights, Results):
    """All verbs over one workspace; each calls the pipeline with what is plugged in."""
