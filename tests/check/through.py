"""From an issue's Markdown to its findings, through the real writer, composer, renderer and check."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from newsletter import config
from newsletter.edges.package import shipped
from newsletter.edges.workspace import Folder
from newsletter.pipeline.check import Checked, Ports, check
from newsletter.ports import Fetcher, SpamFilter
from tests.render.building import png

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
TOML = """schema = 1
[association]
name = "Föreningen"
postal_address = "Gatan 1"
website = "https://www.bergslaget.se"
contact = "kansli@bergslaget.se"
[senders.kansliet]
name = "Föreningen"
address = "brev@bergslaget.se"
reply_to = "kansli@bergslaget.se"
[unsubscribe]
mailbox = "avsluta@bergslaget.se"
[[topics]]
id = "projekt"
name = "Projekt"
"""
SEGMENTS = """[politiker]
name = "Förtroendevalda"
where = "grupp = politiker"
[tjanstepersoner]
name = "Tjänstepersoner"
where = "grupp = tjanstepersoner"
"""
MEMBERS = "id,name,kind,county,website\nsater,Säters kommun,kommun,Dalarna,https://www.sater.se\n"
HEAD = """---
number: 2026-2
title: {title}
subject: {subject}
preheader: Vad vi gör, vart vi samlas och hur du nominerar.
date: 2026-11-17
language: sv
sender: kansliet
audiences: [politiker, tjanstepersoner]
{more}---

"""
PATH = "content/issues/2026-2/issue.md"


def text(
    body: str,
    *,
    title: str = "Nyhetsbrev nr 2",
    subject: str = "Nya spår och en dag i Ludvika",
    more: str = "",
) -> str:
    """A whole issue around a body; `more` are lines of its front matter."""
    return HEAD.format(title=title, subject=subject, more=more) + body


def looked_at(
    folder: Path,
    issue: str,
    *,
    files: Mapping[str, bytes] | None = None,
    toml: str = TOML,
    fetcher: Fetcher | None = None,
    spam: SpamFilter | None = None,
    now: datetime = NOW,
) -> Checked:
    """The findings of an issue in a small workspace, with other files over it."""
    workspace = Folder(folder)
    workspace.write(
        {
            "newsletter.toml": toml.encode(),
            "subscribers/segments.toml": SEGMENTS.encode(),
            "subscribers/members.csv": MEMBERS.encode(),
            PATH: issue.encode("utf-8", "surrogatepass"),
            "content/issues/2026-2/pictures/tag.png": png(),
            **(files or {}),
        }
    )
    return check(
        "2026-2",
        Ports(
            workspace=workspace,
            people=None,
            settings=config.load(folder),
            shipped=shipped("letters"),
            now=now,
            support=shipped("check/data")["caniemail.json"],
        ),
        fetcher=fetcher,
        spam=spam,
    )


def card(words: str, title: str = "Ett projekt") -> str:
    """A card about a project."""
    return f"::: kort ämne=projekt\n## {title}\n\n{words}\n:::\n\n"
