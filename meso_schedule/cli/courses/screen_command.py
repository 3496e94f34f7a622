"""`courses screen`: what was answered before a course, and the consent to it."""

from meso_schedule.base.errors import InputError
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.book_writer import Draft, Situation, writes
from meso_schedule.cli.courses.inputs import read_day
from meso_schedule.cli.courses.screening_file import read_screened
from meso_schedule.cli.courses.screening_text import open_lines
from meso_schedule.output.words.text import count_text, day_text


@writes()
def screen(
    seen: Situation,
    *,
    screening: options.Screening = None,
    cleared_by: options.ClearedBy = None,
    consent: options.Consent = None,
    on: options.On = None,
) -> Draft:
    """Record the answers to the screening questions of a course, or the consent to it.

    A later answer takes the place of an earlier one. A yes to a question that stops the course
    is only taken with the clinician who clears it.
    """
    typed = {"screening": screening, "cleared_by": cleared_by, "consent": consent}
    record = read_screened(typed, read_day(on, "on", seen.today, seen.clinic))
    if record is None:
        raise InputError.of(
            "missing_argument",
            "Nothing was answered.",
            field="screening",
            remedy="Give --screening FILE or --consent DATE.",
        )
    answered = count_text(len(record.screening), "answer") if record.screening else ""
    agreed = f"consent of {day_text(record.consent)}" if record.consent else ""
    what = " and ".join(filter(None, (answered, agreed)))
    return Draft([record], f"{what} recorded.", lambda after: list(open_lines(after)))
