"""Public fakes and builders, for the tests of the program and of whoever extends it.

A fake keeps a port's whole contract in memory; the suites in ``tests/store`` run over it and over the
real edge alike. Two servers on loopback stand in for the world that letters go out into, as its own papers
describe it; they remember what they took over, and fail on order:

    newsletter.testing.sendgrid     SendGridServer: Twilio SendGrid's v3 API, with a clock of its own
    newsletter.testing.smtp         SmtpServer: RFC 5321 and its extensions

Import each part from its own module: this one loads nothing.
"""
