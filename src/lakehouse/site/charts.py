"""Charts as Vega-Lite, without data and without colours: the browser adds both."""

from collections.abc import Mapping, Sequence
from typing import Any

from lakehouse.site.content import KINDS, Chart, Column

_D3 = {
    "amount": ",.2f",
    "count": ",",
    "average": ".2f",
    "index": ".4f",
    "ratio": ".1%",
    "pct": ".2f",
    "points": ".3f",
    "seconds": ".2f",
    "kilobytes": ",",
    "dollars": ".6f",
}
_UNITS = {"date": "yearmonthdate", "month": "yearmonth", "moment": "yearmonthdatehoursminutes"}


def lines(columns: Mapping[str, Column], x: str, y: str, *, color: str = "") -> Chart:
    """Values over time, a line for each value of `color`."""
    return {
        "height": 260,
        "mark": {"type": "line", "point": True},
        "encoding": {
            "x": _time(columns, x),
            "y": _amount(columns, y),
            "tooltip": _tooltip(columns, [x, color, y]),
            **_color(columns, color),
        },
    }


def columns_over_time(
    columns: Mapping[str, Column], x: str, y: str, *, color: str = "", unit: str = "yearmonth"
) -> Chart:
    """Sums per period as columns, one on another for each value of `color`.

    Args:
        unit: `yearmonth` or `yearmonthdate`, the width of a column.
    """
    return {
        "height": 260,
        "mark": {"type": "bar"},
        "encoding": {
            "x": {**_time(columns, x), "timeUnit": f"utc{unit}"},
            "y": _amount(columns, y),
            "tooltip": _tooltip(columns, [x, color, y]),
            **_color(columns, color),
        },
    }


def bars(columns: Mapping[str, Column], y: str, x: str, *, color: str = "", most: int = 0) -> Chart:
    """Things beside their values, in the order of the answer.

    Args:
        most: show the first so many only; 0 for all.
    """
    chart: Chart = {
        "height": {"step": 26},
        "mark": {"type": "bar", "cornerRadiusEnd": 2},
        "encoding": {
            "y": {
                "field": y,
                "type": "nominal",
                "sort": None,
                "title": None,
            },
            "x": _amount(columns, x),
            "tooltip": _tooltip(columns, [y, color, x]),
            **_color(columns, color),
        },
    }
    if most:
        # Vega-Lite has no such word: page.js takes the first rows.
        chart["most"] = most
    return chart


def _time(columns: Mapping[str, Column], name: str) -> dict[str, Any]:
    return {
        "field": name,
        "type": "temporal",
        "scale": {"type": "utc"},
        "title": columns[name].title.as_json(),
        "axis": {"grid": False, "labelOverlap": True, "tickCount": 6},
    }


def _amount(columns: Mapping[str, Column], name: str) -> dict[str, Any]:
    column = columns[name]
    axis: dict[str, Any] = {"tickCount": 5}
    if column.kind == "ratio":
        axis["format"] = ".0%"
    if column.kind == "count":
        axis["tickMinStep"] = 1
    return {
        "field": name,
        "type": "quantitative",
        "title": column.title.as_json(),
        "axis": axis,
    }


def _color(columns: Mapping[str, Column], name: str) -> dict[str, Any]:
    """The channel that tells values of a column apart; none without a name."""
    if not name:
        return {}
    channel = {
        "field": name,
        "type": "nominal",
        "title": columns[name].title.as_json(),
        "legend": {"orient": "top", "columns": 4, "labelLimit": 160},
    }
    return {"color": channel}


def _tooltip(columns: Mapping[str, Column], names: Sequence[str]) -> list[dict[str, Any]]:
    return [_told(columns[name], name) for name in names if name]


def _told(column: Column, name: str) -> dict[str, Any]:
    told: dict[str, Any] = {"field": name, "title": column.title.as_json()}
    if KINDS[column.kind] is not None:
        return {**told, "type": "quantitative", "format": _D3[column.kind]}
    if column.kind in _UNITS:
        return {**told, "type": "temporal", "timeUnit": f"utc{_UNITS[column.kind]}"}
    return {**told, "type": "nominal"}
