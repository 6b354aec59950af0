"""Lines of keys in TOML that a person wrote."""

from newsletter.model import toml


def test_lines_of_keys_tables_and_arrays() -> None:
    """Keys in tables, arrays of tables and dotted headers are found on their lines."""
    text = 'a = 1\n[b.c]\nd = 2 # [x]\n[[e]]\nf = 3\n[[e]]\n"g h" = 4\n'
    read = toml.read(text, "x.toml")
    assert read.where("a").line == 1
    assert read.where("b", "c", "d").line == 3
    assert read.where("e", 0, "f").line == 5
    assert read.where("e", 1, "g h").line == 7


def test_unknown_path_gives_the_table_around_it() -> None:
    """A key that is not there is placed at the nearest table that is."""
    assert toml.read("[b]\nc = 1\n", "x.toml").where("b", "missing").line == 1


def test_nearest_spelling() -> None:
    """A close word is proposed, and with none close the choices are listed."""
    assert toml.nearest("politker", ["politiker", "media"]) == "Menade du ”politiker”?"
    assert toml.nearest("zzz", ["politiker", "media"]) == "Välj bland: politiker, media."
