"""What letters are held against: other issues, lists, templates, and what mail programs understand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from newsletter import check as stage
from newsletter import write
from newsletter.errors import NewsletterError
from newsletter.model.letter import Letter
from newsletter.model.settings import Settings
from newsletter.pipeline import issues
from newsletter.pipeline.issues import LoadedIssue
from newsletter.pipeline.letters import TEMPLATES, plain_letters, telling
from newsletter.ports import Workspace

_LOOKS = (".mjml.j2", ".toml")


def reference(
    loaded: LoadedIssue,
    keys: Sequence[tuple[str, ...]],
    made: Sequence[Letter],
    *,
    workspace: Workspace,
    settings: Settings,
    shipped: Mapping[str, bytes],
    support: bytes,
    readers: Mapping[str, int],
) -> stage.Reference:
    """What the issue's letters, `made` for these keys, are held against.

    `support` says what mail programs understand (empty: nothing is said of it), `readers` how many people
    each segment has.
    """
    sources = dict(_sources(workspace))
    few = [keys[number] for number in telling(made)]
    return stage.Reference(
        features=stage.features(support) if support and sources else (),
        plain=_plain(loaded, few, workspace, settings, shipped) if support and sources else frozenset(),
        sources=sources,
        readers=readers,
        addresses=frozenset(_addresses(workspace, settings)),
        earlier=dict(_subjects(workspace, loaded.issue.id)),
    )


def _sources(workspace: Workspace) -> Iterator[tuple[str, str]]:
    """The workspace's own templates and theme."""
    for path in workspace.names(TEMPLATES):
        if path.endswith(_LOOKS):
            yield path, issues.text(workspace, path)


def _plain(
    loaded: LoadedIssue,
    keys: Sequence[tuple[str, ...]],
    workspace: Workspace,
    settings: Settings,
    shipped: Mapping[str, bytes],
) -> frozenset[str]:
    """What the same letters use when only the program's own templates are there."""
    made = plain_letters(loaded, keys, workspace=workspace, settings=settings, shipped=shipped)
    return frozenset().union(*(stage.used(letter.html) for letter in made))


def _addresses(workspace: Workspace, settings: Settings) -> Iterator[str]:
    """The mail addresses and domains that the workspace knows to be right."""
    own = settings.association
    known = [own.website, own.contact, settings.unsubscribe_mailbox]
    for sender in settings.senders.values():
        known += (sender.address, sender.reply_to)
    known += [member.website for member in issues.members(workspace).values()]
    for address in filter(None, known):
        yield stage.domain(address)
        if "://" not in address:
            yield address.casefold()


def _subjects(workspace: Workspace, issue_id: str) -> Iterator[tuple[str, str]]:
    """The subjects of the other issues that can be read."""
    for other in issues.ids(workspace):
        path = f"{issues.FOLDER}/{other}/issue.md"
        if other == issue_id:
            continue
        try:
            subject = write.issue(issues.text(workspace, path), path, issue_id=other).subject
        except NewsletterError:  # it is told when that issue is built
            continue
        yield subject.strip().casefold(), other
