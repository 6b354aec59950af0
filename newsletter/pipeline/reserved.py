"""Addresses that are examples: no real letter goes to them or comes from them.

The domains of RFC 2606 and RFC 6761 take no mail. A transport that leaves the machine would only gather
bounces with them, and the settings are still the skeleton's.
"""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.errors import InputError
from newsletter.model.where import Where
from newsletter.people import is_reserved
from newsletter.pipeline.prepared import Ports, Prepared


def refuse(prepared: Prepared, ports: Ports) -> None:
    """Raise InputError where the transport is real and an address of the sending is an example's."""
    if ports.mailer.features.local:
        return
    for what, address in _ours(prepared, ports):
        if is_reserved(address):
            raise InputError(
                f"{what} {address} är en exempeladress. Inget har skickats.",
                where=Where("newsletter.toml"),
                why="Ingen post kommer fram dit, så den som vill svara eller lämna listan kan inte göra det.",
                do="Skriv den riktiga adressen i newsletter.toml.",
            )
    if prepared.plan.reserved:
        raise InputError(
            f"{prepared.plan.reserved} mottagare har exempeladresser. Inget har skickats.",
            why="Sådana adresser, som de under example.org, finns inte på riktigt.",
            do="Ta in den riktiga listan, eller prova med --via outbox.",
        )


def _ours(prepared: Prepared, ports: Ports) -> Iterator[tuple[str, str]]:
    for letter in prepared.letters:
        yield "Avsändaren", letter.sender.address
        yield "Svarsadressen", letter.sender.reply_to
    yield "Brevlådan för avregistrering", ports.settings.unsubscribe_mailbox
