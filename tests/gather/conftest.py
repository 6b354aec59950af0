"""A workspace that the demo's members fit in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter.demo.sites.shapes import DEMO_DAY, SITES, sources_text

ISSUE = """---
number: 2026-2
title: Nyhetsbrev nr 2 · 2026
subject: Nyheter
preheader: Kort
date: 2026-11-17
language: sv
sender: kansliet
audiences: [politiker]
---

Järnvägen genom Bergslagen behöver dubbelspår, och stålindustrin behöver ingenjörer.

::: medlemsnytt
:::
"""
SETTINGS = """schema = 1

[association]
name = "Föreningen"
short_name = "Föreningen"
postal_address = "Gatan 1"
website = "https://www.bergslaget.example"
contact = "kansli@bergslaget.example"

[senders.kansliet]
name = "Föreningen"
address = "brev@bergslaget.example"
reply_to = "kansli@bergslaget.example"

[unsubscribe]
mailbox = "avsluta@bergslaget.example"

[[topics]]
id = "infrastruktur"
name = "Infrastruktur"
words = ["järnväg", "dubbelspår", "tåg", "=E18", "gods", "väg"]
except = ["vägledning", "fackeltåg", "luciatåg"]

[[topics]]
id = "industri"
name = "Industri"
words = ["stål", "gruv", "industri", "fabrik", "vätgas", "etablering", "datacenter"]

[gather]
contact = "kansli@bergslaget.example"
politeness_seconds = 0.0
"""


class StillClock:
    """A clock that stands at the demo's day."""

    def now(self) -> datetime:
        return datetime(DEMO_DAY.year, DEMO_DAY.month, DEMO_DAY.day, 9, tzinfo=UTC)


@pytest.fixture
def laid_out(tmp_path: Path) -> Callable[[Mapping[str, str]], Path]:
    """Lay the workspace out, with these trial hosts; gives its root."""

    def lay_out(trial_hosts: Mapping[str, str]) -> Path:
        hosts = ", ".join(f'"{public}" = "{local}"' for public, local in trial_hosts.items())
        members = [f"{site.member},{site.name},kommun,Dalarna,{site.origin}" for site in SITES]
        files = {
            "newsletter.toml": f"{SETTINGS}trial_hosts = {{{hosts}}}\n",
            "subscribers/members.csv": "\n".join(["id,name,kind,county,website", *members]) + "\n",
            "subscribers/sources.toml": sources_text(),
            "content/issues/2026-2/issue.md": ISSUE,
        }
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text, encoding="utf-8")
        return tmp_path

    return lay_out
