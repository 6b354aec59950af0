"""Say whether a wheel can stand alone: python .ci/wheel.py FILE checks what is in it and what must not be."""

import sys
from zipfile import ZipFile

NEEDED = (
    "newsletter/__main__.py",
    "newsletter/fonts/NewsletterSans-Regular.ttf",
    "newsletter/fonts/NewsletterSans-Regular.woff2",
    "newsletter/fonts/OFL.txt",
    "newsletter/example/newsletter.toml",
    "newsletter/example/content/issues/2026-2/issue.md",
    "newsletter/example/subscribers/members.csv",
    "newsletter/example/subscribers/segments.toml",
    "newsletter/example/templates/",
)
FORBIDDEN = ("/private/", "sending.json", ".newsletter/", "tests/", ".db", ".eml")


def main() -> int:
    """Print each fault; the exit code is 1 if there is any."""
    names = ZipFile(sys.argv[1]).namelist()
    faults = [f"missing: {need}" for need in NEEDED if not any(name.startswith(need) for name in names)]
    faults += [f"must not be there: {name}" for name in names for word in FORBIDDEN if word in name]
    print("\n".join(faults) or f"{sys.argv[1]}: {len(names)} files, nothing missing, nothing private")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
