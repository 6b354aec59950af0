"""Bytes of feeds and pages to news, and news to candidates that an editor can trust.

    bytes ── feed | listing ──> [NewsItem] ── article, merged ──> [NewsItem] ─ grouped, ranked ─> [Candidate]
                                     day · cleaned · canonical                     topics

Everything here is a pure function. Those that take bytes from strangers (:func:`feed`, :func:`listing`,
:func:`article`, :func:`picture`) are meant to be run through the port ``Isolated``; what they give is plain
text, http(s) addresses and new pixels only.
"""

from newsletter.gather.addresses import address_day, canonical
from newsletter.gather.articles import article, merged
from newsletter.gather.cleaning import cleaned
from newsletter.gather.days import day
from newsletter.gather.discovery import discovered
from newsletter.gather.discovery_judged import READERS, judged, newest, passed_by_name, sampled
from newsletter.gather.feeds import feed
from newsletter.gather.grouping import grouped
from newsletter.gather.leftout import LeftOut, left_out
from newsletter.gather.lists import listing
from newsletter.gather.pictures import MailPicture, picture
from newsletter.gather.posts import posts
from newsletter.gather.ranking import ranked
from newsletter.gather.sources_written import written
from newsletter.gather.sourcing import sources, sources_text
from newsletter.gather.topicality import topics

__all__ = [
    "READERS",
    "LeftOut",
    "MailPicture",
    "address_day",
    "article",
    "canonical",
    "cleaned",
    "day",
    "discovered",
    "feed",
    "grouped",
    "judged",
    "left_out",
    "listing",
    "merged",
    "newest",
    "passed_by_name",
    "picture",
    "posts",
    "ranked",
    "sampled",
    "sources",
    "sources_text",
    "topics",
    "written",
]
