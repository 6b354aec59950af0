"""Letters handed to a mail server by SMTP submission: RFC 5321 and 6409.

mailer    the port: connections kept, used in turn, replaced
opening   TCP, TLS, EHLO, AUTH          login     PLAIN, LOGIN, XOAUTH2
exchange  letter after letter; the table of what a cut means at each step
envelope  what the server offers, and MAIL and RCPT in return
judging   what a reply means for one letter, or for all
wire      bytes out, replies in, within bounds
failures  a transport that cannot work, in words
"""

from newsletter.edges.smtp.mailer import Smtp, features

__all__ = ["Smtp", "features"]
