"""A receipt in words: what was paid, when and how, the tax in it, what is left."""

from collections.abc import Iterator

from meso_schedule.base.money import Share
from meso_schedule.base.phrases import Phrase, phrase
from meso_schedule.course.bill import MoneyRange
from meso_schedule.course.payment_receipt import PaymentLine, PaymentReceipt, TaxInside
from meso_schedule.output.words.language import Language

TITLE = phrase("Receipt")
HEADS = (phrase("Date"), phrase("Method"), phrase("Amount"))
_TAX = phrase("Tax")


def about(receipt: PaymentReceipt, language: Language) -> list[tuple[str, str]]:
    """Return whose receipt it is, of what and of which day."""
    told = (
        (phrase("Patient"), receipt.patient or ""),
        (phrase("Treatment"), ", ".join(map(language.say, receipt.treatments))),
        (phrase("Reference"), receipt.reference),
        (phrase("Issued on"), language.full_day(receipt.issued_on)),
    )
    return [(language.say(label), words) for label, words in told if words]


def rows(receipt: PaymentReceipt, language: Language) -> list[tuple[str, str, str]]:
    """Return a row for each payment, as `HEADS` names its columns."""
    return [
        (language.full_day(it.on), _method(it, language), language.amount(it.amount))
        for it in receipt.payments
    ]


def _method(line: PaymentLine, language: Language) -> str:
    if line.carried:
        whence = phrase("carried over from another course")
        return language.say(whence if line.amount > 0 else phrase("carried over to another course"))
    back = language.say(phrase("paid back")) if line.amount < 0 else ""
    return ", ".join(filter(None, (back, line.method)))


def total(receipt: PaymentReceipt, language: Language) -> tuple[str, str]:
    """Return the label and the sum of what was paid."""
    sum_ = MoneyRange.made(low=receipt.paid, high=receipt.paid)
    return language.say(phrase("Total paid")), language.price(sum_, receipt.currency)


def notes(receipt: PaymentReceipt, language: Language) -> list[str]:
    """Return the tax in it, what the course comes to, and what is left of that."""
    return list(map(language.say, _notes(receipt, language)))


def _notes(receipt: PaymentReceipt, language: Language) -> Iterator[Phrase]:
    if receipt.tax:
        yield _tax(receipt.tax, language)
    if receipt.price is None or receipt.left is None:
        return
    price = MoneyRange.made(low=receipt.price, high=receipt.price)
    yield phrase("price: {amount}", amount=language.price(price, receipt.currency))
    left = language.amount(abs(receipt.left))
    if receipt.left > 0:
        yield phrase("left to pay: {amount}", amount=left)
    elif receipt.left < 0:
        yield phrase("goes back to you: {amount}", amount=left)
    else:
        yield phrase("all is paid")


def _tax(tax: TaxInside, language: Language) -> Phrase:
    rate = ", ".join(language.share(Share.parse(it)) for it in tax.rate.split(", "))
    name = tax.name or language.say(_TAX)
    amount = language.amount(tax.amount)
    return phrase("{tax} ({rate}) of {amount} included", tax=name, rate=rate, amount=amount)
