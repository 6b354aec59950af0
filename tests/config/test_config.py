"""What newsletter.toml may say, and how its mistakes are told."""

from pathlib import Path

import pytest

from newsletter import config
from newsletter.errors import InputError, MissingFile, Problems, UsageError

GOOD = """\
schema = 1

[association]
name = "Föreningen"
postal_address = "Gatan 1"
website = "https://forening.example"
contact = "kansli@forening.example"

[senders.kansliet]
name = "Föreningen"
address = "brev@forening.example"
reply_to = "kansli@forening.example"

[unsubscribe]
mailbox = "avsluta@forening.example"

[[topics]]
id = "eu"
name = "EU"
words = ["=EU"]
except = ["EU-moped"]

[limits]
k = 12
"""


def problems(text: str) -> list[tuple[int, str]]:
    with pytest.raises(Problems) as caught:
        config.parse(text)
    return [(problem.where.line if problem.where else 0, problem.what) for problem in caught.value.problems]


def test_good_settings_are_read() -> None:
    """Every table of a right file lands in the frozen settings, and defaults fill the rest."""
    settings = config.parse(GOOD)
    assert settings.senders["kansliet"].address == "brev@forening.example"
    assert settings.topics[0].exceptions == ("EU-moped",)
    assert (settings.limits.k, settings.limits.chunk) == (12, 50)
    assert settings.measuring.mode == "none"


def test_unknown_key_has_line_and_nearest_spelling() -> None:
    """A misspelt key is refused with its line and the key that was meant."""
    with pytest.raises(Problems) as caught:
        config.parse(GOOD + "chnk = 3\n")
    problem = caught.value.problems[0]
    assert problem.where is not None
    assert (problem.where.file, problem.where.line) == ("newsletter.toml", GOOD.count("\n") + 1)
    assert "chunk" in problem.do


def test_all_mistakes_at_once() -> None:
    """Three mistakes in three tables are told together."""
    text = (
        GOOD.replace("k = 12", "k = 3")
        .replace('"https://forening', '"http://forening')
        .replace("= 1\n", '= "1"\n', 1)
    )
    assert len(problems(text)) == 3


def test_group_floor() -> None:
    """No workspace can set the smallest group below five."""
    assert problems(GOOD.replace("k = 12", "k = 4")) == [(24, "k = 4 går inte.")]


def test_boolean_is_no_number() -> None:
    """`true` is not taken for the number one."""
    assert problems(GOOD.replace("k = 12", "k = true"))[0][1] == "k har fel slags värde."


def test_measuring_by_address_needs_a_decision() -> None:
    """Mode provider is refused until a decision is recorded beside it."""
    text = GOOD + '\n[measuring]\nmode = "provider"\n'
    assert problems(text) == [(27, "Mätning per adress kräver ett beslut.")]
    assert config.parse(text + 'decision = "Styrelsen 2027-01-19"\n').measuring.mode == "provider"


def test_same_topic_twice() -> None:
    """Two topics with one id are refused at the second."""
    assert problems(GOOD + '\n[[topics]]\nid = "eu"\nname = "Igen"\n') == [(27, "Ämnet eu finns två gånger.")]


def test_broken_toml_has_its_line() -> None:
    """A text that is no TOML is refused with the line of the break."""
    with pytest.raises(InputError) as caught:
        config.parse(GOOD.replace("k = 12", "k = = 12"))
    assert str(caught.value.where) == "newsletter.toml:24"


def test_missing_required_key_points_at_its_table() -> None:
    """A required key that is missing is told with its table's line."""
    assert problems(GOOD.replace('contact = "kansli@forening.example"\n', "")) == [
        (3, "contact saknas under association.")
    ]


def test_workspace_is_found_upwards(tmp_path: Path) -> None:
    """The workspace is the nearest folder upwards with newsletter.toml, and its absence says what to do."""
    (tmp_path / "newsletter.toml").write_text(GOOD)
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert config.find(below) == tmp_path
    with pytest.raises(UsageError, match="ingen arbetsyta"):
        config.find(Path("/"))


def test_no_file(tmp_path: Path) -> None:
    """A folder without newsletter.toml is no workspace."""
    with pytest.raises(MissingFile):
        config.load(tmp_path)


def test_the_associations_own_settings_are_right() -> None:
    """The repository's own newsletter.toml is read without a complaint."""
    settings = config.load(Path(__file__).parents[2])
    assert settings.association.name == "Intresseföreningen Bergslaget"


def test_hosted_pictures_are_a_choice() -> None:
    """Pictures travel inside unless an https folder is named; a slash at its end is of no matter."""
    assert config.parse(GOOD).assets_base_url == ""
    hosted = GOOD.replace("schema = 1", 'schema = 1\nassets_base_url = "https://forening.example/brev/"')
    assert config.parse(hosted).assets_base_url == "https://forening.example/brev"


@pytest.mark.parametrize(
    "given",
    ["http://a.example", "https://", "https://a.example/?x", "https://u:p@a.example", "https://a b.example"],
)
def test_odd_places_for_pictures_are_refused(given: str) -> None:
    """Only a plain https folder can host pictures; anything else has its line."""
    found = problems(GOOD.replace("schema = 1", f'schema = 1\nassets_base_url = "{given}"'))
    assert [line for line, _ in found] == [GOOD.split("\n").index("schema = 1") + 2]
