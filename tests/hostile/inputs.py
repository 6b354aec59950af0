"""Texts that a feed, a page or a list of posts should never be, by name.

FILE and HTTP are bait: nothing may touch what they lead to.
"""

from __future__ import annotations

import json
from collections.abc import Callable

FILE = "@file@"  # becomes file:///…/secret
HTTP = "@http@"  # becomes http://127.0.0.1:PORT

HEAVY = 5_000_000  # the most that is ever fetched

EVIL_TEXT = (
    "Bra <script>alert(1)</script><img src=x onerror=alert(1)>"
    "<img src='https://t.example/p.gif' width=1 height=1>"
    "<form action='https://t.example/f'><input name=a><button>Skicka</button></form>"
    "<a href='javascript:alert(1)'>klicka</a><iframe src='https://t.example/'></iframe><svg onload=alert(1)>"
    "<style>body{background:url(https://t.example/c)}</style><math><mi xlink:href='data:text/html,x'>"
    "<p style='background:url(//t.example)' onclick='x()'>nyheter</p>"
    "\u202edlog\u202c\u2066\u200b\u00ad\u061c\ufeff\U000e0041\x07\x1b[31m\x9b\ufff9 slut"
)
EVIL_ADDRESSES = (
    "javascript:alert(1)",
    "JaVa\tScript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "//user:word@t.example/",
    "http://[::1",
    "http://t.example:99999/",
    "https://www.example.se/\u202efdp.exe",
    "https://www.ex\u202eample.se/x",
    "https://www.\u0435xample.se/x",
    "https://www.example.se/" + "a" * 100_000,
    " \x01javascript:alert(1)",
)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def rss(items: str, head: str = "", declaration: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    """A feed around these items."""
    return f'{declaration}{head}<rss version="2.0"><channel><title>N</title>{items}</channel></rss>'


def item(
    title: str = "Ny skola", link: str = "https://www.example.se/nyheter/1", text: str = "", more: str = ""
) -> str:
    """One entry; everything stands in it as given."""
    return f"<item><title>{title}</title><link>{link}</link><description>{text}</description>{more}</item>"


def page(body: str, head: str = "") -> str:
    """A page around this body."""
    start = f'<!DOCTYPE html><html lang="sv"><head><title>Ny skola</title>{head}</head>'
    return f"{start}<body><main>{body}</main></body></html>"


def _laughs(width: int = 10, depth: int = 10) -> str:
    entities = ['<!ENTITY a0 "ha">']
    entities += [f'<!ENTITY a{level} "{f"&a{level - 1};" * width}">' for level in range(1, depth)]
    return f"<!DOCTYPE rss [{''.join(entities)}]>"


def _quadratic() -> str:
    return rss(item(title="&big;" * 20_000), f'<!DOCTYPE rss [<!ENTITY big "{"A" * 50_000}">]>')


def _external(system: str) -> str:
    return f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{system}"><!ENTITY % p SYSTEM "{system}"> %p;]>'


def _evil_feed() -> str:
    fields = "".join(
        f"<{name}>{_escaped(EVIL_TEXT)}</{name}>"
        for name in ("author", "category", "comments", "content:encoded", "dc:creator", "dc:date", "pubDate")
    )
    media = '<media:thumbnail url="javascript:alert(1)"/>'
    media += '<enclosure type="image/png" url="data:image/png;base64,AA"/>'
    entries = [item(_escaped(EVIL_TEXT), text=_escaped(EVIL_TEXT), more=fields + media)]
    entries += [
        item(
            f"<![CDATA[{EVIL_TEXT}]]>",
            f"https://www.example.se/{n}",
            f"<![CDATA[{EVIL_TEXT}]]>",
            f"<guid>{_escaped(url)}</guid>",
        )
        for n, url in enumerate(EVIL_ADDRESSES)
    ]
    entries += [
        item(link=_escaped(url), more=f'<guid isPermaLink="true">{_escaped(url)}</guid>')
        for url in EVIL_ADDRESSES
    ]
    spaces = (
        'xmlns:media="http://search.yahoo.com/mrss/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    )
    return rss("".join(entries)).replace(
        "<rss ", f'<rss {spaces} xmlns:dc="http://purl.org/dc/elements/1.1/" '
    )


def _evil_page() -> str:
    told = {
        "@type": "NewsArticle",
        "headline": EVIL_TEXT,
        "datePublished": EVIL_TEXT,
        "image": "javascript:alert(1)",
    }
    head = "".join(
        f'<meta property="{name}" content="{_escaped(EVIL_TEXT)}">'
        for name in (
            "og:title",
            "og:description",
            "og:site_name",
            "article:published_time",
            "DC.Date.Published",
        )
    )
    head += f'<meta property="og:image" content="{EVIL_ADDRESSES[0]}"><base href="javascript:alert(1)//">'
    head += f'<script type="application/ld+json">{json.dumps(told)}</script>'
    links = "".join(
        f'<li><h3><a href="{_escaped(url)}" title="{_escaped(EVIL_TEXT)}">{EVIL_TEXT}</a></h3>'
        f'<time datetime="{_escaped(EVIL_TEXT)}">x</time><p>{EVIL_TEXT}</p><img src="{_escaped(url)}"></li>'
        for url in (*EVIL_ADDRESSES, "/nyheter/2026-11-03-skola")
    )
    state = {
        "articles": [
            {"title": EVIL_TEXT, "preamble": EVIL_TEXT, "uri": url, "date": EVIL_TEXT, "image": url}
            for url in EVIL_ADDRESSES
        ]
    }
    script = f"<script>AppRegistry.registerInitialState('12.x', {json.dumps(state)});</script>"
    heading = f'<h1 id="page-title">{EVIL_TEXT}</h1><p class="ingress">{EVIL_TEXT}</p><p>{EVIL_TEXT}</p>'
    return page(f"{heading}<ul>{links}</ul>{script}", head)


def _tags(name: str, count: int) -> str:
    return f"<{name}>" * count + "x" + f"</{name}>" * count


def _fill(part: str, size: int = 2_000_000) -> str:
    return part * (size // len(part.encode()))


def _filled_page(part: str, size: int = 2_000_000) -> str:
    return page(_fill(part, size - 500))


Make = Callable[[], str | bytes]

FEEDS: dict[str, Make] = {
    "attribute flood": lambda: rss(item(more="<a " + 'b="" ' * 33_000 + "/>")),
    "attribute flood behind quotes": lambda: rss(item(more="<a " + 'b=">" ' * 27_000 + "/>")),
    "attribute flood behind less-than": lambda: rss(item(more="<a " + "b='<c' " * 24_000 + "/>")),
    "attribute flood in an unclosed tag": lambda: rss("<item><title>a</title><a " + "b " * 80_000),
    "attributes just below the limit": lambda: rss(
        "".join(item(more="<a " + "b='' " * 3_200 + "/>") for _ in range(60))
    ),
    "attributes below the limit in a broken feed": lambda: (
        rss(item(title="<a " + "b " * 8_000 + ">") * 100) + "& <x y=z>"
    ),
    "one attribute of 5 MB": lambda: rss(item(more=f'<a b="{"x" * (HEAVY - 1000)}"/>')),
    "declaration flood": lambda: "<?xml " + 'a="" ' * 33_000 + "?>" + rss(item()),
    "deep nesting": lambda: rss(item(more=_tags("b", 20_000))),
    "deep nesting in escaped text": lambda: rss(item(text=_escaped(_tags("b", 20_000)))),
    "deep nesting in CDATA": lambda: rss(item(text=f"<![CDATA[{_tags('div', 20_000)}]]>")),
    "xhtml content nested deeply": lambda: (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>a</title>'
        '<link href="https://www.example.se/1"/><content type="xhtml">'
        + _tags("div", 20_000)
        + "</content></entry></feed>"
    ),
    "entity expansion": lambda: rss(item(title="&a9;"), _laughs()),
    "entity expansion, many small": _quadratic,
    "entity that names itself": lambda: rss(
        item(title="&a;"), '<!DOCTYPE rss [<!ENTITY a "&b;"><!ENTITY b "&a;">]>'
    ),
    "external entity of a file": lambda: rss(item(title="&x;", text="&x;"), _external(FILE)),
    "external entity by http": lambda: rss(item(title="&x;", text="&x;"), _external(f"{HTTP}/x")),
    "external DTD": lambda: rss(item(), f'<!DOCTYPE rss SYSTEM "{HTTP}/dtd">'),
    "stylesheet and inclusion": lambda: rss(
        item(more=f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{FILE}" parse="text"/>'),
        f'<?xml-stylesheet type="text/xsl" href="{HTTP}/x.xsl"?>',
    ),
    "address of a file instead of a feed": lambda: FILE,
    "address instead of a feed": lambda: f"{HTTP}/feed",
    "5 MB of less-than": lambda: "<" * HEAVY,
    "5 MB of less-than in a title": lambda: rss(item(title="<" * (HEAVY - 1000))),
    "5 MB of ampersands": lambda: rss(item(title="&" * (HEAVY - 1000))),
    "megabytes of closing tags": lambda: _fill("</a>"),
    "5 MB of spaces": lambda: rss(item(title=" " * (HEAVY - 1000), text=" " * 10)),
    "title of 4 MB": lambda: rss(item(title="å" * 2_000_000)),
    "a hundred thousand entries": lambda: rss(item() * 50_000),
    "NUL bytes": lambda: b"\0" * 1_000_000 + rss(item(title="a\0b")).encode() + b"\0",
    "broken UTF-16": lambda: (
        b"\xff\xfe" + rss(item(title="\ud83d")).encode("utf-16-le", "surrogatepass") + b"\xd8"
    ),
    "UTF-16 that says UTF-8": lambda: rss(item()).encode("utf-16"),
    "an odd charset": lambda: (
        rss(item(), declaration='<?xml version="1.0" encoding="punycode"?>') + "å" * 100_000
    ),
    "a charset that is none": lambda: rss(item(), declaration='<?xml version="1.0" encoding="zlib_codec"?>'),
    "endless CDATA": lambda: rss("<item><title><![CDATA[" + "x" * (HEAVY - 1000)),
    "CDATA in CDATA": lambda: rss(item(title="<![CDATA[" * 100_000)),
    "endless comment": lambda: rss("<!--" + "-" * (HEAVY - 1000)),
    "many comments that do not end": lambda: rss("<!-- " * 200_000),
    "declarations without end": lambda: _fill("<!DOCTYPE x [", 1_000_000),
    "odd dates": lambda: rss(
        "".join(
            item(link=f"https://www.example.se/{n}", more=f"<pubDate>{when}</pubDate>")
            for n, when in enumerate(ODD_DATES)
        )
    ),
    "tails without end": lambda: rss(item(text="Läs mer " * 60_000 + ".")),
    "evil in every field": _evil_feed,
    "a picture, not a feed": lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4000,
    "nothing": lambda: b"",
}
ODD_DATES: tuple[str, ...] = (
    "1" * 100_000,
    "9999-99-99",
    "0000-00-00T00:00:00Z",
    "99999999999999999999",
    "-62135596801000",
    "31 februari 2026",
    "3 november 999999",
    "Mon, 02 Nov 2026 08:00:00 +999999",
    "2026-11-03T" + "0" * 10_000,
    " " * 50_000 + "3 november 2026",
    "3 " * 30_000,
    "för 99999999999999999999 dagar sedan",
)

PAGES: dict[str, Make] = {
    "attribute flood": lambda: page("<a " + 'b="" ' * 33_000 + ">x</a>"),
    "many attributes of their own names": lambda: page(
        "<a " + " ".join(f"b{n}=''" for n in range(200_000)) + ">x</a>"
    ),
    "one attribute of 5 MB": lambda: page(
        f'<a title="{"x" * (HEAVY - 1000)}" href="/nyheter/2026-11-03-a">x</a>'
    ),
    "one class of 1 MB": lambda: page(f'<div class="{"date " * 200_000}"><p>x</p></div>'),
    "20,000 nested tags": lambda: page(_tags("div", 20_000)),
    "20,000 nested list items": lambda: page(
        "<ul><li><h3><a href='/nyheter/2026-11-03-a'>x</a></h3>" * 20_000
    ),
    "20,000 nested articles": lambda: page(
        "<article><h2><a href='/nyheter/a'>Ny skola</a></h2><time>" * 20_000
    ),
    "5 MB of less-than": lambda: "<" * HEAVY,
    "megabytes of open tags": lambda: _filled_page("<b>"),
    "megabytes of headings": lambda: _filled_page("<h2><a href=/nyheter/a>a</a></h2>"),
    "megabytes of links to news": lambda: _filled_page(
        '<li><h3><a href="/nyheter/2026-11-03-a">Läs mer</a></h3></li>'
    ),
    "megabytes of dates": lambda: _filled_page("<time>3 november 2026</time>"),
    "megabytes of paragraphs": lambda: _filled_page("<p>Skolan öppnar.</p>"),
    "a date of 1 MB": lambda: page(f'<h1>a</h1><p class="date">{"3 november " * 90_000}</p>'),
    "odd dates": lambda: page(
        "".join(
            f'<li><h3><a href="/nyheter/{n}">Ny skola</a></h3><time datetime="{when}">{when}</time></li>'
            for n, when in enumerate(ODD_DATES)
        )
    ),
    "title of 4 MB": lambda: page(f"<h1>{'å' * 2_000_000}</h1>"),
    "headings that all look alike": lambda: page(
        "".join(f"<h1>{'ab' * 2000}{n}</h1>" for n in range(300)),
        f'<meta property="og:title" content="{"ba" * 2000}">',
    ),
    "title of dashes": lambda: page("", f'<meta property="og:title" content="{" - kommun" * 5000}">'),
    "data without end": lambda: page(_fill("<script>registerInitialState('1', {\"a\":", 1_000_000)),
    "data nested deeply": lambda: page(
        "<script>registerInitialState('1', " + '{"articles":[' * 50_000 + ")</script>"
    ),
    "linked data nested deeply": lambda: page(
        "", f'<script type="application/ld+json">{"[" * 100_000}</script>'
    ),
    "linked data with a huge number": lambda: page(
        "",
        f'<script type="application/ld+json">{{"@type":"Article","datePublished":{"9" * 100_000}}}</script>',
    ),
    "entity expansion": lambda: _laughs() + page("<h1>&a9;</h1>"),
    "external entity of a file": lambda: (
        _external(FILE) + page("<h1>&x;</h1><p class=ingress>&x; &x; &x; &x; &x;</p>")
    ),
    "inclusions": lambda: page(
        f'<h1>a</h1><iframe src="{HTTP}/i"></iframe><img src="{HTTP}/p"><object data="{FILE}"></object>'
        f'<link rel="import" href="{HTTP}/l"><xi:include href="{FILE}" parse="text"/><embed src="{HTTP}/e">',
        f'<base href="{HTTP}/"><meta http-equiv="refresh" content="0;url={HTTP}/r">'
        f'<script src="{HTTP}/s"></script>',
    ),
    "address of a file instead of a page": lambda: FILE,
    "NUL bytes": lambda: b"\0" * 1_000_000 + page("<h1>a\0b</h1>").encode() + b"\0",
    "broken UTF-16": lambda: (
        b"\xff\xfe" + page("<h1>\ud83d</h1>").encode("utf-16-le", "surrogatepass") + b"\xd8"
    ),
    "an odd charset": lambda: page("<h1>a</h1>", '<meta charset="punycode">').encode() + b"\xe5" * 300_000,
    "a charset that is none": lambda: page("<h1>a</h1>", '<meta charset="undefined">').encode() + b"\xe5",
    "endless CDATA": lambda: page("<![CDATA[" + "x" * (HEAVY - 1000)),
    "endless comment": lambda: page("<!--" + "-" * (HEAVY - 1000)),
    "endless script": lambda: page("<script>" + "x<" * 1_000_000),
    "endless text area": lambda: page("<textarea>" + "<p>" * 300_000),
    "5 MB of spaces": lambda: page("<h1>" + " " * (HEAVY - 1000) + "</h1>"),
    "numbers of characters": lambda: page(
        "<h1>" + "&#x202e;&#0;&#xd800;&#x110000;&#31;&#8203;" * 10_000 + "</h1>"
    ),
    "evil in every field": _evil_page,
    "a picture, not a page": lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4000,
    "nothing": lambda: b"",
}


def _post(title: object = "Ny skola", link: object = "https://www.example.se/1", **more: object) -> object:
    return {"title": {"rendered": title}, "link": link, "date": "2026-11-03T08:00:00", **more}


def _evil_posts() -> str:
    evil = {"rendered": EVIL_TEXT, "protected": EVIL_TEXT}
    posts = [
        _post(EVIL_TEXT, url, excerpt=evil, content=evil, date=EVIL_TEXT, yoast_head=EVIL_TEXT)
        for url in (*EVIL_ADDRESSES, "https://www.example.se/1")
    ]
    return json.dumps(posts)


POSTS: dict[str, Make] = {
    "nested deeply": lambda: "[" * 1_000_000,
    "objects nested deeply": lambda: '{"a":' * 500_000,
    "a huge number": lambda: f"[{'9' * 1_000_000}]",
    "numbers that are none": lambda: '[{"title": NaN, "link": Infinity, "date": -Infinity}]',
    "other kinds of values": lambda: json.dumps(
        [None, 1, [], {}, "x", _post(1, 2), _post(None, []), _post({}, {}), {"title": [], "date": {}}]
    ),
    "half characters": lambda: (
        '[{"title": {"rendered": "\\ud83d a"}, "link": "https://www.example.se/\\ud83d"}]'
    ),
    "a key many times": lambda: "[{" + '"title": "a",' * 300_000 + '"link": "https://www.example.se/1"}]',
    "title of 4 MB": lambda: json.dumps([_post("å" * 700_000)]),
    "a hundred thousand posts": lambda: json.dumps([_post()] * 40_000),
    "tails without end": lambda: json.dumps([_post(excerpt={"rendered": "Läs mer " * 60_000 + "."})]),
    "odd dates": lambda: json.dumps(
        [
            _post(link=f"https://www.example.se/{n}", date_gmt=when, date=when)
            for n, when in enumerate(ODD_DATES)
        ]
    ),
    "evil in every field": _evil_posts,
    "a refusal with a long message": lambda: json.dumps({"code": "x", "message": EVIL_TEXT * 1000}),
    "5 MB of spaces": lambda: " " * HEAVY,
    "NUL bytes": lambda: b"\0" * 1_000_000,
    "nothing": lambda: b"",
}
