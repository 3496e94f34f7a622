"""Pairs of ways out as the book tells them: where no single change works, what two do."""

import shlex

from tests.cli.courses.desk import Counter


def test_a_pair_works_as_typed_and_is_told_as_data(counter: Counter) -> None:
    course = counter.open()
    counter.done("courses", "move", course, "2", "--to", "2026-12-09", "--alone", "--yes")
    asked = ("courses", "replan", course, "--days", "tue,thu")
    away = ("--away", "2026-12-07..2026-12-20")
    told = counter.ask(*asked, *away, "--format", "json")
    assert told.code == 1
    pairs = told.json["relaxations"]
    assert [it["message"] for it in pairs] == [
        "Both: Come on 2026-12-08; 2026-12-15 after all. Let booked session 2 move.",
        "Both: Come on 2026-12-09; 2026-12-16 after all."
        " Come on other weekdays: 2026-12-09; 2026-12-16.",
        "Both: Start 8 days later: 2026-12-09. Let booked session 2 move.",
    ]
    for pair in pairs:
        assert pair["kind"] == "pair"
        first, second = pair["changes"]
        assert pair["cost_days"] == first["cost_days"] + second["cost_days"]
        assert pair["option"] == f"{first['option']} {second['option']}"
        typed = counter.ask("courses", "replan", course, *shlex.split(pair["option"]))
        assert typed.code == 0, typed
    shown = counter.ask(*asked, *away).err
    assert (
        "  3. Both: Start 8 days later: 9 Dec 2026. Let booked session 2 move. Write --start"
        in shown
    )
