"""Clinic files and rule files of one's own: checked at once, begun from one that ships."""

import json

from meso_schedule.rules.catalogue import get_protocol
from tests.support.command_line import CLINIC, Run, write


def test_a_clinic_file_is_checked(run: Run) -> None:
    write("good.toml", CLINIC)
    assert run("clinic", "check", "good.toml")[:2] == (0, "good.toml is in order.\n")
    prices = '[prices.facial-rejuvenatoin]\nsession = "180.00"\n[treatments.hair]\nminutes = 30\n'
    write("bad.toml", f'colour = "red"\ncountry = "France"\n{CLINIC}{prices}')
    ran = run("clinic", "check", "bad.toml", "--format", "json")
    assert ran.code == 1
    assert "colour" in {it["field"] for it in ran.json["errors"]}
    ran = run("clinic", "check", "bad.toml")
    assert ran.code == 1
    for told in (
        "colour",
        "Write its ISO code of two capitals, for example FR.",
        "There is no protocol facial-rejuvenatoin. Did you mean facial-rejuvenation?",
        "There is no protocol hair.",
    ):
        assert told in " ".join(ran.err.split()), told
    assert run("clinic", "check", "missing.toml").code == 2
    write("nowhere.toml", f'country = "Nowhere"\n{CLINIC}')
    assert "for example GB" in run("clinic", "check", "nowhere.toml").err.replace("\n", " ")


def test_what_does_not_go_with_its_protocols(run: Run) -> None:
    who = '[[practitioners]]\nid = "a"\nname = "A"\ntreats = ["nonsense"]\n'
    write("clinic.toml", f"{CLINIC}[treatments.general]\nusual = 39\n{who}")
    ran = run("clinic", "check", "clinic.toml")
    assert ran.code == 1
    assert "There is no family or protocol nonsense." in " ".join(ran.err.split())
    assert "39" in ran.err
    # Told with whatever else is wrong, in what can be read.
    write("faulty.toml", f"overlap = 7\n{CLINIC}[treatments.general]\nusual = 39\n{who}")
    told = run("clinic", "check", "faulty.toml", "--format", "json").json["errors"]
    assert [it["field"] for it in told] == [
        *("overlap", "practitioners[1].treats", "treatments.general.usual"),
    ]
    few = 'treats = ["mesotherapy", "toxin", "filler"]\n'
    write(
        "few.toml", f'{CLINIC}[[practitioners]]\nid = "a"\nname = "A"\n{few}[[rooms]]\nid = "r"\n'
    )
    ran = run("clinic", "check", "few.toml")
    assert (ran.code, ran.out) == (0, "few.toml is in order.\n")
    assert ran.err.startswith("Nobody treats: ")
    assert "aqualyx-clinics" in ran.err
    assert " cellulite," not in ran.err
    (told,) = run("clinic", "check", "few.toml", "--format", "json").json["findings"]
    assert told == " ".join(ran.err.split())
    write("mine.toml", run("protocols", "new", "mine", "--from", "general").out)
    write("own.toml", f'{CLINIC}[prices.mine]\nsession = "80.00"\n')
    assert run("clinic", "check", "own.toml").code == 1
    assert run("clinic", "check", "own.toml", "--rules", "mine.toml").code == 0


def test_a_rule_file_begins_from_one_that_ships(run: Run) -> None:
    made = run("protocols", "new", "my-face", "--from", "facial-rejuvenation", "-o", "my.toml")
    assert made.code == 0
    assert run("protocols", "check", "my.toml").code == 0
    shown = json.loads(
        run("protocols", "show", "my-face", "--rules", "my.toml", "--format", "json").out
    )
    known = json.loads(get_protocol("facial-rejuvenation").model_dump_json())
    assert {name for name in known if shown[name] != known[name]} <= {"id", "digest"}
    assert run("protocols", "new", "my-face", "--from", "my-face").code == 2
