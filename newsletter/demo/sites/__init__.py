"""The demo's members: small local sites, each of another of the shapes that municipal sites have.

    with serve() as sites:                  # sites.origins: https://www.hofors.example → http://127.0.0.1:PORT

The news are invented; `news.toml` beside this file holds them.
"""

from newsletter.demo.sites.server import Sites, serve
from newsletter.demo.sites.shapes import DEMO_DAY, sources, sources_text

__all__ = ["DEMO_DAY", "Sites", "serve", "sources", "sources_text"]
