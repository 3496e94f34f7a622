"""Receipts: what was paid, when, by which method, and the tax in it."""

from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from tests.cli.courses.desk import Counter
from tests.cli.courses.test_clinic_terms import house, opened

THREE = "session = '350.00'\npackages = [{ sessions = 3, price = '900.00' }]"
VAT = "[tax]\nname = 'VAT'\nrate = '20%'\nincluded = {}"


def paid(counter: Counter, *amounts: str) -> str:
    course = opened(counter, 3, "--patient", "Ana")
    for amount in amounts:
        counter.done("courses", "pay", course, amount, "--method", "card", "--yes")
    return course


def receipt(counter: Counter, course: str, *words: str) -> Any:
    return counter.done("courses", "receipt", course, *words)


@pytest.mark.parametrize(
    ("currency", "prices", "tables", "amounts", "tax", "left"),
    [
        ("GBP", THREE, (VAT.format("true"),), ("900.00",), "150.00", "0.00"),
        ("GBP", THREE, (VAT.format("false"),), ("900.00",), "150.00", "180.00"),
        ("GBP", THREE, (VAT.format("false"),), ("1080.00",), "180.00", "0.00"),
        ("GBP", THREE, (VAT.format("true"),), ("0.01", "0.02"), "0.01", "899.97"),
        ("GBP", THREE + "\ntax = 'none'", (VAT.format("true"),), ("900.00",), None, "0.00"),
        ("GBP", THREE, (), ("900.00",), None, "0.00"),
        ("JPY", "session = '1000'", (VAT.format("true"),), ("1000",), "167", "2000"),
        ("KWD", "session = '1.000'", (VAT.format("true"),), ("1.000",), "0.167", "2.000"),
    ],
)
def test_the_tax_in_what_was_paid(
    counter: Counter,
    currency: str,
    prices: str,
    tables: tuple[str, ...],
    amounts: tuple[str, ...],
    tax: str | None,
    left: str,
) -> None:
    """A sixth of what is paid, at 20 %."""
    house(prices, *tables, currency=currency)
    made = receipt(counter, paid(counter, *amounts))
    assert (made["tax"] and made["tax"]["amount"], made["left"]) == (tax, left)
    assert [it["amount"] for it in made["payments"]] == list(amounts)
    assert {it["method"] for it in made["payments"]} == {"card"}


def test_an_exempt_patient_and_a_course_that_was_stopped(counter: Counter) -> None:
    house(THREE, VAT.format("true"))
    course = opened(counter, 3, "--tax-exempt", "by prescription")
    counter.done("courses", "pay", course, "750.00")
    assert receipt(counter, course)["tax"] is None
    counter.done("courses", "hold", course)
    counter.done("courses", "stop", course)
    made = receipt(counter, course)
    assert (made["price"], made["left"]) == ("291.67", "-458.33")
    back = ("courses", "pay", course, "458.33", "--refund", "--method", "transfer")
    counter.done(*back)
    text = counter.ask("courses", "receipt", course).out
    for word in ("paid back, transfer", "-458.33", "291.67 GBP", "all is paid"):
        assert word in text


def test_money_carried_over_and_what_goes_back(counter: Counter) -> None:
    house(THREE)
    old, new = paid(counter, "900.00"), opened(counter, 3)
    counter.done("courses", "pay", new, "100.00", "--from", old)
    told = [counter.ask("courses", "receipt", course).out for course in (old, new)]
    assert "carried over to another course  -100.00" in told[0]
    assert "carried over from another course  100.00" in told[1]
    counter.done("courses", "stop", old)
    assert "goes back to you: 800.00" in counter.ask("courses", "receipt", old).out
    refused = counter.refused("courses", "pay", new, "1.00", "--from", old, "--method", "card")
    assert refused == (2, "contradiction")


def test_prices_as_a_range_and_no_clinic(counter: Counter) -> None:
    Path("clinic.toml").write_text(Path("clinic.toml").read_text().split("[prices.skin]")[0])
    rules = Path("skin.toml").read_text()
    price = 'currency = "GBP"\nper = "session"\nlow = "100.00"\nhigh = "150.00"\nassumption = "t"'
    Path("skin.toml").write_text(f"{rules}[[prices]]\n{price}\n")
    course = paid(counter, "100.00")
    made = receipt(counter, course)
    assert (made["price"], made["left"], made["tax"]) == (None, None, None)
    assert "Total paid  100.00 GBP" in counter.ask("courses", "receipt", course).out


def test_a_course_without_prices(counter: Counter) -> None:
    course = counter.open("--no-prices")
    counter.done("courses", "pay", course, "10.00")
    made = receipt(counter, course)
    assert (made["paid"], made["price"], made["tax"]) == ("10.00", None, None)


def test_what_the_typesetter_cannot_do_is_no_error_of_the_patient(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> bytes:
        raise RuntimeError("of its own")

    monkeypatch.setattr("meso_schedule.output.print.receipt_pdf.compiled", broken)
    course = paid(counter, "10.00")
    assert counter.ask("courses", "receipt", course, "-o", "a.pdf").code == 70
    assert not Path("a.pdf").exists()


def test_as_a_file_in_each_language(counter: Counter) -> None:
    house(THREE, VAT.format("true"), top='address = "1 Example Street\\nLondon"\nphone = "0207 1"')
    course = paid(counter, "100.00")
    words = {"en": "Receipt", "de": "Quittung", "fr": "Reçu", "es": "Recibo", "it": "Ricevuta"}
    for code, title in {**words, "pl": "Pokwitowanie"}.items():
        files = ("-o", f"{code}.txt", *(("-o", "de.pdf") if code == "de" else ()))
        counter.done("courses", "receipt", course, "--language", code, *files)
        text = Path(f"{code}.txt").read_text("utf-8")
        assert title in text
        assert "16" in text
    page = pypdfium2.PdfDocument(Path("de.pdf").read_bytes())[0].get_textpage().get_text_bounded()
    for word in ("Quittung", "Ana", "1 Example Street, London", "card", "100,00", "16,67"):
        assert word in page


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("-o", "a.csv"), (2, "unknown_format")),
        (("-o", "a"), (2, "unknown_format")),
        (("-o", "clinic.toml.pdf", "--language", "nl"), (2, "unknown_language")),
        (("--paper", "a4"), (2, "contradiction")),
        (("-o", "there.pdf"), (2, "target_exists")),
        ((), (4, "nothing_paid")),
    ],
)
def test_what_is_refused(counter: Counter, words: tuple[str, ...], code: tuple[int, str]) -> None:
    Path("there.pdf").write_text("x")
    course = counter.open() if not words else paid(counter, "10.00")
    assert counter.refused("courses", "receipt", course, *words) == code


def test_a_letter_that_no_font_has_names_its_option(counter: Counter) -> None:
    course = counter.open()
    counter.done("courses", "pay", course, "10.00", "--method", "現金")
    ran = counter.ask("courses", "receipt", course, "-o", "a.pdf", "--format", "json")
    assert (ran.code, ran.json["error"]["field"]) == (2, "method")
