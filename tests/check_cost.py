#!/usr/bin/python3
"""Count the instructions that made captures take, under valgrind's callgrind:
a figure that other work on the machine does not disturb.

usage: check_cost.py            compare with tests/cost.bars; exit status 1 if
                                a packet or a connection costs more than half
                                above its figure, 77 if it cannot be counted
       check_cost.py --update   write what is counted now into tests/cost.bars

Run it in the build folder. A change that makes the program dearer on purpose
updates the figures in the same commit and says why in its message; one that
makes it cheaper updates them too, so that the next loss is seen. Figures are
those of an optimised build for x86-64; other builds are not judged.
"""
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile

SRCDIR = os.environ.get("srcdir", ".")
PROGRAM = os.path.abspath(os.environ.get("TCPCONN", "./tcpconn-analyze"))
GENERATE = os.path.join("bench", "generate")
BARS = os.path.join(SRCDIR, "tests", "cost.bars")
MARGIN = 1.5   # times the figure
CHEAPER = 0.67  # times the figure: it is out of date
SKIP = 77
UNITS = {"packet": 1, "connection": 2}  # their place in count()'s answer


def make_variable(name):
    """A variable of the build, empty where it is not known."""
    try:
        with open("Makefile", encoding="utf-8") as f:
            found = re.search(r"^%s = (.*)$" % name, f.read(), re.M)
    except OSError:
        found = None
    return found.group(1) if found else ""


def reason_to_skip():
    if not shutil.which("valgrind"):
        return "valgrind is not installed"
    if platform.machine() != "x86_64":
        return "the figures are those of x86-64"
    if "-fsanitize" in make_variable("SANITIZER_FLAGS"):
        return "sanitizers have costs of their own"
    if not re.search(r"-O[23]\b", make_variable("CFLAGS")):
        return "the build is not optimised"
    if callgrind(["true"]) is None:
        return "valgrind does not work here"
    return None


def callgrind(command):
    """Instructions that command takes; None if it fails."""
    done = subprocess.run(["valgrind", "--tool=callgrind",
                           "--callgrind-out-file=/dev/null", *command],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          text=True, check=False)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not found:
        return None
    return int(found.group(1))


def count(folder, generated):
    """(instructions, packets, connections) of a made capture."""
    path = os.path.join(folder, "capture.pcap")
    made = subprocess.run([GENERATE, *generated, path], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.split()
    instructions = callgrind([PROGRAM, "-q", path])
    if instructions is None:
        sys.exit("check_cost: the program fails on %s" % " ".join(generated))
    return instructions, int(made[0]), int(made[1])


def cost(folder, kind, small, large, unit):
    """Instructions of one more packet or connection, between two sizes: so
    neither starting nor the head of the report counts."""
    less, more = (count(folder, [kind, *size]) for size in (small, large))
    return round((more[0] - less[0]) / (more[UNITS[unit]] -
                                        less[UNITS[unit]]))


def judge(what, unit, figure, now):
    """Print a row of the comparison; whether it is within the margin."""
    word = "ok"
    if now > figure * MARGIN:
        word = "TOO MUCH: more than %.1f times the figure" % MARGIN
    elif now < figure * CHEAPER:
        word = "ok; much cheaper, update the figure"
    print("%-10s %8d a %-10s, figure %8d: %s" % (what, now, unit, figure,
                                                 word))
    return now <= figure * MARGIN


def main(arguments):
    reason = reason_to_skip()
    if reason:
        print(reason)
        return SKIP
    with open(BARS, encoding="utf-8") as f:
        lines = f.read().splitlines()
    status, new = 0, []
    with tempfile.TemporaryDirectory(prefix="cost-") as folder:
        for line in lines:
            if not line or line.startswith("#"):
                new.append(line)
                continue
            kind, *sizes, unit, figure = line.split()
            now = cost(folder, kind, sizes[:2], sizes[2:], unit)
            if not judge(kind, unit, int(figure), now):
                status = 1
            new.append(" ".join([kind, *sizes, unit, str(now)]))
    if arguments == ["--update"]:
        with open(BARS, "w", encoding="utf-8") as f:
            f.write("\n".join(new) + "\n")
        return 0
    if status:
        print("If that is on purpose, see the head of tests/cost.bars.")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
