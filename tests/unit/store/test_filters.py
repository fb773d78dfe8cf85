"""Which records filters select, beyond what stands in the records themselves."""

import pytest

from docintel.index.passages import split_passages
from docintel.schema import Check, Filters, Relation
from docintel.store.catalog import Catalog
from tests.factories import evidence, make_document, make_extraction, make_statistic

TEXT = "甲院发现问题38个，其中乙科12个、丙科20个。丁院发现线索9条。"
OF_FIGURES = [
    (Filters(unit="甲院"), 1),
    (Filters(unit="乙科"), 1),
    (Filters(unit="丁院"), 0),
    (Filters(region="云溪市"), 1),
    (Filters(region="安宁县"), 0),
    (Filters(since="2022", until="2022-12"), 1),
    (Filters(since="2023"), 0),
    (Filters(until="2021"), 0),
    (Filters(unit="甲院", region="云溪市"), 1),
    (Filters(unit="丁院", region="云溪市"), 0),
    (Filters(unit="乙科", since="2023"), 0),
]


@pytest.fixture
def catalog(tmp_path):
    document = make_document(TEXT, published="2023-05-04")

    def figure(quote, value, unit, **place):
        return make_statistic(document, quote, value=value, unit=unit, **place)

    here = {"region": "某省云溪市", "period": "2022-06"}
    statistics = (
        figure("发现问题38个", 38.0, "甲院", **here),
        figure("乙科12个", 12.0, "乙科", **here),
        figure("丙科20个", 20.0, "丙科", **here),
        figure("发现线索9条", 9.0, "丁院", region="某省安宁县", period="2023"),
    )
    check = Check(
        evidence=evidence(document, "发现问题38个"),
        relation=Relation.PARTS,
        statistics=(0, 1, 2),
        against=(evidence(document, "乙科12个"), evidence(document, "丙科20个")),
        stated=38.0,
        computed=32.0,
        holds=False,
    )
    extraction = make_extraction(document, statistics=statistics, checks=(check,), region="某省安宁县")
    with Catalog(tmp_path / "catalog.sqlite") as opened:
        opened.put(extraction, split_passages(extraction), path="/in/a.txt", extractor="1")
        yield opened


@pytest.mark.parametrize("all_sources", [True, False])
@pytest.mark.parametrize(("filters", "found"), OF_FIGURES, ids=str)
def test_a_check_is_of_the_units_places_and_times_of_its_figures(catalog, filters, found, all_sources):
    assert len(catalog.records("checks", filters, all_sources=all_sources)) == found


def test_figures_are_selected_by_their_own(catalog):
    assert len(catalog.records("statistics", Filters(unit="甲院"))) == 1
    assert len(catalog.records("statistics", Filters(region="云溪市"))) == 3
