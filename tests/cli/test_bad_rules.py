"""What is not true of a course begun, or of no rule file: told with field, value and remedy.

Four weekly sessions were held, the last on 22 December 2026, the day of asking.
"""

from typing import Any

import pytest

from tests.support.command_line import Ran, Run, write

RULES = """\
id = "own"
name = "Own"
family = "mesotherapy"
areas = ["face"]
indications = ["fine lines"]
version = "1"
[evidence]
assumption = "a test"
[sessions]
minimum = 1
usual = 8
maximum = 15
minutes = 45
assumption = "a test"
[[phases]]
name = "weekly"
sessions = 4
minimum = "7 days"
maximum = "10 days"
assumption = "a test"
[[phases]]
name = "fortnightly"
after_improvement = true
minimum = "14 days"
maximum = "21 days"
assumption = "a test"
"""
HELD = tuple(f"--held=2026-12-{day:02}" for day in (1, 8, 15, 22))
SPACING = '[[spacing]]\nother = "{}"\nsame_area = true\nassumption = "a test"\n'
SOURCE = '[[sources]]\nkey = "study"\ntitle = "Study"\ngrade = "low"\n'
PROHIBITED = '[[prohibited]]\ntext = "a law"\nassumption = "a test"\n'


def planned(run: Run, rules: str, *words: str) -> Ran:
    asked = ("plan", "own", "--rules", write("own.toml", rules), "--no-prices", "--format", "json")
    return run(*asked, "--as-of", "2026-12-22", *words)


def refusal(ran: Ran) -> dict[str, Any]:
    """Return what is wrong, which is one thing, and told to people too."""
    assert ran.code == 2
    fault: dict[str, Any] = ran.json["error"]
    assert fault["message"].rstrip(".") in " ".join(ran.err.split())
    assert fault["remedy"]
    return fault


@pytest.mark.parametrize("field", ["improved_on", "not_improved_on", "unclear_on", "reviewed_on"])
@pytest.mark.parametrize(
    ("day", "held", "code"),
    [
        ("2026-12-23", HELD, "not_yet"),
        ("2026-11-30", HELD, "contradiction"),
        ("2026-12-22", (), "contradiction"),
    ],
)
def test_a_clinicians_word_of_another_time(
    run: Run, field: str, day: str, held: tuple[str, ...], code: str
) -> None:
    option = f"--{field.replace('_', '-')}"
    fault = refusal(planned(run, RULES, *held, option, day))
    assert (fault["code"], fault["field"], fault["value"]) == (code, field, day)


def test_of_several_treatments_the_first_session_of_its_own_counts(run: Run) -> None:
    other = RULES.replace('"own"', '"other"').replace('"face"', '"stomach"')
    words = ("other", "--rules", write("other.toml", other), "--held", "own:2026-12-01")
    told = ("--held", "other:2026-12-15", "--improved-on", "other:2026-12-08")
    fault = refusal(planned(run, RULES, *words, *told))
    assert (fault["field"], fault["value"]) == ("improved_on", "2026-12-08")


@pytest.mark.parametrize(
    ("said", "is_taken"),
    [
        (["--improved-on=2026-12-22"], False),
        (["--not-improved-on=2026-12-15", "--improved-on=2026-12-22"], False),
        (["--improved-on=2026-12-15", "--not-improved-on=2026-12-22"], True),
        (["--not-improved-on=2026-12-22"], True),
        (["--unclear-on=2026-12-22"], True),
    ],
)
def test_no_improvement_is_not_foreseen_once_it_has_improved(
    run: Run, said: list[str], is_taken: bool
) -> None:
    ran = planned(run, RULES, *HELD, *said, "--no-improvement")
    if is_taken:
        dates = [session["date"] for session in ran.json["sessions"]]
        assert dates == ["2026-12-29", "2027-01-05", "2027-01-12", "2027-01-19"]
        return
    fault = refusal(ran)
    assert (fault["code"], fault["field"]) == ("contradiction", "no_improvement")
    assert "2026-12-22" in fault["message"]


@pytest.mark.parametrize(
    ("old", "new", "field", "value"),
    [
        ('maximum = "10 days"', 'maximum = "10 days"\nearly = "soon"', "phases[1].early", "'soon'"),
        ('version = "1"', 'version = "1"\nbenefit = "great"', "benefit", "'great'"),
        ('version = "1"', 'version = "1"\nvariant_of = "nothing"', "variant_of", "nothing"),
        ('version = "1"', 'version = "1"\nvariant_of = "own"', "variant_of", "own"),
        ('version = "1"', 'version = "1"\ninclude = "nothing"', "include", "nothing"),
        ('version = "1"', 'version = "1"\ninclude = "own"', "include", "own"),
        ("", f'{PROHIBITED}country = "XX"\n', "prohibited[1].country", "XX"),
        ("", f'{PROHIBITED}country = "France"\n', "prohibited[1].country", "France"),
        ("", f'{SOURCE}doi = "abc"\n', "sources[1].doi", "abc"),
        ("", f'{SOURCE}doi = "https://doi.org/10.1097/x"\n', "sources[1].doi", None),
        ("", SPACING.format("mesotherapy") + "same_day = true\n", "spacing[1].minimum", None),
        (
            "",
            SPACING.format("mesotherapy") + 'minimum_before = "7 days"\n',
            "spacing[1].minimum",
            None,
        ),
        ("", SPACING.format("nothing") + 'minimum = "7 days"\n', "spacing[1].other", "nothing"),
    ],
)
def test_a_rule_file_that_names_nothing(
    run: Run, old: str, new: str, field: str, value: str | None
) -> None:
    rules = RULES.replace(old, new, 1) if old else RULES + new
    fault = refusal(planned(run, rules))
    assert (fault["source"], fault["field"]) == ("own.toml", field)
    assert value in (None, fault["value"])
    checked = run("protocols", "check", "own.toml")
    assert (checked.code, checked.out) == (1, ""), "what has a fault is not in order"
    assert fault["message"].rstrip(".") in checked.err


def test_includes_without_an_end(run: Run) -> None:
    write("one.toml", 'include = "other"\n')
    write("other.toml", 'include = "one"\n')
    fault = refusal(planned(run, RULES.replace('version = "1"', 'version = "1"\ninclude = "one"')))
    assert (fault["code"], fault["source"], fault["value"]) == (
        *("include_cycle", "other.toml", "one"),
    )


def test_more_were_held_than_a_course_has_and_so_many_are_asked_for(run: Run) -> None:
    few = RULES.replace("usual = 8", "usual = 2").replace("maximum = 15", "maximum = 4")
    fault = refusal(planned(run, few, *HELD))
    assert (fault["code"], fault["remedy"]) == ("too_many_sessions", "Give sessions = 4.")
    assert planned(run, few, *HELD, "--sessions", "4").code == 0
    least = few.replace("maximum = 4", "maximum = 3")
    assert refusal(planned(run, least, *HELD))["remedy"] == "Give sessions = 3."
    told = planned(run, least, *HELD, "--sessions", "3").json["findings"]
    assert "4 treatments were given; a course has at most 3." in [it["message"] for it in told]


def test_a_lapse_that_waits_for_a_review_says_so(run: Run) -> None:
    lapse = 'maximum = "10 days"\nlapse = "2 weeks"\nlapse_action = "review"'
    rules = RULES.replace('maximum = "10 days"', lapse)
    begun = ("--held=2026-12-01", "--as-of=2026-12-17")
    waiting = "after 2026-12-15, the lapse of 2 weeks: a clinician must review"
    for late in ((), ("--late=62",)):
        ran = run("plan", "own", "--rules", write("own.toml", rules), "--no-prices", *begun, *late)
        assert (ran.code, waiting in ran.err) == (1, True)
    reviewed = (*begun, "--reviewed-on=2026-12-17", "--late=62", "--format=json")
    plan = run("plan", "own", "--rules=own.toml", "--no-prices", *reviewed).json
    assert "must review" not in str(plan)
    assert "after 2026-12-15, the lapse of 2 weeks: the course goes on" in str(plan)
