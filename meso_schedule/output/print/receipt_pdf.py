"""A receipt as a PDF that screen readers can follow; `receipt.typ` lays it out."""

from datetime import UTC, datetime, time
from pathlib import Path

from meso_schedule.course.payment_receipt import PaymentReceipt
from meso_schedule.output.print.content import address_line, as_printed
from meso_schedule.output.print.glyphs import check_letters, cleaned
from meso_schedule.output.print.logo import logo_svg
from meso_schedule.output.print.pdf import PAPERS, compiled, explained
from meso_schedule.output.words import receipt_words as words
from meso_schedule.output.words.language import Language

_TEMPLATE = Path(__file__).with_name("receipt.typ")


def receipt_pdf(
    receipt: PaymentReceipt, *, language: Language, paper: str = "a4", logo: bytes | None = None
) -> bytes:
    """Return a receipt as a PDF; the same receipt gives the same bytes.

    Args:
        receipt: What was paid.
        language: Its words, dates and sums.
        paper: One of `PAPERS`.
        logo: A PNG or SVG picture for the letterhead, as `read_logo` returns it.

    Raises:
        InputError: When it holds letters that no font has, or the picture cannot be drawn.
    """
    check_letters(receipt)
    clinic = receipt.clinic
    reach = (address_line(clinic.address), clinic.phone, clinic.email)
    told = {
        "title": language.say(words.TITLE),
        "clinic": {"name": clinic.name or "", "lines": list(filter(None, reach))},
        "about": words.about(receipt, language),
        "heads": list(map(language.say, words.HEADS)),
        "rows": words.rows(receipt, language),
        "total": words.total(receipt, language),
        "notes": words.notes(receipt, language),
    }
    subject = f"{told['title']} ({receipt.reference})"
    content = {
        **as_printed(told),
        "subject": cleaned(subject),
        "lang": language.code,
        "paper": PAPERS[paper],
        "logo": logo_svg(logo) if logo else "",
    }
    try:
        return compiled(_TEMPLATE, content, datetime.combine(receipt.issued_on, time(), UTC))
    except RuntimeError as error:
        raise explained(error, receipt, logo) from None
