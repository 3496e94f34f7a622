"""Check what a plan of one treatment or several says of each and of their distances."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import combinations

from .arithmetic import Raw, Window, gap, phase_of_each, window
from .checker_care import (
    CareSpan,
    Dated,
    Moment,
    care_of,
    merged,
    moment,
    results_faults,
)
from .checker_costs import (
    cost_faults,
    listed_amounts,
    price_list,
    remaining_faults,
    top_up_cost_faults,
)
from .checker_days import Diary
from .checker_held import held_faults
from .checker_sessions import (
    NO_GAP,
    Check,
    differs,
    label_faults,
    place_faults,
    session_1_window,
    spare_day_faults,
)
from .joint_reading import Programme, read_programme
from .reading import weekday
from .standing import standing

LETTERS = "ABCD"


def spread(plan: Raw, protocols: Sequence[Raw]) -> Raw:
    """Return a plan as one of several says it: rows with letters, a part for each treatment."""
    if len(protocols) > 1:
        return plan

    def lettered(rows: Sequence[Raw]) -> list[Raw]:
        return [{**row, "label": LETTERS[0]} for row in rows]

    listed = ("protocols", "sessions", "top_ups", "history", "findings")
    cost = plan["cost"]
    if cost:
        cost = {**cost, "cumulative": lettered(cost["cumulative"])}
    return {
        **plan,
        **{name: lettered(plan[name]) for name in listed},
        "next_session": None,
        "care": [{**row, "labels": [f"A{it}" for it in row["sessions"]]} for row in plan["care"]],
        "cost": cost,
        "costs": [{"label": LETTERS[0], **{it: plan[it] for it in ("cost", "top_up_cost")}}],
        "treatments": [{it: plan.get(it) for it in ("next_session", "results")}],
    }


class Joint:
    """A plan with what it was made from, read once."""

    def __init__(
        self,
        plan: Raw,
        protocols: Sequence[Raw],
        request: Raw,
        clinic: Raw | None,
        as_of: date,
    ) -> None:
        self.plan = spread(plan, protocols)
        self.is_alone = len(protocols) == 1
        self.request = request
        self.clinic = clinic
        self.as_of = as_of
        self.programme: Programme = read_programme(protocols, request, clinic, as_of)
        self.shut = self._shut()
        self.checks = [self._check(place) for place in range(len(protocols))]
        self.diaries: dict[tuple[int, ...], Diary] = {}

    def _shut(self) -> frozenset[date]:
        """Return the days called closed that no closure explains: holidays."""
        if "holidays" not in (self.clinic or {}):
            return frozenset()
        days = (date.fromisoformat(row["date"]) for row in self.plan["closed"])
        return frozenset(day for day in days if self.programme.asked[0].closure(day) is None)

    def _check(self, place: int) -> Check:
        protocol, asked = self.programme.protocols[place], self.programme.asked[place]
        letter = LETTERS[place]
        own = {
            key: [
                row for row in self.plan[key] if self.is_alone or row["protocol"] == protocol["id"]
            ]
            for key in ("sessions", "top_ups")
        }
        for key in ("history", "findings"):
            own[key] = [row for row in self.plan[key] if row["label"] == letter]
        own["next_session"] = self.plan["treatments"][place]["next_session"]
        others: dict[int, list[date]] = {}
        for row in self.plan["sessions"]:
            others.setdefault(LETTERS.index(row["label"]), []).append(
                date.fromisoformat(row["date"])
            )
        request = self.programme.requests[place]
        start = self.as_of if request["held"] else asked.first
        pushed = self.programme.opens(place, start, others) - start
        asked = replace(asked, first_last=asked.first_last + pushed)
        if self.request.get("budget") is not None and not request["held"]:
            asked = replace(asked, sessions=len(own["sessions"]))
        request = {**request, "start_within": request.get("start_within", 13) + pushed.days}
        now = None
        if request["held"]:
            now = standing(protocol, {**request, "sessions": asked.sessions}, self.as_of)
        return Check(
            own,
            protocol,
            request,
            self.clinic,
            self.as_of,
            asked,
            Diary(asked, self.shut),
            now.phases if now else phase_of_each(protocol, request, asked.sessions),
            [date.fromisoformat(row["date"]) for row in own["sessions"]],
            [date.fromisoformat(row["date"]) for row in own["top_ups"]],
            now,
        )

    @property
    def has_begun(self) -> bool:
        """Whether anything was held."""
        return any(check.now for check in self.checks)

    def held(self, place: int) -> list[date]:
        """Return the days on which sessions of a protocol were held."""
        now = self.checks[place].now
        return [verdict.day for verdict in now.verdicts] if now else []

    def diary(self, places: tuple[int, ...]) -> Diary:
        """Return the days and times of one visit with several treatments."""
        if places not in self.diaries:
            self.diaries[places] = Diary(self.programme.together(places), self.shut)
        return self.diaries[places]

    def days(self, place: int) -> list[date]:
        """Return the days of all sessions of a protocol, top-ups included."""
        check = self.checks[place]
        return [*check.dates, *check.top_up_dates]

    def visits(self, *, top_ups: bool = True) -> dict[date, tuple[int, ...]]:
        """Return who is treated on each day."""
        held = {
            place: self.days(place) if top_ups else list(check.dates)
            for place, check in enumerate(self.checks)
        }
        every = sorted({day for days in held.values() for day in days})
        return {day: tuple(p for p, days in held.items() if day in days) for day in every}


def number_faults(joint: Joint) -> Iterator[str]:
    """Check how many sessions there are of each; without it no session can be looked at."""
    for check in joint.checks:
        wanted = max(0, len(check.phases) + 1 - check.first)
        yield from differs(f"sessions of {check.protocol['id']}", len(check.dates), wanted)


def _order_faults(joint: Joint) -> Iterator[str]:
    for key in ("sessions", "top_ups"):
        order = [(row["date"], row["label"]) for row in joint.plan[key]]
        yield from differs(f"order of {key}", order, sorted(order))
    for letter, check in zip(LETTERS, joint.checks, strict=False):
        numbers = [row["number"] for row in check.all_sessions]
        first = check.first
        yield from differs(
            f"numbers of {letter}", numbers, list(range(first, first + len(numbers)))
        )
        if any(row["label"] != letter for row in check.all_sessions):
            yield f"a session of {check.protocol['id']} is not called {letter}"
    stamps = [(row["label"], row["id"]) for row in joint.plan["protocols"]]
    ids = [protocol["id"] for protocol in joint.programme.protocols]
    yield from differs("protocols", stamps, list(zip(LETTERS, ids, strict=False)))


def _course_faults(joint: Joint) -> Iterator[str]:
    for check in joint.checks:
        rules = [NO_GAP, *(gap(phase) for phase in check.phases[1:])]
        if check.frees and check.first <= len(rules):
            rules[check.first - 1] = rules[check.first - 1]._replace(lapse=())
        held = check.now.last if check.now else None
        sessions = check.plan["sessions"]
        rows = zip(sessions, check.to_come, rules[check.first - 1 :], check.anchors, strict=True)
        for row, phase, rule, previous in rows:
            here = _first_window(joint, check) if previous is None else window(rule, previous)
            yield from label_faults(check, row, phase)
            yield from place_faults(check, row, here, previous, check.asked.bound, held)
            yield from _spare_faults(check, row)
            if joint.has_begun and date.fromisoformat(row["date"]) < joint.as_of:
                yield f"{row['label']}{row['number']} is before the day of asking"
        yield from _top_up_faults(joint, check)


def _first_window(joint: Joint, check: Check) -> Window:
    """Return the window of a session that none comes before: not in the past once any is held."""
    here = session_1_window(check)
    if not joint.has_begun or check.now:
        return here
    first = max(here.earliest, joint.as_of)
    return here._replace(earliest=first, recommended=max(first, here.recommended))


def _top_up_faults(joint: Joint, check: Check) -> Iterator[str]:
    if check.asked.top_ups is None and check.asked.until is None:
        yield from differs("top-ups", check.plan["top_ups"], [])
        return
    rule = gap(check.protocol["top_up"])
    held = check.now.last if check.now else None
    previous = check.dates[-1] if check.dates else held
    first = rule
    if check.frees and not check.dates:
        first = rule._replace(lapse=())
        previous = None if check.restarts else previous
    for row, day in zip(check.plan["top_ups"], check.top_up_dates, strict=True):
        here = _first_window(joint, check) if previous is None else window(first, previous)
        yield from label_faults(check, row, None)
        yield from place_faults(check, row, here, previous, check.asked.until, held)
        if check.dates:
            yield from spare_day_faults(check, row, here.last(check.asked.late))
        previous, first = day, rule


def _held_faults(joint: Joint) -> Iterator[str]:
    """Check the history of each treatment, and that its order is that of the days."""
    order = [(row.get("date", ""), row["label"]) for row in joint.plan["history"]]
    yield from differs("order of the history", order, sorted(order))
    yield from differs("next session of all", joint.plan["next_session"], None)
    for check in joint.checks:
        yield from held_faults(check)
        if check.now is None:
            yield from differs("history", check.plan["history"], [])
            yield from differs("next session", check.plan["next_session"], None)


def _spare_faults(check: Check, row: Raw) -> Iterator[str]:
    """Check that slack and backup name usable days after the session's own."""
    day = date.fromisoformat(row["date"])
    spare = [] if row["backup"] is None else [date.fromisoformat(row["backup"])]
    if row["slack_days"]:
        spare.append(day + timedelta(days=row["slack_days"]))
    # How far a session can move may be unknown where the next day it could have is known.
    is_known = row["slack_days"] is not None
    agree = bool(row["slack_days"]) == (row["backup"] is not None)
    if (is_known and not agree) or spare != sorted(spare):
        yield f"{row['label']}{row['number']}: slack {row['slack_days']}, backup {row['backup']}"
    last = date.fromisoformat(row["window"]["latest"]) + timedelta(days=check.asked.late)
    yield from spare_day_faults(check, row, last)


def _spacing_faults(joint: Joint) -> Iterator[str]:
    """Check every pair of sessions, and every session against treatments elsewhere."""
    for one, two in combinations(range(len(joint.checks)), 2):
        rule = joint.programme.between[one, two]
        for first in joint.days(one):
            for other in joint.days(two):
                if not rule.allows(first, other):
                    yield f"{LETTERS[one]} on {first} and {LETTERS[two]} on {other}: {rule}"
    for place, elsewhere in enumerate(joint.programme.elsewhere):
        for day in joint.days(place):
            for given in elsewhere:
                if not given.between.allows(day, given.day):
                    yield f"{LETTERS[place]} on {day}: {given}"


def _held_spacing_faults(joint: Joint) -> Iterator[str]:
    """Check sessions to come against those held of the others, and those held with each other."""
    for one, two in combinations(range(len(joint.checks)), 2):
        rule = joint.programme.between[one, two]
        for held, coming in ((one, two), (two, one)):
            for day in joint.held(held):
                for later in joint.days(coming):
                    if not (rule.allows(day, later) if held == one else rule.allows(later, day)):
                        yield f"{LETTERS[coming]} on {later} is too near to {day}, held: {rule}"
        crossed = any(
            not rule.allows(first, other) for first in joint.held(one) for other in joint.held(two)
        )
        told = {row["label"] for row in joint.plan["findings"] if row["kind"] == "too_close"}
        if crossed and not told & {LETTERS[one], LETTERS[two]}:
            yield f"{LETTERS[one]} and {LETTERS[two]} were held too near, and no finding says so"


def _visit_faults(joint: Joint) -> Iterator[str]:
    """Check that each visit fits into the day, and when each treatment of it begins."""
    rows = {
        (date.fromisoformat(row["date"]), place): row
        for place, check in enumerate(joint.checks)
        for row in check.all_sessions
    }
    for day, held in joint.visits().items():
        minute = joint.diary(held).minute(day)
        if minute is None:
            yield f"the visit of {held} on {day} has no room"
            continue
        asked = joint.programme.together(held)
        begin = datetime.combine(day, time()) + timedelta(minutes=minute)
        stamp = begin.replace(tzinfo=asked.zone).timestamp()
        for place in held:
            chair = joint.programme.asked[place].minutes * 60
            moments = [stamp, stamp + chair]
            wanted: list[str | None] = [
                datetime.fromtimestamp(at, asked.zone).isoformat() for at in moments
            ]
            row = rows[day, place]
            if not asked.timed:
                wanted = [None, None]
            yield from differs(f"times of {row['label']}", [row["start"], row["end"]], wanted)
            stamp += chair


def _objective_faults(joint: Joint) -> Iterator[str]:
    late = second = misses = squares = minutes = 0
    for check in joint.checks:
        asked, dates = check.asked, check.dates
        rules = [
            (window(gap(phase), previous), day)
            for phase, previous, day in zip(check.to_come, check.anchors, dates, strict=True)
            if previous is not None
        ]
        late += sum(max(0, (day - rule.latest).days) for rule, day in rules)
        squares += sum((day - rule.recommended).days ** 2 for rule, day in rules)
        misses += sum(bool(asked.prefer) and weekday(day) not in asked.prefer for day in dates)
        if not dates:
            continue
        if asked.event_only and asked.event_day is not None and not check.restarts:
            second += (asked.event_day - dates[-1]).days
        elif check.now is None:
            second += (dates[0] - asked.first).days
        elif check.restarts:
            second += (dates[0] - joint.as_of).days
    visits = joint.visits(top_ups=False)
    at = joint.programme.asked[0].at
    if at is not None:
        for day, held in visits.items():
            minutes += len(held) * abs((joint.diary(held).minute(day) or 0) - at)
    wanted = {
        "late_days": late,
        "start_days": second,
        "visits": None if joint.is_alone else len(visits),
        "preference_misses": misses,
        "squared_deviation": squares,
        "time_minutes": minutes,
    }
    given = {key: joint.plan["objective"][key] for key in wanted}
    yield from differs("objective", given, wanted)
    told = joint.plan["objective"].get("bound")
    if told is not None:
        bound = {key: told[key] for key in wanted}
        if list(bound.values()) > list(wanted.values()):
            yield f"the bound {bound} is worse than the calendar"
        if not any(row["kind"] == "not_proved" for row in joint.plan["findings"]):
            yield "the best calendar is not proven, and no finding says so"


def _money_faults(joint: Joint) -> Iterator[str]:
    """Check what each protocol costs, and that the total is their sum."""
    given = {row["label"]: row for row in joint.plan["costs"]}
    costs, currencies = [], set()
    course = top_ups = Decimal(0)
    for letter, check in zip(LETTERS, joint.checks, strict=False):
        prices = price_list(check.protocol, check.request, joint.clinic)
        row = given.get(letter, {"cost": None, "top_up_cost": None})
        held = check.held_in_course
        visits, planned_on = [*held, *check.dates], min([joint.as_of, *held])
        later = prices
        if prices and prices.clinic:
            later, prices = prices._replace(before=top_ups), prices._replace(before=course)
            course += listed_amounts(prices, len(visits))[0]
            if check.top_up_dates:
                top_ups += listed_amounts(prices, len(check.top_up_dates))[0]
        yield from cost_faults(row["cost"], prices, visits, planned_on)
        if row["cost"] and prices:
            yield from remaining_faults(row["cost"], prices, len(visits), len(held))
        yield from top_up_cost_faults(row["top_up_cost"], later, len(check.top_up_dates))
        costs.append(row["cost"])
        if row["cost"]:
            currencies.add(row["cost"]["currency"])
    total = joint.plan["cost"]
    if None in costs or len(currencies) > 1:
        yield from differs("cost", total, None)
        if currencies and not any(
            row["kind"] in ("no_total", "currencies_differ") for row in joint.plan["findings"]
        ):
            yield "there is no total, and no finding says so"
        return
    for key in ("low", "high"):
        wanted = sum(Decimal(cost[key]) for cost in costs)
        yield from differs(f"total {key}", Decimal(total[key]), wanted)
        for rows in (total["by_month"], [total["cumulative"][-1]]):
            parts = sum(Decimal(row[key]) for row in rows)
            yield from differs(f"sum of parts {key}", parts, wanted)
    due = [part for part in (total["deposit"], *(total["instalments"] or ())) if part]
    owed = [
        part for cost in costs for part in (cost["deposit"], *(cost["instalments"] or ())) if part
    ]
    sums = [sum(Decimal(part["amount"]) for part in parts) for parts in (due, owed)]
    yield from differs("payments", sums[0], sums[1])
    grown = [(row["label"], row["session"]) for row in total["cumulative"]]
    days = [
        (day, letter, number)
        for letter, check in zip(LETTERS, joint.checks, strict=False)
        for number, day in enumerate([*check.held_in_course, *check.dates], 1)
    ]
    order = [(letter, number) for _, letter, number in sorted(days)]
    yield from differs("order of the running sum", grown, order)
    if any(check.held_in_course for check in joint.checks):
        shares = [cost["remaining"] or cost for cost in costs]
        for key in ("low", "high"):
            left = sum(Decimal(share[key]) for share in shares)
            yield from differs(f"remaining {key}", Decimal(total["remaining"][key]), left)


def _care_faults(joint: Joint) -> Iterator[str]:
    yield from min((list(_care_compared(joint, flag)) for flag in (True, False)), key=len)


def _care_compared(joint: Joint, zero_is_end: bool) -> Iterator[str]:
    spans: dict[tuple[str, str], list[CareSpan]] = {}
    for place, check in enumerate(joint.checks):
        for item in check.protocol.get("care", []):
            if item["action"] != "ask":
                spans.setdefault((item["action"], item["what"]), []).extend(
                    care_of(item, _dated(place, row), zero_is_end=zero_is_end)
                    for row in check.all_sessions
                )
                spans[item["action"], item["what"]].extend(
                    care_of(
                        item,
                        Dated(place * 100 + verdict.number, verdict.day, None, None),
                        zero_is_end=zero_is_end,
                    )
                    for verdict in (check.now.verdicts if check.now else ())
                )
    since = joint.as_of if joint.has_begun else date.min
    wanted = sorted(
        (_moments(span.starts, span.ends), span.action, span.what, span.sessions)
        for mine in spans.values()
        for span in merged(mine)
        if _day_of(span.ends) >= since
    )
    given = sorted(
        (
            _moments(moment(row["from"]), moment(row["until"])),
            row["action"],
            row["what"],
            tuple(
                sorted(LETTERS.index(label[0]) * 100 + int(label[1:]) for label in row["labels"])
            ),
        )
        for row in joint.plan["care"]
    )
    yield from differs("care", given, wanted)


def _day_of(moment: Moment) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _moments(*moments: Moment) -> tuple[str, ...]:
    """Return days, and instants whatever the offset they are written with."""
    return tuple(
        it.astimezone(UTC).isoformat() if isinstance(it, datetime) else it.isoformat()
        for it in moments
    )


def _dated(place: int, row: Raw) -> Dated:
    start, end = (row[key] and datetime.fromisoformat(row[key]) for key in ("start", "end"))
    return Dated(place * 100 + row["number"], date.fromisoformat(row["date"]), start, end)


def _part_faults(joint: Joint) -> Iterator[str]:
    for check, part in zip(joint.checks, joint.plan["treatments"], strict=True):
        last = check.dates[-1] if check.dates or not check.now else check.now.last
        yield from results_faults(part["results"], check.protocol, last)
        if joint.is_alone:
            continue
        held = len(check.now.verdicts) if check.now else 0
        yield from differs("sessions held", part["held"], held)
        yield from differs("chair time", part["chair_minutes"], check.asked.minutes)


PARTS = (
    _order_faults,
    _held_faults,
    _course_faults,
    _spacing_faults,
    _held_spacing_faults,
    _visit_faults,
    _objective_faults,
    _money_faults,
    _care_faults,
    _part_faults,
)
