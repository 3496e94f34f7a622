"""`courses undo`: the last recorded step taken back."""

from collections.abc import Iterator

from meso_schedule.book.amounts import paid_so_far
from meso_schedule.book.state import CourseSession, CourseState
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.book_writer import Draft, Situation, writes
from meso_schedule.cli.courses.progress_text import balance_words
from meso_schedule.cli.environment import desk_language
from meso_schedule.output.words.language import Language
from meso_schedule.output.words.text import day_text
from meso_schedule.running import course_drafts as drafts
from meso_schedule.running.account import account_of


@writes()
def undo(seen: Situation, *, reason: options.Reason = None) -> Draft:
    """Take back what was recorded last; asked again, what was recorded before that.

    The step stays in the history, beside what undoes it.
    """
    made = drafts.undone(seen, reason=reason)
    told = ", ".join(f"revision {it.revision} ({it.record.kind})" for it in made.step)
    facts = {"undone": [it.revision for it in made.step]}
    return Draft(
        made.records,
        f"undone: {told}.",
        lambda after: [*_days(seen, after), *_money(seen, after)],
        facts,
    )


def _days(seen: Situation, after: CourseState) -> Iterator[str]:
    """Say what is different of the sessions."""
    before, spoken = seen.state, desk_language(seen.clinic)
    old, new = (
        {(it.protocol, it.number): it for it in state.sessions} for state in (before, after)
    )
    for name in sorted(old.keys() | new.keys()):
        was, now = old.get(name), new.get(name)
        mark = after.mark(name[1], name[0])
        if now is None:
            yield f"Session {mark} has no day any more."
        elif was is None or _shown(was, spoken) != _shown(now, spoken):
            yield f"Session {mark}: {_shown(now, spoken)}."
    if before.stopped and not after.stopped:
        yield "The course goes on."


def _shown(session: CourseSession, spoken: Language) -> str:
    at = f" at {spoken.clock(session.start)}" if session.start else ""
    return f"{session.status}, {day_text(session.date)}{at}"


def _money(seen: Situation, after: CourseState) -> Iterator[str]:
    """Say what is left to pay, where that is different."""
    before, now = account_of(seen.state, seen.today), account_of(after, seen.today)
    if now is None or (before and (now.paid, now.balance) == (before.paid, before.balance)):
        return
    code = now.currency
    left = now.balance
    owed = "" if left is None else f" {balance_words(left, after)}: {abs(left)} {code}."
    yield f"Paid in all: {paid_so_far(after, code)} {code}.{owed}"
