# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""How a report looks in Chromium, on a light and a dark page, narrow and wide, and on paper: nothing is asked of the network, nothing
goes wrong on the console, text stands out from the page, nothing sticks out of it, and labels do not run into each other.

browser.py FOLDER looks at FOLDER/report.html and writes the pictures it took to FOLDER/seen, for a human.
"""
import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import fabricate
import written
from written import TemporaryFolder

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# Pairs of texts of one drawing whose boxes share more than a sliver, and texts that leave their drawing.
CLASHES = """(() => { const found = [];
  for (const svg of document.querySelectorAll('figure svg')) {
    const frame = svg.getBoundingClientRect();
    const boxes = [...svg.querySelectorAll('text')].filter(t => t.textContent.trim()).map(t => [t.textContent, t.getBoundingClientRect(), t.getAttribute('transform')]);
    for (const [text, b] of boxes)
      if (b.left < frame.left - 1 || b.right > frame.right + 1 || b.top < frame.top - 1 || b.bottom > frame.bottom + 1) found.push('outside: ' + text);
    boxes.forEach(([one, a], i) => boxes.slice(i + 1).forEach(([two, b]) => {
      const w = Math.min(a.right, b.right) - Math.max(a.left, b.left), h = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (w > 2 && h > 4) found.push(one + ' | ' + two);
    }));
  }
  return found; })()"""
# Tables and drawings that the paper cuts off, and texts that would scroll.
CUT_OFF = """[...document.querySelectorAll('table, svg, pre')].filter(e => e.getBoundingClientRect().right > document.body.getBoundingClientRect().right + 1
  || e.scrollHeight > e.clientHeight + 2 && e.tagName == 'PRE').map(e => e.textContent.slice(0, 60))"""
PAPER = 670  # A4 less its margins, in pixels
# What sticks out of the page; tables may, within a box of their own that scrolls.
WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"


class Chromium:
    """A headless browser with one page, driven over the DevTools pipe: messages of JSON, each ended by a zero byte."""

    def __init__(self, profile):
        to_browser, self.write_end = os.pipe()
        self.read_end, from_browser = os.pipe()

        def pipes():  # descriptors 3 and 4 are where the browser looks
            a, b = os.dup(to_browser), os.dup(from_browser)
            os.dup2(a, 3)
            os.dup2(b, 4)

        self.process = subprocess.Popen(
            [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-background-networking", f"--user-data-dir={profile}",
             "--remote-debugging-pipe", "about:blank"], preexec_fn=pipes, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.buffer, self.number, self.events, self.session = b"", 0, [], None
        target = self("Target.createTarget", url="about:blank")["targetId"]
        self.session = self("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self(domain + ".enable")

    def receive(self):
        while b"\0" not in self.buffer:
            data = os.read(self.read_end, 1 << 16)
            if not data:
                raise RuntimeError("the browser has gone")
            self.buffer += data
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def __call__(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters, **({"sessionId": self.session} if self.session else {})}
        os.write(self.write_end, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def open(self, path, width, scheme, media="screen"):
        self("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.events = []
        self("Page.navigate", url=path.resolve().as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.receive())

    def evaluate(self, expression):
        return self("Runtime.evaluate", expression=expression, returnByValue=True)["result"]["value"]

    def picture(self, clip=None):
        options = {"clip": {**clip, "scale": 1}, "captureBeyondViewport": True} if clip else {"captureBeyondViewport": True}
        return base64.b64decode(self("Page.captureScreenshot", format="png", **options)["data"])

    def close(self):
        try:
            self.session = None
            self("Browser.close")
        except (RuntimeError, OSError):
            pass
        self.process.wait(timeout=30)
        os.close(self.write_end)
        os.close(self.read_end)


class Looks(TemporaryFolder):
    @classmethod
    def setUpClass(cls):
        profile = tempfile.TemporaryDirectory(prefix="orbitwalk-browser-", ignore_cleanup_errors=True)
        cls.addClassCleanup(profile.cleanup)
        cls.browser = Chromium(profile.name)
        cls.addClassCleanup(cls.browser.close)

    def check_quiet(self, page):
        """Nothing was asked for but the page itself, and nobody complained."""
        asked = [event["params"]["request"]["url"] for event in self.browser.events if event.get("method") == "Network.requestWillBeSent"]
        self.assertEqual(asked, [page.resolve().as_uri()])
        complaints = [event for event in self.browser.events if event.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Network.loadingFailed")]
        self.assertEqual(complaints, [])

    def check(self, page):
        for scheme in ("light", "dark"):
            for width in (1100, 420):
                with self.subTest(page=page.parent.name, scheme=scheme, width=width):
                    self.browser.open(page, width, scheme)
                    self.check_quiet(page)
                    self.assertEqual(*self.browser.evaluate(WIDTHS), "something sticks out of the page")
                    if width > 1000:
                        self.assertEqual(self.browser.evaluate(CLASHES), [])
                        self.check_contrast(scheme == "dark")
        with self.subTest(page=page.parent.name, media="print"):
            self.browser.open(page, PAPER, "dark", media="print")
            self.check_quiet(page)
            self.check_contrast(False)
            self.assertEqual(self.browser.evaluate(CUT_OFF), [], "paper does not scroll")

    def check_contrast(self, dark):
        """The page is dark or light, and its first drawing has enough, but not much, of the other in it: text and axes."""
        box = self.browser.evaluate("(({x, y, width, height}) => ({x, y: y + scrollY, width, height}))(document.querySelector('figure svg').getBoundingClientRect())")
        values = written.brightness(written.pixels(self.browser.picture(box))[2])
        if dark:
            values = [1 - value for value in values]
        paper, ink = sum(value > 0.85 for value in values) / len(values), sum(value < 0.3 for value in values) / len(values)
        self.assertTrue(0.5 < paper < 0.995 and 0.002 < ink < 0.2, (paper, ink))

    def test_one_run(self):
        fabricate.write(self.folder / "run", fabricate.radial())
        self.orbitwalk("report", "run")
        self.check(self.folder / "run/report/report.html")

    def test_groups(self):
        fabricate.write(self.folder / "run", fabricate.summary({**fabricate.weights(16), **{f"sigma{i}": (1 / i, 0.1 / i) for i in range(1, 5)}, "loss": (0.2, 0.05)}))
        self.orbitwalk("report", "run")
        self.check(self.folder / "run/report/report.html")

    def test_many_laws_runs_and_an_experiment(self):
        laws = [(f"a_law_with_a_long_name:{i}", "r", 1.5 + 0.02 * i * i, 0.35, "rejected") for i in range(9)]
        fabricate.write(self.folder / "far", fabricate.summary({"r": (1.5, 0.35)}, [*laws, ("far", "r", 4, 0.1, "rejected")]))
        fabricate.write(self.folder / "near", fabricate.radial())
        fabricate.write(self.folder / "experiment", fabricate.experiment([("noise", "a")]), "experiment.json")
        fabricate.write(self.folder / "experiment/a", fabricate.radial())
        self.orbitwalk("report", "far", "near", "experiment", "--out", "all")
        self.check(self.folder / "all/report.html")


def look(folder):
    with tempfile.TemporaryDirectory(prefix="orbitwalk-browser-", ignore_cleanup_errors=True) as profile:
        browser = Chromium(profile)
        (folder / "seen").mkdir(exist_ok=True)
        for scheme, width in (("light", 1100), ("dark", 1100), ("light", 420)):
            browser.open(folder / "report.html", width, scheme)
            (folder / f"seen/{scheme}-{width}.png").write_bytes(browser.picture())
            print(scheme, width, browser.evaluate(WIDTHS), browser.evaluate(CLASHES))
        browser.open(folder / "report.html", PAPER, "light", media="print")
        print("print", browser.evaluate(CUT_OFF))
        (folder / "seen/print.pdf").write_bytes(base64.b64decode(browser("Page.printToPDF", paperWidth=8.27, paperHeight=11.69, preferCSSPageSize=False)["data"]))
        browser.close()


if __name__ == "__main__":
    if BROWSER is None:
        print("SKIPPED: no chromium (on Debian and Ubuntu: apt-get install chromium)")
        raise SystemExit(77)
    if len(sys.argv) == 2 and pathlib.Path(sys.argv[1]).is_dir():
        look(pathlib.Path(sys.argv[1]))
    else:
        unittest.main()
