"""Where the dictionary lets the sessions of a course be: what is planned anew, moved or printed."""

from datetime import date, timedelta

from tests.cli.courses.ledger import State
from tests.cli.courses.rulebook import SESSIONS, START_WITHIN, YEAR, Window, end, fits, is_open


def can_replan(state: State, today: date) -> bool:
    """Tell whether the sessions to come have a calendar in which those fixed by hand stay."""
    today = max([today, *state.held.values()])
    ahead = state.ahead.items()
    fixed = {number - state.offset: it.day for number, it in ahead if it.pinned and it.day >= today}
    if state.is_finished:
        return True
    opening = first_days(state, today, by_hand=state.standing.counted + 1 in fixed)
    return fits(state.standing, opening, fixed, fixed, state.away)


def can_stay(state: State, today: date, late: int = 0) -> bool:
    """Tell whether every session to come has a day and can keep it.

    Args:
        state: The course.
        today: The day of asking.
        late: Days by which the windows, and the start, may be passed.
    """
    today = max([today, *state.held.values()])
    fixed = {number - state.offset: it.day for number, it in state.ahead.items()}
    places = set(range(state.standing.counted + 1, SESSIONS + 1))
    if fixed.keys() != places or len(state.ahead) < len(state.coming):
        return False
    if any(day < today for day in fixed.values()):
        return False
    pinned = {number - state.offset for number, it in state.ahead.items() if it.pinned}
    opening = first_days(state, today, late, by_hand=state.standing.counted + 1 in pinned)
    return not places or fits(state.standing, opening, fixed, pinned, state.away, late)


def can_print(state: State, today: date) -> bool:
    """Tell whether every session to come keeps its day, late up to its lapse."""
    return can_stay(state, today, YEAR)


def first_days(
    state: State, today: date, late: int = 0, *, by_hand: bool = False
) -> tuple[date, date]:
    """Return the days on which the next session may be planned; those that are open by hand."""
    now = state.standing
    if now.last is None:
        start = state.start if state.ahead else max(state.start, today)
        return max(start, today), start + timedelta(days=START_WITHIN + late)
    window = _window(state, now.counted + 1, now.last, today, by_hand=by_hand)
    return max(window.first, today), end(window, late)


def _window(state: State, place: int, before: date, today: date, *, by_hand: bool = True) -> Window:
    """Return the window of a session; a lapse that has passed no longer binds the next one."""
    now = state.standing
    window = now.window(place, before, by_hand=by_hand)
    if place == now.counted + 1 and now.last:
        lapse = now.window(place, now.last).lapse
        if lapse and today > lapse:
            return window._replace(lapse=None)
    return window


def move_refusal(state: State, number: int, to: date, today: date, *, late: bool) -> str | None:
    """Return why a session cannot be moved to a day, as far as window and clinic tell."""
    today = max([today, *state.held.values()])
    if number not in state.ahead:
        return "no_such_session"
    allowed = YEAR if late else 0
    before = [place for place in state.ahead if place < number]
    day = state.ahead[max(before)].day if before else state.standing.last
    if day is None:
        first, last = state.start, state.start + timedelta(days=START_WITHIN + allowed)
    else:
        window = _window(state, number - state.offset, day, today)
        first, last = window.first, end(window, allowed)
    if not first <= to <= last:
        return "outside_window"
    return None if is_open(to, state.away) else "no_room"
