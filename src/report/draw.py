# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""Draws charts (src/report/chart.hpp) with matplotlib: python3 -c DRAW FOLDER < charts.json > inline.json

Reads {"charts": [...]}, writes NAME.svg and NAME.png of each below FOLDER, on white, and prints {NAME: text of an <svg> for a
page}, in the page's colour. Exit code 3: no matplotlib here. What is drawn is decided elsewhere; how it looks is decided here:
colours of Okabe and Ito, which the colour-blind tell apart, with dashes and markers of their own for print.
"""
import sys

sys.path[:] = [folder for folder in sys.path if folder not in ("", ".")]  # a json.py where the program runs is not ours
import io
import json
import logging
import math
import os
import re
import textwrap
import warnings

os.environ["MPLBACKEND"] = "Agg"
logging.disable(logging.WARNING)
warnings.simplefilter("ignore")  # glyphs that the font lacks, axes without values
try:
    import matplotlib
    from matplotlib import cm, colors, pyplot, ticker
except ImportError as error:
    print(error, file=sys.stderr)
    sys.exit(3)

INK = "#1c1d1f"  # becomes the page's colour in the inlined copy; no other thing has it
SERIES = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c8c8c"]
DASHES = ["-", (0, (5, 1.6)), (0, (5, 1.4, 1, 1.4)), (0, (1.2, 1.2)), (0, (8, 2)), (0, (3, 1.2, 1, 1.2, 1, 1.2)), (0, (2, 2))]
MARKERS = ["o", "s", "^", "D", "v", "P", "X"]
HATCHES = ["", "//", "..", "\\\\", "xx", "--", "++"]
# Both ends left out: the darkest vanishes on a dark page, the brightest on a white one. From 50 on, a colour bar would be a bitmap.
SHADES = colors.ListedColormap(matplotlib.colormaps["viridis"]([0.22 + 0.66 * i / 47 for i in range(48)]))
WIDTH = 7.2  # inches
SYMLOG_FROM = 3

matplotlib.rcParams.update(matplotlib.rcParamsDefault)  # a user's own settings are for other plots
matplotlib.rcParams.update({
    "svg.hashsalt": "orbitwalk", "svg.fonttype": "none", "text.parse_math": False, "font.family": ["DejaVu Sans"], "font.size": 9,
    "axes.titlesize": 9, "axes.labelsize": 9, "xtick.labelsize": 8, "ytick.labelsize": 8, "legend.fontsize": 8.5, "text.color": INK,
    "axes.edgecolor": INK, "axes.labelcolor": INK, "xtick.color": INK, "ytick.color": INK, "axes.facecolor": "none",
    "axes.spines.top": False, "axes.spines.right": False, "axes.linewidth": 0.7, "xtick.major.width": 0.7, "ytick.major.width": 0.7,
    "lines.linewidth": 1.4, "lines.markersize": 3.6, "legend.frameon": False, "hatch.linewidth": 0.6, "axes.formatter.limits": (-4, 5),
    "axes.formatter.useoffset": False})


def plain(text, most=70):
    """Text that any SVG may hold, on one line; an underscore in front would hide it from a legend."""
    text = "".join(c if c.isprintable() else "\ufffd" for c in text)
    text = text if len(text) <= most else text[:most - 1] + "…"
    return "\u2009" + text if text.startswith("_") else text


def floats(values):
    return [math.nan if value is None else value for value in values]


def power_of_ten(value, _=None):
    """Tick labels of logarithmic axes."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else ""
    if 1e-3 <= abs(value) < 1e4:
        return f"{value:g}".replace("-", "−")
    factor, exponent = f"{value:.5e}".split("e")
    digits = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    front = {1: "", -1: "−"}.get(float(factor), f"{float(factor):g}·".replace("-", "−"))
    return f"{front}10{digits}"


class Pen:
    """How one layer looks."""

    def __init__(self, layer, panel):
        style = layer.get("style", 0)
        series = (style - 1) % len(SERIES)
        self.colour = SERIES[series] if style else INK
        self.dash = DASHES[(series + (style - 1) // len(SERIES)) % len(DASHES)] if style else "-"
        self.marker = MARKERS[(series + (style - 1) // len(SERIES)) % len(MARKERS)] if style else "o"
        self.hatch = HATCHES[series] if style else ""
        self.ink = style == 0
        scale = panel.get("colour_scale")
        self.shaded = scale is not None and layer.get("value") is not None
        if self.shaded:
            span = scale["to"] - scale["from"] or 1
            self.colour, self.dash = colors.to_hex(SHADES((layer["value"] - scale["from"]) / span)), "-"


def band(axes, layer, pen, x):
    if "lower" in layer:
        axes.fill_between(x, floats(layer["lower"]), floats(layer["upper"]), color=pen.colour, alpha=0.22, linewidth=0)


def steps(axes, layer, pen):
    y, edges = floats(layer["y"]), layer["edges"]
    twice = {key: [v for v in layer[key] for _ in range(2)] for key in ("lower", "upper") if key in layer}
    band(axes, twice, pen, x=[edge for pair in zip(edges, edges[1:]) for edge in pair])
    if pen.ink:
        axes.stairs([0 if math.isnan(v) else v for v in y], edges, fill=True, color=INK, alpha=0.10, linewidth=0)
    return axes.stairs(y, edges, color=pen.colour, linewidth=1.1, linestyle=pen.dash, baseline=None)


def line(axes, layer, pen):
    x, y = floats(layer["x"]), floats(layer["y"])
    band(axes, layer, pen, x=x)
    every = max(1, len(x) // 9)
    marker = None if pen.ink or pen.shaded else pen.marker
    return axes.plot(x, y, color=pen.colour, linestyle=pen.dash, marker=marker, markevery=(every // 2, every), linewidth=1.1 if pen.shaded else 1.4)[0]


def fan(axes, layer, pen):
    x, levels = floats(layer["x"]), [floats(level) for level in layer["quantiles"]]
    for i in range(len(levels) // 2):
        axes.fill_between(x, levels[i], levels[-1 - i], color=pen.colour, alpha=0.16 + 0.12 * i, linewidth=0)
    middle = levels[len(levels) // 2]
    every = max(1, len(x) // 9)
    return axes.plot(x, middle, color=pen.colour, linestyle=pen.dash, marker=None if pen.ink else pen.marker, markevery=(every // 2, every))[0]


def points(axes, layer, pen):
    x, y = floats(layer["x"]), floats(layer["y"])
    if "lower" in layer:
        axes.vlines(x, floats(layer["lower"]), floats(layer["upper"]), color=pen.colour, linewidth=1.1)
    size = 4.2 if len(x) <= 60 else 2.6
    hollow = "none" if pen.marker in ("D", "v") else pen.colour
    return axes.plot(x, y, color=pen.colour, linestyle="none", marker=pen.marker, markersize=size, markerfacecolor=hollow, zorder=3)[0]


def bars(axes, layer, pen):
    x, y = floats(layer["x"]), floats(layer["y"])
    gaps = [b - a for a, b in zip(sorted(x), sorted(x)[1:]) if b > a]
    drawn = axes.bar(x, y, width=0.7 * min(gaps, default=1), color=colors.to_rgba(pen.colour, 0.35), edgecolor=pen.colour, hatch=pen.hatch, linewidth=0.9)
    if "lower" in layer:
        axes.vlines(x, floats(layer["lower"]), floats(layer["upper"]), color=INK, linewidth=1)
    return drawn


def reference(axes, layer, pen):
    drawn = None
    for at in layer["at"]:
        if at is not None:
            straight = axes.axvline if layer.get("vertical") else axes.axhline
            drawn = straight(at, color=pen.colour, linewidth=0.9, linestyle=(0, (4, 2)) if pen.ink else pen.dash, alpha=0.8, zorder=1.5)
    return drawn


KINDS = {"steps": steps, "line": line, "fan": fan, "points": points, "bars": bars, "reference": reference}


def set_scale(axis, name, setter):
    if name == "linear":
        return
    setter(name, **({"linthresh": SYMLOG_FROM} if name == "symlog" else {}))
    if name == "log":
        axis.set_major_locator(LogTicks(minor=False))
        axis.set_minor_locator(LogTicks(minor=True))
    axis.set_major_formatter(ticker.FuncFormatter(power_of_ten))
    axis.set_minor_formatter(ticker.NullFormatter())


class LogTicks(ticker.LogLocator):
    """Ticks of a logarithmic axis. One that spans a decade or so has no power of ten, or one: round numbers instead."""

    def __init__(self, minor):
        super().__init__(**({"subs": range(2, 10)} if minor else {}))
        self.minor = minor

    def tick_values(self, low, high):
        low, high = sorted((low, high))
        if not (0 < low < high < math.inf and high / low < 30):
            return super().tick_values(low, high)
        if self.minor:
            return []
        if high / low > 4:
            return [m * 10.0 ** k for k in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1) for m in (1, 2, 5)]
        return [t for t in ticker.MaxNLocator(5).tick_values(low, high) if t > 0]


def symlog_limits(axes, panel):
    """Ticks that do not run into each other, and room around the largest value."""
    values = [v for layer in panel["layers"] for key in ("y", "lower", "upper", "at") for v in layer.get(key, []) if v is not None]
    low, high = 1.6 * min([*values, -SYMLOG_FROM]), 1.6 * max([*values, SYMLOG_FROM])
    axes.set_ylim(low, high)
    powers = math.ceil(math.log10(max(-low, high)))
    step = math.ceil(powers / 3)
    ticks = ([SYMLOG_FROM] if powers <= 2 else []) + [10 ** k for k in range(step, powers + 1, step)]
    axes.yaxis.set_major_locator(ticker.FixedLocator([-t for t in ticks] + [0] + ticks))
    axes.yaxis.set_minor_locator(ticker.NullLocator())


def draw_panel(figure, axes, panel, legend):
    set_scale(axes.xaxis, panel.get("x_scale", "linear"), axes.set_xscale)
    set_scale(axes.yaxis, panel.get("y_scale", "linear"), axes.set_yscale)
    axes.set_title(plain(panel.get("title", "")), loc="left", pad=4)
    axes.set_xlabel(plain(panel.get("x_label", "")))
    axes.set_ylabel(plain(panel.get("y_label", ""), 40))
    axes.margins(x=0.02)
    for layer in panel["layers"]:
        for key in ("x", "y", "at", "quantiles"):
            layer.setdefault(key, [])
        if not (layer["y"] or layer["at"] or any(layer["quantiles"])):
            continue
        handle = KINDS[layer["kind"]](axes, layer, Pen(layer, panel))
        label = layer.get("label")
        if label and handle is not None and label not in legend:
            legend[label] = handle
    kinds = {layer["kind"] for layer in panel["layers"]}
    if kinds & {"steps", "bars"} and panel.get("y_scale", "linear") == "linear" and axes.get_ylim()[0] < 0:
        if all(v is None or v >= 0 for layer in panel["layers"] for v in layer.get("y", [])):
            axes.set_ylim(bottom=0)
    if panel.get("y_scale") == "symlog":
        symlog_limits(axes, panel)
    if "x_limits" in panel:
        axes.set_xlim(*panel["x_limits"])
    if "y_limits" in panel:
        axes.set_ylim(*panel["y_limits"])
    if "x_ticks" in panel:
        names = [plain(name, 28) for _, name in panel["x_ticks"]]
        turned = sum(map(len, names)) > 60
        axes.set_xticks([at for at, _ in panel["x_ticks"]], names, rotation=30 if turned else 0, ha="right" if turned else "center")
    elif panel.get("x_scale", "linear") == "linear" and all(float(x or 0).is_integer() for layer in panel["layers"] for x in layer.get("x", [0.5])):
        axes.xaxis.set_major_locator(ticker.MaxNLocator(integer=True, nbins=12))
    if "colour_scale" in panel:
        scale = panel["colour_scale"]
        mappable = cm.ScalarMappable(colors.Normalize(scale["from"], scale["to"]), SHADES)
        bar = figure.colorbar(mappable, ax=axes, pad=0.015, fraction=0.05, aspect=28, label=plain(scale.get("label", ""), 40))
        bar.outline.set_visible(False)
        if float(scale["from"]).is_integer() and float(scale["to"]).is_integer():
            bar.ax.yaxis.set_major_locator(ticker.MaxNLocator(integer=True, nbins=8))


def fitting_legend(figure, legend, top):
    """In as few rows as the width allows, below the title; returns its height in inches."""
    if not legend:
        return 0
    for columns in range(min(len(legend), 8), 0, -1):
        drawn = figure.legend(list(legend.values()), [plain(label, 60) for label in legend], loc="upper left", ncol=columns, borderaxespad=0,
                              bbox_to_anchor=(0.008, top), borderpad=0.2, columnspacing=1.6, handlelength=2.8)
        box = drawn.get_window_extent(figure.canvas.get_renderer())
        if columns == 1 or box.width / figure.dpi <= WIDTH - 0.1:
            return box.height / figure.dpi
        drawn.remove()


def draw(chart):
    panels, columns = chart["panels"], chart.get("columns", 1)
    rows = -(-len(panels) // columns)
    heights = [max(p.get("height", 1) for p in panels[r * columns:(r + 1) * columns]) for r in range(rows)]
    body = 1.75 * rows if columns > 1 else 2.7 + 1.35 * (rows - 1)
    title = textwrap.wrap(plain(chart.get("title", ""), 240), 78)
    head = 0.08 + 0.19 * len(title)
    shared = chart.get("share_x", True)
    # Of any height at first: what the legend takes is known only when it is there.
    figure = pyplot.figure(figsize=(WIDTH, body + head + 1.2), layout="constrained")
    legend = {}
    grid = figure.subplots(rows, columns, squeeze=False, sharex="col" if shared else False, gridspec_kw={"height_ratios": heights})
    for index, axes in enumerate(grid.flat):
        if index < len(panels):
            draw_panel(figure, axes, panels[index], legend)
        else:
            axes.set_visible(False)
        if shared and columns > 1 and index + columns >= len(panels):
            axes.tick_params(labelbottom=True)  # the last of its column, above a place left empty
        elif shared and index + columns < len(panels):
            axes.set_xlabel("")
    key = fitting_legend(figure, legend, 1)
    height = body + head + key
    figure.set_size_inches(WIDTH, height)
    for drawn in figure.legends:
        drawn.set_bbox_to_anchor((0.008, 1 - head / height), transform=figure.transFigure)
    if title:
        figure.text(0.012, 1 - 0.06 / height, "\n".join(title), va="top", ha="left", fontsize=10, fontweight="bold", linespacing=1.25)
    figure.get_layout_engine().set(rect=(0.004, 0.004, 0.992, 1 - (head + key + 0.06) / height), h_pad=0.03, w_pad=0.03)
    return figure


def svg_text(figure):
    figure.patch.set_visible(False)
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = re.sub(r"\s*<metadata>.*?</metadata>", "", file.getvalue(), flags=re.S)
    return re.sub(r"<!--.*?-->\s*", "", text, flags=re.S)


def inlined(text, name):
    """For a page: names of its own, the page's size and colour, and no rules for other elements of the page."""
    text = text[text.index("<svg"):]
    text = re.sub(r"\s*<defs>\s*<style.*?</style>\s*</defs>", "", text, count=1, flags=re.S)
    text = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = text.replace('xlink:href="#', f'xlink:href="#{name}-').replace("url(#", f"url(#{name}-")
    for number, colour in enumerate(SERIES, 1):
        text = text.replace(colour, f"var(--series-{number}, {colour})")  # the page has lighter ones when it is dark
    return text.replace(INK, "currentColor").strip()


def main(folder):
    pages = {}
    for chart in json.load(sys.stdin)["charts"]:
        name = chart["name"]
        figure = draw(chart)
        text = svg_text(figure)
        pages[name] = inlined(text, name)
        white = re.sub(r"(<svg[^>]*>)", r'\1\n <rect width="100%" height="100%" fill="#ffffff"/>', text, count=1)
        with open(os.path.join(folder, name + ".svg"), "w", encoding="utf-8") as file:
            file.write(white)
        figure.patch.set_visible(True)
        figure.savefig(os.path.join(folder, name + ".png"), dpi=150, facecolor="white", metadata={"Software": None})
        pyplot.close(figure)
    json.dump(pages, sys.stdout)


main(sys.argv[1])
