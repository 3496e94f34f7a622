"""The criteria of a calendar: their names, their order and their words, in one table."""

from typing import Annotated

from meso_schedule.base.models import Model
from meso_schedule.base.phrases import Phrase, phrase


class Objective(Model):
    """What the calendar minimises, in this order, before the earliest dates decide.

    This is the table of the criteria: the search packs them and the findings name them by it.
    `moved` and `moved_days` are for booked sessions, `visits` for combined treatments.
    `other_practitioner` is for clinics that say who treats.
    `bound` is what no calendar is better than, where the best one of a combined plan is not proven.
    """

    late_days: Annotated[int, phrase("days past the windows")]
    moved: Annotated[int | None, phrase("booked sessions that move")] = None
    moved_days: Annotated[int | None, phrase("days by which booked sessions move")] = None
    start_days: Annotated[int, phrase("days from the start")]
    visits: Annotated[int | None, phrase("visits")] = None
    other_practitioner: Annotated[int | None, phrase("sessions not with the main practitioner")] = (
        None
    )
    preference_misses: Annotated[int, phrase("sessions off the preferred weekdays")]
    squared_deviation: Annotated[int, phrase("squared days from the recommended ones")]
    time_minutes: Annotated[int, phrase("minutes from the preferred time")]
    bound: "Objective | None" = None


CRITERIA: dict[str, Phrase] = {
    name: words for name, field in Objective.model_fields.items() for words in field.metadata
}
