"""Remake newsletter/check/data/caniemail.json from the npm package `caniemail` (MIT).

    npm pack caniemail && tar xzf caniemail-*.tgz
    .venv/bin/python .ci/caniemail.py package/data/caniemail.json

Kept of each feature: its name, how a letter's CSS or HTML shows that it is used (`keys`, made here), and in
which mail programs the newest test found no support.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parents[1] / "newsletter/check/data/caniemail.json"

# What is said to people of a family's platforms; those not named here are left out.
PROGRAMS: Mapping[str, Mapping[str, str]] = {
    "gmail": {
        "desktop-webmail": "Gmail på webben",
        "ios": "Gmail på iPhone",
        "android": "Gmail på Android",
    },
    "outlook": {
        "windows": "Outlook för Windows (klassiska)",
        "outlook-com": "Outlook på webben och nya Outlook",
        "macos": "Outlook på Mac",
        "ios": "Outlook på iPhone",
        "android": "Outlook på Android",
    },
    "apple-mail": {"macos": "Apple Mail på Mac", "ios": "Apple Mail på iPhone"},
    "yahoo": {
        "desktop-webmail": "Yahoo på webben",
        "ios": "Yahoo på iPhone",
        "android": "Yahoo på Android",
    },
    "samsung-email": {"android": "Samsung E-post"},
    "thunderbird": {"macos": "Thunderbird", "windows": "Thunderbird"},
}

# Features whose titles do not spell what stands in a letter.
BY_HAND: Mapping[str, list[str]] = {
    "css-at-media-device-pixel-ratio": ["media:-webkit-device-pixel-ratio"],
    "css-at-media-hover": ["media:hover", "media:any-hover"],
    "css-at-media-orientation": ["media:orientation"],
    "css-at-media-prefers-color-scheme": ["media:prefers-color-scheme"],
    "css-at-media-prefers-reduced-motion": ["media:prefers-reduced-motion"],
    "css-block-inline-size": ["property:block-size", "property:inline-size"],
    "css-border-inline-block": ["property:border-inline", "property:border-block"],
    "css-color-scheme": ["property:color-scheme"],
    "css-column-layout-properties": ["property:columns", "property:column-width", "property:column-rule"],
    "css-font": ["property:font"],
    "css-gap": ["property:gap", "property:column-gap", "property:row-gap"],
    "css-grid-template": [
        "property:grid-template",
        "property:grid-template-columns",
        "property:grid-template-rows",
        "property:grid-template-areas",
    ],
    "css-important": ["value:!important"],
    "css-intrinsic-size": ["value:fit-content", "value:min-content", "value:max-content"],
    "css-left-right-top-bottom": [
        f"property:{side}" for side in ("left", "right", "top", "bottom")
    ],
    "css-margin-block-start-end": ["property:margin-block-start", "property:margin-block-end"],
    "css-margin-inline-block": ["property:margin-inline", "property:margin-block"],
    "css-margin-inline-start-end": ["property:margin-inline-start", "property:margin-inline-end"],
    "css-modern-color": [f"function:{name}" for name in ("lch", "oklch", "lab", "oklab")],
    "css-padding-block-start-end": ["property:padding-block-start", "property:padding-block-end"],
    "css-padding-inline-block": ["property:padding-inline", "property:padding-block"],
    "css-padding-inline-start-end": ["property:padding-inline-start", "property:padding-inline-end"],
    "css-pseudo-class-has": ["pseudo:has"],
    "css-pseudo-class-lang": ["pseudo:lang"],
    "css-selector-adjacent-sibling": ["selector:+"],
    "css-selector-attribute": ["selector:["],
    "css-selector-child": ["selector:>"],
    "css-selector-general-sibling": ["selector:~"],
    "css-selector-universal": ["selector:*"],
    "css-sytem-ui": [
        f"value:{name}" for name in ("system-ui", "ui-serif", "ui-sans-serif", "ui-rounded", "ui-monospace")
    ],
    "css-unit-calc": ["function:calc"],
    "css-unit-initial": ["value:initial"],
    "css-unit-percent": ["unit:%"],
    "css-variables": ["function:var"],
    "html-address": ["element:address"],
    "html-lists": ["element:ul", "element:ol", "element:dl"],
    "html-semantics": [
        f"element:{name}"
        for name in ("article", "aside", "details", "figcaption", "figure", "footer", "header", "main",
                     "mark", "nav", "section", "summary", "time")
    ],
    "html-srcset": ["attribute:srcset", "attribute:sizes"],
    "html-svg": ["element:svg"],
    "html-image-maps": ["attribute:usemap"],
    "html-base": ["element:base"],
    "html-h1-h6": [f"element:h{level}" for level in range(1, 7)],
}  # fmt: skip


def _keys(slug: str, title: str) -> list[str]:
    """How the feature shows in a letter; nothing where it cannot be told."""
    if slug in BY_HAND:
        return BY_HAND[slug]
    patterns = (
        (r"([a-z-]+):\s*([a-z-]+)", lambda found: f"pair:{found[1]}={found[2]}"),
        (r"@([a-z-]+)", lambda found: f"at:{found[1]}"),
        (r"::?([a-z-]+)(?:\(\))?", lambda found: f"pseudo:{found[1]}"),
        (r"([a-z-]+)\(\)", lambda found: f"function:{found[1]}"),
        (r"([a-z]+) unit", lambda found: f"unit:{found[1]}"),
        (r"<([a-z]+)> element", lambda found: f"element:{found[1]}"),
        (r"([a-z-]+) attribute", lambda found: f"attribute:{found[1]}"),
    )
    for pattern, key in patterns:
        if found := re.fullmatch(pattern, title):
            return [key(found)]
    plain = title.strip().removesuffix(" property")
    return [f"property:{plain}"] if slug.startswith("css-") and re.fullmatch(r"[a-z-]+", plain) else []


def _lacking(stats: Mapping[str, Mapping[str, Mapping[str, str]]]) -> list[str]:
    """The programs whose newest test says no."""
    lacking = {
        said: None
        for family, platforms in PROGRAMS.items()
        for platform, said in platforms.items()
        if (tests := stats.get(family, {}).get(platform)) and list(tests.values())[-1].startswith("n")
    }
    return list(lacking)


def _cut(whole: Mapping[str, Any]) -> Mapping[str, Any]:
    features = {
        each["slug"]: {"title": each["title"].strip(), "keys": keys, "lacking": lacking}
        for each in sorted(whole["data"], key=lambda each: each["slug"])
        if each["category"] in ("css", "html")
        and (keys := _keys(each["slug"], each["title"].strip()))
        and (lacking := _lacking(each["stats"]))
    }
    return {
        "source": "https://www.caniemail.com/ by way of the npm package caniemail; MIT, see LICENSE",
        "updated": whole["last_update_date"],
        "features": features,
    }


def main(source: str) -> None:
    """Write the cut anew."""
    cut = _cut(json.loads(Path(source).read_text("utf-8")))
    lines = [
        f"    {json.dumps(slug)}: {json.dumps(each, ensure_ascii=False)}"
        for slug, each in cut["features"].items()
    ]
    head = "".join(f"  {json.dumps(key)}: {json.dumps(cut[key])},\n" for key in ("source", "updated"))
    body = ",\n".join(lines)
    TARGET.write_text(f'{{\n{head}  "features": {{\n{body}\n  }}\n}}\n', "utf-8")
    print(f"{TARGET}: {len(cut['features'])} features, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
