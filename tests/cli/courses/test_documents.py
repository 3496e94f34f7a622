"""Public documents of clinics, their files typed in: every figure that their own pages give."""

from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.cli.courses.desk import Counter

NUMBERS = count()
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
A = 'assumption = "the clinic\'s own page"'


class Document(NamedTuple):
    """A clinic as its page describes it, and what it treats with."""

    zone: str
    currency: str
    prices: str
    gap: str = "4 weeks"
    usual: int = 6
    minutes: int = 30


FIVE = "packages = [{ sessions = 5, price = '1000.00' }]"
BR = Document(
    *("America/Sao_Paulo", "BRL", f"session = '220.00'\n{FIVE}\nvalid = '90 days'", "14 days", 5)
)
CA = Document("America/Toronto", "CAD", f"session = '250.00'\n{FIVE}", usual=5)
DE = Document("Europe/Berlin", "EUR", "session = '100.00'", usual=3)
ES = Document(
    *("Europe/Madrid", "EUR"),
    "session = '80.00'\npackages = [{ sessions = 6, price = '400.00' }]",
    "1 month",
)
SIX = "packages = [{ sessions = 6, price = '1200.00' }]"
GB = Document(
    *("Europe/London", "GBP"),
    f"session = '250.00'\n{SIX}\ndeposit = '50%'\nrest = 'second'\nvalid = '12 months'\n"
    "valid_from = 'payment'",
)
LV = Document("Europe/Riga", "EUR", "session = '252.00'\nrest = 'monthly'", "6 months", 2)
PL = Document("Europe/Warsaw", "PLN", "session = '1000.00'\ndeposit = '1500.00'", usual=3)
FR = Document("Europe/Paris", "EUR", "", "1 month", 1)


def at(of: Document, *tables: str, top: str = "", more: str = "") -> None:
    """Write the clinic file and the rule file of a document."""
    head = [f"name = 'C'\ntimezone = '{of.zone}'\ncurrency = '{of.currency}'", top, "[hours]"]
    hours = [f'{day} = ["09:00-18:00"]' for day in WEEKDAYS]
    prices = ["[prices.facial]", of.prices, more]
    Path("clinic.toml").write_text("\n".join([*head, *hours, *prices, *tables]))
    rule("facial", of)


def rule(name: str, of: Document, areas: str = '"face"', family: str = "mesotherapy") -> None:
    head = f'id = "{name}"\nname = "F"\nfamily = "{family}"\nareas = [{areas}]\nversion = "1"'
    counts = f"minimum = 1\nusual = {of.usual}\nmaximum = 40\nminutes = {of.minutes}"
    phase = f'name = "course"\nminimum = "{of.gap}"\nmaximum = "{of.gap} + 2 weeks"'
    text = f"{head}\n[sessions]\n{counts}\n{A}\n[[phases]]\n{phase}\n{A}\n"
    Path(f"{name}.toml").write_text(text)


def opened(counter: Counter, *words: str, of: tuple[str, ...] = ("facial",)) -> str:
    """Open a course of a patient who has no other."""
    files = [word for name in of for word in ("--rules", f"{name}.toml")]
    patient = ("--patient", f"Ana {next(NUMBERS)}")
    course: str = counter.done("courses", "open", *of, *files, *patient, *words)["course"]
    return course


def shown(counter: Counter, course: str) -> Any:
    return counter.done("courses", "show", course)


def dues(counter: Counter, course: str) -> list[tuple[str, str, str]]:
    due = shown(counter, course)["account"]["due"]
    return [(it["what"], it["due"], it["amount"]) for it in due]


def hold(counter: Counter, made: Any, visits: int) -> str:
    """Hold the next visits, each on its day; return the day of the one after them."""
    days = [it["date"] for it in made["sessions"] if it["status"] == "booked"]
    for day in days[:visits]:
        counter.set_day(day)
        counter.done("courses", "hold", made["course"])
    return str([*days, ""][visits])


def refund(counter: Counter, course: str, paid: str, had: int) -> str:
    made = counter.done("courses", "pay", course, paid)["state"]
    hold(counter, made, had)
    back: str = counter.done("courses", "stop", course)["settlement"]["refund"]
    return back


SHARE = "[stopping]\nsessions = 'share'\nfee = '{}'"
NOTICE = 'notice = "24 hours"'
LOST = "[cancelling]\nmissed = 'session'\nlate = 'session'"
OF_REFUND = "[stopping]\nfee = '10%'\nfee_of = 'refund'"
GST = "[tax]\nname = 'GST'\nrate = '5%'\nincluded = {}"
SIX_IN = "session = '{0}'\npackages = [{{ sessions = 6, price = '{1}' }}]"


@pytest.mark.parametrize(
    ("of", "tables", "paid", "had", "back", "source"),
    [
        (BR, (SHARE.format("20%"),), "1000.00", 2, "400.00", "institutoesthetic.com.br"),
        (CA, (OF_REFUND,), "1000.00", 2, "450.00", "agelessbodyclinic.com"),
        (GB, (), "1200.00", 2, "700.00", "waterhouseyoung.com: 1200 - 2 x 250"),
        (
            *(Document("Asia/Kolkata", "INR", SIX_IN.format("6000.00", "30000.00")),),
            *((SHARE.format("10%"),), "30000.00", 2, "17000.00", "skinclin.in: at 10 %"),
        ),
        (
            *(Document("Asia/Kolkata", "INR", SIX_IN.format("6000.00", "30000.00")),),
            *((SHARE.format("20%"),), "30000.00", 2, "14000.00", "skinclin.in: at 20 %"),
        ),
        (ES, ("[stopping]\nfee = '100%'",), "400.00", 1, "0.00", "elanvital: nothing back"),
        (LV, ("[stopping]\nfee = '50.00'",), "504.00", 0, "454.00", "tvigy.com: all less 50"),
        # The same rules where the tax comes on top, or the currency has other digits.
        (CA, (OF_REFUND, GST.format("false")), "1050.00", 2, "472.50", "1050 - 2 x 262.50, less a"),
        (CA, (OF_REFUND, GST.format("true")), "1000.00", 2, "450.00", "tax within changes nothing"),
        (
            *(Document("Asia/Tokyo", "JPY", SIX_IN.format("6000", "30003")),),
            *((SHARE.format("10%"),), "30003", 1, "22002", "30003 - 5001 (of 5000.5) - 3000"),
        ),
        (
            *(Document("Asia/Kuwait", "KWD", SIX_IN.format("25.500", "120.005")),),
            *((OF_REFUND,), "120.005", 2, "62.104", "69.005 back, less 6.901 (of 6.9005)"),
        ),
    ],
)
def test_what_goes_back(
    counter: Counter,
    of: Document,
    tables: tuple[str, ...],
    paid: str,
    had: int,
    back: str,
    source: str,
) -> None:
    at(of, *tables)
    assert refund(counter, opened(counter), paid, had) == back, source


def test_a_missed_session_is_lost(counter: Counter) -> None:
    """institutoesthetic.com.br: two had and one missed, 200.00 back; skinclin.in: it is lost."""
    at(BR, SHARE.format("20%"), LOST, top=NOTICE)
    course = opened(counter)
    made = counter.done("courses", "pay", course, "1000.00")["state"]
    counter.set_day(hold(counter, made, 2), 23)
    counter.done("courses", "miss", course, "--yes")
    assert counter.done("courses", "stop", course)["settlement"]["refund"] == "200.00"


@pytest.mark.parametrize(
    ("of", "valid", "day", "last", "source"),
    [
        (ES, "6 months", "2026-01-10", "2026-07-10", "elanvital: from the purchase"),
        (ES, "90 days", "2026-01-10", "2026-04-10", "bmcbiomedical.com: from the purchase"),
        (BR, "", "2026-01-10", "2026-04-12", "institutoesthetic: 90 days from Mon 12 Jan"),
        (GB, "", "2026-01-10", "2027-01-10", "waterhouseyoung: 12 months from the purchase"),
        (ES, "6 months", "2026-08-31", "2027-03-01", "31 Feb does not exist: the first of March"),
        (ES, "1 year - 1 day", "2026-01-10", "2027-01-09", "the day before"),
    ],
)
def test_how_long_a_course_may_be_used(
    counter: Counter, of: Document, valid: str, day: str, last: str, source: str
) -> None:
    at(of, more=f"valid = '{valid}'\nvalid_from = 'payment'" if valid else "")
    counter.set_day(day)
    course = opened(counter, "--sessions", "3")
    assert shown(counter, course)["valid_until"] == last, source


CONSULTATION = "[consultation]\nminutes = 30\nprice = '{}'\nredeemed = {}\nmissed = '{}'"


@pytest.mark.parametrize(
    ("of", "price", "redeemed", "start", "parts", "source"),
    [
        (CA, "50.00", "true", "01-06", ["50.00", "950.00"], "agelessbodyclinic: taken off"),
        (GB, "100.00", "true", "01-06", ["100.00", "500.00", "600.00"], "waterhouseyoung"),
        (DE, "50.00", "'0 days'", "01-05", ["50.00", "250.00"], "oezgoeren: treated the same day"),
        (DE, "50.00", "'0 days'", "01-06", ["50.00", "300.00"], "oezgoeren: else 50 for advice"),
        (PL, "300.00", "false", "01-06", ["300.00", "1500.00", "1500.00"], "mediartclinic"),
        (DE, "400.00", "true", "01-06", ["400.00"], "no more than the course is taken off"),
    ],
)
def test_a_consultation_taken_off(
    counter: Counter,
    of: Document,
    price: str,
    redeemed: str,
    start: str,
    parts: list[str],
    source: str,
) -> None:
    at(of, CONSULTATION.format(price, redeemed, "50.00"))
    counter.set_day("2026-01-05")
    course = opened(counter, "--consultation", "2026-01-05", "--start", f"2026-{start}")
    assert [amount for _, _, amount in dues(counter, course)] == parts, source


@pytest.mark.parametrize(
    ("of", "kept", "fee", "source"),
    [
        (CA, "session", "50.00", "agelessbodyclinic: 50, lost when late"),
        (GB, "100.00", "100.00", "waterhouseyoung: late or missed 100"),
        (DE, "50.00", "50.00", "oezgoeren: up to 50 for a missed visit"),
    ],
)
def test_a_consultation_missed(
    counter: Counter, of: Document, kept: str, fee: str, source: str
) -> None:
    at(of, f"{CONSULTATION.format('50.00', 'true', kept)}\nlate = '{kept}'", top=NOTICE)
    for words, hour in ((("--called-off",), 8), ((), 23)):
        counter.set_day("2026-01-05")
        course = opened(counter, "--consultation", "2026-01-06")
        counter.set_day("2026-01-06", hour)
        counter.done("courses", "miss", course, "--consultation", "--yes", *words)
        assert shown(counter, course)["account"]["fees"] == fee, source


DAYS = 'late = [{ inside = "1 day", keep = "50%" }, { inside = "0 days", keep = "100%" }]'
INSIDE = "late = [{{ inside = '{}', keep = '{}' }}]"
TWO_DAYS = 'notice = "2 days"'


@pytest.mark.parametrize(
    ("of", "terms", "moment", "fee", "source"),
    [
        (DE, INSIDE.format("24 hours", "20%"), ("2026-02-01", 8), "0.00", "fischer: 48 h, free"),
        (DE, INSIDE.format("24 hours", "20%"), ("2026-02-01", 11), "20.00", "fischer: 20 %"),
        (DE, INSIDE.format("24 hours", "75%"), ("2026-02-01", 11), "75.00", "dermica-stuttgart"),
        (PL, DAYS, ("2026-01-31", 23), "0.00", "drogadogalilei: two days before"),
        (PL, DAYS, ("2026-02-01", 0), "500.00", "drogadogalilei: the day before"),
        (PL, DAYS, ("2026-02-02", 0), "1000.00", "drogadogalilei: the same day"),
        (PL, INSIDE.format("48 hours", "1500.00"), ("2026-02-01", 9), "1500.00", "mediartclinic"),
        (CA, "late = '150.00'", ("2026-02-01", 9), "150.00", "agelessbodyclinic: a procedure"),
    ],
)
def test_what_is_kept_of_one_called_off(
    counter: Counter, of: Document, terms: str, moment: tuple[str, int], fee: str, source: str
) -> None:
    at(of, f"[cancelling]\n{terms}", top=TWO_DAYS)
    counter.set_day("2026-01-05")
    course = opened(counter, "--at", "10:00")
    counter.done("courses", "hold", course)
    counter.set_day(*moment, of.zone)
    counter.done("courses", "miss", course, "--called-off", "--yes")
    assert shown(counter, course)["account"]["fees"] == fee, source


@pytest.mark.parametrize(
    ("keys", "amounts", "rule"),
    [
        ("deposit_per = 'session'", ["225.00", "675.00"], "75 an appointment"),
        ("deposit_per = 'session'\ndeposit_days = 'mon'", ["900.00"], "Thursdays have none"),
        ("deposit_per = 'session'\ndeposit_days = ['thu', 'fri']", ["225.00", "675.00"], "all"),
        ("deposit_days = 'thu'", ["75.00", "825.00"], "once, the first visit is one of them"),
        ("deposit_days = 'wed'", ["900.00"], "once, the first visit is none of them"),
    ],
)
def test_a_deposit_on_some_weekdays(
    counter: Counter, keys: str, amounts: list[str], rule: str
) -> None:
    of = Document("Europe/London", "GBP", f"session = '300.00'\ndeposit = '75.00'\n{keys}", usual=3)
    at(of)
    course = opened(counter, "--start", "2026-12-03", "--days", "thu")
    assert [amount for _, _, amount in dues(counter, course)] == amounts, rule


def test_month_by_month(counter: Counter) -> None:
    """tvigy.com: 42 a month, the first treatment after six payments of 252.00 in all."""
    at(LV, more="instalments = 6")
    counter.set_day("2026-01-05")
    course = opened(counter, "--sessions", "1", "--start", "2026-07-06")
    due = dues(counter, course)
    assert [(day, amount) for _, day, amount in due] == [
        (f"2026-0{month}-05", "42.00") for month in range(1, 7)
    ]


def test_given_up_within_14_days(counter: Counter) -> None:
    """tvigy.com: all back less 50 for the consultation; a visit once had is no withdrawal."""
    withdraw = "[stopping]\nfee = '50%'\nwithdraw = '14 days'"
    at(LV, CONSULTATION.format("50.00", "true", "0.00"), withdraw, more="instalments = 12")
    counter.set_day("2026-01-05")
    course = opened(counter, "--consultation")
    counter.done("courses", "hold", course, "--consultation")
    counter.set_day("2026-01-19")
    assert refund(counter, course, "504.00", 0) == "454.00"


AREAS = "[prices.facial.options.'{}']\nsession = '{}'"
LASER = "session = '340.00'"


@pytest.mark.parametrize(
    ("of", "more", "words", "total", "source"),
    [
        (ES, "", (), "400.00", "elanvital: pay five, get six"),
        (ES, "", ("--sessions", "5"), "400.00", "elanvital: five cost the same"),
        (ES, "", ("--sessions", "4"), "320.00", "four do not"),
        (GB, "", (), "1200.00", "waterhouseyoung"),
        (FR, "session = '290.00'", (), "290.00", "LaserMedical: one area"),
        (
            *(FR, f"session = '290.00'\n{AREAS.format('face and neck', '550.00')}"),
            *(("--option", "face and neck"), "550.00", "LaserMedical: face and neck"),
        ),
        (FR, LASER, (), "340.00", "LaserMedical: the first area"),
        (
            *(FR, f"{LASER}\n{AREAS.format('two areas', '650.00')}"),
            *(("--option", "two areas"), "650.00", "LaserMedical: 340 and 310"),
        ),
        (
            *(FR, f"{LASER}\n{AREAS.format('three areas', '940.00')}"),
            *(("--option", "three areas"), "940.00", "LaserMedical: 340, 310 and 290"),
        ),
        (
            *(FR, LASER, ("--price", "500.00", "--reason", "two areas in one visit")),
            *("500.00", "LaserMedical: two areas of laser at a joint price"),
        ),
    ],
)
def test_what_a_course_costs(
    counter: Counter, of: Document, more: str, words: tuple[str, ...], total: str, source: str
) -> None:
    at(of, more=more)
    assert shown(counter, opened(counter, *words))["account"]["agreed_low"] == total, source


@pytest.mark.parametrize(
    ("minutes", "end"), [(90, "10:30"), (180, "12:00"), (270, "13:30"), (20, "09:20")]
)
def test_how_long_a_visit_takes(counter: Counter, minutes: int, end: str) -> None:
    """LaserMedical: an area 1 h 30, two in 3 h, three in 4 h 30; wellface: a booster 20 min."""
    at(FR, f"[treatments.facial]\nminutes = {minutes}", more="session = '340.00'")
    plan = counter.done("plan", "facial", "--rules", "facial.toml", "--at", "09:00")
    assert plan["sessions"][0]["end"][11:16] == end


MESO = "session = '350.00'\npackages = [{ sessions = 3, price = '900.00' }]\ndeposit = '50.00'"


def london(currency: str = "GBP", top: str = "", *tables: str) -> None:
    """Write the files of ai-beauty-jp.co.uk; of the bundle at 3599 the eyes are what is left."""
    of = Document("Europe/London", currency, MESO, usual=3)
    face, eyes = "[prices.rf-face]\nsession = '2530.00'", "[prices.rf-eyes]\nsession = '1069.00'"
    at(of, face, eyes, *tables, top=top)
    rule("rf-face", of._replace(usual=1), family="device")
    rule("rf-eyes", of._replace(usual=1), '"eyes"', "device")


@pytest.mark.parametrize(
    ("had", "paid", "back"), [(1, "900.00", "550.00"), (2, "900.00", "200.00")]
)
def test_three_for_900(counter: Counter, had: int, paid: str, back: str) -> None:
    london()
    assert refund(counter, opened(counter), paid, had) == back


def test_no_treatment_after_the_consultation(counter: Counter) -> None:
    london("GBP", "", "[consultation]\nminutes = 30")
    course = opened(counter, "--consultation")
    counter.done("courses", "hold", course, "--consultation")
    assert refund(counter, course, "50.00", 0) == "50.00", "the deposit back in full"


def test_the_face_only_had_of_a_bundle(counter: Counter) -> None:
    london()
    course = opened(counter, of=("rf-face", "rf-eyes"))
    assert shown(counter, course)["account"]["agreed_low"] == "3599.00"
    counter.done("courses", "pay", course, "3599.00")
    counter.done("courses", "hold", course, "--session", "A1")
    settled = counter.done("courses", "stop", course)["settlement"]
    assert settled["refund"] == "1069.00"


@pytest.mark.parametrize("words", [("miss",), ("miss", "--called-off"), ("move",)])
def test_inside_24_hours(counter: Counter, words: tuple[str, ...]) -> None:
    kept = "[cancelling]\nmissed = '50.00'\nlate = '50.00'\nmoved = '30.00'"
    london("GBP", NOTICE, kept)
    course = opened(counter, "--at", "10:00")
    if words[0] == "miss":
        counter.set_day("2026-12-01", 11 if len(words) == 1 else 9)
        counter.done("courses", *words, course, "--yes")
        assert shown(counter, course)["account"]["fees"] == "50.00"
    else:
        counter.done("courses", "move", course, "1", "--to", "2026-12-02", "--yes")
        assert shown(counter, course)["account"]["fees"] == "30.00", "20 of 50 back"


def test_a_relative_goes_on_and_a_single_session_becomes_a_course(counter: Counter) -> None:
    """ai-beauty: a relative may go on; waterhouseyoung: when the second is booked."""
    at(GB)
    single = opened(counter, "--sessions", "1")
    counter.done("courses", "pay", single, "250.00")
    counter.done("courses", "hold", single)
    course = opened(counter, "--held", "2026-12-01", "--start", "2026-12-29")
    counter.done("courses", "pay", course, "250.00", "--from", single)
    told = shown(counter, course)["account"]
    assert (told["agreed_low"], told["paid"], told["balance"]) == ("1200.00", "250.00", "950.00")
    assert shown(counter, single)["account"]["paid"] == "0.00"


def test_sundays_and_no_fridays(counter: Counter) -> None:
    """cosmocraftclinic: Sunday 11-15; nadiamedicalcentre: closed on Fridays."""
    at(PL)
    text = Path("clinic.toml").read_text()
    hours = text.replace('fri = ["09:00-18:00"]', 'sun = ["11:00-15:00"]')
    Path("clinic.toml").write_text(hours)
    asked = ("plan", "facial", "--rules", "facial.toml", "--at", "17:00", "--days", "sun")
    sunday = counter.done(*asked)["sessions"][0]
    assert (sunday["date"], sunday["start"][11:16]) == ("2026-12-06", "14:30")
    assert counter.refused("plan", "facial", "--rules", "facial.toml", "--days", "fri")[0] == 1
