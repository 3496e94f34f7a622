"""`courses assess`, `improve`, `review`: what clinicians say of a course."""

from collections.abc import Mapping
from typing import Annotated, Any, cast

import typer

from meso_schedule.base.errors import InputError
from meso_schedule.book.records import Assessed, Improved
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.assessed import assessed_text
from meso_schedule.cli.courses.book_writer import Draft, Situation, writes
from meso_schedule.cli.courses.inputs import only_one, read_answer, read_day
from meso_schedule.cli.courses.pay_command import stopping
from meso_schedule.cli.courses.progress_text import due_lines, limit_lines, replan_line
from meso_schedule.cli.options import flag, option
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.improvement import Outcome
from meso_schedule.output.words.text import day_text
from meso_schedule.running import visit_drafts as drafts
from meso_schedule.running.course_drafts import CourseDraft
from meso_schedule.running.course_replan import can_stay


@writes(lambda given: read_answer(given["improved"]))
def assess(
    seen: Situation,
    *,
    improved: Annotated[
        str,
        typer.Option(
            "--improved", metavar="yes|no|unclear", help="Whether the skin had improved by then."
        ),
    ],
    treatment: options.Treatment = None,
    on: options.On = None,
) -> Draft:
    """Record whether the skin has improved, which decides the days of the sessions to come.

    Of several treatments it holds for all whose phases wait for improvement. Of two on one day
    the later entry counts.
    """
    day = read_day(on, "on", seen.today, seen.clinic)
    made = drafts.assessed(seen, improved=read_answer(improved), on=day, treatment=treatment)
    (record,) = made.records
    assert isinstance(record, Assessed), "nothing else is written"
    return Draft(made.records, assessed_text(record), lambda _: _lines(made, seen.clinic))


@writes()
def improve(
    seen: Situation,
    *,
    treatment: options.Treatment = None,
    on: options.On = None,
) -> Draft:
    """Record that the skin has improved: provisional sessions become firm.

    Of several treatments it holds for all that wait for it.
    """
    day = read_day(on, "on", seen.today, seen.clinic)
    made = drafts.improved(seen, on=day, treatment=treatment)
    (record,) = made.records
    assert isinstance(record, Improved), "nothing else is written"
    of = f" of {', '.join(record.protocols)}" if record.protocols else ""
    return Draft(
        made.records,
        f"improvement{of} was recorded on {day_text(day)}.",
        lambda _: _lines(made, seen.clinic),
    )


def _check_review(given: Mapping[str, Any]) -> None:
    outcome = only_one(**{name: given[name] for name in ("go_on", "restart", "stop")})
    if outcome is None:
        raise InputError.of(
            "missing_argument",
            "A review says what follows.",
            field="go_on",
            remedy="Give --go-on, --restart or --stop.",
        )
    if outcome == "stop" and given["treatment"] is not None:
        raise InputError.of(
            "contradiction",
            "A course stops as a whole.",
            field="treatment",
            value=given["treatment"],
            remedy="Leave --treatment out, or replan the course with fewer sessions of it.",
        )


@writes(_check_review)
def review(
    seen: Situation,
    *,
    who: Annotated[str, option("NAME", "The clinician who reviewed the course.", names=("--who",))],
    go_on: Annotated[bool, flag("--go-on", "The course goes on from where it stands.")] = False,
    restart: Annotated[bool, flag("--restart", "Its phase starts again.")] = False,
    stop: Annotated[bool, flag("--stop", "The course ends; it is settled as by 'stop'.")] = False,
    treatment: options.Treatment = None,
    on: options.On = None,
) -> Draft:
    """Record a clinician's review, after a session that came too soon or a lapse.

    Of several treatments it holds for those that ask for one.
    """
    day = read_day(on, "on", seen.today, seen.clinic)
    outcome = cast(
        Outcome, (only_one(go_on=go_on, restart=restart, stop=stop) or "").replace("_", "-")
    )
    made = drafts.reviewed(seen, who=who, outcome=outcome, on=day, treatment=treatment)
    words = {
        "go-on": "the course goes on.",
        "restart": "its phase starts again.",
    }
    told = f"{who} reviewed it on {day_text(day)}:"
    if outcome == "stop":
        end = stopping(seen, made)
        return Draft(made.records, f"{told} {end.doing}", end.done, end.facts)
    return Draft(made.records, f"{told} {words[outcome]}", lambda _: _lines(made, seen.clinic))


def _lines(made: CourseDraft, clinic: Clinic | None) -> list[str]:
    """Say what is due next, and whether booked days have to move."""
    now = made.later
    if now is None:
        return []
    due = [line for name in made.about for line in due_lines(now.of(name))]
    moves = [] if can_stay(now, clinic) else [replan_line(now.state.course)]
    return [*due, *limit_lines(now, clinic), *moves]
