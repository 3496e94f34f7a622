"""Random rule files and clinic files: plain data, complete and valid.

Draws are arranged so that the smallest draw is the plainest file.
"""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Table = dict[str, Any]

# minimum, recommended, maximum, lapse; each crosses for some anchors at most.
SMALL_MONTHS: tuple[Table, ...] = (
    {"minimum": "1 month", "maximum": "1 month + 4 days"},
    {"minimum": ["1 month", "30 days"], "recommended": "1 month", "maximum": "34 days"},
    {"minimum": ["3 months", "90 days"], "maximum": ["3 months + 3 days", "95 days"]},
    {"minimum": ["3 months", "90 days"], "recommended": "3 months", "maximum": "3 months"},
    {"minimum": "30 days", "recommended": "1 month", "maximum": "30 days"},
    {"minimum": "1 month - 2 days", "recommended": "1 month", "maximum": "1 month + 3 days"},
    {"minimum": "6 months", "recommended": "6 months + 1 day", "maximum": "6 months + 1 week"},
    {"minimum": "28 days", "recommended": "1 month", "maximum": ["31 days", "1 month + 2 days"]},
    {"minimum": "4 weeks", "recommended": "1 month", "maximum": "30 days", "lapse": "1 month"},
    {"minimum": "1 year", "maximum": "1 year + 3 days", "lapse": ["1 year + 1 week", "370 days"]},
)
USUAL_GAPS: tuple[Table, ...] = (
    {"minimum": "7 days", "maximum": "10 days", "lapse": "6 weeks"},
    {"minimum": "2 weeks", "maximum": "3 weeks", "lapse": ["2 months", "60 days"]},
    {"minimum": "15 days", "recommended": "15 days", "maximum": "20 days"},
    {"minimum": "1 month", "maximum": "6 weeks", "lapse": "3 months"},
    {"minimum": ["3 months", "90 days"], "recommended": "3 months", "maximum": "4 months"},
    {"minimum": "4 weeks", "recommended": "1 month", "maximum": ["5 weeks", "1 month + 5 days"]},
    {"minimum": "1 month - 2 days", "recommended": "1 month", "maximum": "1 month + 1 week"},
    {"minimum": "7 days", "recommended": "8 days", "maximum": "8 days", "lapse": "9 days"},
    *SMALL_MONTHS,
)
TOP_UP_GAPS: tuple[Table, ...] = (
    {"minimum": "3 months", "recommended": "4 months", "maximum": "5 months", "lapse": "1 year"},
    {"minimum": "3 months", "maximum": "4 months"},
    {"minimum": ["3 months", "90 days"], "maximum": "3 months + 2 weeks"},
)
ZONES = ("UTC", "Europe/London", "America/New_York", "Australia/Sydney", "Asia/Tokyo")
COUNTRIES = {"America/New_York": "US", "Asia/Tokyo": "FR", "Europe/London": "GB"}
MONEY = {"GBP": 2, "USD": 2, "EUR": 2, "JPY": 0, "KWD": 3}
SOURCED = {"sources": ["study"]}
CARE: tuple[Table, ...] = (
    {"action": "avoid", "what": "aspirin", "starts": "-7 days", "ends": "0 days"},
    {"action": "avoid", "what": "hot showers", "starts": "0 hours", "ends": "8 hours"},
    {"action": "avoid", "what": "sport", "starts": "0 days", "ends": "48 hours"},
    {"action": "avoid", "what": "alcohol", "starts": "-30 hours", "ends": "-6 hours"},
    {"action": "expect", "what": "swelling", "starts": "6 hours", "ends": "72 hours"},
    {"action": "expect", "what": "bruises", "starts": "1 day", "ends": "1 week"},
    {"action": "do", "what": "sun cream", "starts": "+1 day", "ends": "2 weeks"},
    {"action": "ask", "what": "Are you pregnant?"},
    {"action": "ask", "what": "Do you take anticoagulants?"},
)


def chance(rng: Random, percent: int) -> bool:
    """Return True in so many of a hundred cases; the smallest draw is False."""
    return rng.randint(0, 99) >= 100 - percent


def some(rng: Random, items: tuple[Any, ...] | list[Any], most: int) -> list[Any]:
    """Return between one and `most` different items, in their order."""
    wanted = rng.sample(range(len(items)), rng.randint(1, min(most, len(items))))
    return [items[index] for index in sorted(wanted)]


def amount(rng: Random, currency: str, low: int, high: int) -> str:
    """Return an amount with the currency's digits."""
    digits = MONEY[currency]
    return str(
        Decimal(rng.randint(low * 100, high * 100)).scaleb(-2).quantize(Decimal(1).scaleb(-digits))
    )


def clock(minutes: int) -> str:
    """Return minutes after midnight as "17:30"."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def day_gap(rng: Random, width: int, least: int = 1) -> Table:
    """Return an interval of `least` days or more whose window is at most `width` days wide."""
    minimum = rng.randint(least, 12)
    recommended = minimum + rng.randint(0, width // 2)
    maximum = min(recommended + rng.randint(0, width // 2), minimum + width - 1)
    table: Table = {"minimum": f"{minimum} day{'s' if minimum > 1 else ''}"}
    if recommended > minimum:
        table["recommended"] = f"{recommended} days"
    table["maximum"] = f"{max(maximum, recommended)} days"
    if chance(rng, 30):
        table["lapse"] = f"{max(maximum, recommended) + rng.randint(0, 3)} days"
    return table


def small_gap(rng: Random, least: int = 1) -> Table:
    """Return an interval with a window of at most about six days."""
    return dict(rng.choice(SMALL_MONTHS)) if chance(rng, 40) else day_gap(rng, 6, least)


def usual_gap(rng: Random) -> Table:
    """Return a realistic interval."""
    return dict(rng.choice(USUAL_GAPS)) if chance(rng, 60) else day_gap(rng, 8)


def phases_of(rng: Random, gaps: list[Table], most: int) -> list[Table]:
    """Return phases over the gaps, the later ones conditional now and then."""
    conditional_from = rng.randint(1, len(gaps)) if chance(rng, 50) else len(gaps)
    phases = []
    for index, table in enumerate(gaps):
        phase: Table = {"name": f"phase-{index + 1}", **table}
        if index < len(gaps) - 1 or chance(rng, 50):
            phase["sessions"] = rng.randint(1, most)
        if index >= conditional_from:
            phase["after_improvement"] = True
        if chance(rng, 30):
            phase["assumption"] = "Assumed for the test."
        else:
            phase["sources"] = rng.choice((["study"], ["study", "label"]))
        phases.append(phase)
    return phases


def prices_of(rng: Random) -> list[Table]:
    """Return price tables, each currency at most once per session and once per course."""
    prices = []
    for currency in some(rng, list(MONEY), 2):
        low = rng.randint(50, 300)
        for per, factor in (("session", 1), ("course", rng.randint(3, 10))):
            if per == "session" or chance(rng, 40):
                first = amount(rng, currency, low * factor, low * factor + 20)
                last = str(Decimal(first) * rng.randint(1, 2))
                prices.append({"currency": currency, "per": per, "low": first, "high": last})
    if len(prices) > 1 and chance(rng, 10):
        del prices[0]
    return [price | SOURCED for price in prices]


def protocol_of(rng: Random, phases: list[Table], sessions: Table, top_up: Table | None) -> Table:
    """Return a whole rule file around the phases."""
    protocol: Table = {
        "id": rng.choice(("general", "facial-rejuvenation", "house-mix-2")),
        "name": "Course of the test",
        "family": "mesotherapy",
        "areas": ["face", "neck"],
        "indications": ["fine lines"],
        "version": "1",
        "sessions": sessions | {"assumption": "Assumed for the test."},
        "phases": phases,
        "sources": [
            {
                "key": "study",
                "title": "Study of the test",
                "place": "table 2",
                "year": 2016,
                "grade": "high",
            },
            {
                "key": "label",
                "title": "Label of the test",
                "place": "section 2",
                "year": 2020,
                "grade": "moderate",
            },
        ],
    }
    if top_up is not None:
        protocol["top_up"] = top_up | SOURCED
    if chance(rng, 60):
        settle = rng.choice(("3 days", "0 days", "72 days", "1 week", "1 month", "5 days"))
        lasts = {"lasts_minimum": "3 months", "lasts_maximum": "5 months"}
        protocol["results"] = {"settle": settle} | lasts | SOURCED
    if chance(rng, 60):
        protocol["care"] = [dict(item) | SOURCED for item in some(rng, CARE, len(CARE))]
    if chance(rng, 60):
        protocol["prices"] = prices_of(rng)
    if chance(rng, 40):
        protocol["facts"] = {"depth_mm": "1-4", "techniques": ["nappage", "papule"]} | SOURCED
    if chance(rng, 40):
        notice = {"text": "Efficacy is disputed.", "regions": ["US"]} | SOURCED
        protocol["notices"] = [notice, {"text": "Not approved.", "regions": "FR"} | SOURCED]
    return protocol


def hours_of(rng: Random) -> Table:
    """Return opening hours for a week, one weekday open at least."""
    closed = rng.sample(WEEKDAYS, rng.choice((2, 2, 1, 0, 3)))
    hours: Table = {}
    for day in WEEKDAYS:
        if day not in closed:
            opens = rng.randint(28, 44) * 15 + rng.choice((0, 0, 0, 10))
            closes = opens + rng.randint(12, 36) * 15
            lunch = opens + (closes - opens) // 2
            hours[day] = (
                [f"{clock(opens)}-{clock(lunch)}", f"{clock(lunch + 40)}-{clock(closes)}"]
                if chance(rng, 30)
                else [f"{clock(opens)}-{clock(closes)}"]
            )
    return hours


def closures_of(rng: Random, first: date, span: int) -> list[Table]:
    """Return closures in the first `span` days, disjoint and in order."""
    closures = []
    day = first
    for number in range(1, rng.randint(1, 3) + 1):
        day += timedelta(days=rng.randint(0, span // 2))
        last = day + timedelta(days=rng.choice((0, 0, 1, 2, 4, 9)))
        closures.append(
            {"from": day.isoformat(), "to": last.isoformat(), "reason": f"Holiday {number}"}
        )
        day = last + timedelta(days=1)
    return closures


def openings_of(rng: Random, first: date, span: int) -> list[Table]:
    """Return extra openings in the first `span` days, each on its own date."""
    openings = []
    for shift in sorted(rng.sample(range(span), rng.randint(1, 3))):
        day = first + timedelta(days=shift)
        hours = rng.choice((["10:00-14:00"], ["08:00-09:00", "17:10-21:00"], ["00:00-24:00"]))
        openings.append({"date": day.isoformat(), "hours": hours})
    return openings


def clinic_prices(rng: Random, currency: str) -> Table:
    """Return a clinic's price table for one protocol."""
    single = Decimal(amount(rng, currency, 100, 300))
    prices: Table = {"session": str(single)}
    if chance(rng, 60):
        digits = Decimal(1).scaleb(-MONEY[currency])
        prices["packages"] = [
            {
                "sessions": size,
                "price": str((single * size * rng.randint(70, 105) / 100).quantize(digits)),
            }
            for size in some(rng, (2, 3, 4, 6, 10), 3)
        ]
    if chance(rng, 50):
        prices["deposit"] = rng.choice(("20%", "50%", "12.5%", amount(rng, currency, 20, 90)))
    if chance(rng, 50):
        prices["instalments"] = rng.randint(1, 6)
    return prices


def clinic_of(rng: Random, protocol: Table, first: date, span: int) -> Table:
    """Return a clinic file with closures and openings in the first `span` days."""
    currency = rng.choice(list(MONEY))
    clinic: Table = {
        "name": "Example Clinic",
        "timezone": rng.choice(ZONES),
        "currency": currency,
        "hours": hours_of(rng),
    }
    if chance(rng, 50):
        clinic["closures"] = closures_of(rng, first, span)
    if chance(rng, 40):
        clinic["openings"] = openings_of(rng, first, span)
    if chance(rng, 60):
        clinic["prices"] = {protocol["id"]: clinic_prices(rng, currency)}
    if chance(rng, 50):
        rate = rng.choice(("20%", "7.7%", "19%"))
        clinic["tax"] = {"name": "VAT", "rate": rate, "included": chance(rng, 50)}
    if country := COUNTRIES.get(clinic["timezone"]):
        clinic["country"] = country
    return clinic
