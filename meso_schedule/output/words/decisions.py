"""What needs a decision before a plan is booked, and what else there is to note."""

from collections.abc import Iterator, Sequence

from meso_schedule.base.phrases import Phrase, listed, phrase
from meso_schedule.course.course_plan import CoursePlan, Finding, Session
from meso_schedule.output.words.details import session_text
from meso_schedule.output.words.language import Language
from meso_schedule.output.words.text import numbers_text, sentence

# Kinds of findings that ask somebody to decide, in the order in which they are told.
_DECISIVE = (
    *("review", "undecided", "without_improvement"),
    *("start_before_as_of", "care_begun", "budget_cut", "package_cheaper"),
    *("lapsed", "overdue", "too_soon", "maximum_reached", "no_improvement"),
    *("start_not_kept", "time_not_kept", "weekday_not_kept", "practitioner_not_kept"),
    *("too_close", "not_judged"),
)
_UNDECIDED = "provisional"
# What the costs say already.
_PAYING = "single_price"


def decisions(plan: CoursePlan, language: Language) -> Iterator[str]:
    """Yield what somebody has to decide now, the most pressing first."""
    for kind in _DECISIVE:
        if kind == "care_begun":
            yield from _begun(plan, language)
        else:
            yield from _told(plan, language, kind)
    if tight := [visit for visit in plan.sessions if visit.slack_days == 0]:
        told = phrase(
            "No spare day: {sessions}. A missed one moves those after it.",
            sessions=_sessions_text(tight),
        )
        yield language.say(told)
    if not any(it.kind == "undecided" for it in plan.findings):
        yield from _told(plan, language, _UNDECIDED)


def other_notes(plan: CoursePlan, language: Language) -> list[str]:
    """Return the findings that ask for no decision."""
    return [
        sentence(language.tell(it.message))
        for it in plan.findings
        if it.kind not in (*_DECISIVE, _UNDECIDED, _PAYING)
    ]


def brief(said: str) -> str:
    """Return the first part of a text: what follows a semicolon explains it."""
    return said.partition(";")[0].rstrip()


def _sessions_text(visits: Sequence[Session]) -> Phrase:
    """Name sessions; neighbours are joined where there is one treatment."""
    if len(visits) == 1:
        return session_text(visits[0].mark)
    marks = listed([visit.mark for visit in visits])
    numbers = marks if visits[0].label else numbers_text([visit.number for visit in visits])
    return phrase("sessions {numbers}", numbers=numbers)


def _told(plan: CoursePlan, language: Language, kind: str) -> Iterator[str]:
    for finding in plan.findings:
        if finding.kind == kind:
            yield sentence(language.tell(finding.message))


def _begun(plan: CoursePlan, language: Language) -> Iterator[str]:
    """Yield what was to be avoided already, in fewer words than the finding of it."""
    marks = {_mark(finding) for finding in plan.findings if finding.kind == "care_begun"}
    for span in plan.care:
        if span.marks[0] in marks and span.has_begun(plan.as_of):
            day = language.near(span.first, plan.as_of.year)
            what = brief(language.say(span.what))
            yield language.say(phrase("{what}: begun {day}, ask now", what=what, day=day))


def _mark(finding: Finding) -> str:
    return f"{finding.label or ''}{finding.session}"
