"""A course is found by patient, reference and the beginning of its id."""

from tests.cli.courses.desk import Counter


def found(counter: Counter, text: str) -> list[str]:
    ran = counter.ask("courses", "find", text, "--format", "json")
    courses = [line["course"] for line in ran.json["courses"]]
    assert ran.code == (0 if courses else 1)
    return courses


def test_courses_are_found(counter: Counter) -> None:
    anna = counter.open("--reference", "EX-0001", patient="Anna Secret")
    ben = counter.open("--reference", "EX-0002", patient="Ben Hidden")
    assert found(counter, "anna") == [anna]
    assert found(counter, "HIDDEN") == [ben]
    assert found(counter, "ex-0002") == [ben]
    assert sorted(found(counter, "EX-")) == sorted([anna, ben])
    assert found(counter, anna[:7]) == [anna]
    assert found(counter, "nobody") == []
    assert "Anna Secret" in counter.ask("courses", "find", "secret").out
    assert counter.ask("courses", "find", "nobody").out == "No courses.\n"
    assert counter.refused("courses", "find", " ") == (2, "missing_argument")
    counter.done("courses", "erase", ben, "--yes")
    assert found(counter, "hidden") == []


def test_the_beginning_of_an_id_names_a_course(counter: Counter) -> None:
    anna, ben = counter.open(), counter.open(patient="Ben Hidden")
    length = next(place for place in range(8) if anna[place] != ben[place]) + 1
    short = anna[:length].upper()
    assert counter.done("courses", "show", short)["course"] == anna
    assert counter.done("courses", "note", short, "called")["course"] == anna
    assert counter.done("courses", "history", short)["course"] == anna
    counter.done("courses", "print", short, "--output", "a.txt")
    if length > 1:
        assert counter.refused("courses", "show", anna[: length - 1])[0] == 2
    unused = next(sign for sign in "2345" if sign not in (anna[0], ben[0]))
    assert counter.refused("courses", "note", unused, "x") == (2, "bad_course_id")
