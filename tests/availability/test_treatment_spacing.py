"""The distance two treatments keep: whose rule holds, and which days it closes."""

import pytest

from meso_schedule import Clinic, Protocol, get_protocol
from meso_schedule.availability.named_treatments import check_names, other_treatment, treatment_of
from meso_schedule.availability.treatment_spacing import Pair, blocks_around, elsewhere, pair_of
from meso_schedule.base.errors import FormatError, InputError, UnknownNameError
from meso_schedule.base.identifiers import FAMILIES
from meso_schedule.clinic.clinic_spacing import ClinicSpacing
from meso_schedule.course.request import CourseRequest
from meso_schedule.course.wishes import OtherTreatment, Wanted
from meso_schedule.rules.catalogue import PACKAGED, packaged_ids
from meso_schedule.rules.known_treatments import known_treatments, plain
from tests.support.samples import ASSUMED, Table, clinic, codes_and_fields, faults_of, on, protocol

MONTH = ["7 days", "1 month"]
HYALURONIC, TOXIN = get_protocol("hyaluronic-acid"), get_protocol("mesobotox")


def spacing(other: str, minimum: str, **more: object) -> Table:
    return {"other": other, "minimum": minimum, **ASSUMED, **more}


def between(
    first: Protocol, other: Protocol, own: Clinic | None = None, area: str | None = None
) -> Pair:
    areas = [area] if area else []
    return pair_of(treatment_of(first, areas), treatment_of(other, areas), own or clinic())


def said(pair: Pair) -> tuple[list[str], list[str], bool, tuple[str, ...]]:
    sides = [[str(gap) for gap in side or ()] for side in (pair.after, pair.before)]
    return sides[0], sides[1], pair.same_day, pair.origin


def test_packaged_rules_of_mesotherapy_and_toxin() -> None:
    pair = between(HYALURONIC, TOXIN)
    both = ("hyaluronic-acid", "mesobotox")
    assert said(pair) == (["2 weeks"], ["2 weeks"], False, both), "published-figures.md, one clinic"
    assert any("Carruthers" in text and "[high]" in text for text in pair.sources)
    assert pair.rule.minimum == ("2 weeks",)


def test_the_stricter_of_two_rules_counts_either_way_round() -> None:
    one = protocol(id="one", spacing=[spacing("two", "3 days", minimum_before="1 week")])
    two = protocol(id="two", family="peel", spacing=[spacing("one", "5 days", same_day=True)])
    assert said(between(one, two)) == (["3 days"], ["1 week", "5 days"], False, ("one", "two"))
    assert said(between(two, one)) == (["5 days", "1 week"], ["3 days"], False, ("two", "one"))


def test_treatments_of_other_areas_are_free_where_the_rule_is_for_one_area() -> None:
    scalp = protocol(id="scalp-mix", areas=["Scalp"], spacing=[spacing("toxin", "9 days")])
    assert said(between(scalp, TOXIN)) == ([], [], False, ()), "no rule, so no shared day"
    everywhere = [spacing("toxin", "9 days", same_area=False)]
    anywhere = protocol(id="scalp-mix", areas=["Scalp"], spacing=everywhere)
    assert said(between(anywhere, TOXIN)) == (["9 days"], [], False, ("scalp-mix",))


def test_narrowed_areas() -> None:
    body = protocol(id="body", family="toxin", areas=["face", "belly"], spacing=[])
    assert between(HYALURONIC, body).origin == ("hyaluronic-acid",)
    with pytest.raises(InputError, match="does not treat neck"):
        between(HYALURONIC, body, area="neck")
    assert treatment_of(HYALURONIC, [" Face "]).areas == frozenset({"face"})


def rules(*tables: Table) -> Clinic:
    return clinic(spacing=list(tables))


def test_a_clinic_rule_takes_the_place_of_all_others() -> None:
    own = rules(
        {"first": "toxin", "other": "mesotherapy", "minimum": "3 days", "reason": "our way"}
    )
    assert said(between(HYALURONIC, TOXIN, own)) == ([], ["3 days"], False, ("clinic",))
    assert between(HYALURONIC, TOXIN, own).sources == ("our way",)


def test_of_clinic_rules_the_one_that_names_most_ids_holds() -> None:
    own = rules(
        {"first": "mesotherapy", "other": "toxin", "minimum": "30 days"},
        {"first": "mesobotox", "other": "mesotherapy", "minimum": "20 days"},
        {"first": "hyaluronic-acid", "other": "mesobotox", "minimum": "0 days", "same_day": True},
    )
    assert said(between(HYALURONIC, TOXIN, own)) == ([], [], True, ("clinic",))


def test_a_clinic_rule_of_a_family_with_itself_holds_both_ways() -> None:
    own = rules({"first": "mesotherapy", "other": "mesotherapy", "minimum": "4 days"})
    pair = between(HYALURONIC, get_protocol("facial-rejuvenation"), own)
    assert said(pair) == (["4 days"], ["4 days"], False, ("clinic",))


def test_a_clinic_rule_for_one_area_leaves_others_to_the_rule_files() -> None:
    own = rules({"first": "toxin", "other": "mesotherapy", "minimum": "1 day"})
    scalp = protocol(areas=["scalp"], spacing=[spacing("toxin", "8 days", same_area=False)])
    assert said(between(scalp, TOXIN, own))[0] == ["8 days"]


@pytest.mark.parametrize(
    ("table", "code", "field"),
    [
        ({"first": "peel", "other": "peel"}, None, None),
        ({"first": "mesobotox", "other": "mesobotox"}, "names_itself", "spacing[1].other"),
        ({"minimum": "1 week - 2 weeks"}, "negative_gap", "spacing[1].minimum"),
        ({"minimum_before": "1 month - 40 days"}, "negative_gap", "spacing[1].minimum_before"),
        ({"minimum": "-3 days"}, "bad_interval", "spacing[1].minimum"),
        ({"first": "Botox!"}, "bad_id", "spacing[1].first"),
    ],
)
def test_clinic_rules_that_make_no_sense(table: Table, code: str | None, field: str | None) -> None:
    rule = {"first": "peel", "other": "toxin", "minimum": "1 week", **table}
    found = codes_and_fields(faults_of(lambda: rules(rule)))
    assert found == ({(code, field)} if code else set())


def test_clinic_rules_that_contradict_each_other() -> None:
    first = {"first": "peel", "other": "toxin", "minimum": "1 week"}
    turned = {"first": "toxin", "other": "peel", "minimum": "2 weeks"}
    anywhere = {**turned, "same_area": False}
    assert codes_and_fields(faults_of(lambda: rules(first, turned))) == {
        ("contradiction", "spacing[2]")
    }
    assert not faults_of(lambda: rules(first, anywhere))
    broken = {"first": "peel", "other": 3, "minimum": "1 week"}
    assert ("contradiction", "spacing[3]") in codes_and_fields(
        faults_of(lambda: rules(first, broken, turned))
    )


def test_rule_files_may_not_space_a_protocol_from_itself() -> None:
    bad = [spacing("house-mix", "1 week"), spacing("toxin", "1 day - 1 week")]
    assert codes_and_fields(faults_of(lambda: protocol(spacing=bad))) == {
        ("names_itself", "spacing[1].other"),
        ("negative_gap", "spacing[2].minimum"),
    }
    unread = [{"other": "toxin"}, spacing("house-mix", "1 week")]
    assert ("names_itself", "spacing[2].other") in codes_and_fields(
        faults_of(lambda: protocol(spacing=unread))
    )


def test_every_packaged_rule_names_what_is_known() -> None:
    for path in PACKAGED.glob("*.toml"):
        for rule in get_protocol(path.stem).spacing:
            known = Treatments()
            assert rule.other in known.names, path.stem


class Treatments:
    names = ("mesotherapy", "toxin", "filler", "lipolysis", "peel", "device", *packaged_ids())


def test_a_clinic_rule_for_a_treatment_that_nobody_knows() -> None:
    own = rules({"first": "house-mix", "other": "fillers", "minimum": "1 week"})
    with pytest.raises(UnknownNameError, match="house-mix"):
        check_names(own, {})
    with pytest.raises(UnknownNameError, match="Did you mean filler") as caught:
        check_names(own, {"house-mix": protocol()})
    assert caught.value.faults[0].field == "spacing[1].other"


def test_treatments_given_elsewhere() -> None:
    filler = other_treatment(OtherTreatment.parse("filler face 2026-12-10"), {})
    assert filler.family == "filler"
    assert filler.areas is not None
    assert "face" in filler.areas
    peel = other_treatment(OtherTreatment.parse("peel 2026-12-10"), {})
    assert peel.meets(treatment_of(TOXIN))
    own = other_treatment(OtherTreatment.parse("house-mix 2026-12-10"), {"house-mix": protocol()})
    assert own.name == "house-mix"
    assert own.areas == frozenset({"face"})
    packaged = other_treatment(OtherTreatment.parse("mesobotox 2026-12-10"), {})
    assert packaged.title == "MesoBotox"
    with pytest.raises(UnknownNameError, match="Did you mean filler"):
        other_treatment(OtherTreatment.parse("fillers 2026-12-10"), {})


def blocked(pair: Pair, day: str) -> list[str]:
    return [str(block.days) for block in blocks_around(pair, on(day))]


def test_days_kept_free_around_a_treatment() -> None:
    filler = other_treatment(OtherTreatment.parse("filler 2026-12-10"), {})
    pair = pair_of(treatment_of(HYALURONIC), filler, clinic())
    # 14 days after hyaluronic acid before the filler, 3 weeks after the filler.
    assert blocked(pair, "2026-12-10") == [
        "2026-11-27..2026-12-09",
        "2026-12-10",
        "2026-12-11..2026-12-30",
    ]
    unknown = pair_of(treatment_of(protocol(spacing=[])), filler, clinic())
    assert blocked(unknown, "2026-12-10") == ["2026-12-10"]
    free = pair_of(treatment_of(protocol()), filler, clinic())
    assert blocked(free, "2026-12-10") == []
    day = rules({"first": "house-mix", "other": "filler", "minimum": "1 day", "same_day": True})
    assert blocked(pair_of(treatment_of(protocol()), filler, day), "2026-12-10") == []
    early = pair_of(treatment_of(HYALURONIC), filler, clinic())
    assert blocked(early, "0001-01-03")[0] == "0001-01-01..0001-01-02"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mesobotox", None),
        (" mesobotox*2 ", "mesobotox*2"),
        ("mesobotox@2027-02-01", None),
        ("mesobotox@2027-02-01*2", "mesobotox*2@2027-02-01"),
    ],
)
def test_wishes_read_and_written(text: str, shown: str | None) -> None:
    assert str(Wanted.parse(text)) == (shown or text)


@pytest.mark.parametrize(
    "text", ["", "*2", "a*", "a*0", "a*x", "a*2*3", "a@2027-02-30", "a@@", "@2027-01-01"]
)
def test_wishes_that_cannot_be_read(text: str) -> None:
    with pytest.raises(FormatError):
        Wanted.parse(text)


@pytest.mark.parametrize("text", ["", "filler", "2026-12-10", "filler face", "filler 2026-13-01"])
def test_other_treatments_that_cannot_be_read(text: str) -> None:
    with pytest.raises(FormatError):
        OtherTreatment.parse(text)
    assert (
        str(OtherTreatment.parse("filler upper face 2026-12-10")) == "filler upper face 2026-12-10"
    )


def test_two_of_one_family_without_a_rule_stand_a_week_apart() -> None:
    pair = between(HYALURONIC, get_protocol("facial-rejuvenation"))
    assert said(pair) == (["7 days"], ["7 days"], False, ())
    assert [str(text) for text in pair.sources] == [
        "Assumption: no source gives a distance between two treatments of one family"
    ]
    scalp = between(HYALURONIC, get_protocol("hair-loss"))
    assert said(scalp) == ([], [], False, ()), "of other areas only the day is not shared"


@pytest.mark.parametrize("name", ["toxin", "Botox", "dysport", "Xeomin forehead", "mesobotox"])
def test_toxin_elsewhere_binds_both_ways(name: str) -> None:
    """The manufacturer asks for 90 days between any two; the label counts units anywhere."""
    made = CourseRequest.read({"other": [f"{name} 2026-12-10"]})
    (pair,), blocks = elsewhere(TOXIN, made, clinic(), {})
    assert said(pair)[:3] == (["90 days"], ["90 days"], False)
    assert any("[high]" in text for text in pair.sources)
    # Less than 90 days before the 10 December begins on 12 September, after it ends on 9 March.
    assert [str(block.days) for block in blocks] == [
        "2026-09-12..2026-12-09",
        "2026-12-10",
        "2026-12-11..2027-03-09",
    ]


@pytest.mark.parametrize(
    ("own", "name", "after", "before", "source"),
    [
        ("facial-rejuvenation", "peel", ["14 days"], ["4 weeks"], "two clinics"),
        ("facial-rejuvenation", "vaccine", [], ["1 week"], "bellareynaspa.com"),
        ("facial-rejuvenation", "antibiotics", [], ["2 weeks"], "bellareynaspa.com"),
        ("facial-rejuvenation", "dental work", ["1 month"], ["1 month"], "fullcircle.nz"),
        ("facial-rejuvenation", "sun", ["10 days"], ["3 weeks"], "isbnu.com"),
        ("facial-rejuvenation", "flight", ["4 days"], [], "fullcircle.nz"),
        ("facial-rejuvenation", "isotretinoin", [], ["6 months"], "label"),
        ("facial-rejuvenation", "Restylane face", ["14 days"], ["3 weeks"], "one clinic"),
        ("facial-rejuvenation", "Juvéderm", ["14 days"], ["3 weeks"], "one clinic"),
        ("facial-rejuvenation", "Lemon Bottle face", ["14 days"], [], "one clinic"),
        ("mesobotox", "Restylane", ["2 weeks"], ["2 weeks"], "Carruthers"),
        ("deoxycholic-chin", "laser", ["14 days"], [], "three clinics"),
        ("deoxycholic-chin", "chemical peel chin", ["14 days"], [], "three clinics"),
        ("mesobotox", "vaccine", [], [], "none published"),
        # Of the own id or family without a rule: a first interval, four weeks or one.
        (
            "hyaluronic-acid",
            "hyaluronic-acid",
            ["7 days", "28 days"],
            ["7 days", "28 days"],
            "rule",
        ),
        ("hyaluronic-acid", "mesotherapy", ["7 days", "28 days"], ["7 days", "28 days"], "rule"),
        ("cellulite", "mesotherapy thighs", ["7 days"], ["7 days"], "rule"),
    ],
)
def test_published_distances_to_what_is_given_elsewhere(
    own: str, name: str, after: list[str], before: list[str], source: str
) -> None:
    made = CourseRequest.read({"other": [f"{name} 2026-12-10"]})
    (pair,), _ = elsewhere(get_protocol(own), made, clinic(), {})
    assert said(pair)[:3] == (after, before, own == "mesobotox" and name == "Restylane"), source


def test_a_rule_of_a_family_for_itself_holds_both_ways() -> None:
    one = protocol(id="one", family="toxin", spacing=[spacing("toxin", "90 days")])
    two = protocol(id="two", family="toxin", spacing=[])
    assert said(between(one, two)) == (["90 days"], ["90 days"], False, ("one",))
    assert said(between(two, one)) == (["90 days"], ["90 days"], False, ("one",))


def test_a_distance_needs_a_direction() -> None:
    def table(**sides: str) -> Table:
        return {"other": "mesotherapy", **ASSUMED, **sides}

    assert protocol(spacing=[table(minimum="1 day")])
    assert protocol(family="peel", spacing=[table(minimum_before="1 day")])
    for tables in ([table()], [table(minimum_before="1 day")]):
        faults = faults_of(lambda rules=tables: protocol(spacing=rules))  # type: ignore[misc]
        assert codes_and_fields(faults) == {("missing_key", "spacing[1].minimum")}
    bare = {"first": "peel", "other": "toxin"}
    assert codes_and_fields(faults_of(lambda: rules(bare))) == {
        ("missing_key", "spacing[1].minimum")
    }


def test_a_direction_without_a_figure_is_told() -> None:
    one = protocol(id="one", name="One", spacing=[spacing("peel", "2 weeks")])
    two = protocol(id="two", name="Two", family="peel", spacing=[])
    rule = between(one, two).rule
    assert rule.no_figure == ("minimum_before",)
    assert list(rule.unpublished("One", "Two")) == ["Two before One: no published figure, ask"]
    turned = between(two, one).rule
    assert list(turned.unpublished("Two", "One")) == ["Two before One: no published figure, ask"]
    said_so = spacing("peel", "2 weeks", minimum_before="0 days")
    assert not between(protocol(id="one", spacing=[said_so]), two).rule.no_figure
    own = rules({"first": "one", "other": "peel", "minimum": "1 week"})
    assert not between(one, two, own).rule.no_figure, "the clinic knows its own rules"


def test_a_clinic_may_have_rules_for_what_is_known_elsewhere() -> None:
    own = rules({"first": "vaccine", "other": "toxin", "minimum": "2 days"})
    check_names(own, {})
    made = CourseRequest.read({"other": ["COVID vaccine 2026-12-10"]})
    (pair,), _ = elsewhere(TOXIN, made, own, {})
    assert said(pair) == ([], ["2 days"], False, ("clinic",))


def test_what_is_known_names_what_there_is() -> None:
    """Each entry of the table: its rules, its protocols and its sources exist, none is idle."""
    table = known_treatments()
    used = set()
    for entry in table.treatments:
        assert set(entry.protocols) <= set(packaged_ids())
        assert entry.family is None or entry.family in FAMILIES
        for distance in entry.distances:
            assert set(distance.others) <= {*FAMILIES, *packaged_ids()}
            assert distance.sources
            assert distance.minimum or distance.minimum_before
            used |= set(distance.sources)
    assert used == {source.key for source in table.sources}
    names = [plain(name) for entry in table.treatments for name in entry.titles]
    assert sorted(names) == sorted(set(names)), "no name for two"
    assert not set(names) & set(map(plain, packaged_ids()))


@pytest.mark.parametrize(
    ("protocol", "text", "is_same"),
    [
        ("facial-rejuvenation", "Botox forehead 2026-12-10", True),
        ("facial-rejuvenation", "Botox Lips 2026-12-10", True),
        ("facial-rejuvenation", "Botox face 2026-12-10", True),
        ("facial-rejuvenation", "Botox hands 2026-12-10", False),
        ("facial-rejuvenation", "Botox thighs 2026-12-10", False),
        ("eye-prp", "filler face 2026-12-10", True),
        ("eye-prp", "filler forehead 2026-12-10", False),
        ("cellulite", "peel thighs 2026-12-10", True),
        ("hair-loss", "peel body 2026-12-10", False),
    ],
)
def test_part_of_an_area_is_the_same_area(protocol: str, text: str, is_same: bool) -> None:
    other = other_treatment(OtherTreatment.parse(text), {})
    assert treatment_of(get_protocol(protocol)).meets(other) is is_same


def test_parts_of_areas_are_written_small_and_belong_to_one() -> None:
    parts = [part for area in known_treatments().areas for part in area.parts]
    assert sorted(parts) == sorted({part.casefold() for part in parts})


def test_same_day_is_refused_by_default() -> None:
    assert not ClinicSpacing(first="peel", other="toxin", minimum="0 days").same_day
