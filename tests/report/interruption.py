# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""A report that is interrupted while its charts are drawn leaves nothing behind; one that is killed leaves nothing under its name,
and no process."""
import os
import pathlib
import signal
import subprocess
import time
import unittest

import fabricate
import written
from written import SLOWDOWN, TemporaryFolder

DEADLINE = 60 * SLOWDOWN


class Interrupted(TemporaryFolder):
    def setUp(self):
        super().setUp()
        fabricate.write(self.folder / "run", fabricate.summary({f"x{chr(97 + i)}": (1, 0.2) for i in range(20)}))  # 40 charts

    def start(self, **environment):
        program = subprocess.Popen([written.PROGRAM, "report", "run", *self.options], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env={**written.environment(), **environment})
        self.addCleanup(program.communicate)
        self.addCleanup(program.kill)
        charts, end = self.folder / "run/report.partial/result/charts", time.monotonic() + DEADLINE
        while not (charts.is_dir() and len(list(charts.iterdir())) > 3):
            self.assertLess(time.monotonic(), end, "nothing is drawn")
            self.assertIsNone(program.poll(), "it ended before it was interrupted")
            time.sleep(0.005)
        children = self.children(program.pid)
        self.addCleanup(self.end, children)
        return program, children

    options = ()

    def end(self, processes):
        for process in filter(self.runs, processes):
            os.kill(process, signal.SIGKILL)

    def children(self, parent):
        """Only Linux says so; elsewhere none."""
        found = []
        for entry in os.listdir("/proc") if os.path.isdir("/proc") else ():
            try:
                fields = pathlib.Path(f"/proc/{entry}/stat").read_text().rsplit(")", 1)[1].split() if entry.isdigit() else None
            except OSError:
                continue
            if fields and int(fields[1]) == parent:
                found.append(int(entry))
        return found

    def runs(self, process):
        try:
            return bool(pathlib.Path(f"/proc/{process}/cmdline").read_bytes())
        except OSError:
            return False

    def check_gone(self, children):
        end = time.monotonic() + DEADLINE
        for child in children:
            while self.runs(child):
                self.assertLess(time.monotonic(), end, "the drawer goes on")
                time.sleep(0.01)

    def left(self):
        return sorted(path.name for path in (self.folder / "run").iterdir())

    def test_by_a_signal_that_it_sees(self):
        for sent in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(sent):
                program, children = self.start()
                program.send_signal(sent)
                _, error = program.communicate(timeout=DEADLINE)
                self.assertEqual((program.returncode, error), (130, b"orbitwalk: interrupted; no report was written\n"))
                self.assertEqual(self.left(), ["summary.json"])
                self.check_gone(children)

    def test_an_older_report_stays(self):
        page = '<meta name="generator" content="orbitwalk 0.1"/>'
        self.write("run/report/report.html", page)
        self.options = ("--force",)
        program, _ = self.start()
        program.terminate()
        self.assertEqual(program.wait(timeout=DEADLINE), 130)
        self.assertEqual(self.left(), ["report", "summary.json"])
        self.assertEqual((self.folder / "run/report/report.html").read_text(), page)

    def test_killed(self):
        endless = self.write("python3", '#!/bin/sh\nfor name in 1 2 3 4; do echo > "$4/$name.svg"; done\nexec sleep 600\n')
        endless.chmod(0o755)
        program, children = self.start(ORBITWALK_PYTHON=str(endless))
        self.assertEqual(len(children), 1 if os.path.isdir("/proc") else 0)
        program.kill()
        program.wait()
        self.check_gone(children)
        self.assertEqual(self.left(), ["report.partial", "summary.json"])
        self.orbitwalk("report", "run", timeout=120)
        self.assertEqual(self.left(), ["report", "summary.json"])


if __name__ == "__main__":
    unittest.main()
