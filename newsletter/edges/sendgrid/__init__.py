"""Twilio SendGrid: a chunk is one request; its letters are held until they are due, and can be taken back.

    parcel ─► payload.body ─► client ─► wire        one request, over connections that are kept
              answers ◄──────┘                      what the answer means, by table
              holds                                 batches: opened, cancelled, released
              logs                                  asked later what became of a letter

No idempotency key exists, so nothing is ever sent again from here: a lost answer is *unknown*, and the
pipeline cancels its batch before it plans the letters anew.
"""

from newsletter.edges.sendgrid.mailer import SendGrid

__all__ = ["SendGrid"]
