# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""From rounds to rows, and from rows to markdown."""
from math import hypot, sqrt
from statistics import median

BEGIN, END = "<!-- peers: begin (written by bench/peers/run) -->", "<!-- peers: end -->"
MOST_Z = 4  # standard errors


def pooled(rounds):
    """Moments of all rounds together: they have seeds of their own."""
    n, result = len(rounds), {}
    for name in rounds[0]["moments"]:
        each = [r["moments"][name] for r in rounds]
        result[name] = [f(column) / n for f, column in zip((sum, norm, sum, norm), zip(*each))]
    return result


def norm(values):
    return sqrt(sum(v * v for v in values))


def largest_z(moments, reference):
    """Over means and variances of the observables that both have; None without any."""
    z = [abs(a - b) / hypot(da, db)
         for name in moments.keys() & reference.keys()
         for a, da, b, db in ((*moments[name][:2], *reference[name][:2]), (*moments[name][2:], *reference[name][2:]))]
    return max(z, default=None)


def row(peer, rounds):
    rates = [r["particle_steps"] / r["seconds"] for r in rounds]
    return {"peer": peer.name, **peer.facts, "repeats": len(rounds), "seconds": [r["seconds"] for r in rounds],
            "core_share": median(r["core_share"] for r in rounds), "moments": pooled(rounds),
            "rate": median(rates), "rate_minimum": min(rates), "rate_maximum": max(rates),
            **({"process_seconds": [r["process_seconds"] for r in rounds]} if "process_seconds" in rounds[0] else {})}


def ratios(own, peer):
    """Of the rates, turn by turn: a change of the core's speed meets both."""
    rates = ([each["particles"] * each["steps"] / s for s in each["seconds"]] for each in (own, peer))
    return [a / b for a, b in zip(*rates)]


def judge(rows, problem):
    """Adds orbitwalk's ratio to each row, and the largest deviation of moments. -> whether all agree."""
    own = rows[0] if rows[0]["peer"] == "orbitwalk" and "rate" in rows[0] else None
    exact = {name: (mean, 0.0, variance, 0.0) for name, (mean, variance) in (problem.exact or {}).items()}
    for each in rows:
        if "rate" in each:
            each["ratio"] = median(turns := ratios(own, each)) if own else None
            each["ratio_minimum"], each["ratio_maximum"] = (min(turns), max(turns)) if own else (None, None)
            reference = exact or (own["moments"] if own and each is not own else None)
            each["largest_z"] = largest_z(each["moments"], reference) if reference else None
    return all((each.get("largest_z") or 0) <= MOST_Z for each in rows)


def short(rate):
    for unit, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if rate >= unit:
            return f"{rate / unit:.3g} {name}"
    return f"{rate:.3g}"


def ratio_cell(each):
    if each["ratio"] is None:
        return "–"
    return f"**{each['ratio']:.3g}** ({each['ratio_minimum']:.3g} .. {each['ratio_maximum']:.3g})"


def cells(each):
    if "rate" not in each:
        return [each["peer"], each["error"], "", "", "", "", "", "", ""]
    compiles = "jax" in each["peer"] or "diffrax" in each["peer"]
    compile_seconds = f"{max(0, each['first_seconds'] - median(each['seconds'])):.1f} s" if compiles else "–"
    z = each["largest_z"]
    return [each["peer"], short(each["rate"]), f"{short(each['rate_minimum'])} .. {short(each['rate_maximum'])}",
            f"{each['particles']:,} × {each['steps']:,}", str(each["repeats"]),
            f"{100 * each['core_share']:.0f} %", ratio_cell(each),
            compile_seconds, "reference" if z is None else f"{z:.1f}" + ("" if z <= MOST_Z else " **differs**")]


def markdown_problem(result):
    lines = [f"### {result['problem']}", "", result["text"] + ".", "",
             f"{result['date']}, commit {result['commit']}, {result['device']}, {result['pinned']}, load {result['load']}.", "",
             "| peer | particle-steps/s | min .. max | particles × steps | runs | core | orbitwalk / peer | compile | moments, largest \\|z\\| |",
             "|---|---|---|---|---|---|---|---|---|"]
    lines += ["| " + " | ".join(cells(each)) + " |" for each in result["rows"]]
    lines.append("")
    for each in result["rows"]:
        if "rate" in each:
            versions = ", ".join(f"{name} {version}" for name, version in each["versions"].items())
            lines.append(f"- `{each['peer']}`: {each['note']}; {versions}")
    return lines


def markdown(results, machine):
    lines = [BEGIN, "## Peers", "",
             f"The same SDE, step, scheme and precision (float, Euler-Maruyama) in other programs, on {machine}, all in one run and taking",
             "turns. Rates and ratios (turn by turn) are medians. Peers are timed from their start states to the last step, after a first call",
             "that is not counted (`compile`: what it took longer); orbitwalk by `wall_seconds` of its summary.json, which includes observing and",
             "histograms. `core`: the peer's processor time over its wall time; below 100 % others ran there too, or (orbitwalk) files were",
             "written. Moments: mean and variance of the last state at equal steps, all runs pooled, against orbitwalk's or (linear_sde) the",
             f"exact ones; up to {MOST_Z} standard errors pass.", ""]
    for result in results:
        lines += [*markdown_problem(result), ""]
    return "\n".join([*lines, END, ""])


def place(section, file, begin=BEGIN, end=END):
    """Replaces the section in a file that has others, or appends it."""
    old = file.read_text() if file.exists() else f"# {file.stem}\n\n"
    if begin in old and end in old:
        head, tail = old.split(begin)[0], old.split(end, 1)[1].lstrip("\n")
        text = head + section + ("\n" + tail if tail else "")
    else:
        text = old.rstrip("\n") + "\n\n" + section
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
