"""Line charts as SVG, with nothing but Python.

    text = line_chart("Title", {"Stint": [(1, 80.0), (10, 35.0)]}, "objects", "us an object")

Both axes are logarithmic: what is twice as fast is as far away everywhere.
"""

import math
from html import escape

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 190, 46, 52
COLOURS = ["#c0392b", "#2c6fbb", "#2e8b57", "#8e6bbf", "#d08a1d", "#607080"]


class Axis:
    """Maps values onto a length, by their logarithm."""

    def __init__(self, values, start, end):
        self.low = min(values)
        self.high = max(max(values), self.low * 1.01)
        self.start, self.end = start, end

    def at(self, value):
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self):
        """1, 2, 5, 10, 20 ..., as many as fit; only powers of ten over a long way."""
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        steps = (1, 2, 5) if math.log10(self.high / self.low) < 2.5 else (1,)
        marks = [step * 10.0**power for power in powers for step in steps]
        return [mark for mark in marks if self.low * 0.999 <= mark <= self.high * 1.001]


def number(value):
    return f"{value:,.0f}" if value >= 10 else f"{value:.3g}"


def text(x, y, words, anchor="start", extra=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {extra}>{escape(words)}</text>'


def line(x1, y1, x2, y2, colour):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def frame(title, x_label, y_label):
    middle = TOP + (HEIGHT - TOP - BOTTOM) / 2
    return [
        text(LEFT, 24, title, extra='font-size="15" font-weight="bold"'),
        text(LEFT + (WIDTH - LEFT - RIGHT) / 2, HEIGHT - 12, x_label, "middle"),
        text(16, middle, y_label, "middle", f'transform="rotate(-90 16 {middle:.1f})"'),
    ]


def grid(x_axis, y_axis, x_marks):
    parts = []
    for mark in y_axis.ticks():
        y = y_axis.at(mark)
        parts += [line(LEFT, y, WIDTH - RIGHT, y, "#dddddd"), text(LEFT - 6, y + 4, number(mark), "end")]
    for mark in x_marks:
        x = x_axis.at(mark)
        parts += [line(x, TOP, x, HEIGHT - BOTTOM, "#eeeeee"), text(x, HEIGHT - BOTTOM + 18, number(mark), "middle")]
    return parts


def curve(points, colour, bold, x_axis, y_axis):
    places = [(x_axis.at(x), y_axis.at(y)) for x, y in points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    width = 3 if bold else 1.6
    return [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>'] + [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places
    ]


def legend(names):
    parts = []
    for place, (name, colour) in enumerate(zip(names, COLOURS)):
        y = TOP + 12 + place * 20
        parts += [f'<rect x="{WIDTH - RIGHT + 16}" y="{y - 9}" width="12" height="12" fill="{colour}"/>']
        parts += [text(WIDTH - RIGHT + 34, y + 1, name)]
    return parts


def line_chart(title, series, x_label, y_label):
    """The first of the series is drawn bold. Values are positive."""
    series = {name: [(x, y) for x, y in sorted(points) if y > 0] for name, points in series.items()}
    x_values = sorted({x for points in series.values() for x, _ in points})
    y_values = [y for points in series.values() for _, y in points]
    x_axis = Axis(x_values, LEFT, WIDTH - RIGHT)
    y_axis = Axis(y_values, HEIGHT - BOTTOM, TOP)
    parts = frame(title, x_label, y_label) + grid(x_axis, y_axis, x_values)
    for place, (points, colour) in reversed(list(enumerate(zip(series.values(), COLOURS)))):
        parts += curve(points, colour, place == 0, x_axis, y_axis)
    parts += legend(series)
    style = 'font-family="sans-serif" font-size="12" fill="#333333"'
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {style}>\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>\n{body}\n</svg>\n'
    )
