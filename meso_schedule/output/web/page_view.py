"""What the web page shows of a plan, in words, for its template."""

import re
from collections.abc import Iterator

from meso_schedule.base.phrases import counted, phrase
from meso_schedule.course.bill import CostEstimate
from meso_schedule.course.course_plan import CareSpan, CoursePlan, Letterhead, Session
from meso_schedule.output.feed_code import feed_code
from meso_schedule.output.web.page_months import Moment, Moments, Months
from meso_schedule.output.words.calendar_marks import Kind, visit_kind
from meso_schedule.output.words.details import (
    ACTIONS,
    TOTAL,
    basis_text,
    bill_lines,
    in_order,
    lasts_text,
    month_lines,
    payment_lines,
    sessions_text,
)
from meso_schedule.output.words.history_text import Lines, history_blocks
from meso_schedule.output.words.language import Language
from meso_schedule.output.words.patient import (
    CareRule,
    PatientBill,
    bill_of,
    care_rules,
    special,
    told_with,
    visit_days,
    when_to_call,
    whom_to_call,
)
from meso_schedule.output.words.sections import Name, Section, sections
from meso_schedule.output.words.session_table import (
    number_text,
    price_header,
    special_text,
    why_text,
)
from meso_schedule.output.words.treatments import (
    costs_of,
    name_of,
    pays_rest,
    results_of,
    shape_of,
    title_of,
)

_PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{3,30}")
_EMAIL = re.compile(r"[A-Za-z0-9.+_-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


class PageView:
    """A plan in one language, part by part.

    Args:
        plan: The plan.
        language: Its words, dates and numbers.
    """

    def __init__(self, plan: CoursePlan, language: Language) -> None:
        self.code = language.code
        self.moments = Moments(language)
        self.months = Months(plan, language, self.moments)
        self.feed_code = feed_code(plan, language)
        self.has_times = any(visit.start for visit in plan.visits)
        self.has_prices = any(visit.price for visit in plan.visits)
        self.has_notes = any(visit.label or special_text(plan, visit) for visit in plan.visits)
        self._say = language.say
        self._plan = plan
        self._language = language

    @property
    def title(self) -> str:
        """The treatments, by name."""
        return title_of(self._plan, self._language)

    @property
    def next(self) -> list[Session]:
        """The sessions of the next visit."""
        return next(iter(visit_days(self._plan)), [])

    @property
    def beside_next(self) -> str:
        """What is told beside the next visit."""
        return " · ".join(map(self._say, told_with(self._plan, self.next)))

    @property
    def appointments(self) -> Iterator[tuple[list[Session], str]]:
        """The sessions of each day, and what is special about it."""
        for visits in visit_days(self._plan):
            yield visits, self._language.apart(special(self._plan, visits, self._language))

    def starts(self, visits: list[Session]) -> list[Moment]:
        """Return when the sessions of a day begin; nothing without a time."""
        return self.moments.times(visits[0])[:1] if visits[0].start else []

    @property
    def call(self) -> tuple[str, str, str | None] | None:
        """Until when a visit can be changed, whom to call, and where a tap leads."""
        if call := whom_to_call(self._plan):
            until, reach = call
            target = _to_dial(reach) if self._plan.clinic.phone else _to_write(reach)
            return self._say(until), reach, target
        return None

    @property
    def call_us(self) -> str:
        """When to call after a treatment; nothing where it is not known whom."""
        return when_to_call(self._plan, self._language)

    @property
    def rules_of_care(self) -> list[tuple[str, list[CareRule]]]:
        """The rules of care, each said once."""
        return [(self._say(it.title), it.rules) for it in care_rules(self._plan, self._language)]

    @property
    def to_pay(self) -> PatientBill | None:
        """What is to pay."""
        return bill_of(self._plan, self._language)

    @property
    def planned(self) -> str:
        """When it was planned, and in which zone its times are."""
        day = self._language.day(self._plan.as_of)
        return self._say(phrase("{day}, times in {zone}", day=day, zone=self._plan.timezone))

    @property
    def rules(self) -> list[str]:
        """The rules it was planned by, to the letter."""
        return [
            self._say(
                phrase(
                    "{id}, version {version}, {digest}",
                    id=stamp.id,
                    version=stamp.version,
                    digest=stamp.digest,
                )
            )
            for stamp in self._plan.protocols
        ]

    @property
    def history(self) -> list[tuple[str, Lines]]:
        """The sessions held and when the next one is due, under their titles."""
        return list(history_blocks(self._plan, self._language, verdicts=False))

    @property
    def contacts(self) -> list[tuple[str, str | None]]:
        """Where the clinic is, and how else it is reached than by whom to call first."""
        return list(_contacts(self._plan.clinic))

    @property
    def groups(self) -> Iterator[tuple[str, str, tuple[Session, ...]]]:
        """The course and the top-ups: name, what the table holds, sessions."""
        course, more = self._plan.sessions, self._plan.top_ups
        for title, visits in ((phrase("Sessions"), course), (phrase("Top-ups"), more)):
            if visits:
                yield self._say(title), self._extent(visits), visits

    def _extent(self, visits: tuple[Session, ...]) -> str:
        count = counted(len(visits), "{count} session", "{count} sessions")
        return f"{self._say(count)}, {self._language.span(visits[0].date, visits[-1].date)}"

    @property
    def price_header(self) -> str:
        """The title of the column of prices."""
        return self._say(price_header(self._plan))

    def number(self, visit: Session) -> str:
        """Write a session's number with the signs that say what it is."""
        return number_text(visit)

    def kind(self, visit: Session) -> Kind:
        """Return what marks a session in the calendar."""
        return visit_kind(visit)

    def shape(self, visit: Session | None) -> str:
        """Return the class of the shape that tells a treatment from the others."""
        return f" {shape_of(visit.label)}" if visit and visit.label else ""

    def treatment(self, visit: Session) -> str:
        """Return the name of the treatment; none where there is only one."""
        return self._say(name_of(self._plan, visit)) if visit.label else ""

    def notes(self, visit: Session) -> str:
        """Say what is special about a session, and what it waits for."""
        waits = phrase("only if the skin has improved") if visit.provisional else ""
        special = special_text(self._plan, visit, self._language)
        words = (self.treatment(visit), special, self._say(waits))
        return ", ".join(filter(None, words))

    def why(self, visit: Session) -> str:
        """Give the reasons for a session's date."""
        return why_text(visit, self._language)

    def unnamed_sources(self, visit: Session) -> list[str]:
        """Return the keys of a session's sources where no interval that names them leads to it."""
        return [] if visit.interval_days else [*map(self._say, visit.sources)]

    def price(self, visit: Session) -> str:
        """Write what a session costs alone."""
        return self._language.sums(visit.price)

    @property
    def costs(self) -> Iterator[tuple[str, str, CostEstimate]]:
        """What the course and the top-ups cost: title, whose prices, estimate."""
        for title, cost in costs_of(self._plan):
            yield self._say(title), self._say(basis_text(cost)), cost

    def bill(self, cost: CostEstimate) -> Iterator[tuple[str, str, bool]]:
        """Yield what is sold, its tax and the total: label, sum, whether it is the total."""
        for label, sums in bill_lines(cost, self._language):
            yield self._say(label), self._language.sums(sums), label == TOTAL

    def payments(self, cost: CostEstimate) -> Iterator[tuple[str, str, Moment]]:
        """Yield the deposit and the instalments: label, sum, the day that the label names."""
        due = [part.due for part in (cost.deposit, *(cost.instalments or ())) if part]
        lines = payment_lines(cost, self._language, is_rest=pays_rest(self._plan, cost))
        for (label, sums), day in zip(lines, due, strict=True):
            yield self._say(label), self._language.sums(sums), self.moments.day(day)

    def by_month(self, cost: CostEstimate) -> Iterator[tuple[str, str]]:
        """Yield what falls on each month."""
        for label, sums in month_lines(cost, self._language):
            yield self._say(label), self._language.sums(sums)

    @property
    def sections(self) -> Iterator[Section]:
        """What stands under the calendar and the costs."""
        return sections(self._plan, self._language)

    def care(self, name: Name) -> list[CareSpan]:
        """Return what to avoid and do, or what to expect, as the patient meets it."""
        expected = name == "expected"
        return in_order(it for it in self._plan.care if (it.action == "expect") == expected)

    def action(self, span: CareSpan) -> str:
        """Say what kind of care it is; what to expect says so in its title."""
        return "" if span.action == "expect" else self._say(ACTIONS[span.action])

    def lasts(self, span: CareSpan) -> str:
        """Say how long care lasts around each session."""
        return self._say(lasts_text(span))

    def sessions_of(self, span: CareSpan) -> str:
        """Name the sessions that care belongs to."""
        return self._say(sessions_text(span))

    @property
    def results(self) -> Iterator[tuple[str, list[Moment]]]:
        """When results show, how long they last, when a top-up is due."""
        for label, first, last in results_of(self._plan):
            yield self._say(label), self.moments.span(first, last)


def _contacts(clinic: Letterhead) -> Iterator[tuple[str, str | None]]:
    if clinic.address:
        lines = (line.strip(" ,") for line in clinic.address.splitlines())
        yield ", ".join(filter(None, lines)), None
    if clinic.email and clinic.phone:
        yield clinic.email, _to_write(clinic.email)


def _to_dial(phone: str) -> str | None:
    dialled = re.sub(r"[^0-9+]", "", phone)
    return f"tel:{dialled}" if _PHONE.fullmatch(phone) else None


def _to_write(email: str) -> str | None:
    return f"mailto:{email}" if _EMAIL.fullmatch(email) else None
