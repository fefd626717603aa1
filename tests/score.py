#!/usr/bin/python3
"""Compare what the program says of frames and states with exact truth.

usage: score.py     print the tables; exit status 1 if a figure is below its
                    bar in score.bars or a clean capture gets a warning, 77
                    if there is nothing to score with

Folders: TCPCONN_SCORE (score.py, states.py) and TCPCONN_TRUTH, by default
../shared/score and ../shared/truth beside the source.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

SRCDIR = os.environ.get("srcdir", ".")
PROGRAM = os.path.abspath(os.environ.get("TCPCONN", "./tcpconn-analyze"))
BESIDE = os.path.join(SRCDIR, os.pardir, "shared")
SCORE = os.environ.get("TCPCONN_SCORE", os.path.join(BESIDE, "score"))
TRUTH = os.environ.get("TCPCONN_TRUTH", os.path.join(BESIDE, "truth"))
BARS = os.path.join(SRCDIR, "tests", "score.bars")

QUESTION_WIDTH = 50  # columns of the table's first column
STATES = re.compile(r"^\d+ of \d+ endpoint state paths equal \(([\d.]+)\)")


# what strip.py takes away, by the name that score.bars uses
MODES = {
    "ipid zero": ["--ipid", "zero"],
    "ipid random": ["--ipid", "random"],
    "no ts": ["--ts"],
    "ipid zero, no ts": ["--ipid", "zero", "--ts"],
}
# a capture whose truth has nothing but these is clean
CLEAN = {"frames", "cause:syn", "cause:synack", "cause:fin",
         "cause:keepalive"}


def tool(script, *arguments, folder=TRUTH):
    environment = dict(os.environ, TCPCONN=PROGRAM,
                       PYTHONDONTWRITEBYTECODE="1")
    done = subprocess.run([sys.executable, os.path.join(SCORE, script), folder,
                           *arguments], env=environment,
                          stdout=subprocess.PIPE, text=True)
    print(done.stdout, flush=True)
    if done.returncode:
        sys.exit("score: %s failed" % script)
    return done.stdout


def table(folder=TRUTH):
    """{question: figure}: F1, or recall or accuracy where that is all."""
    found, parent = {}, ""
    for line in tool("score.py", "--tool", "tcpconn",
                     folder=folder).splitlines():
        what = line[:QUESTION_WIDTH].strip()
        cells = line[QUESTION_WIDTH:].split()
        if not cells or not cells[0].isdigit():
            continue
        if line.startswith("  "):
            what = "%s / %s" % (parent, what)
        else:
            parent = what
        # precision, recall, F1: the last one that there is
        values = [c for c in cells[1:4] if re.match(r"\d\.\d+$", c)]
        if values:
            found[what] = float(values[-1])
    return found


def stripped(mode):
    """The table over the captures without some evidence."""
    strip = os.path.join(SCORE, "strip.py")
    with tempfile.TemporaryDirectory() as folder:
        for name in sorted(os.listdir(TRUTH)):
            source = os.path.join(TRUTH, name)
            target = os.path.join(folder, name)
            if name.endswith((".pcap", ".pcapng")):
                subprocess.run([sys.executable, strip, *MODES[mode], source,
                                target], check=True)
            else:
                os.symlink(os.path.abspath(source), target)
        print("without evidence: %s" % mode)
        return {"[%s] %s" % (mode, what): figure
                for what, figure in table(folder).items()}


def figures():
    found = table()
    for line in tool("states.py").splitlines():
        states = STATES.match(line)
        if states:
            found["state paths"] = float(states[1])
    for mode in MODES:
        found.update(stripped(mode))
    return found


def accusations():
    """Warnings and errors about captures in which nothing went wrong."""
    bad = 0
    for name in sorted(os.listdir(TRUTH)):
        if not name.endswith(".truth.json"):
            continue
        base = os.path.join(TRUTH, name[:-len(".truth.json")])
        with open(base + ".truth.json", encoding="utf-8") as f:
            truth = json.load(f)
        path = next((base + end for end in (".pcap", ".pcapng")
                     if os.path.exists(base + end)), None)
        if truth["edit"] or path is None or set(truth["summary"]) - CLEAN:
            continue
        done = subprocess.run([PROGRAM, "--json", "-q", path],
                              stdout=subprocess.PIPE, check=True)
        for event in json.loads(done.stdout)["summary"]["events"]:
            if event["severity"] in ("warn", "error"):
                print("FAIL: %s on the clean capture %s"
                      % (event["kind"], name))
                bad += 1
    return bad


def bars():
    """(question, least figure) of each line `FIGURE QUESTION`."""
    with open(BARS, encoding="utf-8") as f:
        for line in f:
            line = line.split("#")[0].strip()
            if line:
                least, what = line.split(None, 1)
                yield what, float(least)


def main():
    if not os.path.exists(os.path.join(SCORE, "score.py")) \
            or not os.path.isdir(TRUTH):
        print("nothing to score with in %s" % SCORE)
        return 77
    found, status = figures(), 1 if accusations() else 0
    for what, least in bars():
        if what not in found:
            print("FAIL: no figure for '%s'" % what)
            status = 1
        elif found[what] < least:
            print("FAIL: %s: %.3f is below %.3f" % (what, found[what], least))
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
