"""Write cases.csv: sessions held around every boundary of every rule file.

It shares nothing with the program: it reads the interval text of the rule files and counts
with `calendar.monthrange` alone. Run it from anywhere: `python make_cases.py`.
"""

import csv
import tomllib
from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from io import StringIO
from itertools import pairwise
from os.path import relpath
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
# One of each shape; the others differ in their figures alone.
SHAPES = (
    *("cellulite", "deoxycholic-chin", "facial-rejuvenation", "fat-reduction", "general"),
    *("hair-loss", "hair-loss-dutasteride", "hyaluronic-acid", "mesobotox", "mesoglow"),
    "pigmentation",
)
PACKAGED = HERE.parents[2] / "meso_schedule" / "rules" / "packaged"
STARTS = (date(2026, 12, 1), date(2027, 1, 31), date(2028, 1, 30), date(2027, 8, 31))
UNITS = {"day": (0, 1), "week": (0, 7), "month": (1, 0), "year": (12, 0)}
COLUMNS = (
    *("id", "name", "protocol", "file", "sessions", "held"),
    *("improved_on", "not_improved_on", "unclear_on", "as_of"),
    *("expected_verdicts", "expected_counts", "expected_reasons", "expected_next"),
    *("expected_earliest", "expected_recommended", "expected_latest", "expected_lapse"),
    *("expected_status", "source"),
)
HEADER = """\
# Sessions held, one case a row, after the test cases of CDC CDSi: what each session counts for
# and when the next one is due. Made by make_cases.py beside this file, which shares no code with
# the program: each day is counted from the published interval text with the length of months
# alone (calendar.monthrange), one day before, on and one day after each minimum, grace, maximum
# and lapse. expected_reasons names words that a reason must hold, joined by &.
"""


class Rule(NamedTuple):
    """One interval of a rule file, and the number of sessions it leads to."""

    name: str
    table: dict[str, Any]
    sessions: int
    is_decided: bool = False


class Bounds(NamedTuple):
    """The days of a session, counted from the one before."""

    least: date
    earliest: date
    recommended: date
    latest: date
    lapse: date | None


def added(day: date, months: int, days: int) -> date:
    """Add months, the first of the next month where there is no such day, then days."""
    year, month = divmod(12 * day.year + day.month - 1 + months, 12)
    if day.day > monthrange(year, month + 1)[1]:
        year, month = divmod(12 * year + month + 1, 12)
        return date(year, month + 1, 1) + timedelta(days=days)
    return date(year, month + 1, day.day) + timedelta(days=days)


def length(text: str) -> tuple[int, int]:
    """Read interval text as months and days."""
    words = text.replace("+", "+ ").replace("-", "- ").split()
    months = days = 0
    sign = 1
    while words:
        word = words.pop(0)
        if word in "+-":
            sign = 1 if word == "+" else -1
            continue
        in_months, in_days = UNITS[words.pop(0).rstrip("s")]
        months, days = months + sign * int(word) * in_months, days + sign * int(word) * in_days
    return months, days


def many(value: str | list[str] | None) -> list[str]:
    """Return one text, several or none as a list."""
    return [] if value is None else [value] if isinstance(value, str) else value


def bounds(rule: Rule, before: date) -> Bounds:
    """Return the days of a session whose session before was on a day."""
    table = rule.table
    grace = length(table.get("grace", "0 days"))
    lows = [length(text) for text in many(table["minimum"])]
    least = max(added(before, months - grace[0], days - grace[1]) for months, days in lows)
    earliest = max(added(before, *low) for low in lows)
    aims = [earliest, *(added(before, *length(t)) for t in many(table.get("recommended")))]
    recommended = max(aims)
    latest = min(added(before, *length(text)) for text in many(table["maximum"]))
    lapses = [added(before, *length(text)) for text in many(table.get("lapse"))]
    return Bounds(
        min(least, earliest),
        earliest,
        recommended,
        max(latest, recommended),
        min(lapses, default=None),
    )


def sessions_of(path: Path) -> int:
    """Return a number of sessions that takes the course two into its last phase, if it can."""
    protocol = tomllib.loads(path.read_text("utf-8"))
    before = sum(phase["sessions"] for phase in protocol["phases"][:-1])
    counts = protocol["sessions"]
    most: int = counts.get("maximum", 40)
    wanted: int = max(counts["usual"], before + 2)
    return min(most, wanted)


def rules_of(path: Path) -> list[Rule]:
    """Return the intervals of a rule file in order, that of the top-ups last."""
    protocol = tomllib.loads(path.read_text("utf-8"))
    phases = protocol["phases"]
    rules = [Rule(phase["name"], phase, phase.get("sessions", 0)) for phase in phases]
    before = sum(rule.sessions for rule in rules[:-1])
    rules[-1] = rules[-1]._replace(sessions=sessions_of(path) - before)
    if "top_up" in protocol:
        rules.append(Rule("top-up", protocol["top_up"], 9))
    return rules


def verdict(here: Bounds, day: date) -> tuple[str, str]:
    """Return the verdict on a day, and what its reason must say."""
    if day < here.least:
        return "too soon", f"before {here.least}"
    if here.lapse and day > here.lapse:
        return "lapsed", f"after {here.lapse}"
    if day > here.latest:
        return "late", f"{(day - here.latest).days} day & after {here.latest}"
    if day < here.earliest:
        return "on schedule", f"before {here.earliest}"
    return "on schedule", f"inside {here.earliest} to {here.latest}"


def around(here: Bounds) -> Iterator[tuple[str, date]]:
    """Yield the days one before, on and one after each boundary, each day once."""
    marks = {"minimum": here.earliest, "maximum": here.latest}
    if here.least < here.earliest:
        marks["grace"] = here.least
    if here.lapse:
        marks["lapse"] = here.lapse
    seen: set[date] = set()
    for mark, boundary in marks.items():
        for shift, words in ((-1, "a day before"), (0, "on"), (1, "a day after")):
            day = boundary + timedelta(days=shift)
            if day not in seen:
                seen.add(day)
                yield f"{words} the {mark}", day


def run_up(rules: Sequence[Rule], start: date, count: int) -> list[date]:
    """Return the first sessions of a course, each on its recommended day."""
    days = [start]
    for number in range(2, count + 1):
        days.append(bounds(rule_at(rules, number), days[-1]).recommended)
    return days


def find_rule(rules: Sequence[Rule], number: int) -> Rule | None:
    """Return the rule that leads to a session, None after the last."""
    for rule in rules:
        if number <= rule.sessions:
            return rule
        number -= rule.sessions
    return None


def rule_at(rules: Sequence[Rule], number: int) -> Rule:
    """Return the rule that leads to a session that there is."""
    rule = find_rule(rules, number)
    assert rule is not None, f"there is no session {number}"
    return rule


def status(here: Bounds, as_of: date) -> str:
    """Return where the day of asking lies."""
    if here.lapse and as_of > here.lapse:
        return "lapsed"
    if as_of > here.latest:
        return "overdue"
    return "due" if as_of >= here.earliest else "not yet"


class Turn(NamedTuple):
    """Whose turn a session is: two rules while improvement is undecided."""

    firm: Rule
    waiting: Rule | None

    def here(self, before: date) -> Bounds:
        """Return its days; undecided, from the unconditional minimum to the other maximum."""
        own = bounds(self.firm, before)
        if self.waiting is None:
            return own
        other = bounds(self.waiting, before)
        earliest = min(own.earliest, other.earliest)
        lapse = max(own.lapse, other.lapse) if own.lapse and other.lapse else None
        least = min(own.least, earliest)
        return Bounds(least, earliest, other.recommended, max(own.latest, other.latest), lapse)

    def rule_on(self, before: date, day: date) -> Rule:
        """Return the rule of a session on a day: conditional once its minimum is reached."""
        if self.waiting and day >= bounds(self.waiting, before).earliest:
            return self.waiting
        return self.firm

    def lapsing(self, before: date) -> Rule:
        """Return the rule that lapses later."""
        both = [rule for rule in self if rule]
        return max(both, key=lambda rule: bounds(rule, before).lapse or date.max)


def placed(rules: Sequence[Rule], given: int) -> Rule:
    """Return the rule of the next session of a run; the last one goes on."""
    return find_rule(rules, given + 1) or rules[-1]


def turn_after(rules: Sequence[Rule], given: Sequence[Rule]) -> Turn | None:
    """Return whose turn it is after sessions of these rules; None after the last."""
    course = [rule for rule in rules if rule.name != "top-up"]
    if len(given) >= sum(rule.sessions for rule in course):
        last = find_rule(rules, len(given) + 1)
        return Turn(last, None) if last else None
    firm = [rule for rule in course if not rule.table.get("after_improvement")]
    waiting = [rule for rule in course if rule not in firm]
    least = sum(rule.sessions for rule in firm)
    if rules[0].is_decided or not waiting:
        return Turn(rule_at(rules, len(given) + 1), None)
    own = placed(firm, sum(rule in firm for rule in given))
    if len(given) < least:
        return Turn(own, None)
    return Turn(own, placed(waiting, sum(rule in waiting for rule in given)))


def expectation(rules: Sequence[Rule], held: Sequence[date], as_of: date) -> dict[str, str]:
    """Judge the sessions one after the other."""
    verdicts, reasons = ["on schedule"], ["the first session"]
    given, counting = [rules[0]], [0]
    for place, (before, day) in enumerate(pairwise(held), 1):
        turn = turn_after(rules, given)
        assert turn, "more is held than the course has"
        rule, lapsing = turn.rule_on(before, day), turn.lapsing(before)
        word, told = verdict(turn.here(before), day)
        if word == "lapsed" and lapsing.table.get("lapse_action") == "restart":
            first = given.index(rule) if rule in given else len(given)
            del given[first:], counting[first:]
        verdicts.append(word)
        if word != "too soon" or turn.firm.table.get("early") != "repeat":
            given.append(rule)
            counting.append(place)
        reasons.append(f"{rule.name}: & {rule.table['sources'][0]} & {told}")
    due = dict.fromkeys(COLUMNS[13:19], "none")
    if turn := turn_after(rules, given):
        here, rule = turn.here(held[-1]), turn.waiting or turn.firm
        lapses = turn.lapsing(held[-1]).table.get("lapse_action") == "restart"
        if status(here, as_of) == "lapsed" and lapses:
            first = given.index(rule) if rule in given else len(given)
            del given[first:], counting[first:]
        days = here.earliest, here.recommended, here.latest, here.lapse or "none"
        values = len(given) + 1, *days, status(here, as_of)
        due = dict(zip(COLUMNS[13:19], map(str, values), strict=True))
    return {
        "expected_verdicts": "; ".join(verdicts),
        "expected_counts": "; ".join(
            "yes" if place in counting else "no" for place in range(len(held))
        ),
        "expected_reasons": "; ".join(reasons),
        **due,
    }


def steps(rules: Sequence[Rule]) -> list[tuple[int, Rule]]:
    """Return the first session that each phase leads to, the first phase's being session 2."""
    found, number = [], 1
    for rule in rules:
        if rule.sessions > (number == 1):
            found.append((max(2, number), rule))
        number += rule.sessions
    return found


def titles_of(path: Path) -> dict[str, str]:
    """Return the titles of the sources of a rule file and of those that many files share."""
    shared = sorted((PACKAGED / "shared").glob("*.toml"))
    files = [tomllib.loads(file.read_text("utf-8")) for file in (*shared, path)]
    rows = [row for file in files for row in file.get("sources", ())]
    return {row["key"]: row["title"] for row in rows}


def cases_of(path: Path, starts: Sequence[date]) -> Iterator[dict[str, str]]:
    """Yield a case for each boundary of each phase of a rule file."""
    rules = rules_of(path)
    sources = titles_of(path)
    for place, (number, rule) in enumerate(steps(rules)):
        start = starts[place % len(starts)]
        days = run_up(rules, start, number - 1)
        for words, day in around(bounds(rule, days[-1])):
            if day > days[-1]:
                name = f"session {number} {words} of {rule.name}"
                yield row_of(path, name, rules, [*days, day], day, sources, rule)
        # The same boundaries from the other side: nothing more is held, the day of asking moves.
        for words, day in around(bounds(rule, days[-1])):
            if day >= days[-1] and words.startswith(("on", "a day after")):
                name = f"asked {words} of {rule.name}"
                yield row_of(path, name, rules, days, day, sources, rule)
        early = bounds(rule, days[-1]).least - timedelta(days=1)
        if early > days[-1]:
            counts = rule.table.get("early") != "repeat"
            following = find_rule(rules, number + counts)
            if following is None:
                continue
            again = bounds(following, early)
            for words, day in (("on time", again.earliest), ("too soon again", again.least)):
                held = [*days, early, day - timedelta(days=words.endswith("again"))]
                if held[-1] > early:
                    name = f"session {number} too soon, the next {words} of {rule.name}"
                    yield row_of(path, name, rules, held, held[-1], sources, rule)


def row_of(
    path: Path,
    name: str,
    rules: Sequence[Rule],
    held: Sequence[date],
    as_of: date,
    sources: dict[str, str],
    rule: Rule,
) -> dict[str, str]:
    """Return one line."""
    packaged = path.parent == PACKAGED
    titles = [f"{key}: {sources[key]}" for key in rule.table["sources"]]
    return {
        "name": name,
        "protocol": path.stem if packaged else "",
        "file": "" if packaged else Path(relpath(path, HERE)).as_posix(),
        "sessions": str(sessions_of(path)),
        "held": " ".join(map(str, held)),
        **dict.fromkeys(("improved_on", "not_improved_on", "unclear_on"), ""),
        "as_of": str(as_of),
        **expectation(rules, held, as_of),
        "source": "; ".join(titles),
    }


def improved_cases(path: Path) -> Iterator[dict[str, str]]:
    """Yield cases in which improvement is recorded before, on and after a session."""
    rules = rules_of(path)
    firm = [rule for rule in rules if rule.table.get("after_improvement") is None]
    firm = [rule for rule in firm if rule.name != "top-up"]
    waiting = [rule for rule in rules if rule.table.get("after_improvement")]
    sources = titles_of(path)
    for count in (1, 2):
        days = run_up([*firm[:-1], firm[-1]._replace(sessions=9)], STARTS[0], count)
        top_ups = [rule for rule in rules if rule.name == "top-up"]
        later = [rule for rule in waiting if rule not in top_ups]
        rest = sessions_of(path) - count - sum(rule.sessions for rule in later[:-1])
        run = [firm[0]._replace(sessions=count, is_decided=True), *later[:-1]]
        run += [later[-1]._replace(sessions=rest), *top_ups]
        for shift, words in ((0, "on the day"), (1, "a day after")):
            improved = days[-1] + timedelta(days=shift)
            here = bounds(waiting[0], days[-1])
            for told, day in around(here):
                name = f"improved {words} of session {count}, then {told} of {waiting[0].name}"
                if day > improved:
                    row = row_of(path, name, run, [*days, day], day, sources, waiting[0])
                    yield {**row, "improved_on": str(improved)}


def undecided_cases(path: Path) -> Iterator[dict[str, str]]:
    """Yield cases in which no improvement, or nothing clear, is recorded before a session.

    Not improved, the unconditional interval goes on; unclear, it is as if nothing was recorded.
    """
    rules = rules_of(path)
    sources = titles_of(path)
    firm = [rule for rule in rules if not rule.table.get("after_improvement")]
    top_ups = [rule for rule in firm if rule.name == "top-up"]
    firm = [rule for rule in firm if rule not in top_ups]
    waiting = next(rule for rule in rules if rule.table.get("after_improvement"))
    least = sum(rule.sessions for rule in firm)
    rest = firm[-1].sessions + sessions_of(path) - least
    goes_on = [*firm[:-1], firm[-1]._replace(sessions=rest), *top_ups]
    days = run_up(rules, STARTS[0], least)
    for answer, run in (("not_improved_on", goes_on), ("unclear_on", rules)):
        run = [run[0]._replace(is_decided=answer == "not_improved_on"), *run[1:]]
        for shift, words in ((0, "on the day"), (1, "a day after")):
            said = days[-1] + timedelta(days=shift)
            for rule in (firm[-1], waiting):
                for told, day in around(bounds(rule, days[-1])):
                    name = f"{answer[:-3].replace('_', ' ')} {words} of session {least}"
                    if day > said:
                        name += f", then {told} of {rule.name}"
                        row = row_of(path, name, run, [*days, day], day, sources, rule)
                        yield {**row, answer: str(said)}


def every_case() -> Iterator[dict[str, str]]:
    """Yield the cases of all files."""
    for path in [PACKAGED / f"{name}.toml" for name in SHAPES]:
        yield from cases_of(path, STARTS)
    for path in sorted((HERE.parent / "schedules").glob("*.toml")):
        yield from cases_of(path, STARTS[1:])
    for path in sorted(HERE.glob("*.toml")):
        yield from cases_of(path, STARTS)
        yield from cases_of(path, STARTS[::-1])
    waiting = (HERE / "early-review.toml", HERE / "review-daily.toml")
    for path in (PACKAGED / "facial-rejuvenation.toml", *waiting):
        yield from improved_cases(path)
        yield from undecided_cases(path)


def table() -> str:
    """Return the whole file."""
    out = StringIO()
    out.write(HEADER)
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for number, case in enumerate(every_case(), 1):
        writer.writerow({"id": f"H{number:03}", **case})
    return out.getvalue()


if __name__ == "__main__":
    (HERE / "cases.csv").write_text(table(), "utf-8")
