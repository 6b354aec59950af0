"""What happened to the letters, and who clicked: a person or a machine.

    bytes → events → (by delivery) judged clicks → response → counted in the report

Everything here can be computed again from the raw events, in any order.
"""

from newsletter.track.clicks import Verdict, content_links, judged
from newsletter.track.fold import outcome, response, suppression
from newsletter.track.sendgrid import events

__all__ = ["Verdict", "content_links", "events", "judged", "outcome", "response", "suppression"]
