#!/usr/bin/python3
"""The benchmark works: made captures are the same twice and are what their
kinds promise, and bench.py prints its tables.

usage: check_bench.py   in the build folder
"""
import json
import os
import subprocess
import sys
import tempfile

SRCDIR = os.environ.get("srcdir", ".")
PROGRAM = os.path.abspath(os.environ.get("TCPCONN", "./tcpconn-analyze"))
GENERATE = os.path.join("bench", "generate")
BENCH = os.path.join(SRCDIR, "bench", "bench.py")

# kind, connections, packets; outcomes that there are, and no others; kinds of
# events that there are; severities that there are not
CASES = [
    ("bulk", 4, 1500, {"complete"}, set(), {"note", "warn", "error"}),
    ("mixed", 300, 0, {"complete", "refused-rst"},
     {"retransmission-sack", "loss-upstream", "out-of-order"}, set()),
    ("smallpkts", 20, 1000, {"complete"}, set(), {"note", "warn", "error"}),
    ("manyflows", 300, 0, {"complete"}, set(), {"note", "warn", "error"}),
    ("synflood", 500, 0, {"no-answer"}, set(), set()),
    ("storm", 6, 0, {"complete"},
     {"retransmission-sack", "retransmission-rto", "loss-upstream",
      "out-of-order", "dup-ack", "spurious-retransmission"}, set()),
]
TINY = ("smallpkts", 1, 16)
TABLES = ["| capture | packets", "| format |", "| 20 packets |",
          "| capture | packets"]
ROWS = [6, 4, 2, 6]

failed = []


def check(what, found, expected):
    if found != expected:
        failed.append(what)
        print("%s: %s instead of %s" % (what, found, expected))


def generate(path, kind, connections, packets):
    made = subprocess.run([GENERATE, kind, str(connections), str(packets),
                           path], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.split()
    return [int(n) for n in made]


def contents(path):
    with open(path, "rb") as f:
        return f.read()


def check_kind(folder, kind, connections, packets, outcomes, events,
               severities):
    paths = [os.path.join(folder, name) for name in ("a.pcap", "b.pcap")]
    made = [generate(path, kind, connections, packets) for path in paths]
    check(kind + ": the same twice", contents(paths[0]) == contents(paths[1]),
          True)
    done = subprocess.run([PROGRAM, "-q", "-j", "--checksum=on", paths[0]],
                          check=True, stdout=subprocess.PIPE)
    report = json.loads(done.stdout)
    seen = {e["kind"]: e["severity"] for e in report["summary"]["events"]}
    check(kind + ": packets", report["packets"]["analysed"], made[0][0])
    check(kind + ": connections", report["summary"]["connections"],
          connections)
    check(kind + ": bytes", os.path.getsize(paths[0]), made[0][2])
    check(kind + ": outcomes",
          {o for o, n in report["summary"]["by_outcome"].items() if n},
          outcomes)
    check(kind + ": missing events", events - set(seen), set())
    check(kind + ": events",
          {k for k, severity in seen.items() if severity in severities},
          set())
    check(kind + ": bad checksums", "checksum-bad" in seen, False)


def check_usage(folder):
    path = os.path.join(folder, "none.pcap")
    for arguments in (["no-such-kind", "1", "0"], ["mixed", "0", "0"],
                      ["mixed", "1x", "0"], ["mixed", "1", "5"],
                      ["bulk", "1", "0"], ["mixed", "1"]):
        done = subprocess.run([GENERATE, *arguments, path], check=False,
                              stderr=subprocess.DEVNULL)
        check("generate " + " ".join(arguments), done.returncode, 2)
    check("a capture of bad usage", os.path.exists(path), False)


def check_tables():
    environment = dict(os.environ, BENCH_SCALE="0.002", BENCH_ROUNDS="1",
                       BENCH_PEERS="no", TCPCONN=PROGRAM)
    environment.pop("BENCH_TABLES", None)
    done = subprocess.run([sys.executable, BENCH], env=environment,
                          check=True, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL)
    tables = [t.splitlines() for t in done.stdout.strip().split("\n\n")]
    check("tables", len(tables), len(TABLES))
    for table, head, rows in zip(tables, TABLES, ROWS):
        check("head " + head, table[0].startswith(head), True)
        check("rows of " + head, len(table) - 2, rows)
        check("cells of " + head, {line.count("|") for line in table},
              {table[0].count("|")})


def main():
    with tempfile.TemporaryDirectory(prefix="check-bench-") as folder:
        for case in CASES:
            check_kind(folder, *case)
        check("packets of the smallest",
              generate(os.path.join(folder, "tiny.pcap"), *TINY)[0], 20)
        check_usage(folder)
    check_tables()
    if not failed:
        print("%d kinds of captures, %d tables" % (len(CASES), len(TABLES)))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
