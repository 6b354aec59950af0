"""``new``: a skeleton issue that builds at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from newsletter import write
from newsletter.errors import InputError, StateError
from newsletter.model.issue import IssueKind
from newsletter.model.settings import Settings
from newsletter.model.where import Where
from newsletter.pipeline import issues
from newsletter.ports import Workspace

_NUMBERED = re.compile(r"([0-9]{4})-([0-9]{1,2})")
_NOTICE = timedelta(days=30)  # from today to the event of a new invitation
_TO_ANSWER = timedelta(days=20)
_EVERYBODY = "alla"


@dataclass(frozen=True, slots=True)
class NewIssue:
    """What was laid out."""

    issue: str
    kind: IssueKind
    files: tuple[str, ...]  # paths that were written


def new(workspace: Workspace, settings: Settings, issue_id: str, *, kind: IssueKind, today: date) -> NewIssue:
    """Lay out an issue, dated today, that builds at once. Raises StateError where there is one already."""
    folder = issues.folder_of(issue_id)
    if taken := workspace.names(folder):
        raise StateError(
            f"Numret {issue_id} finns redan.",
            where=Where(taken[0]),
            why="Inget skrivs över.",
            do=f"Öppna {folder}/issue.md, eller välj ett annat namn.",
        )
    head = _head(workspace, settings, issue_id, kind, today)
    body = _BODIES[kind](settings, today)
    workspace.write({f"{folder}/issue.md": f"{head}\n{body}".encode()})
    return NewIssue(issue_id, kind, (f"{folder}/issue.md",))


def _head(workspace: Workspace, settings: Settings, issue_id: str, kind: IssueKind, today: date) -> str:
    title = _title(issue_id, kind)
    lines = {
        "number": issue_id,
        "title": title,
        "subject": f"{title} från {settings.association.short_name}",
        "preheader": _PREHEADERS[kind],
        "date": today.isoformat(),
        "language": settings.association.language,
        "kind": kind.value,
        "sender": next(iter(settings.senders)),
    }
    written = [f"{key}: {_plain(value)}" for key, value in lines.items()]
    audiences = f"audiences: [{', '.join(_audiences(workspace))}]"
    return "\n".join(["---", *written, audiences, "---", ""])


def _plain(value: str) -> str:
    """The value as YAML takes it: in quotes where a character in it means something there."""
    if re.fullmatch(r"[\w][\w .·–-]*", value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _title(issue_id: str, kind: IssueKind) -> str:
    if (numbered := _NUMBERED.fullmatch(issue_id)) and kind is IssueKind.NEWSLETTER:
        return f"Nyhetsbrev nr {int(numbered[2])} · {numbered[1]}"
    return _TITLES[kind]


def _audiences(workspace: Workspace) -> Sequence[str]:
    """Those of the newest issue that can be read; else everybody."""
    known = [segment.id for segment in issues.segments(workspace)]
    for issue_id in reversed(issues.ids(workspace)):
        found = [segment for segment in _audiences_of(workspace, issue_id) if segment in known]
        if found:
            return found
    return [_EVERYBODY] if _EVERYBODY in known else known


def _audiences_of(workspace: Workspace, issue_id: str) -> Sequence[str]:
    path = f"{issues.FOLDER}/{issue_id}/issue.md"
    try:
        return write.issue(issues.text(workspace, path), path, issue_id=issue_id).audiences
    except InputError:  # it is told when that issue is built
        return ()


# --- what a new issue says --------------------------------------------------------------------------

_TITLES = {
    IssueKind.NEWSLETTER: "Nyhetsbrev",
    IssueKind.INVITATION: "Inbjudan",
    IssueKind.NOTICE: "Meddelande",
}
_PREHEADERS = {
    IssueKind.NEWSLETTER: "Vad föreningen gör just nu, och vad medlemmarna berättar",
    IssueKind.INVITATION: "När och var vi ses, och hur du anmäler dig",
    IssueKind.NOTICE: "Ett kort besked från föreningen",
}


def _newsletter(settings: Settings, today: date) -> str:
    return f"""Hej {{{{namn}}}}!

Skriv några meningar om vad brevet handlar om. Hur allt skrivs står i docs/writing.md.

::: kort{_topic(settings)}
## Så här ser en notis ut

En notis har en rubrik och några meningar: vad som har hänt, varför det spelar roll och var man kan läsa mer.

[Läs mer på föreningens webbplats]({settings.association.website})
:::

::: medlemsnytt
:::

::: kalender
- {(today + _NOTICE).isoformat()} tid 13.00 Styrelsemöte, digitalt
:::
"""


def _invitation(settings: Settings, today: date) -> str:
    on, answer = (today + _NOTICE).isoformat(), (today + _TO_ANSWER).isoformat()
    return f"""Hej {{{{namn}}}}!

::: inbjudan{_topic(settings)} datum={on} tid=13.00–15.00 plats="Platsens namn, ort" senast={answer}
## Välkommen till årets möte

Skriv vad mötet handlar om, vem det är till för och vad den som kommer får med sig därifrån.

[Anmäl dig]({settings.association.website})
:::
"""


def _notice(settings: Settings, today: date) -> str:
    return f"""Hej {{{{namn}}}}!

Skriv beskedet här: det viktigaste först, i en eller två meningar.

Har du frågor? Skriv till [{settings.association.contact}](mailto:{settings.association.contact}).
"""


def _topic(settings: Settings) -> str:
    return f" ämne={settings.topics[0].id}" if settings.topics else ""


_BODIES: Mapping[IssueKind, Callable[[Settings, date], str]] = {
    IssueKind.NEWSLETTER: _newsletter,
    IssueKind.INVITATION: _invitation,
    IssueKind.NOTICE: _notice,
}
