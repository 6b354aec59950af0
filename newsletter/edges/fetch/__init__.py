"""Getting pages from strangers' servers, politely and safely.

    Web.fetch ── name resolved and checked ── robots.txt? ── turn ──> hop ──> hop ──> bytes      web.py
                          │                                   │        │               │
                       reach.py                           manners.py  wire.py     unpacking.py

:mod:`reach` decides which addresses may be talked to; :mod:`wire` connects to just those, within a deadline;
:mod:`manners` holds robots.txt and the pause per host; :mod:`unpacking` stops bombs; :mod:`failures` says
what went wrong, and whether to ask once more; :mod:`web` walks the redirects.
"""

from newsletter.edges.fetch.web import Web

__all__ = ["Web"]
