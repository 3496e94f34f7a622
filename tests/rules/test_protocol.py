"""Rule files: what they say, and every fault that one can have."""

from typing import Any

import pytest

from meso_schedule.base.errors import Fault, InputError
from meso_schedule.rules.protocol import Protocol
from meso_schedule.rules.rule_tables import Phase, Source
from tests.support.samples import (
    ASSUMED,
    COUNTS,
    Table,
    codes_and_fields,
    faults_of,
    on,
    phase,
    protocol,
    rule_table,
)

SOURCED = {"sources": ["study"]}
PRICE = {"currency": "GBP", "per": "session", "low": "180.00", "high": "200.00", **ASSUMED}
CARE = {"what": "Sun", "action": "avoid", "starts": "0 days", "ends": "2 days", **ASSUMED}
SPACING = {"other": "toxin", "minimum": "2 weeks", **ASSUMED}
STUDY = {"key": "study", "title": "Study of the test", "grade": "high"}
TEST = {"what": "A patch test", "before": "48 hours", **ASSUMED}
PRODUCT = {"name": "Gel", "amount": "2", "unit": "ml", **ASSUMED}
OTHER = {"id": "surgery", "name": "Surgery", "text": "By the knife.", **ASSUMED}

WEEKLY = phase(name="weekly", sessions=2)
FORTNIGHTLY = phase("2 weeks", "3 weeks", name="fortnightly", sessions=2)
TAPER = phase("2 weeks", "3 weeks", name="taper", sessions=2, after_improvement=True)
MONTHLY = phase("1 month", "6 weeks", name="monthly", after_improvement=True)


def without(table: Table, *keys: str) -> Table:
    return {key: value for key, value in table.items() if key not in keys}


def refused(**changes: Any) -> tuple[Fault, ...]:
    return faults_of(lambda: protocol(**changes))


def refused_gap(minimum: object, recommended: object, maximum: object, lapse: object) -> Table:
    given = {"recommended": recommended, "lapse": lapse}
    return phase(minimum, maximum, **{key: value for key, value in given.items() if value})


@pytest.mark.parametrize(
    ("changes", "code", "field", "value"),
    [
        # Keys.
        ({"nme": "x"}, "unknown_key", "nme", "nme"),
        ({"id": None}, "missing_key", "id", None),
        ({"name": None}, "missing_key", "name", None),
        ({"family": None}, "missing_key", "family", None),
        ({"areas": None}, "missing_key", "areas", None),
        ({"version": None}, "missing_key", "version", None),
        ({"sessions": None}, "missing_key", "sessions", None),
        ({"phases": None}, "missing_key", "phases", None),
        # Words.
        ({"id": "House Mix"}, "bad_id", "id", "House Mix"),
        ({"id": "house_mix"}, "bad_id", "id", "house_mix"),
        ({"id": "-house"}, "bad_id", "id", "-house"),
        ({"id": "house--mix"}, "bad_id", "id", "house--mix"),
        ({"id": "haus-mix-ü"}, "bad_id", "id", "haus-mix-ü"),
        ({"id": ""}, "bad_id", "id", ""),
        ({"id": 7}, "bad_id", "id", "7"),
        ({"name": " "}, "bad_text", "name", " "),
        ({"name": 7}, "bad_text", "name", "7"),
        ({"version": 1}, "bad_text", "version", "1"),
        ({"family": "needles"}, "bad_value", "family", "'needles'"),
        ({"areas": []}, "missing_key", "areas", None),
        ({"areas": ["face", ""]}, "bad_text", "areas[2]", ""),
        ({"indications": [7]}, "bad_text", "indications[1]", "7"),
        (
            {"indications": ["acne"], "no_published_interval": ["scars"]},
            *("unknown_indication", "no_published_interval", "scars"),
        ),
        # Counts.
        ({"sessions": COUNTS | {"minimum": 0}}, "bad_sessions", "sessions", "0, 3, 12"),
        ({"sessions": COUNTS | {"minimum": -1}}, "bad_sessions", "sessions", "-1, 3, 12"),
        ({"sessions": COUNTS | {"minimum": 4}}, "bad_sessions", "sessions", "4, 3, 12"),
        ({"sessions": COUNTS | {"usual": 13}}, "bad_sessions", "sessions", "1, 13, 12"),
        ({"sessions": COUNTS | {"maximum": 41}}, "bad_sessions", "sessions", "1, 3, 41"),
        ({"sessions": COUNTS | {"usual": 3.5}}, "bad_number", "sessions.usual", "3.5"),
        ({"sessions": COUNTS | {"usual": "3"}}, "bad_number", "sessions.usual", "3"),
        ({"sessions": COUNTS | {"usual": True}}, "bad_number", "sessions.usual", "True"),
        ({"sessions": COUNTS | {"minutes": 0}}, "bad_minutes", "sessions.minutes", "0"),
        ({"sessions": COUNTS | {"minutes": 1441}}, "bad_minutes", "sessions.minutes", "1441"),
        ({"sessions": COUNTS | {"before": -1}}, "bad_minutes", "sessions.before", "-1"),
        ({"sessions": COUNTS | {"after": -5}}, "bad_minutes", "sessions.after", "-5"),
        (
            {"sessions": COUNTS | {"before": 20, "after": 25}},
            "bad_minutes",
            "sessions.minutes",
            None,
        ),
        ({"sessions": COUNTS | {"turnover": -1}}, "bad_number", "sessions.turnover", "-1"),
        ({"sessions": COUNTS | {"turnover": 241}}, "bad_number", "sessions.turnover", "241"),
        ({"sessions": COUNTS | {"devices": ["M 1"]}}, "bad_id", "sessions.devices[1]", "M 1"),
        ({"sessions": COUNTS | {"devices": ["a", "a"]}}, "duplicate_id", "sessions.devices", "a"),
        (
            {"sessions": COUNTS | {"continuity": "never"}},
            "bad_value",
            "sessions.continuity",
            "'never'",
        ),
        ({"sessions": without(COUNTS, "minutes")}, "missing_key", "sessions.minutes", None),
        ({"sessions": COUNTS | {"usal": 3}}, "unknown_key", "sessions.usal", "usal"),
        # Phases.
        ({"phases": []}, "missing_key", "phases", None),
        ({"phases": phase()}, "bad_type", "phases", None),
        ({"phases": [phase(mximum="1 day")]}, "unknown_key", "phases[1].mximum", "mximum"),
        ({"phases": [without(phase(), "name")]}, "missing_key", "phases[1].name", None),
        ({"phases": [without(phase(), "minimum")]}, "missing_key", "phases[1].minimum", None),
        ({"phases": [without(phase(), "maximum")]}, "missing_key", "phases[1].maximum", None),
        ({"phases": [phase(minimum=[])]}, "missing_key", "phases[1].minimum", None),
        ({"phases": [phase(maximum=[])]}, "missing_key", "phases[1].maximum", None),
        ({"phases": [phase(minimum="1.5 weeks")]}, "bad_interval", "phases[1].minimum[1]", None),
        ({"phases": [phase(minimum=["7 days", ""])]}, "bad_interval", "phases[1].minimum[2]", ""),
        ({"phases": [phase(minimum=7)]}, "bad_type", "phases[1].minimum[1]", "7"),
        ({"phases": [phase(recommended=["7 days"])]}, "bad_type", "phases[1].recommended", None),
        ({"phases": [phase(lapse="soon")]}, "bad_interval", "phases[1].lapse[1]", "soon"),
        ({"phases": [phase(sessions=0)]}, "bad_sessions", "phases[1].sessions", "0"),
        ({"phases": [phase(sessions=-1)]}, "bad_sessions", "phases[1].sessions", "-1"),
        ({"phases": [phase(sessions=1.5)]}, "bad_number", "phases[1].sessions", "1.5"),
        ({"phases": [phase(), phase()]}, "bad_sessions", "phases[1].sessions", None),
        (
            {"phases": [phase(sessions=0), phase()]},
            *("bad_sessions", "phases[1].sessions", "0"),
        ),
        ({"phases": [TAPER]}, "bad_taper", "phases[1].after_improvement", "true"),
        (
            {"phases": [WEEKLY, TAPER, FORTNIGHTLY]},
            *("bad_taper", "phases[3].after_improvement", "false"),
        ),
        (
            {"phases": [phase(after_improvement="yes please")]},
            *("bad_type", "phases[1].after_improvement", "'yes please'"),
        ),
        # A gap under a day.
        ({"phases": [phase("0 days")]}, "bad_interval", "phases[1].minimum", "0 days"),
        ({"phases": [phase("1 day - 1 day")]}, "bad_interval", "phases[1].minimum", None),
        ({"phases": [phase("1 month - 28 days")]}, "bad_interval", "phases[1].minimum", None),
        ({"top_up": {**phase("0 months"), "name": None}}, "unknown_key", "top_up.name", "name"),
        (
            {"top_up": without(phase("0 months"), "name")},
            *("bad_interval", "top_up.minimum", "0 months"),
        ),
        (
            {"top_up": without(phase("3 months", "2 months"), "name")},
            *("crossing_bounds", "top_up.maximum", "2 months"),
        ),
        # Sources.
        ({"sources": [STUDY, STUDY]}, "duplicate_source", "sources", "study"),
        ({"sources": [STUDY | {"key": "A"}]}, "bad_id", "sources[1].key", "A"),
        ({"sources": [STUDY | {"grade": "good"}]}, "bad_value", "sources[1].grade", "'good'"),
        ({"sources": [without(STUDY, "grade")]}, "missing_key", "sources[1].grade", None),
        ({"sources": [without(STUDY, "title")]}, "missing_key", "sources[1].title", None),
        ({"sources": [STUDY | {"year": "2012"}]}, "bad_number", "sources[1].year", "2012"),
        ({"sources": [STUDY | {"doi": "10.1000"}]}, "bad_doi", "sources[1].doi", "10.1000"),
        ({"sources": [STUDY | {"doi": "10.1/ab"}]}, "bad_doi", "sources[1].doi", "10.1/ab"),
        ({"sources": [STUDY | {"doi": "10.1000/a b"}]}, "bad_doi", "sources[1].doi", "10.1000/a b"),
        ({"sources": [STUDY | {"doi": "11.1000/ab"}]}, "bad_doi", "sources[1].doi", "11.1000/ab"),
        ({"sources": [STUDY | {"doi": "10.1000/ab."}]}, "bad_doi", "sources[1].doi", "10.1000/ab."),
        (
            {"sources": [STUDY | {"doi": "https://doi.org/10.1000/ab"}]},
            *("bad_doi", "sources[1].doi", "https://doi.org/10.1000/ab"),
        ),
        ({"sources": [STUDY | {"doi": 10.1}]}, "bad_doi", "sources[1].doi", "10.1"),
        ({"sources": [STUDY | {"url": "clinic.org"}]}, "bad_url", "sources[1].url", "clinic.org"),
        ({"sources": [STUDY | {"url": "https://"}]}, "bad_url", "sources[1].url", "https://"),
        ({"sources": [STUDY | {"url": "ftp://a.org"}]}, "bad_url", "sources[1].url", "ftp://a.org"),
        ({"sources": [STUDY | {"read": "soon"}]}, "bad_date", "sources[1].read", "soon"),
        # What is known of the benefit, and of other ways.
        ({"benefit": "great"}, "bad_value", "benefit", "'great'"),
        ({"evidence": {"sources": ["no"]}}, "unknown_source", "evidence.sources", "no"),
        ({"variant_of": "house-mix"}, "names_itself", "variant_of", "house-mix"),
        ({"variant_of": "House"}, "bad_id", "variant_of", "House"),
        ({"include": "care"}, "not_included", "include", "care"),
        ({"care": [CARE | {"stop": True}]}, "contradiction", "care[1]", "Sun"),
        ({"tests": [TEST | {"before": "soon"}]}, "bad_offset", "tests[1].before", "soon"),
        ({"tests": [TEST | {"before": "-2 days"}]}, "bad_offset", "tests[1].before", "-2 days"),
        (
            {"tests": [TEST | {"before": "1999 months"}]},
            "bad_interval",
            "tests[1].before",
            "1999 months",
        ),
        ({"products": [PRODUCT | {"per": "week"}]}, "bad_value", "products[1].per", "'week'"),
        ({"products": [PRODUCT | {"amount": 2.5}]}, "bad_amount", "products[1].amount", "2.5"),
        (
            {"alternatives": [OTHER | {"visits": "one"}]},
            "bad_number",
            "alternatives[1].visits",
            "one",
        ),
        ({"phases": [phase(sources=["stdy"])]}, "unknown_source", "phases[1].sources", "stdy"),
        ({"phases": [phase(assumption="")]}, "bad_text", "phases[1].assumption", ""),
        # Money.
        ({"prices": [PRICE | {"low": 180.0}]}, "bad_amount", "prices[1].low", "180.0"),
        ({"prices": [PRICE | {"low": "1_000"}]}, "bad_amount", "prices[1].low", "1_000"),
        ({"prices": [PRICE | {"low": "-1"}]}, "bad_amount", "prices[1].low", "-1"),
        ({"prices": [PRICE | {"low": "180.001"}]}, "too_many_decimals", "prices[1].low", "180.001"),
        ({"prices": [PRICE | {"high": "200.001"}]}, "too_many_decimals", "prices[1].high", None),
        ({"prices": [PRICE | {"low": "201"}]}, "crossing_prices", "prices[1]", "201"),
        ({"prices": [PRICE, PRICE]}, "duplicate_price", "prices[2]", "GBP"),
        (
            {"prices": [PRICE | {"currency": "GPB"}]},
            "unknown_currency",
            "prices[1].currency",
            "GPB",
        ),
        ({"prices": [PRICE | {"per": "visit"}]}, "bad_value", "prices[1].per", "'visit'"),
        ({"prices": [without(PRICE, "high")]}, "missing_key", "prices[1].high", None),
        # Care, notices, spacing, results, facts.
        ({"care": [CARE | {"action": "stop"}]}, "bad_value", "care[1].action", "'stop'"),
        ({"care": [CARE | {"starts": "7"}]}, "bad_offset", "care[1].starts", "7"),
        ({"care": [CARE | {"ends": 2}]}, "bad_type", "care[1].ends", "2"),
        ({"care": [without(CARE, "starts")]}, "missing_key", "care[1]", "Sun"),
        ({"care": [CARE, without(CARE, "ends")]}, "missing_key", "care[2]", "Sun"),
        (
            {"notices": [{"txt": "x", "text": "x", **ASSUMED}]},
            "unknown_key",
            "notices[1].txt",
            "txt",
        ),
        (
            {"spacing": [SPACING | {"minimum": "soon"}]},
            "bad_interval",
            "spacing[1].minimum",
            "soon",
        ),
        ({"spacing": [SPACING | {"same_day": 3}]}, "bad_type", "spacing[1].same_day", "3"),
        (
            {"spacing": [{"other": "mesotherapy", "minimum_before": "1 week", **ASSUMED}]},
            *("missing_key", "spacing[1].minimum", None),
        ),
        (
            {"spacing": [SPACING | {"other": "house-mix"}]},
            *("names_itself", "spacing[1].other", "house-mix"),
        ),
        ({"results": {"settle": "72 hours", **ASSUMED}}, "bad_interval", "results.settle", None),
        ({"facts": {"depth_mm": 4, **ASSUMED}}, "bad_text", "facts.depth_mm", "4"),
    ],
)
def test_each_fault(changes: Table, code: str, field: str, value: str | None) -> None:
    faults = refused(**changes)
    assert codes_and_fields(faults) == {(code, field)}
    assert len(faults) == 1
    assert faults[0].remedy
    if value is not None:
        assert faults[0].value == value


@pytest.mark.parametrize(
    ("table", "place"),
    [
        ({"sessions": without(COUNTS, "assumption")}, "sessions"),
        ({"phases": [WEEKLY, without(phase(), "assumption")]}, "phases[2]"),
        ({"top_up": {"minimum": "3 months", "maximum": "5 months"}}, "top_up"),
        ({"results": {"settle": "3 days"}}, "results"),
        ({"facts": {"depth_mm": "1-4"}}, "facts"),
        ({"prices": [without(PRICE, "assumption")]}, "prices[1]"),
        ({"care": [CARE, without(CARE, "assumption")]}, "care[2]"),
        ({"notices": [{"text": "Disputed."}]}, "notices[1]"),
        ({"spacing": [without(SPACING, "assumption")]}, "spacing[1]"),
        ({"evidence": {}}, "evidence"),
        ({"tests": [without(TEST, "assumption")]}, "tests[1]"),
        ({"products": [without(PRODUCT, "assumption")]}, "products[1]"),
        ({"alternatives": [without(OTHER, "assumption")]}, "alternatives[1]"),
    ],
)
def test_a_table_without_source_and_assumption(table: Table, place: str) -> None:
    (fault,) = refused(**table)
    assert (fault.code, fault.field) == ("no_source", place)
    (name,) = table
    mended = table[name]
    last = mended[-1] if isinstance(mended, list) else mended
    last["sources"] = "study"
    assert refused(**table) == ()
    last["sources"] = ["study", "label"]
    assert codes_and_fields(refused(**table)) == {("unknown_source", f"{place}.sources")}


def test_the_nearest_key_is_offered() -> None:
    (fault,) = refused(phases=[phase(recomended="7 days")])
    assert fault.remedy == "Did you mean 'recommended'?"
    (fault,) = refused(colour="red")
    assert fault.remedy is not None
    assert fault.remedy.startswith("Known here: id, name, family, ")


@pytest.mark.parametrize(
    ("minimum", "recommended", "maximum", "lapse", "field", "source"),
    [
        ("8 days", "7 days", "10 days", None, "recommended", "recommended before minimum"),
        ("7 days", None, "6 days", None, "maximum", "maximum before minimum"),
        ("7 days", "11 days", "10 days", None, "maximum", "maximum before recommended"),
        ("7 days", None, "10 days", "9 days", "lapse", "lapse before maximum"),
        ("1 month", None, "27 days", None, "maximum", "a month has 28 days at least"),
        ("32 days", None, "1 month", None, "maximum", "a month has 31 days at most"),
        ("3 months", None, ["4 months", "80 days"], None, "maximum", "the earliest maximum counts"),
        (["7 days", "11 days"], None, "10 days", None, "maximum", "the latest minimum counts"),
        ("1 month", None, "6 weeks", ["1 year", "5 weeks"], "lapse", "the earliest lapse counts"),
        ("13 months", "1 year", "14 months", None, "recommended", "a year is twelve months"),
        (
            *("30 days", "1 month", "29 days", None, "maximum"),
            "the minimum is above the maximum whatever the month, with any aim between them",
        ),
    ],
)
def test_bounds_that_cross_for_every_anchor(
    minimum: object, recommended: object, maximum: object, lapse: object, field: str, source: str
) -> None:
    (fault,) = refused(phases=[refused_gap(minimum, recommended, maximum, lapse)])
    assert (fault.code, fault.field) == ("crossing_bounds", f"phases[1].{field}"), source


@pytest.mark.parametrize(
    ("minimum", "recommended", "maximum", "lapse", "source"),
    [
        ("7 days", "7 days", "7 days", "7 days", "bounds may meet"),
        ("30 days", "1 month", "31 days", None, "February crosses"),
        ("1 month", None, "28 days", None, "only February does not cross"),
        ("31 days", None, "1 month", None, "only long months do not cross"),
        (["3 months", "90 days"], "3 months", "3 months", None, "1 February crosses by a day"),
        ("4 weeks", None, "1 month", "30 days", "lapse before maximum in long months only"),
        ("1 year", None, "365 days", None, "only common years do not cross"),
        ("366 days", None, "1 year", None, "only leap years do not cross"),
        ("29 days", None, "1 month", None, "a month from 31 January is 29 days"),
    ],
)
def test_bounds_that_cross_for_some_anchors(
    minimum: object, recommended: object, maximum: object, lapse: object, source: str
) -> None:
    assert refused(phases=[refused_gap(minimum, recommended, maximum, lapse)]) == (), source


@pytest.mark.parametrize("minimum", ["1 day", "1 month - 27 days", "2 months - 58 days", "1 year"])
def test_gaps_of_a_day_or_more(minimum: str) -> None:
    assert refused(phases=[phase(minimum, "3 years")]) == ()


@pytest.mark.parametrize("minimum", ["2 months - 59 days", "1 year - 365 days", "5 days - 1 week"])
def test_gaps_that_can_come_out_under_a_day(minimum: str) -> None:
    assert codes_and_fields(refused(phases=[phase(minimum, "3 years")])) == {
        ("bad_interval", "phases[1].minimum")
    }


@pytest.mark.parametrize("interval", ["9999 years", "99999 months", "8000 years + 99999 weeks"])
def test_intervals_past_the_calendar_are_faults_of_the_file(interval: str) -> None:
    with pytest.raises(InputError) as caught:
        protocol(phases=[phase("7 days", interval)])
    assert caught.value.faults[0].field == "phases[1].maximum"


def test_care_may_not_end_before_it_starts() -> None:
    (fault,) = refused(care=[CARE | {"starts": "2 days", "ends": "1 day"}])
    assert fault.field is not None
    assert fault.field.startswith("care[1]")


def test_all_faults_of_a_file_come_at_once() -> None:
    faults = refused(
        id="House Mix",
        colour="red",
        sessions=COUNTS | {"minimum": 4},
        phases=[
            without(phase(minimum="8 days", maximum="7 days"), "assumption"),
            phase(minimum="soon", sessions=2),
            phase(after_improvement=True, sources=["label"]),
        ],
        prices=[PRICE | {"low": 1.5}, PRICE | {"low": "300"}, PRICE],
        care=[without(CARE, "ends"), CARE | {"starts": "then"}],
    )
    assert codes_and_fields(faults) == {
        ("bad_id", "id"),
        ("unknown_key", "colour"),
        ("bad_sessions", "sessions"),
        ("no_source", "phases[1]"),
        ("bad_sessions", "phases[1].sessions"),
        ("crossing_bounds", "phases[1].maximum"),
        ("bad_interval", "phases[2].minimum[1]"),
        ("unknown_source", "phases[3].sources"),
        ("bad_amount", "prices[1].low"),
        ("crossing_prices", "prices[2]"),
        ("duplicate_price", "prices[3]"),
        ("missing_key", "care[1]"),
        ("bad_offset", "care[2].starts"),
    }


@pytest.mark.parametrize(
    ("broken", "own"),
    [
        ({"sessions": {}}, {"missing_key"}),
        ({"sessions": 3}, {"bad_type"}),
        ({"phases": 3}, {"bad_type"}),
        ({"phases": [3]}, {"bad_type"}),
        ({"phases": None}, {"missing_key"}),
        ({"top_up": {"minimum": "soon"}}, {"bad_interval", "missing_key"}),
        ({"prices": "free"}, {"bad_type"}),
        ({"care": [{"what": 3}]}, {"bad_text", "missing_key"}),
        ({"indications": 3}, {"bad_text"}),
        ({"version": 1}, {"bad_text"}),
    ],
)
def test_a_broken_table_hides_no_fault_of_another(broken: Table, own: set[str]) -> None:
    faults = refused(
        **{"sources": [STUDY, STUDY], "notices": [{"text": "Disputed."}]} | broken,
    )
    codes = [fault.code for fault in faults]
    assert codes.count("duplicate_source") == 1
    assert codes.count("no_source") == 1
    assert set(codes) == own | {"duplicate_source", "no_source"}


def test_a_broken_source_makes_no_other_fault() -> None:
    faults = refused(sources=[without(STUDY, "grade")], phases=[phase(sources=["study"])])
    assert codes_and_fields(faults) == {("missing_key", "sources[1].grade")}


def test_a_table_without_sources_knows_none() -> None:
    (fault,) = refused(sources=None, phases=[phase(sources=["study"])])
    assert (fault.code, fault.remedy) == ("unknown_source", "Known: none.")


@pytest.mark.parametrize("indications", ["acne", ["acne", 3]])
def test_a_broken_table_makes_no_fault_of_another(indications: object) -> None:
    faults = refused(version=1, indications=indications, no_published_interval=["acne"])
    assert "unknown_indication" not in {fault.code for fault in faults}


@pytest.mark.parametrize("data", [None, 3, "id", [], [rule_table()]])
def test_no_table_at_all(data: object) -> None:
    (fault,) = faults_of(lambda: Protocol.read(data))
    assert (fault.code, fault.field) == ("bad_type", None)


def test_the_largest_file_is_taken() -> None:
    whole = protocol(
        indications=["acne", "scars"],
        no_published_interval="acne",
        sessions={"minimum": 1, "usual": 40, "minutes": 1440, **SOURCED},
        phases=[WEEKLY, TAPER, MONTHLY],
        top_up={"minimum": ["3 months", "90 days"], "maximum": "5 months", **SOURCED},
        results={"settle": "1 week", "lasts_minimum": "3 months", **SOURCED},
        facts={"depth_mm": "1-4", "techniques": ["nappage", "papule"], **SOURCED},
        prices=[PRICE, PRICE | {"per": "course"}, PRICE | {"currency": "EUR"}],
        care=[CARE, {"what": "Are you pregnant?", "action": "ask", **SOURCED}],
        notices=[{"text": "Disputed.", "regions": "US", **SOURCED}],
        spacing=[SPACING | {"minimum_before": "3 weeks", "same_day": True}],
    )
    assert whole.sessions.maximum == 40, "the program's limit"
    assert whole.facts is not None
    assert whole.facts.entries() == {"depth_mm": "1-4", "techniques": ("nappage", "papule")}
    assert whole.notices[0].regions == ("US",)
    assert Protocol.model_validate_json(whole.model_dump_json()) == whole


def test_settling_takes_three_days_unless_said_otherwise() -> None:
    event, longer = on("2026-12-01"), {"settle": "1 week", **ASSUMED}
    assert protocol().settle.after(event) == on("2026-12-04"), "72 hours of swelling"
    assert protocol(results=ASSUMED).settle.after(event) == on("2026-12-04"), "72 hours of swelling"
    assert protocol(results=longer).settle.after(event) == on("2026-12-08")


@pytest.mark.parametrize(
    ("changes", "citation"),
    [
        ({}, "Study of the test"),
        ({"place": "table 2"}, "Study of the test (table 2)"),
        ({"year": 2012}, "Study of the test (2012)"),
        ({"place": "table 2", "year": 2012}, "Study of the test (table 2, 2012)"),
        ({"kind": "study", "place": "table 2"}, "Study of the test (study, table 2)"),
        ({"authors": "Ann et al.", "kind": "study"}, "Ann et al., Study of the test (study)"),
        ({"authors": "Ann and Bo"}, "Ann and Bo, Study of the test"),
    ],
)
def test_citations(changes: Table, citation: str) -> None:
    assert Source.model_validate(STUDY | changes).citation == citation


@pytest.mark.parametrize(
    ("changes", "link"),
    [
        ({}, None),
        ({"doi": "10.1000/182"}, "https://doi.org/10.1000/182"),
        ({"doi": "10.1016/S0140-6736(05)(a)"}, "https://doi.org/10.1016/S0140-6736(05)(a)"),
        ({"url": "https://a-b.org/x?y=1#z"}, "https://a-b.org/x?y=1#z"),
        ({"url": "https://a.org", "doi": "10.1000/182"}, "https://doi.org/10.1000/182"),
    ],
)
def test_where_a_source_can_be_looked_up(changes: Table, link: str | None) -> None:
    assert Source.model_validate(STUDY | changes).link == link


@pytest.mark.parametrize(
    ("sources", "grade"),
    [
        ([["study"]], "high"),
        ([["study", "page"]], "high"),
        ([["study"], ["page"]], "low"),
        ([["article", "page"], ["study"]], "moderate"),
        ([["study"], []], None),
    ],
)
def test_how_well_a_schedule_is_supported(sources: list[list[str]], grade: str | None) -> None:
    listed = [STUDY, STUDY | {"key": "page", "grade": "low"}]
    listed.append(STUDY | {"key": "article", "grade": "moderate"})
    phases = [
        phase(name=f"{place}", sessions=1, sources=keys) for place, keys in enumerate(sources)
    ]
    assert protocol(phases=phases, sources=listed).schedule_grade == grade


def test_where_a_table_comes_from() -> None:
    label = {"key": "label", "title": "Label", "grade": "high"}
    both = phase(sources=["label", "study"])
    found = protocol(sources=[STUDY, label], phases=[WEEKLY, both])
    assert found.origin(found.phases[1]) == "Label; Study of the test"
    assert found.origin(found.phases[0]) == "Assumption: Assumed for the test."


@pytest.mark.parametrize(
    ("minimum", "recommended", "maximum", "text", "target"),
    [
        ("7 days", None, "10 days", "7 to 10 days", ["7 days"]),
        ("7 days", "8 days", "10 days", "7 to 10 days", ["8 days"]),
        ("4 weeks", None, "4 weeks", "4 weeks", ["4 weeks"]),
        (
            *(["3 months", "90 days"], None, ["4 months", "130 days"]),
            *("3 months and 90 days to 4 months and 130 days", ["3 months", "90 days"]),
        ),
    ],
)
def test_a_gap_in_words(
    minimum: object, recommended: object, maximum: object, text: str, target: list[str]
) -> None:
    gap = Phase.model_validate(refused_gap(minimum, recommended, maximum, None))
    assert gap.text == text
    assert [str(interval) for interval in gap.target] == target


def test_the_digest_is_of_the_content_alone() -> None:
    digest = protocol().digest
    assert digest.startswith("sha256:")
    assert len(digest) == len("sha256:") + 64
    shuffled = dict(reversed(rule_table(areas="face").items()))
    assert Protocol.read(shuffled).digest == digest
    assert protocol(phases=[phase("8 days")]).digest != digest


@pytest.mark.parametrize(
    ("phases", "sessions", "improves_after", "no_improvement", "expected", "source"),
    [
        ([WEEKLY], 3, None, False, "weekly weekly weekly", "the last phase runs to the end"),
        (
            *([WEEKLY, TAPER, MONTHLY], 6, None, False),
            *("weekly weekly taper taper monthly monthly", "the phases as written"),
        ),
        ([WEEKLY, TAPER, MONTHLY], 3, None, False, "weekly weekly taper", "a short course"),
        ([WEEKLY, TAPER, MONTHLY], 1, None, False, "weekly", "session 1 counts in its phase"),
        (
            *([WEEKLY, TAPER, MONTHLY], 5, 1, False),
            *("weekly taper taper monthly monthly", "the rest is cut"),
        ),
        (
            *([WEEKLY, TAPER, MONTHLY], 6, 3, False),
            *("weekly weekly weekly taper taper monthly", "the last is stretched"),
        ),
        (
            *([WEEKLY, TAPER, MONTHLY], 3, 3, False),
            *("weekly weekly weekly", "no taper at the number of sessions"),
        ),
        (
            *([WEEKLY, TAPER, MONTHLY], 3, 9, False),
            *("weekly weekly weekly", "no taper above the number of sessions"),
        ),
        (
            *([WEEKLY, TAPER, MONTHLY], 4, None, True),
            *("weekly weekly weekly weekly", "the last unconditional phase goes on"),
        ),
        (
            *([WEEKLY, FORTNIGHTLY, TAPER], 5, 1, False),
            *("weekly taper taper taper taper", "all of the second unconditional phase is cut"),
        ),
        (
            *([WEEKLY, FORTNIGHTLY, TAPER], 5, 3, False),
            *("weekly weekly fortnightly taper taper", "one of it is cut"),
        ),
        (
            *([WEEKLY, FORTNIGHTLY, TAPER], 6, 5, False),
            *("weekly weekly fortnightly fortnightly fortnightly taper", "it is stretched"),
        ),
        (
            *([WEEKLY, FORTNIGHTLY, TAPER], 6, None, True),
            *("weekly weekly fortnightly fortnightly fortnightly fortnightly", "it goes on"),
        ),
        ([WEEKLY], 2, 2, False, "weekly weekly", "nothing waits"),
    ],
)
def test_the_phase_of_each_session(
    phases: list[Table],
    sessions: int,
    improves_after: int | None,
    no_improvement: bool,
    expected: str,
    source: str,
) -> None:
    found = protocol(phases=phases).phase_of_each(sessions, improves_after, no_improvement)
    assert [each.name for each in found] == expected.split(), source


def test_a_taper_is_a_phase_that_waits() -> None:
    assert protocol(phases=[WEEKLY, TAPER]).has_taper
    assert not protocol(phases=[WEEKLY, FORTNIGHTLY]).has_taper


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"results": {"settle": "1 day - 3 days", **ASSUMED}}, "bad_interval", "results.settle"),
        (
            {"results": {"lasts_minimum": "5 months", "lasts_maximum": "3 months", **ASSUMED}},
            "crossing_bounds",
            "results.lasts_maximum",
        ),
        ({"notices": [{"text": "x", "regions": "usa", **ASSUMED}]}, "bad_region", None),
        (
            {"spacing": [{"other": "A Filler", "minimum": "1 week", **ASSUMED}]},
            "bad_id",
            "spacing[1].other",
        ),
    ],
)
def test_faults_of_the_tables_beside_the_calendar(
    changes: Table, code: str, field: str | None
) -> None:
    (fault,) = refused(**changes)
    assert fault.code == code
    assert field is None or fault.field == field


def test_results_in_order_and_regions_in_capitals_are_taken() -> None:
    lasting = {"settle": "0 days", "lasts_minimum": "3 months", "lasts_maximum": "3 months"}
    notices = [{"text": "x", "regions": ["US", "GB"], **ASSUMED}]
    taken = protocol(results={**lasting, **ASSUMED}, notices=notices)
    assert taken.notices[0].regions == ("US", "GB")


def test_an_aim_that_is_left_out_has_no_fault_of_its_own() -> None:
    faults = refused(phases=[phase("9999 years", "9999 years")])
    assert {fault.field for fault in faults} == {"phases[1].minimum", "phases[1].maximum"}
