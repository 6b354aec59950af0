"""A workspace with one short issue and so many on its list, made once and copied for each run."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

from newsletter.edges.package import shipped
from newsletter.edges.workspace import Folder
from newsletter.pipeline.init import init

NEWSLETTER = (sys.executable, "-m", "newsletter")  # as a user starts it
ISSUE = "2026-1"
DAY = date(2026, 11, 2)
_LIST = "subscribers/private/kill.csv"
_LETTER = f"""---
number: {ISSUE}
title: Nyhetsbrev {ISSUE}
subject: Höstens första brev från föreningen
preheader: Mötet i november, och vad vi gör till dess
date: {DAY}
language: sv
sender: kansliet
audiences: [alla]
---

Hej {{{{namn}}}}!

Höstmötet hålls den 20 november. Kallelsen kommer om en vecka.

::: kort ämne=aktuellt
## Samverkan om yrkesutbildning

Sju kommuner prövar en gemensam utbildning för industrins yrken.

[Läs mer på föreningens webbplats](https://www.forening.example/)
:::
"""
_TRANSPORTS = """
[sendgrid]
chunk = {chunk}
workers = {workers}
timeout_seconds = {timeout}

[smtp]
host = "127.0.0.1"
port = 1
security = "none"
auth = "none"
connections = {workers}
per_minute = 0
timeout_seconds = {timeout}

[backup]
keep = 1
"""


def address(number: int) -> str:
    """The address of one recipient."""
    return f"lasare{number:06}@exempelby.example.org"


def prepared(folder: Path, recipients: int, *, chunk: int, workers: int, timeout: float) -> Path:
    """A new workspace in the folder: nothing is planned yet."""
    init(Folder(folder), skeleton=shipped("skeleton"), today=DAY)
    settings = folder / "newsletter.toml"
    transports = _TRANSPORTS.format(chunk=chunk, workers=workers, timeout=timeout)
    settings.write_text(settings.read_text("utf-8") + transports, "utf-8")
    (folder / f"content/issues/{ISSUE}/issue.md").write_text(_LETTER, "utf-8")
    _import(folder, recipients)
    return folder


def copied(template: Path, folder: Path, port: int) -> Path:
    """A fresh copy for one run, whose mail server listens at the port."""
    shutil.copytree(template, folder)
    settings = folder / "newsletter.toml"
    settings.write_text(settings.read_text("utf-8").replace("port = 1\n", f"port = {port}\n"), "utf-8")
    return folder


def _import(folder: Path, recipients: int) -> None:
    file = folder / _LIST
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["Namn", "E-post", "Medlem", "Roll"])
        writer.writerows([f"Läsare {n}", address(n), "exempelby", "chef"] for n in range(recipients))
    words = ["people", "import", str(file), "--list", "kill", "--basis", "prov", "--confirm"]
    subprocess.run([*NEWSLETTER, "--workspace", str(folder), *words], check=True, capture_output=True)
