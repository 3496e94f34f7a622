"""What a combined plan says of each of its treatments, told apart by letter and by shape."""

from collections.abc import Iterator, Sequence
from datetime import date

from meso_schedule.base.intervals import Interval
from meso_schedule.base.phrases import Phrase, phrase
from meso_schedule.course.bill import CostEstimate
from meso_schedule.course.course_plan import CoursePlan, Session, SpacingRule
from meso_schedule.output.words.details import cost_title, fact_lines, result_spans
from meso_schedule.output.words.language import ENGLISH, Language
from meso_schedule.rules.rule_tables import together


def title_of(plan: CoursePlan, language: Language = ENGLISH) -> str:
    """Return the names of the treatments, in a combined plan each with its letter."""
    return ", ".join(
        f"{stamp.label} {language.say(stamp.name)}" if stamp.label else language.say(stamp.name)
        for stamp in plan.protocols
    )


def legend_of(plan: CoursePlan, language: Language = ENGLISH) -> list[tuple[str, str]]:
    """Return the letter and the name of each treatment of a combined plan."""
    return [(it.label, language.say(it.name)) for it in plan.protocols if it.label]


def name_of(plan: CoursePlan, visit: Session) -> str:
    """Return the name of the treatment given in a session."""
    return next(stamp.name for stamp in plan.protocols if stamp.id == visit.protocol)


def costs_of(plan: CoursePlan) -> Iterator[tuple[Phrase, CostEstimate]]:
    """Yield what the whole costs, then what each treatment costs, with their titles."""
    for cost in (plan.cost, plan.top_up_cost):
        if cost:
            yield cost_title(cost, is_top_up=cost is plan.top_up_cost), cost
    names = {stamp.id: stamp.name for stamp in plan.protocols}
    for part in plan.costs:
        for cost in (part.cost, part.top_up_cost):
            if cost:
                title = cost_title(cost, is_top_up=cost is part.top_up_cost)
                yield phrase("{name}: {text}", name=names[part.protocol], text=title), cost


def pays_rest(plan: CoursePlan, cost: CostEstimate) -> bool:
    """Tell whether what follows a deposit is the rest in one, not paid in parts."""
    parts = [part.cost for part in plan.costs if part.cost and part.cost.instalments]
    paid = parts if cost is plan.cost and parts else [cost]
    return all(part.deposit and len(part.instalments or ()) == 1 for part in paid)


def results_of(plan: CoursePlan) -> Iterator[tuple[Phrase, date, date | None]]:
    """Yield what results are like and when, treatment by treatment."""
    if plan.results:
        yield from result_spans(plan.results)
    for part in plan.treatments:
        for label, first, last in result_spans(part.results) if part.results else ():
            yield phrase("{name}: {text}", name=part.label, text=label), first, last


def result_lines_of(plan: CoursePlan, language: Language = ENGLISH) -> list[tuple[str, str]]:
    """Return when results show, how long they last and when a top-up is due."""
    return [
        (
            language.say(label),
            language.day(first) if last is None else language.span(first, last),
        )
        for label, first, last in results_of(plan)
    ]


def facts_of(plan: CoursePlan, language: Language = ENGLISH) -> list[tuple[str, str]]:
    """Return facts with their names in words, treatment by treatment."""
    lines = list(fact_lines(plan.facts, language))
    for part in plan.treatments:
        lines += [
            (f"{part.label}: {label}", body) for label, body in fact_lines(part.facts, language)
        ]
    return lines


def product_lines(plan: CoursePlan, language: Language = ENGLISH) -> list[tuple[str, str]]:
    """Return what the course sessions to come use up, product by product."""
    return [
        (
            f"{it.label}: {language.say(it.name)}" if it.label else language.say(it.name),
            language.say(
                phrase(
                    "{total} {unit}: {sessions} × {amount} {unit}",
                    total=it.total,
                    unit=it.unit,
                    amount=it.amount,
                    sessions=it.sessions,
                )
            ),
        )
        for it in plan.products
    ]


def shape_of(label: str | None) -> str:
    """Return the class of a treatment's shape on a page; none where there is one treatment."""
    return f"of-{label.lower()}" if label else ""


def spacing_lines(plan: CoursePlan, language: Language = ENGLISH) -> list[str]:
    """Return the distance kept between treatments, rule by rule, each with its source."""
    return [_spacing_line(rule, language) for rule in plan.spacing if rule.origin or rule.minimum]


def _spacing_line(rule: SpacingRule, language: Language) -> str:
    say = language.say
    told = [
        say(_distance(first, other, intervals))
        for first, other, intervals in (
            (rule.first, rule.other, rule.minimum),
            (rule.other, rule.first, rule.minimum_before),
        )
        if intervals
    ]
    told += map(say, rule.unpublished(rule.first, rule.other))
    if rule.same_day:
        told.append(say(phrase("both may share a visit")))
    pair = f"{say(rule.first)}, {say(rule.other)}"
    sources = [say(phrase("the clinic's rule"))] if rule.by_clinic else []
    rest = language.apart([*told, *sources, *map(say, rule.sources)])
    return say(phrase("{name}: {text}", name=pair, text=rest))


def _distance(first: str, other: str, intervals: Sequence[str]) -> Phrase:
    return phrase(
        "{interval} after {first} before {other}",
        interval=together([Interval.parse(text) for text in intervals]),
        first=first,
        other=other,
    )
