"""The packaged protocols against the published figures and courses worked by hand."""

import csv
import re
from datetime import date
from decimal import Decimal

import pytest

from meso_schedule import (
    CourseRequest,
    Protocol,
    catalogue,
    plan_course,
    read_protocol,
)
from meso_schedule.rules.catalogue import matches, packaged_ids
from meso_schedule.rules.rule_tables import Gap
from tests.support.samples import CONFORMANCE, EVERY_DAY, clinic, days, on

PACKAGED = catalogue()

OVERVIEW = '"Mesotherapy", overview article'
REAL_SIMPLE = "Real Simple article"
REJUVENATION = '"Mesotherapy (Rejuvenation)"'
GLOW = '"Mesotherapy for Facial Rejuvenation"'
HAIR = "clinic pages"
ABDALLAH = "Abdallah et al., controlled pilot"
KYBELLA = "US label of Kybella"
MELASMA = "Budamakuntla et al. 2013: weeks 0, 4 and 8"
STUDY = "Bull Natl Nutr Inst 2025"
KINDS = r"\b(pages?|cited|reported|study|abstract|register|label|FAQ|manufacturer)\b"
BOTOX = "professional page of Botox Cosmetic"


def rows(name: str) -> list[dict[str, str]]:
    with (CONFORMANCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def bounds(gap: Gap) -> str:
    """Write the published part of a gap: its minimum, and its maximum where one is published."""
    low, high = (" and ".join(map(str, bound)) for bound in (gap.minimum, gap.maximum))
    return f"{low}..{high}"


def test_the_catalogue_holds_what_was_asked_for() -> None:
    assert set(packaged_ids()) >= {
        *("cellulite", "deoxycholic-chin", "facial-rejuvenation", "fat-reduction", "general"),
        *("hair-loss", "hair-loss-dutasteride", "hyaluronic-acid", "mesobotox", "mesoglow"),
        *("pigmentation", "pain-acute", "pain-chronic", "polynucleotides-face", "hair-prp"),
        *("hcc-hyaluronic-face", "acne-scars-ha", "melasma-txa-fortnightly", "stretch-marks"),
        *("hair-dutasteride-quarterly", "hair-meso-taper", "eye-carboxy", "exosome-face"),
        "lipolysis-body",
    }
    assert list(PACKAGED) == packaged_ids()


@pytest.mark.parametrize("name", packaged_ids())
def test_each_file_is_a_whole_protocol(name: str) -> None:
    protocol = PACKAGED[name]
    assert protocol.id == name
    assert protocol.facts is not None
    assert protocol.results is not None
    facts = protocol.facts.entries()
    assert {"efficacy", "approval", "procedure"} <= set(facts), "each is told what is known of it"
    assert any("licensed practitioner" in notice.text for notice in protocol.notices)
    assert {care.action for care in protocol.care} == {"avoid", "expect", "do", "ask"}
    used = {key for table in tables(protocol) for key in table}
    assert used == {source.key for source in protocol.sources}, "no source is listed in vain"


def tables(protocol: Protocol) -> list[tuple[str, ...]]:
    """Return the sources of each table of figures."""
    single = (
        *(protocol.sessions, protocol.top_up, protocol.results, protocol.facts),
        protocol.evidence,
    )
    many = (
        *(protocol.phases, protocol.prices, protocol.care, protocol.notices, protocol.spacing),
        *(protocol.prohibited, protocol.products, protocol.alternatives),
    )
    return [t.sources for t in single if t] + [t.sources for group in many for t in group]


@pytest.mark.parametrize(
    ("name", "minimum", "maximum", "source"),
    [
        ("general", 3, 15, OVERVIEW),
        ("facial-rejuvenation", 3, 15, OVERVIEW),
        ("fat-reduction", 3, 15, OVERVIEW),
        ("deoxycholic-chin", None, 6, KYBELLA),
        ("hair-loss", 4, 10, HAIR),
        ("hair-loss-dutasteride", 7, 7, f"{ABDALLAH}: weeks 0 1 2 3 5 7 11"),
        ("pigmentation", 3, 3, MELASMA),
    ],
)
def test_published_numbers_of_sessions(
    name: str, minimum: int | None, maximum: int | None, source: str
) -> None:
    counts = PACKAGED[name].sessions
    assert minimum in (None, counts.minimum), source
    assert maximum in (None, counts.maximum), source


@pytest.mark.parametrize(
    ("name", "usual", "source"),
    [
        ("cellulite", 6, f"{STUDY}: weekly, 6 sessions"),
        ("fat-reduction", 10, f"{OVERVIEW}: 10 sessions or more"),
        ("hair-loss-dutasteride", 7, ABDALLAH),
    ],
)
def test_published_usual_numbers(name: str, usual: int, source: str) -> None:
    assert PACKAGED[name].sessions.usual == usual, source


@pytest.mark.parametrize(
    ("name", "phase", "published", "source"),
    [
        ("general", "initial", "7 days..10 days", OVERVIEW),
        ("general", "fortnightly", "2 weeks..", OVERVIEW),
        ("general", "monthly", "1 month..", OVERVIEW),
        ("facial-rejuvenation", "initial", "7 days..10 days", OVERVIEW),
        ("facial-rejuvenation", "fortnightly", "2 weeks..", OVERVIEW),
        ("facial-rejuvenation", "monthly", "1 month..", OVERVIEW),
        ("hyaluronic-acid", "monthly", "28 days..", "Clin Cosmet Investig Dermatol 2019;12:563"),
        ("mesobotox", "quarterly", "3 months and 90 days..", f"{REAL_SIMPLE}; {BOTOX}"),
        ("deoxycholic-chin", "course", "1 month..", KYBELLA),
        ("cellulite", "weekly", "7 days..", STUDY),
        ("hair-loss", "course", "7 days..10 days", HAIR),
        ("hair-loss-dutasteride", "weekly", "7 days..", ABDALLAH),
        ("hair-loss-dutasteride", "fortnightly", "2 weeks..", ABDALLAH),
        ("hair-loss-dutasteride", "four-weekly", "4 weeks..", ABDALLAH),
        ("pigmentation", "four-weekly", "4 weeks..", MELASMA),
    ],
)
def test_published_gaps(name: str, phase: str, published: str, source: str) -> None:
    (gap,) = [found for found in PACKAGED[name].phases if found.name == phase]
    assert bounds(gap).startswith(published), source
    assert gap.sources, "a published figure names its source"


@pytest.mark.parametrize(
    ("name", "published", "source"),
    [
        ("facial-rejuvenation", "3 months..5 months", f"{OVERVIEW}: top-ups when results fade"),
        ("hair-loss", "3 months..4 months", HAIR),
    ],
)
def test_published_top_ups(name: str, published: str, source: str) -> None:
    top_up = PACKAGED[name].top_up
    assert top_up is not None
    assert bounds(top_up).startswith(published), source


@pytest.mark.parametrize(
    ("name", "phases", "source"),
    [
        (
            "general",
            "initial+fortnightly?monthly?",
            f"{OVERVIEW}: longer gaps if the skin improves",
        ),
        ("facial-rejuvenation", "initial+fortnightly?monthly?", f"{OVERVIEW}: the same taper"),
        ("hair-loss-dutasteride", "weekly+fortnightly+four-weekly+", f"{ABDALLAH}: a fixed plan"),
    ],
)
def test_what_waits_for_improvement(name: str, phases: str, source: str) -> None:
    found = PACKAGED[name].phases
    text = "".join(phase.name + ("?" if phase.after_improvement else "+") for phase in found)
    assert text == phases, source


@pytest.mark.parametrize(
    ("name", "currency", "per", "low", "high", "source"),
    [
        ("facial-rejuvenation", "GBP", "session", "200.00", "200.00", REJUVENATION),
        ("facial-rejuvenation", "GBP", "course", "1000.00", "2000.00", REJUVENATION),
        ("hyaluronic-acid", "USD", "session", "300.00", "500.00", REAL_SIMPLE),
        ("mesobotox", "USD", "session", "1000.00", "1500.00", REAL_SIMPLE),
        ("mesoglow", "USD", "session", "100.00", "200.00", GLOW),
    ],
)
def test_published_prices(
    name: str, currency: str, per: str, low: str, high: str, source: str
) -> None:
    (price,) = [
        price for price in PACKAGED[name].prices if (price.currency, price.per) == (currency, per)
    ]
    assert (price.low, price.high) == (Decimal(low), Decimal(high)), source


def test_no_other_price_is_published() -> None:
    assert {(name, price.per) for name, own in PACKAGED.items() for price in own.prices} == {
        ("facial-rejuvenation", "session"),
        ("facial-rejuvenation", "course"),
        ("hyaluronic-acid", "session"),
        ("mesobotox", "session"),
        ("mesoglow", "session"),
    }


@pytest.mark.parametrize("name", packaged_ids())
@pytest.mark.parametrize(
    ("action", "words", "starts", "ends", "source"),
    [
        ("avoid", "aspirin", "-7 days", "0 days", OVERVIEW),
        ("avoid", "hot showers", "0 hours", "8 hours", REJUVENATION),
        ("avoid", "strenuous activity", "0 hours", "48 hours", REJUVENATION),
        ("expect", "stinging", "0 hours", "2 hours", OVERVIEW),
        ("expect", "swelling", "6 hours", "72 hours", OVERVIEW),
    ],
)
def test_published_care(
    name: str, action: str, words: str, starts: str, ends: str, source: str
) -> None:
    (care,) = [
        care
        for care in PACKAGED[name].care
        if care.action == action and words in care.what.casefold()
    ]
    of_clinics = {"aspirin": "48 hours", "strenuous activity": "10 days"}
    if name == "aqualyx-clinics":
        ends = of_clinics.get(words, ends)
    assert (str(care.starts), str(care.ends)) == (starts, ends), source


@pytest.mark.parametrize("name", packaged_ids())
def test_a_prescribed_medicine_is_never_told_to_stop(name: str) -> None:
    (aspirin,) = [care for care in PACKAGED[name].care if "aspirin" in care.what.casefold()]
    assert "only when the prescriber agrees" in aspirin.what


@pytest.mark.parametrize("name", packaged_ids())
@pytest.mark.parametrize(
    "word",
    [
        *("pregnant", "breast-feeding", "blood thinner", "clotting", "allergic", "infection"),
        *("cancer", "insulin", "keloid", "autoimmune", "epilepsy", "heart", "kidney"),
        "isotretinoin",
    ],
)
def test_screening_asks_about(name: str, word: str) -> None:
    questions = [care.what for care in PACKAGED[name].care if care.action == "ask"]
    assert any(word in question for question in questions), "clinic pages"
    assert all(question.endswith("?") for question in questions)


@pytest.mark.parametrize("name", ["fat-reduction", "deoxycholic-chin"])
def test_fat_carries_the_warning_of_the_regulator(name: str) -> None:
    texts = " ".join(notice.text for notice in PACKAGED[name].notices)
    assert "FDA" in texts
    assert "2023" in texts, "the US FDA warned in December 2023"
    assert "Kybella" in texts, "approved under the chin only"


@pytest.mark.parametrize(
    ("name", "fact", "value", "source"),
    [
        ("general", "depth_mm", "1-4", f"{OVERVIEW}: 1 to 4 mm"),
        ("facial-rejuvenation", "depth_mm", "1-4", f"{OVERVIEW}: 1 to 4 mm"),
        ("facial-rejuvenation", "dose_ml", "0.01", f"{REJUVENATION}: 0.01 mL"),
        (
            *("facial-rejuvenation", "techniques", ("nappage", "papule", "point by point")),
            REJUVENATION,
        ),
    ],
)
def test_published_facts(name: str, fact: str, value: object, source: str) -> None:
    facts = PACKAGED[name].facts
    assert facts is not None
    assert facts.entries()[fact] == value, source


@pytest.mark.parametrize(
    ("name", "settle", "lasts", "source"),
    [
        ("facial-rejuvenation", "3 days", ("3 months", "5 months"), OVERVIEW),
        ("hyaluronic-acid", "3 days", ("3 months", "5 months"), OVERVIEW),
        (
            *("mesobotox", "2 weeks", ("3 months", "4 months")),
            f"review not before 2 weeks; {REAL_SIMPLE}; J Dermatolog Treat 2021: 4 months",
        ),
    ],
)
def test_published_results(name: str, settle: str, lasts: tuple[str, str], source: str) -> None:
    results = PACKAGED[name].results
    assert results is not None
    assert str(results.settle) == settle, source
    assert (str(results.lasts_minimum), str(results.lasts_maximum)) == lasts, source


@pytest.mark.parametrize("name", packaged_ids())
def test_an_event_keeps_72_hours_of_distance(name: str) -> None:
    settle = PACKAGED[name].settle
    assert settle.after(on("2026-12-01")) >= on("2026-12-04"), (
        f"{OVERVIEW}: swelling peaks up to 72 h after"
    )


@pytest.mark.parametrize("name", packaged_ids())
def test_each_source_can_be_looked_up(name: str) -> None:
    documents = {"overview", "rejuvenation", "real-simple", "facial-article", "uses"}
    for source in PACKAGED[name].sources:
        assert source.link or source.key in documents, source.key
        assert source.kind or source.place, source.key
        # A kind is said in each language; a place stays as it is.
        assert not re.search(KINDS, source.place or ""), source.key


@pytest.mark.parametrize("name", packaged_ids())
def test_the_benefit_is_told_apart_from_the_schedule(name: str) -> None:
    protocol = PACKAGED[name]
    assert protocol.benefit
    assert protocol.evidence
    assert protocol.schedule_grade


@pytest.mark.parametrize(
    ("name", "benefit", "source"),
    [
        ("face-vitamins", "mixed", "El-Domyati found no improvement; ten women of 2015 improved"),
        ("mesoglow", "not shown", f"{GLOW}: a small trial saw none"),
        ("cellulite-aminophylline", "not shown", "Park et al. 2008: not effective"),
        ("hair-prp-negative", "not shown", "Gressenberger et al. 2020: no improvements"),
        ("deoxycholic-chin", "shown", KYBELLA),
        ("pain-clinic", "not studied", "a clinic's page"),
    ],
)
def test_published_benefit(name: str, benefit: str, source: str) -> None:
    assert PACKAGED[name].benefit == benefit, source


def test_uses_without_an_interval_of_their_own() -> None:
    general = PACKAGED["general"]
    uses = {"acne", "body contour"}
    assert set(general.no_published_interval) == uses
    assert uses <= set(general.indications)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("HAIR THIN", ["hair-loss"]),
        ("décolleté", ["facial-rejuvenation", "general", "hyaluronic-acid"]),
        ("orange-peel", ["cellulite"]),
        ("melasma txa", ["melasma-txa-fortnightly", "melasma-txa-three", "melasma-txa-weekly"]),
        ("stretch marks", ["general", "stretch-marks"]),
        ("acne scars", ["acne-scars-ha", "acne-scars-hcc"]),
        ("pain", ["general", "pain-acute", "pain-chronic", "pain-clinic", "pain-clinics-weekly"]),
        ("alopecia areata", ["hair-areata"]),
        ("microbotox", ["microbotox-neck"]),
        ("double chin", ["deoxycholic-chin"]),
        ("mesolift", ["mesoglow"]),
        ("oily skin", ["mesobotox"]),
        ("tattoo", []),
    ],
)
def test_finding_by_use(text: str, found: list[str]) -> None:
    assert [name for name, protocol in PACKAGED.items() if matches(protocol, text)] == found


@pytest.mark.parametrize("row", rows("schedules.csv"), ids=lambda row: row["id"])
def test_published_schedules_to_the_day(row: dict[str, str]) -> None:
    start = on(row["start"])
    plan = plan_course(
        read_protocol(CONFORMANCE / row["file"]),
        CourseRequest(start=start, start_within=0, sessions=int(row["sessions"])),
        clinic=clinic(timezone="UTC", hours=EVERY_DAY),
        as_of=start,
    )
    passed = [(session.date - start).days for session in plan.sessions]
    assert passed == [int(number) for number in row["expected_days"].split()], row["source"]


def test_every_published_schedule_is_planned() -> None:
    files = {path.name for path in (CONFORMANCE / "schedules").iterdir()}
    assert files == {row["file"].removeprefix("schedules/") for row in rows("schedules.csv")}


@pytest.mark.parametrize("row", rows("worked.csv"), ids=lambda row: row["protocol"])
def test_courses_worked_by_hand(row: dict[str, str]) -> None:
    top_ups = int(row["top_ups"])
    request = CourseRequest(
        start=on(row["start"]), sessions=int(row["sessions"]), top_ups=top_ups or None
    )
    plan = plan_course(PACKAGED[row["protocol"]], request, as_of=on(row["start"]))
    found: list[list[date]] = [[s.date for s in part] for part in (plan.sessions, plan.top_ups)]
    assert found == [days(row["expected_dates"]), days(row["expected_top_ups"])], row["note"]


def test_every_protocol_is_worked_by_hand() -> None:
    assert sorted(row["protocol"] for row in rows("worked.csv")) == packaged_ids()
