"""What docs/dns.md tells is what the program does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from newsletter.model.settings import DnsRules
from newsletter.send.readiness.note import zone_line
from tests.dns.zones import judged, rules, settings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/dns.md").read_text("utf-8")


def test_every_rule_is_there() -> None:
    """The table has each rule that a finding may have, and no other."""
    text = "".join(file.read_text("utf-8") for file in (ROOT / "newsletter/send/readiness").glob("*.py"))
    used = set(re.findall(r'(?:fine|unknown|warning|error|told)\(\s*"([a-z-]+)"', text))
    used |= {f"{subject}-silent" for subject in ("spf", "dkim", "dmarc", "mx")}
    table = PAGE.partition("## Vad som granskas")[2].partition("## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert set(re.findall(r"`([a-z-]+)`", "".join(rows))) == used


def test_the_settings_are_right() -> None:
    """The example of [dns] is read, and has every key."""
    example = PAGE.partition("```toml\n[dns]\n")[2].partition("```")[0]
    settings(example)
    assert set(tomllib.loads(example)) == set(DnsRules.__dataclass_fields__)


def test_the_suggested_policy_is_the_programs() -> None:
    """The DMARC record on the page is the one that is suggested."""
    (record,) = rules(judged({"forening.se": {"A": ["192.0.2.1"]}}))["dmarc-none"].records
    assert f"    {zone_line(record)}\n" in PAGE
