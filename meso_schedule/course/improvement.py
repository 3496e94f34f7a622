"""What clinicians said of a course and what is foreseen of it: one value that travels as one."""

from collections.abc import Iterable
from datetime import date
from typing import Literal, NamedTuple

from meso_schedule.base.dates import DateRange

Answer = Literal["yes", "no", "unclear"]
Outcome = Literal["go-on", "restart", "stop"]


class Assessment(NamedTuple):
    """A clinician's word, on a day, whether the skin has improved.

    Args:
        on: The day.
        answer: The word; of two on one day the later entry counts.
        entered: Its place in the order of recording, whatever became of it since.
        since: From which place on it says this: later than `entered` once it was corrected.
        until: The place at which it was corrected or withdrawn; None while it stands.
    """

    on: date
    answer: Answer
    entered: int = 0
    since: int = 0
    until: int | None = None


class Review(NamedTuple):
    """A clinician's word, on a day, that ends an early or a lapse review.

    Args:
        entered: Its place in the order of recording.
    """

    on: date
    outcome: Outcome = "go-on"
    entered: int = 0


class Known(NamedTuple):
    """What is known of improvement when a session is given.

    Args:
        answer: The last word; None where there is none, or it is unclear.
        has_improved: Whether improvement was ever seen, whatever was said since.
    """

    answer: Literal["yes", "no"] | None = None
    has_improved: bool = False


Words = tuple[Assessment, ...]


class Improvement(NamedTuple):
    """What was said of improvement, and what is foreseen while nothing is.

    Args:
        assessments: All that was ever said, by its order of recording.
        after: The session after which it is foreseen; None after the unconditional ones.
        never: Whether none is foreseen.
        reviews: What ended early and lapse reviews, by day.
    """

    assessments: Words = ()
    after: int | None = None
    never: bool = False
    reviews: tuple[Review, ...] = ()

    def unreviewed(self, pauses: Iterable[DateRange], last: date) -> tuple[DateRange, ...]:
        """Return the pauses that nobody reviewed since they began, and that end after a day.

        Args:
            pauses: When the course rested.
            last: The day of the last session held.
        """
        word = max((review.on for review in self.reviews), default=date.min)
        return tuple(pause for pause in pauses if pause.last > last and pause.first > word)

    @property
    def standing(self) -> Words:
        """The assessments as they stand now."""
        return tuple(word for word in self.assessments if word.until is None)

    @property
    def changes(self) -> list[int]:
        """The places in the order of recording at which anything of it changed, in order."""
        places = {place for word in self.assessments for place in (word.since, word.until) if place}
        return sorted(places)

    def before(self, place: int) -> "Improvement":
        """Return the same as it was known just before a place in the order of recording."""
        known = (
            word._replace(until=None)
            for word in self.assessments
            if word.since < place and (word.until is None or word.until >= place)
        )
        return self._replace(assessments=tuple(known))


def known_by(words: Words, until: date, since: date = date.min) -> Known:
    """Return what is known on a day, the words of that day among it.

    Args:
        words: What was said, by its order of recording.
        until: The day.
        since: Words before it count no more: the course was started again on it.
    """
    by_day = {word.on: word.answer for word in words if since <= word.on <= until}
    if not by_day:
        return Known()
    answer = by_day[max(by_day)]
    return Known(None if answer == "unclear" else answer, "yes" in by_day.values())
