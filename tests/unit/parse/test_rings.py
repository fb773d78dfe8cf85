import cv2
import numpy as np
import pytest

from docintel.parse.scan.rings import find_rings, is_legend, without_rims

SCALE = 72 / 200


def page(*seals, rules=()):
    ink = np.zeros((2339, 1654), np.uint8)
    for x, y, radius in seals:
        cv2.circle(ink, (x, y), radius, 1, thickness=9)
    for start, end in rules:
        cv2.line(ink, start, end, 1, 3)
    return ink.astype(bool)


@pytest.mark.parametrize("radius", [118, 165, 195])
def test_a_seal_is_found_by_its_rim(radius):
    (ring,) = find_rings(page((1100, 1900, radius)), SCALE)
    assert (ring.x, ring.y, ring.radius) == pytest.approx((1100, 1900, radius), abs=8)


def test_tables_letters_and_small_circles_are_no_seals():
    table = [((100, y), (1500, y)) for y in range(300, 900, 100)] + [
        ((x, 300), (x, 800)) for x in range(100, 1600, 350)
    ]
    assert find_rings(page((800, 1800, 20), (300, 1500, 40), rules=table), SCALE) == []


def test_a_rim_is_no_rule_and_the_rules_stay():
    rules = page((1100, 1900, 165), rules=[((100, 1000), (1500, 1000))])
    left = without_rims(rules, find_rings(rules, SCALE), SCALE)
    assert left[1000, 100:1500].all()
    assert left[1700:2100].sum() < 0.4 * rules[1700:2100].sum()


def test_letters_along_the_rim_are_a_legend_and_lines_across_it_are_not():
    rings = find_rings(page((1100, 1900, 165)), SCALE)
    assert is_legend((1080, 1770, 1120, 1810), rings)
    assert not is_legend((900, 1880, 1250, 1920), rings)
    assert not is_legend((1080, 1600, 1120, 1640), rings)
