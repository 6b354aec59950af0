"""Getting pages from strangers' servers, politely and safely.

    Web.fetch ── robots.txt? ── pause ──> hop ──> hop ──> bytes       web.py
                                           │
                  addresses checked, then connected to                reach.py, wire.py

:mod:`reach` decides which addresses may be talked to; :mod:`wire` connects to just those, within a deadline;
:mod:`manners` holds robots.txt and the pause per host; :mod:`web` walks the redirects.
"""

from newsletter.edges.fetch.web import Web

__all__ = ["Web"]
