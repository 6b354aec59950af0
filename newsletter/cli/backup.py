"""``newsletter backup``."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command()
@click.argument("file", metavar="[FIL]", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def command(workspace: Path | None, file: Path | None, as_json: bool) -> None:
    """Säkerhetskopiera liggaren, listorna, spärrarna och deras nyckel, krypterat, till FIL eller backups/.

    Görs också av sig självt före varje utskick, import och byte av schema. De senaste behålls (keep under
    [backup]). Utan NEWSLETTER_BACKUP_PASSPHRASE krypteras med .newsletter/backup.key: spara en kopia av den
    på annat håll, annars går kopiorna inte att läsa om datorn försvinner.

    \b
    Exempel:
      newsletter backup
      newsletter backup /media/usb/nyhetsbrev.nlbackup
    """
    from newsletter import wiring

    with wiring.application(workspace) as app:
        made = app.back_up(file)
    if as_json:
        removed = [str(path) for path in made.removed]
        data = {"schema": 1, "file": str(made.file), "bytes": made.size, "removed": removed}
        click.echo(json.dumps(data, ensure_ascii=False))
    else:
        click.echo(made.file)
    click.echo(f"Skriven och provläst: {max(1, made.size // 1024)} kB.", err=True)
    if not made.by_passphrase:
        click.echo(f"Nyckeln är {made.key_file}. Spara en kopia av den på annat håll än datorn.", err=True)
