"""A receipt as text for a terminal."""

from meso_schedule.course.payment_receipt import PaymentReceipt
from meso_schedule.output.terminal.layout import Column, Page, cell
from meso_schedule.output.words import receipt_words as words
from meso_schedule.output.words.language import ENGLISH, Language


def receipt_text(
    receipt: PaymentReceipt, *, width: int, colour: bool = False, language: Language = ENGLISH
) -> str:
    """Return a receipt as text."""
    page = Page(width, colour=colour)
    clinic = receipt.clinic
    for told in (clinic.name, *(clinic.address or "").splitlines(), clinic.phone, clinic.email):
        if told:
            page.paragraph(told)
    page.block(language.say(words.TITLE))
    page.pairs(words.about(receipt, language))
    page.block()
    day, method, amount = map(language.say, words.HEADS)
    columns = (Column(day, folds=True), Column(method, folds=True), Column(amount, is_number=True))
    page.table(columns, [list(map(cell, row)) for row in words.rows(receipt, language)])
    page.block()
    page.pairs([words.total(receipt, language)])
    page.bullets(words.notes(receipt, language))
    return str(page)
