"""Every rule of the check: how grave it is, what it is about, and whether it may be let stand with a reason.

An error may stand only where the check goes by looks and may be mistaken: a word that is a name, a number
that happens to have a right check digit. What every reader would suffer from must be mended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from newsletter.model.finding import Severity

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, as it is told to people."""

    severity: Severity
    about: str  # Swedish, a line
    may_stand: bool


def _must(about: str) -> Rule:
    return Rule(_ERROR, about, may_stand=False)


def _should(about: str) -> Rule:
    return Rule(_ERROR, about, may_stand=True)


def _may(about: str) -> Rule:
    return Rule(_WARNING, about, may_stand=True)


def _always(about: str) -> Rule:
    return Rule(_WARNING, about, may_stand=False)


RULES: Mapping[str, Rule] = {
    # links
    "link-broken": _must("En länk är ingen hel adress, eller har ett annat slag än https, mailto och tel"),
    "link-silent": _must("En länk har ingen text"),
    "link-dead": _should("Sidan som länken leder till finns inte (bara med --probe)"),
    "link-moved": _may("Länken skickas vidare till en annan adress (bara med --probe)"),
    "link-unknown": _may("Det gick inte att ta reda på om länken fungerar (bara med --probe)"),
    "link-unsafe": _may("En länk går till http i stället för https"),
    "link-generic": _may("En länk heter bara ”Läs mer”, ”här” eller liknande"),
    "link-ambiguous": _may("Samma länktext leder till olika ställen"),
    # addresses and names
    "address-reserved": _should("En adress är ett exempel som ingen har bytt ut"),
    "address-misspelt": _may("En adress är nästan som en av föreningens egna eller medlemmarnas"),
    "segment-empty": _may("Brevet är skrivet till ett segment som ingen på listorna hör till"),
    "unknown-sender": _must("Avsändaren är inte den som inställningarna säger"),
    "no-way-out": _must("Vägen ut ur listan saknas"),
    "no-mailbox": _must("Det finns ingen brevlåda att avsluta till"),
    # pictures
    "alt-missing": _must("En bild saknar beskrivning"),
    "alt-file-name": _may("En bilds beskrivning ser ut som ett filnamn"),
    "alt-long": _may("En bilds beskrivning är för lång att lyssna på"),
    "news-picture-without-alt": _may("En medlemsnyhets bild visas inte, för den saknar beskrivning"),
    "picture-coarse": _may("En bild är smalare än dubbla bredden den visas i"),
    "picture-heavy": _may("En enskild bild är tung"),
    "pictures-too-big": _must("Bilderna väger tillsammans mer än gränsen"),
    "picture-not-hosted": _must("En bild ligger inte där brevet hämtar den (bara med --probe)"),
    "picture-unknown": _may("Det gick inte att ta reda på om en bild ligger där den ska (bara med --probe)"),
    "letter-heavy": _may("Hela brevet, med bilder, är tungt att hämta"),
    "fetches-outside": _must("Brevet hämtar något utifrån när det öppnas"),
    # size
    "html-big": _may("HTML-delen närmar sig gränsen där Gmail klipper"),
    "html-too-big": _must("HTML-delen är så stor att Gmail klipper brevet"),
    "too-many-items": _may("Brevet har fler notiser än någon läser"),
    # the look of it
    "contrast-light": _should("Text syns för dåligt mot sin bakgrund i ljust läge"),
    "contrast-dark": _should("Text syns för dåligt mot sin bakgrund i mörkt läge"),
    "type-small": _may("En text är mindre än 14 punkter"),
    "headings-disordered": _may("Rubrikernas nivåer hoppar, eller brevet har fel huvudrubrik"),
    "head-incomplete": _may("Brevet säger inte sitt språk eller vilka färglägen det klarar"),
    "language-wrong": _must("Brevet säger sig vara på ett annat språk än numret"),
    "css-unsupported": _may("Mallen använder något som alla e-postprogram inte klarar"),
    "outlook-unbalanced": _must("Det som bara Outlook ser går inte ihop"),
    "outlook-width": _may("Något är för brett i Outlook"),
    # the inbox
    "subject-empty": _must("Ämnesraden är tom"),
    "subject-long": _may("Ämnesraden är för lång för en telefon"),
    "subject-shouts": _may("Ämnesraden ropar, med versaler eller utropstecken"),
    "subject-repeats": _may("Ämnesraden säger samma ord två gånger"),
    "subject-used": _may("Ett annat nummer har samma ämnesrad"),
    "preheader-length": _may("Raden efter ämnet är för kort eller för lång"),
    "preheader-repeats": _may("Raden efter ämnet upprepar ämnet"),
    # days
    "date-passed": _may("En dag som brevet bjuder in till har redan varit"),
    "date-impossible": _should("En dag finns inte i almanackan"),
    "weekday-wrong": _may("Veckodagen stämmer inte med datumet"),
    "rsvp-late": _must("Sista svarsdag ligger efter mötet"),
    # words
    "placeholder": _should("Ord som ska bytas ut står kvar: TK, XX, lorem ipsum, [datum]"),
    "unknown-mark": _must("Ett märke som ingen fyller i står kvar i brevet"),
    "text-garbled": _should("Bokstäver har gått sönder på vägen: Ã¥ i stället för å"),
    "control-character": _must("Ett osynligt styrtecken står i brevet"),
    "character-spoiled": _must("Ett tecken blev förstört på vägen till HTML"),
    "personal-number": _should("Ett svenskt personnummer står i brevet"),
    "text-unlike": _may("Textdelen och HTML-delen säger inte detsamma"),
    "heading-lost": _may("En rubrik står i den ena av textdelen och HTML-delen, men inte i den andra"),
    "member-news-empty": _may("Medlemsnytt har en inledning men inga nyheter"),
    # the spam filter
    "spam-like": _may("SpamAssassin håller en del emot brevet (bara där det är installerat)"),
    "spam-refused": _should("SpamAssassin räknar brevet som skräppost (bara där det är installerat)"),
    # allowances
    "allowance-unused": _always("En rad som låter ett fynd stå har inget att låta stå"),
}
