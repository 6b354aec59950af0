"""Human or machine, by rule; the reason stands beside every judgement.

A security scanner opens the links of a letter in a burst: of 836 recorded bursts the median came 43 s
after sending, so the clock since sending says little, and the burst says much.

    ≥ 3 distinct links within 2 s                        machine
    ≥ max(3, 60 % of the links) within 10 s              machine (all of at least 4 links is a case of it)
    the canary link                                      machine, with what lies within 10 s of it
    a known scanner's signature                          machine
    what is left, within 60 s of any of these            unsure
    what is left, in a letter with fewer than 3 links    unsure
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from newsletter.model.delivery import Sending
from newsletter.model.event import Event, Judgement

FAST_SECONDS = 2
SLOW_SECONDS = 10
NEAR_SECONDS = 60
BURST = 3  # distinct links
MOST = 0.6  # of the letter's links

# Parts of user agents (small letters) that security products and link previews name themselves by.
SCANNERS = (
    "barracuda",
    "bitdefender",
    "bot",
    "checkpoint",
    "crawler",
    "curl/",
    "fortimail",
    "googleimageproxy",
    "headlesschrome",
    "ironport",
    "linkpreview",
    "mimecast",
    "okhttp",
    "proofpoint",
    "python-requests",
    "safelinks",
    "skypeuripreview",
    "sophos",
    "spider",
    "symantec",
    "trendmicro",
    "wget",
    "zscaler",
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A click, who made it, and why we think so (a steady word)."""

    click: Event
    judgement: Judgement
    reason: str


def content_links(sending: Sending, edition: str) -> Mapping[str, str]:
    """The web links in the blocks of an edition, each with its block: what a reader reads on by.

    The letter's head and foot, mail addresses and the way out are not among them.
    """
    blocks = sending.editions.get(edition)
    return {
        href: block
        for href, block in sending.links.items()
        if block and href.startswith(("https://", "http://")) and (blocks is None or block in blocks)
    }


def judged(clicks: Sequence[Event], links: int, canary: str = "") -> tuple[Verdict, ...]:
    """Each click of one delivery, judged; by time, then id. `links` is how many the letter has."""
    ordered = sorted(clicks, key=lambda click: (click.at, click.id))
    reasons = _machine(ordered, links, canary)
    return tuple(
        _verdict(click, reasons[i], _near(ordered, reasons, i), links) for i, click in enumerate(ordered)
    )


def _verdict(click: Event, reason: str, near: bool, links: int) -> Verdict:
    if reason:
        return Verdict(click, Judgement.MACHINE, reason)
    if near:
        return Verdict(click, Judgement.UNSURE, "near-machine")
    if links < BURST:
        return Verdict(click, Judgement.UNSURE, "few-links")
    return Verdict(click, Judgement.HUMAN, "no-machine-sign")


def _machine(ordered: Sequence[Event], links: int, canary: str) -> list[str]:
    """The reason why each click is a machine's, or an empty string."""
    reasons = ["scanner-agent" if _is_scanner(click.agent) else "" for click in ordered]
    if links >= BURST:
        _mark_bursts(ordered, reasons, FAST_SECONDS, BURST, "burst-2s")
        _mark_bursts(ordered, reasons, SLOW_SECONDS, max(BURST, math.ceil(MOST * links)), "burst-10s")
    if canary:
        _mark_canary(ordered, reasons, canary)
    return reasons


def _is_scanner(agent: str) -> bool:
    small = agent.lower()
    return any(name in small for name in SCANNERS)


def _seconds(ordered: Sequence[Event]) -> list[float]:
    return [click.at.timestamp() for click in ordered]


def _mark_bursts(ordered: Sequence[Event], reasons: list[str], width: int, enough: int, reason: str) -> None:
    """Mark every click of every window of `width` seconds that holds enough distinct links."""
    times = _seconds(ordered)
    for first, start in enumerate(times):
        end = bisect_right(times, start + width)
        if len({click.url for click in ordered[first:end]}) >= enough:
            _mark(reasons, first, end, reason)


def _mark_canary(ordered: Sequence[Event], reasons: list[str], canary: str) -> None:
    times = _seconds(ordered)
    for moment in [times[i] for i, click in enumerate(ordered) if click.url == canary]:
        first, end = bisect_left(times, moment - SLOW_SECONDS), bisect_right(times, moment + SLOW_SECONDS)
        _mark(reasons, first, end, "canary")


def _mark(reasons: list[str], first: int, end: int, reason: str) -> None:
    for i in range(first, end):
        reasons[i] = reasons[i] or reason


def _near(ordered: Sequence[Event], reasons: Sequence[str], i: int) -> bool:
    """Whether the click lies within a minute of a machine's, as a scanner's second look does."""
    at = ordered[i].at
    return any(
        reason and abs((click.at - at).total_seconds()) <= NEAR_SECONDS
        for click, reason in zip(ordered, reasons, strict=True)
    )
