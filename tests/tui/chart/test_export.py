"""Plots in files: SVG that parses, CSV and JSON with every point."""

from __future__ import annotations

import csv
import io
import json
import math
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from slt_engine.run.directory import RunError
from slt_tui.chart.export import export_plot
from slt_tui.chart.plot import Plot
from slt_tui.chart.svg import to_svg
from slt_tui.chart.table import to_csv, to_json
from slt_tui.chart.view import View
from slt_tui.series import Points
from tests.support.points import decay, line, points

SVG = "{http://www.w3.org/2000/svg}"


def paths_of(svg: str, look: str) -> list[str]:
    return [
        found.attrib["d"] for found in ET.fromstring(svg).iter(f"{SVG}path") if found.get("class") == look
    ]


def test_an_svg_has_title_legend_ticks_and_a_line_of_the_points() -> None:
    svg = to_svg([Plot([line(decay(50))], title="loss", metric="loss", axis="epoch")])
    texts = [found.text for found in ET.fromstring(svg).iter(f"{SVG}text")]
    assert {"loss", "epoch", "train 0.3276", "1", "4", "50"} <= set(texts)
    (path,) = paths_of(svg, "line")
    assert path.count("M") == 1
    assert path.count("L") == 49


def test_an_svg_of_a_million_points_is_small_and_keeps_the_spike() -> None:
    y = np.ones(1_000_000)
    y[345_678] = 9.0
    svg = to_svg([Plot([replace(line([]), points=Points(np.arange(1e6), y))], metric="loss")])
    assert len(svg) < 200_000
    heights = [float(part.split()[1].split("h")[0]) for part in paths_of(svg, "line")[0][1:].split("L")]
    assert heights.count(min(heights)) == 1


def test_an_svg_breaks_at_gaps_and_shows_what_is_zoomed_into_on_a_logarithm() -> None:
    plot = Plot([line([1.0, math.nan, 2.0, 0.0, 4.0, 5.0])], View((2.0, 6.0), y_log=True), metric="loss")
    (path,) = paths_of(to_svg([plot]), "line")
    assert path.count("M") == 3
    assert path.count("L") == 1


def test_an_svg_escapes_what_names_hold() -> None:
    name = """<b>&"'"""
    svg = to_svg([Plot([line([1.0, 2.0], label=name)], title=name)])
    assert any(name in (found.text or "") for found in ET.fromstring(svg).iter(f"{SVG}text"))


def test_an_svg_of_nothing_says_so() -> None:
    assert "no value yet" in to_svg([Plot([], title="loss"), Plot([line([math.nan])])])


def test_a_csv_has_a_row_for_each_point_with_what_it_was_smoothed_from() -> None:
    raw = line([1.0, math.nan, 0.25])
    smooth = replace(raw, points=points([1, 2, 3], [1.0, math.nan, 0.5]), ghost=raw.points)
    text = to_csv([Plot([smooth, line([7.0], label="a, b")], View((2.0, 3.0)), metric="loss", axis="step")])
    assert list(csv.reader(io.StringIO(text))) == [
        ["metric", "series", "step", "value", "raw"],
        ["loss", "train", "1", "1", "1"],
        ["loss", "train", "2", "", ""],
        ["loss", "train", "3", "0.5", "0.25"],
        ["loss", "a, b", "1", "7", "7"],
    ]


def test_json_has_an_object_for_each_series() -> None:
    found = json.loads(to_json([Plot([line([1.5, math.nan])], metric="cer", axis="epoch")]))
    assert found == {
        "series": [{"metric": "cer", "series": "train", "axis": "epoch", "x": [1, 2], "y": [1.5, None]}]
    }


def test_a_file_whose_ending_is_unknown_or_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"loss\.png: name a file that ends in \.svg, \.csv, \.json"):
        export_plot(Plot([]), tmp_path / "loss.png")
    with pytest.raises(RunError, match="No such file or directory"):
        export_plot(Plot([]), tmp_path / "nowhere" / "loss.svg")
