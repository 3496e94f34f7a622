"""Random programmes that have begun: sessions held and booked of several treatments."""

from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from tests.support.oracles.arithmetic import gap, window
from tests.support.oracles.joint_reading import held_of
from tests.support.oracles.reading import listed
from tests.support.oracles.replanning import Booked
from tests.support.oracles.standing import Standing, standing
from tests.support.programmes import ProgrammeCase, alone, random_programme, small_programme
from tests.support.random_files import WEEKDAYS, ZONES, Table, chance, clock, day_gap
from tests.support.running import WORDS, add_words, booked_case, fits, hoping, next_day
from tests.support.samples import FREE


class BegunCase(NamedTuple):
    """Several treatments to replan, as plain data; what is booked by id and number."""

    case: ProgrammeCase
    booked: dict[str, dict[int, Booked]]
    release: dict[str, tuple[int, ...]]


def booked_alone(rng: Random) -> BegunCase:
    """Return a small course with booked sessions, begun or not."""
    case, booked = booked_case(rng)
    return BegunCase(alone(case), {case.protocol["id"]: booked}, {})


def own_request(protocol: Table, request: Table, text: str) -> Table:
    """Return the sessions held, and how many are asked for, of one protocol."""
    _, star, count = text.partition("@")[0].partition("*")
    own: Table = {"held": held_of(protocol, request)}
    waits = any(phase.get("after_improvement") for phase in protocol["phases"])
    for name in ("improved_on", "not_improved_on", "unclear_on"):
        days = [day for day in listed(request.get(name)) if min(own["held"], default="9") <= day]
        own[name] = days if waits else []
    for name in ("improves_after", "no_improvement"):
        if name in request and waits:
            own[name] = request[name]
    own["sessions"] = int(count) if star else protocol["sessions"]["usual"]
    return own


def _held(rng: Random, protocol: Table, text: str, first: date, most: int) -> list[str]:
    """Return days on which sessions were held, often on the boundary of a window."""
    own = own_request(protocol, {}, text)
    own["held"] = [(first + timedelta(days=rng.randint(0, 3))).isoformat()]
    for _ in range(rng.randint(0, min(most, own["sessions"]))):
        day = next_day(rng, protocol, own)
        longer = {**own, "held": [*own["held"], str(day)]}
        if day is None or not fits(protocol, longer, day):
            break
        own = longer
    return [str(day) for day in own["held"]]


def _standing(protocol: Table, request: Table, text: str, as_of: date) -> Standing | None:
    own = own_request(protocol, request, text)
    return standing(protocol, own, as_of) if own["held"] else None


def _booked(
    rng: Random, protocol: Table, request: Table, text: str, as_of: date
) -> dict[int, Booked]:
    """Return bookings near the recommended days, some missing, some with times, some pinned."""
    own = own_request(protocol, request, text)
    now = _standing(protocol, request, text, as_of)
    start = text.partition("@")[2] or request.get("start", as_of.isoformat())
    first = now.counted + 1 if now else 1
    day = now.last if now else date.fromisoformat(start)
    booked: dict[int, Booked] = {}
    for number in range(first, own["sessions"] + 1):
        if number > 1 or now:
            rule = now.phases[number - 1] if now else protocol["phases"][0]
            day = window(gap(rule), day).recommended
        day += timedelta(days=rng.choice((0, 0, 0, 1, 2, 3)))
        if chance(rng, 85):
            at = clock(rng.choice((540, 600, 630, 720, 725))) if chance(rng, 40) else None
            booked[number] = Booked(day, at, chance(rng, 12))
    return booked


def _begin(rng: Random, case: ProgrammeCase, most: int) -> ProgrammeCase:
    """Let some of the treatments begin."""
    protocols, request, clinic, as_of = case
    request = {key: value for key, value in request.items() if key != "pin"}
    for protocol in protocols:
        for rule in [*protocol["phases"], *([protocol["top_up"]] if "top_up" in protocol else [])]:
            add_words(rng, rule)
    first = as_of
    held: list[str] = []
    for protocol, text in zip(protocols, request["protocol"], strict=True):
        if chance(rng, 65):
            days = _held(rng, protocol, text, first, most)
            held += [f"{protocol['id']}:{day}" for day in days]
            as_of = max(as_of, date.fromisoformat(days[-1]))
    as_of += timedelta(days=rng.choice((0, 0, 1, 1, 2, 3, 6)))
    if held:
        request["held"] = held
        request["protocol"] = [text.partition("@")[0] for text in request["protocol"]]
        if chance(rng, 92):
            request["start"] = (as_of + timedelta(days=rng.randint(-1, 3))).isoformat()
        for end in ("finish_by", "event"):
            if end in request:
                request[end] = (as_of + timedelta(days=rng.randint(6, 24))).isoformat()
    if "event" in request and "start" not in request:
        request.pop("start_within", None)
    for end in ("finish_by", "event"):
        if request.get(end, "9") < max(request.get("start", ""), as_of.isoformat()):
            del request[end]
    return ProgrammeCase(protocols, request, clinic, as_of)


def _improve(rng: Random, case: ProgrammeCase) -> ProgrammeCase:
    """Record an improvement on a day of a session, where a phase waits for it."""
    protocols, request, clinic, as_of = case
    for protocol in protocols:
        held = held_of(protocol, request)
        if held and any(phase.get("after_improvement") for phase in protocol["phases"]):
            forecast = ("improves_after", "no_improvement")
            kept = {key: value for key, value in request.items() if key not in forecast}
            kept[rng.choice(WORDS)] = sorted({rng.choice(held), rng.choice(held)})
            pairs = zip(protocols, kept["protocol"], strict=True)
            own = [(table, own_request(table, kept, text)) for table, text in pairs]
            if all(fits(table, asked, as_of) for table, asked in own if asked["held"]):
                return ProgrammeCase(protocols, kept, clinic, as_of)
    return case


def small_begun(rng: Random) -> BegunCase:
    """Return two or three short courses, begun or booked, that brute force answers quickly."""
    case = small_programme(rng)
    for protocol in case.protocols:
        if chance(rng, 25):
            first = {**protocol["phases"][0], "sessions": 1}
            later = {**day_gap(rng, 3), "name": "later", "sources": ["study"]}
            protocol["phases"] = [first, {**later, "after_improvement": True}]
    case = _begin(rng, case, 2)
    if "late" not in case.request and chance(rng, 30):
        case.request["late"] = rng.randint(1, 4)
    if chance(rng, 60):
        case = _improve(rng, case)
    return _with_bookings(rng, case)


def crowded_begun(rng: Random) -> BegunCase:
    """Return short courses that share most of their booked days, with times that may agree."""
    case = small_programme(rng)
    rules = day_gap(rng, 4)
    for protocol in case.protocols:
        protocol["spacing"] = FREE
        protocol["phases"] = [{**rules, "name": "phase-1", "sources": ["study"]}]
        usual = rng.choice((2, 2, 3)) if len(case.protocols) == 2 else 2
        protocol["sessions"] |= {"usual": usual, "minutes": rng.choice((30, 60, 45))}
    first = case.as_of
    hours = dict.fromkeys(WEEKDAYS, rng.choice(("09:00-17:00", "09:30-12:00", "10:00-11:30")))
    request: Table = {
        "protocol": [table["id"] for table in case.protocols],
        "held": [f"{table['id']}:{first}" for table in case.protocols],
    }
    as_of = first + timedelta(days=rng.choice((0, 1)))
    if chance(rng, 50):
        request["at"] = clock(rng.choice((540, 600, 615, 700)))
    if chance(rng, 30):
        request["late"] = rng.randint(1, 2)
    clinic = {"name": "Crowded", "timezone": rng.choice(ZONES), "hours": hours}
    case = ProgrammeCase(case.protocols, request, clinic, as_of)
    booked: dict[str, dict[int, Booked]] = {}
    for protocol in case.protocols:
        booked[protocol["id"]] = {
            number: entry._replace(start=_crowded_time(rng, case, protocol["id"]), pinned=False)
            for number, entry in _booked(rng, protocol, request, protocol["id"], as_of).items()
        }
    days = [entry.day for own in booked.values() for entry in own.values()]
    for own in booked.values():
        for (number, entry), day in zip(list(own.items()), days, strict=False):
            if chance(rng, 70):
                own[number] = entry._replace(day=day)
    if days and chance(rng, 25):
        request["away"] = [str(rng.choice(days))]
    return BegunCase(case, booked, {})


def _crowded_time(rng: Random, case: ProgrammeCase, name: str) -> str | None:
    """Return a time right after the treatments named before, or another one."""
    if chance(rng, 15):
        return None
    minute = rng.choice((570, 600, 725))
    for table in case.protocols:
        if table["id"] == name:
            break
        minute += table["sessions"]["minutes"] if chance(rng, 75) else 0
    return clock(minute)


def random_begun(rng: Random) -> BegunCase:
    """Return two to four courses as a clinic might have them running."""
    case = _begin(rng, random_programme(rng), 4)
    if "improves_after" not in case.request and chance(rng, 50):
        case = _improve(rng, case)
    return _with_bookings(rng, case)


def _with_bookings(rng: Random, case: ProgrammeCase) -> BegunCase:
    protocols, request, clinic, as_of = case
    booked: dict[str, dict[int, Booked]] = {}
    for protocol, text in zip(protocols, request["protocol"], strict=True):
        if chance(rng, 75):
            booked[protocol["id"]] = _booked(rng, protocol, request, text, as_of)
    entries = [(name, it) for name, own in booked.items() for it in own.items()]
    if clinic and chance(rng, 40):
        clinic["notice"] = rng.choice(("0 days", "2 days", "1 week"))
    if entries and chance(rng, 40):
        away = rng.choice(entries)[1][1].day
        request["away"] = [*request.get("away", []), away.isoformat()]
    if entries and chance(rng, 15):
        name, (number, entry) = rng.choice(entries)
        day = entry.day + timedelta(days=rng.choice((0, 1)))
        request["pin"] = [f"{name}:{number}={day.isoformat()}"]
    release: dict[str, tuple[int, ...]] = {}
    if entries and chance(rng, 10):
        name, (number, _) = rng.choice(entries)
        release[name] = (number,)
    return BegunCase(case, {name: hoping(rng, own) for name, own in booked.items()}, release)
