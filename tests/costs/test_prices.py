"""Amounts nobody would mean, and what is said of them: price lists, deposits, budgets, packages."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meso_schedule import Clinic, CoursePlan, CourseRequest, plan_combined, plan_course
from meso_schedule.output.print.content import sheet_content
from meso_schedule.output.tables import markdown_plan
from meso_schedule.output.terminal.plan_text import plan_text
from meso_schedule.output.web.page import page
from meso_schedule.output.words.language import ENGLISH, Language
from meso_schedule.output.words.translation import find_language
from tests.support.samples import (
    ASSUMED,
    EVERY_DAY,
    Table,
    clinic,
    codes_and_fields,
    faults_of,
    on,
    phase,
)
from tests.support.samples import protocol as rules

AS_OF = on("2026-11-22")
ON_TOP = {"name": "VAT", "rate": "20%", "included": False}
SIX = [{"sessions": 6, "price": "800.00"}]


def house(tax: Table | None = None, currency: str = "GBP", **prices: Any) -> Clinic:
    return clinic(
        hours=EVERY_DAY,
        currency=currency,
        tax=tax,
        prices={"house-mix": {"session": "180.00", **prices}},
    )


def planned(held: Clinic | None, sessions: int, **asked: object) -> CoursePlan:
    request = CourseRequest.read({"start": "2026-12-01", "sessions": sessions, **asked})
    return plan_course(rules(), request, clinic=held, as_of=AS_OF)


def said(plan: CoursePlan, kind: str) -> list[str]:
    return [str(finding.message) for finding in plan.findings if finding.kind == kind]


@pytest.mark.parametrize(
    ("prices", "tax", "fault"),
    [
        ({"packages": [*SIX, *SIX]}, None, ("duplicate_package", "packages[2].sessions")),
        (
            {"packages": [*SIX, {"sessions": 3, "price": "500.00"}, *SIX]},
            None,
            ("duplicate_package", "packages[3].sessions"),
        ),
        ({"packages": SIX, "deposit": "800.01"}, None, ("deposit_too_high", "deposit")),
        ({"packages": SIX, "deposit": "960.01"}, ON_TOP, ("deposit_too_high", "deposit")),
        ({"deposit": "7200.01"}, None, ("deposit_too_high", "deposit")),
        ({"packages": SIX, "deposit": "800.00"}, None, None),
        ({"packages": SIX, "deposit": "960.00"}, ON_TOP, None),
        ({"packages": SIX, "deposit": "100%"}, None, None),
        # A clinic asks 1500 before a procedure of 1000 a session.
        ({"session": "1000.00", "deposit": "1500.00"}, None, None),
        ({"packages": [*SIX, {"sessions": 5, "price": "800.00"}]}, None, None),
    ],
)
def test_a_price_list_that_nobody_would_mean(
    prices: Table, tax: Table | None, fault: tuple[str, str] | None
) -> None:
    found = codes_and_fields(faults_of(lambda: house(tax, **prices)))
    assert found == ({(fault[0], f"prices.house-mix.{fault[1]}")} if fault else set())


def test_a_deposit_above_the_total_of_a_plan_is_said() -> None:
    plan = planned(house(packages=SIX, deposit="200.00"), 1)
    assert said(plan, "deposit_cut")
    assert plan.cost is not None
    assert plan.cost.deposit is not None
    assert (plan.cost.deposit.amount, plan.cost.instalments) == (Decimal("180.00"), ())
    assert not said(planned(house(ON_TOP, deposit="200.00"), 1), "deposit_cut"), "216.00"


@pytest.mark.parametrize(
    ("prices", "tax", "count", "message"),
    [
        ({"packages": SIX}, None, 5, "6 sessions would cost 800.00 GBP, less than these 5: 900.00"),
        ({"packages": SIX}, ON_TOP, 5, "6 sessions would cost 960.00 GBP, less than these 5: 1080"),
        ({"packages": SIX}, None, 4, ""),  # 720.00
        ({"packages": SIX}, None, 6, ""),
        ({"packages": SIX}, None, 11, "12 sessions would cost 1600.00 GBP, less than these 11: 17"),
        ({"packages": [{"sessions": 6, "price": "900.00"}]}, None, 5, ""),  # the same
        ({}, None, 5, ""),
        # Two packages of three for less than one and two single sessions.
        (
            {"packages": [{"sessions": 3, "price": "350.00"}]},
            *(None, 5, "6 sessions would cost 700.00 GBP, less than these 5: 710.00"),
        ),
    ],
)
def test_more_sessions_for_less_are_said(
    prices: Table, tax: Table | None, count: int, message: str
) -> None:
    plan = planned(house(tax, **prices), count)
    told = said(plan, "package_cheaper")
    assert bool(told) == bool(message)
    if message:
        assert message in told[0]
        assert message in " ".join(plan_text(plan, width=100).split())
        assert message in "\n".join(markdown_plan(plan).splitlines()[:4])


@pytest.mark.untraced
@settings(max_examples=30, deadline=None)
@given(
    st.integers(100, 1000),
    st.dictionaries(st.integers(2, 6), st.integers(100, 5000), max_size=2),
    st.integers(1, 6),
)
def test_the_cheapest_higher_number(single: int, packages: dict[int, int], count: int) -> None:
    best = [0]
    for number in range(1, count + 7):
        sold = [best[number - size] + cost for size, cost in packages.items() if size <= number]
        best.append(min([best[number - 1] + single, *sold]))
    sold_so = [{"sessions": size, "price": f"{cost}.00"} for size, cost in packages.items()]
    plan = planned(house(session=f"{single}.00", packages=sold_so), count)
    least = min(best[count + 1 :])
    told = said(plan, "package_cheaper")
    assert bool(told) == (least < best[count])
    if told:
        assert Fraction(Decimal(told[0].split()[4])) == least


@pytest.mark.parametrize(
    ("budget", "prices", "tax", "message"),
    [
        ("800.00", {}, None, "pays for 4 of 6 sessions; all 6 would cost 1080.00 GBP."),
        ("800.00", {}, ON_TOP, "pays for 3 of 6 sessions; all 6 would cost 1296.00 GBP."),
        (
            "800.00",
            {"packages": [{"sessions": 6, "price": "960.00"}]},
            *(None, "pays for 4 of 6 sessions; all 6 would cost 960.00 GBP."),
        ),
    ],
)
def test_a_budget_that_cuts_is_said_first(
    budget: str, prices: Table, tax: Table | None, message: str
) -> None:
    plan = planned(house(tax, **prices), 6, budget=budget)
    assert plan.findings[0].kind == "budget_cut"
    assert message in str(plan.findings[0].message)
    lines = plan_text(plan, width=100).splitlines()
    table = next(number for number, line in enumerate(lines) if line.startswith("No."))
    assert message.split(";")[0] in " ".join(" ".join(lines[:table]).split())
    assert plan_text(plan, width=100).count("The budget") == 1
    assert message in "\n".join(markdown_plan(plan).splitlines()[:4])


def test_a_budget_against_a_range() -> None:
    dollars = {"currency": "USD", "per": "session", "low": "100.00", "high": "150.00", **ASSUMED}
    request = CourseRequest.read({"start": "2026-12-01", "sessions": 6, "budget": "400.00"})
    plan = plan_course(rules(prices=[dollars]), request, as_of=AS_OF)
    assert "pays for 2 of 6 sessions; all 6 would cost 600.00 to 900.00 USD." in str(
        plan.findings[0].message
    )


REST = {
    "en": "Rest, due",
    "fr": "Solde, à régler",
    "de": "Rest, fällig",
    "es": "Resto, vence",
    "it": "Saldo, scadenza",
    "pl": "Reszta, termin",
}


@pytest.mark.parametrize("code", REST)
def test_the_rest_after_a_deposit_has_its_name_in_every_output(code: str) -> None:
    language: Language = ENGLISH if code == "en" else find_language(code)
    plan = planned(house(deposit="20%"), 3)
    first = "Instalment", "1er versement", "1. Rate", "1.º plazo", "1ª rata", "1. rata"
    told = [
        plan_text(plan, width=100, language=language),
        str(sheet_content(plan, language)),
        page(plan, language=language),
    ]
    for text in told:
        assert REST[code] in text
        assert not any(word in text for word in first)
    assert "Rest, due" in markdown_plan(plan)
    parts = plan_text(planned(house(deposit="20%", instalments=2), 3), width=100, language=language)
    assert REST[code] not in parts


@pytest.mark.parametrize(
    ("one", "two", "rests", "instalments"),
    [
        ({"deposit": "20%"}, {"deposit": "20%"}, 2, 0),
        ({"deposit": "20%"}, {"deposit": "20%", "instalments": 2}, 0, 2),
    ],
)
def test_the_rests_of_two_treatments(one: Table, two: Table, rests: int, instalments: int) -> None:
    held = clinic(
        hours=EVERY_DAY,
        currency="GBP",
        prices={"one": {"session": "10.00", **one}, "two": {"session": "10.00", **two}},
    )
    protocols = [
        rules(id=name, areas=[name], phases=[phase("1 day", "90 days")]) for name in ("one", "two")
    ]
    asked = {"start": "2026-12-01", "start_within": 60, "protocol": ["one*2", "two*2"]}
    plan = plan_combined(protocols, CourseRequest.read(asked), clinic=held, as_of=AS_OF)
    whole = plan_text(plan, width=100).split("Cost in GBP")[1]
    assert (whole.count("Rest, due") > 0, "Instalment" in whole) == (bool(rests), bool(instalments))
