"""What `hold` and `miss` tell of a consultation."""

from datetime import date

from meso_schedule.cli.courses.book_writer import Draft, Situation
from meso_schedule.output.words.text import day_text
from meso_schedule.running.consultation_records import (
    consultation_of,
    held_consultation,
    kept_asked,
    kept_words,
    missed_consultation,
)


def told_held(day: date, reason: str | None) -> Draft:
    """Record that the consultation took place."""
    record = held_consultation(day, reason)
    return Draft([record], f"the consultation was held on {day_text(day)}.")


def told_missed(
    seen: Situation,
    day: date,
    reason: str | None,
    *,
    fee: str | None,
    called_off: bool,
    waive: str | None,
) -> Draft:
    """Record that it did not take place, and what is kept of it."""
    record, kept = missed_consultation(
        seen, on=day, reason=reason, fee=fee, called_off=called_off, waive=waive
    )
    what = "called off" if called_off else "missed"
    told = kept_words(kept, waive)
    return Draft(
        [record],
        f"the consultation of {day_text(consultation_of(seen.state).date)} was {what}."
        + (f" {told}" if told else ""),
        facts={"kept": [kept.model_dump(mode="json")]} if kept else {},
        question=kept_asked(kept, waive),
    )
