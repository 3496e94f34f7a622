"""Calendar files for tests, written line by line."""

from datetime import date, datetime, timedelta
from random import Random

LONDON = [
    "BEGIN:VTIMEZONE",
    "TZID:Europe/London",
    "BEGIN:DAYLIGHT",
    "DTSTART:19700329T010000",
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    "TZOFFSETFROM:+0000",
    "TZOFFSETTO:+0100",
    "END:DAYLIGHT",
    "BEGIN:STANDARD",
    "DTSTART:19701025T020000",
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
    "TZOFFSETFROM:+0100",
    "TZOFFSETTO:+0000",
    "END:STANDARD",
    "END:VTIMEZONE",
]


def house_zone(offset: str) -> list[str]:
    """Return a zone that only its file knows."""
    return f"""BEGIN:VTIMEZONE
TZID:House
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:{offset}
TZOFFSETTO:{offset}
END:STANDARD
END:VTIMEZONE""".split("\n")


def calendar(*lines: str) -> bytes:
    """Return a calendar file."""
    whole = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test", *lines, "END:VCALENDAR", ""]
    return "\r\n".join(whole).encode()


def event(*lines: str, uid: str = "1") -> list[str]:
    """Return the lines of an event."""
    return ["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT"]


def random_calendar(rng: Random) -> bytes:
    """Return a calendar of events that repeat, are moved, left out, cancelled or see-through."""
    lines = [*LONDON, *house_zone("+0330")]
    for number in range(rng.randint(1, 6)):
        lines += _random_event(rng, f"event-{number}")
    return calendar(*lines)


def _random_event(rng: Random, uid: str) -> list[str]:
    day = date(2025, 1, 1) + timedelta(days=rng.randint(0, 800))
    day = day.replace(day=min(day.day, 28))
    # Not in the hour that the clock jumps over: there is no right answer for it.
    minute = rng.choice((540, 600, 615, 1350, 195))
    lasts = rng.choice((30, 45, 90, 480))
    kind = rng.choice(("day", "", "Z", ";TZID=Europe/London", ";TZID=House"))

    def moment(name: str, when: datetime) -> str:
        if kind == "day":
            return f"{name};VALUE=DATE:{when:%Y%m%d}"
        zone, letter = ("", "Z") if kind == "Z" else (kind, "")
        return f"{name}{zone}:{when:%Y%m%dT%H%M00}{letter}"

    start = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001
    length = timedelta(days=rng.randint(1, 3)) if kind == "day" else timedelta(minutes=lasts)
    times = [moment("DTSTART", start)]
    if rng.random() < 0.3 and kind != "day":
        times.append(f"DURATION:PT{lasts}M")
    else:
        times.append(moment("DTEND", start + length))
    marks = rng.choice(((), (), (), ("TRANSP:TRANSPARENT",), ("STATUS:CANCELLED",)))
    if rng.random() < 0.3:
        return event(*times, *marks, uid=uid)
    step, rule = _random_rule(rng, start)
    extra = []
    if step and rng.random() < 0.5:
        extra.append(moment("EXDATE", start + step))
    lines = event(*times, rule, *extra, *marks, uid=uid)
    if step and rng.random() < 0.5:
        moved = start + 2 * step + timedelta(minutes=rng.choice((0, 60, 1440)))
        lines += event(
            moment("RECURRENCE-ID", start + 2 * step),
            moment("DTSTART", moved),
            moment("DTEND", moved + length),
            *rng.choice(((), ("STATUS:CANCELLED",), ("TRANSP:TRANSPARENT",))),
            uid=uid,
        )
    return lines


def _random_rule(rng: Random, start: datetime) -> tuple[timedelta | None, str]:
    """Return a rule that holds its first day, and its step where that is a fixed time."""
    weekday = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[start.weekday()]
    steps = {
        "FREQ=DAILY": timedelta(days=1),
        "FREQ=DAILY;INTERVAL=3": timedelta(days=3),
        "FREQ=WEEKLY": timedelta(weeks=1),
        f"FREQ=WEEKLY;INTERVAL=2;BYDAY={weekday}": timedelta(weeks=2),
        "FREQ=MONTHLY": None,
        f"FREQ=MONTHLY;BYDAY={(start.day - 1) // 7 + 1}{weekday}": None,
        f"FREQ=MONTHLY;BYMONTHDAY={start.day}": None,
        "FREQ=YEARLY": None,
    }
    text, step = rng.choice(list(steps.items()))
    end = rng.choice(("", f";COUNT={rng.randint(3, 40)}"))
    return step, f"RRULE:{text}{end}"
