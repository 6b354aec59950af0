"""Edition + templates -> Letter: HTML, text, pictures and headers, before personal marks are filled in.

    edition ─ view ─ Jinja2 ─ MJML ─ guards ─ mrml ─ HTML ┐
        └──── text ───────────────────────────────── text ┴─ Letter ─ on_disk

The HTML and the text part are written from the same tree of prose, so that they cannot disagree. What mrml
gets wrong is kept from it by :mod:`newsletter.render.guards`.
"""

from newsletter.render.disk import on_disk
from newsletter.render.illustrations import picture_paths
from newsletter.render.letter import letter
from newsletter.render.theme import Theme, theme

__all__ = ["Theme", "letter", "on_disk", "picture_paths", "theme"]
