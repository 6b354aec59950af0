"""``python -m newsletter``: the same program where no script was installed."""

from newsletter.cli import main

if __name__ == "__main__":
    main()
