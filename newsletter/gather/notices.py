"""What a municipality tells its own residents: service notices, and everyday matters.

A service notice is named by what it is about (road works, water, opening hours). An everyday matter is known
by how it speaks: to *you*, of a weekday and an hour, of children, forms and free admission. The first is
hidden from the editor unless asked for, so its words are narrow; the second only weighs less.
"""

from __future__ import annotations

import re

from newsletter.model.news import NewsItem

_SERVICE = re.compile(
    r"\b(?:avstängd\w*|avstängning\w*|stängs? av|stäng(?:er|s|t|da)\b|öppettid\w*|öppethållande\w*|julöppet|"
    r"(?:ändrad|begränsad)\w* (?:öppettid|framkomlighet|tider)\w*|trafikomläggning\w*|omledning\w*|"
    r"vägarbete\w*|gatuarbete\w*|asfalter\w*|beläggningsarbete\w*|snöröj\w*|halkbekämp\w*|sandupptag\w*|sopning\w*|"
    r"vattenläck\w*|vattenavstäng\w*|"
    r"koka(?:s|r)? (?:ditt |allt )?(?:vatten|dricksvatten)\w*|kokning\w*|spolning\w*|"
    r"driftstör\w*|driftstopp|strömavbrott\w*|elavbrott\w*|planerat underhåll|telefonväx\w*|"
    r"sophämt\w*|soptöm\w*|slamtöm\w*|återvinningscentral\w*|latrin\w*|sotning\w*|parkering\w*|p-hus\w*|"
    r"simhall\w*|badhus\w*|bibliotek\w*|ishall\w*|skridsko\w*|julmarknad\w*|lovaktivitet\w*|höstlov\w*|sportlov\w*|"
    r"matsedel\w*|skolskjuts\w*|läsår\w*|förskoleplats\w*|eldningsförbud\w*|fyrverkeri\w*|vaccin\w*|"
    r"hundägare|loppis\w*|konsert\w*|teater\w*|föreställning\w*|utställning\w*|kulturskol\w*|"
    r"kallelse|protokoll\w*|matavfall\w*|detaljplan\w* för (?:bostäder|kvarteret)|"
    r"buss ersätter|ersättningsbuss\w*|enkelrikt\w*|vinterväghåll\w*|felanmäl\w*|viltstängs\w*|"
    r"luciatåg\w*|fackeltåg\w*|hittegods\w*)",
    re.I,
)

_DAYS = r"(?:mån|tis|ons|tors|fre|lör|sön)dag"
_EVERYDAY = re.compile(
    rf"\b(?:du|dig|din|ditt|dina|klockan|kl|vecka \d+|på {_DAYS}\w*|varje \w+dag|{_DAYS}ar|"
    r"barn\w*|föräld\w*|elev\w*|förskol\w*|fritids\w*|skol(?:an|or|gård|mat|klass)\w*|\w*skolan|rektor\w*|"
    r"äldre\w*|pensionär\w*|senior\w*|hemtjänst\w*|boende\w*|fastighetsägare|hushåll\w*|"
    r"hembygd\w*|förening(?:en|ar|arna|s\w*)?|idrott\w*|museet|\w+museet|konst\w*|författar\w*|musik\w*|"
    r"gratis|fri entré|kostnadsfri\w*|avgift\w*|tax(?:a|or|an)|blankett\w*|e-tjänst\w*|"
    r"boka|sök|ansök\w*|tyck till|lämna synpunkter|rösta\w*|tävling\w*|vinna\w*|prisa\w*|pris(?:et|er)|"
    r"torget|centrum|kyrka\w*|parken|\w+parken|kurs\w*|lärare\w*|hund\w*|visning\w*|guid(?:e|ad)\w*|"
    r"program(?:met)? (?:klart|för)|drop-in|upphandling\w*|ramavtal\w*|jul|påsk|sommarjobb\w*|"
    r"i korthet|sammanträd\w*|sänds|sporthall\w*|rid(?:hus|anläggning|skola)\w*|lekplats\w*|bygdegård\w*|"
    r"naturreservat\w*|scout\w*|kalas\w*|lovet|tomten|film\w*|bok(?:en)?|skulptur\w*|muse(?:um|et|i)\w*|kultur\w*|"
    r"mottagning\w*|patient\w*|teckenspråk\w*|ungdomar|unga|bostäder|lägenheter|villa\w*|tomt(?:er|kö)?|"
    r"bygglov\w*|toalett\w*|vård\w*|trygghet\w*)\b",
    re.I,
)


def service(item: NewsItem) -> tuple[str, ...]:
    """The words that make it a service notice: any in the title, or two in the lead."""
    in_title, in_lead = _found(_SERVICE, item.title), _found(_SERVICE, item.lead)
    return in_title or (in_lead if len(in_lead) > 1 else ())


def everyday(item: NewsItem) -> tuple[str, ...]:
    """The words by which it speaks to residents of their day, each once."""
    return _found(_EVERYDAY, f"{item.title} {item.lead}")


def _found(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(match[0].casefold() for match in pattern.finditer(text)))
