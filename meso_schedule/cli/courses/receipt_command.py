"""`courses receipt`: what was paid, for the patient."""

from pathlib import Path

from meso_schedule.base.errors import InputError
from meso_schedule.base.private_files import write_files
from meso_schedule.cli import options as shared
from meso_schedule.cli.book_in_use import open_book
from meso_schedule.cli.clinic_defaults import defaulted, patient_language
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.inputs import day_of_asking
from meso_schedule.cli.environment import find_clinic, has_colour, width, write_document, write_out
from meso_schedule.cli.formats import Style, read_paper, with_clinic
from meso_schedule.cli.standard_error import tell
from meso_schedule.cli.targets import check_outputs
from meso_schedule.course.payment_receipt import PaymentReceipt
from meso_schedule.output.forms import WIDTH, paper_language, text_language
from meso_schedule.running.course_view import refuse_erased
from meso_schedule.running.finding import check_course, course_named
from meso_schedule.running.receipts import receipt_of

_ENDINGS = (".pdf", ".txt")
_FILES: shared.Options = {name: shared.FILES[name] for name in ("output", "force")}
_WORDS: shared.Options = {name: shared.FILES[name] for name in ("language", "paper")}


@shared.taking(_FILES, _WORDS, options.READING)
def receipt(given: shared.Given, course: options.Course) -> None:
    """Show what was paid for a course, when and how, and the tax in it; -o FILE.pdf prints it."""
    check_course(course, given["patient"])
    paths = [Path(name) for name in given["output"] or ()]
    for path in paths:
        _check_ending(path)
    if given["paper"] is not None and not any(it.suffix.lower() == ".pdf" for it in paths):
        problem, remedy = "It goes with a .pdf file only.", "Leave it out, or write -o FILE.pdf."
        raise InputError.of("contradiction", problem, field="paper", remedy=remedy)
    in_use = find_clinic(given["clinic"])
    typed, given = given, defaulted(given, in_use)
    paper = read_paper(given["paper"])
    today = day_of_asking(given["as_of"], in_use)
    check_outputs(paths, given, in_use)
    with open_book(given["book"]) as opened:
        state = opened.course(course_named(opened, course, given["patient"]))
    refuse_erased(state)
    made = receipt_of(state, in_use, today)
    language = patient_language(typed, state.language, in_use)
    style = Style(WIDTH, language=language, paper=paper)
    style = with_clinic(style, paths, in_use, given["clinic"])
    write_files({path: _content(path, made, style) for path in paths}, force=given["force"])
    tell(*(f"Wrote {path}." for path in paths))
    if given["format"] == "json":
        write_document(made.model_dump(mode="json"))
    elif not paths:
        write_out(_text(made, style._replace(width=width(), colour=has_colour())))


def _check_ending(path: Path) -> None:
    if path.suffix.lower() not in _ENDINGS:
        raise InputError.of(
            "unknown_format",
            f"A receipt is no {path.suffix or 'file without an ending'}.",
            field="output",
            value=path,
            remedy=f"Write a file that ends in {' or '.join(_ENDINGS)}.",
        )


def _content(path: Path, made: PaymentReceipt, style: Style) -> bytes:
    if path.suffix.lower() == ".txt":
        return _text(made, style).encode()
    from meso_schedule.output.print.receipt_pdf import receipt_pdf

    language = paper_language(style.language)
    return receipt_pdf(made, language=language, paper=style.paper, logo=style.logo)


def _text(made: PaymentReceipt, style: Style) -> str:
    from meso_schedule.output.terminal.receipt_text import receipt_text

    language = text_language(style.language)
    return receipt_text(made, width=style.width, colour=style.colour, language=language)
