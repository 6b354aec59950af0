"""What may go wrong in a talk over SMTP, and where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Step(Enum):
    """Where a fault strikes: when this came, in place of the reply to it."""

    CONNECT = "connect"  # in place of the greeting
    EHLO = "ehlo"
    STARTTLS = "starttls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"  # in place of 354
    MIDST = "midst"  # some of the letter has come, and the rest is not read
    DOT = "dot"  # the whole letter has come, and it is not kept
    ANSWER = "answer"  # the letter is kept, and that is not told


class Kind(Enum):
    """What goes wrong."""

    REJECT = (
        "reject"  # the fault's code and text are the reply; at CONNECT, and with 421, the connection ends
    )
    DROP = "drop"  # the connection is closed
    RESET = "reset"  # the connection is cut with RST
    HANG = "hang"  # nothing more is said or read until the client hangs up


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault on order."""

    kind: Kind
    step: Step
    code: int = 451  # of REJECT
    text: str = "4.3.0 Local trouble"  # of REJECT, with its enhanced status code
    address: str = ""  # at MAIL and RCPT: only where the address holds this
    answered: bool = False  # the usual reply goes out first ("after 354" is DATA, answered)
    times: int = 1  # how often it strikes; 0 is without end
    skip: int = 0  # how many such steps pass first
