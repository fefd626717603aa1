#!/usr/bin/python3
"""Run the program over folders of captures that are not part of the source.

usage: corpus.py [PART...]     only captures whose path contains a PART; exit
                           status 0, 1, or 77 if there is no folder

Folders: TCPCONN_CORPUS (with INDEX.tsv and truth/) and TCPCONN_TRUTH, by
default ../shared/corpus and ../shared/truth beside the source.

Tested for each capture: no crash and the right exit status, two runs give
the same bytes, the JSON report is valid against the shipped schema, and its
sums add up.
"""
import collections
import csv
import glob
import json
import multiprocessing
import os
import subprocess
import sys

sys.dont_write_bytecode = True
try:
    import validate_schema
except SystemExit:  # without python3-jsonschema
    validate_schema = None

SRCDIR = os.environ.get("srcdir", ".")
PROGRAM = os.path.abspath(os.environ.get("TCPCONN", "./tcpconn-analyze"))
SCHEMA = os.path.join(SRCDIR, "share", "tcpconn-analyze.schema.json")
BESIDE = os.path.join(SRCDIR, os.pardir, "shared")
CORPUS = os.environ.get("TCPCONN_CORPUS", os.path.join(BESIDE, "corpus"))
TRUTH = os.environ.get("TCPCONN_TRUTH", os.path.join(BESIDE, "truth"))

# Link types that the program does not decode: exit status 2.
UNSUPPORTED_LINKS = {
    178: "Juniper Ethernet",
    8224: "no such link type (fuzzed)",
}
# Captures with another status than 0, and why.
EXPECTED = {
    "truncated-file.pcap": ((3,), "cut off within a packet"),
    "unsupported-link.pcap": ((2,), "link type USER0"),
}
TIMEOUT_S = 120


class Capture:
    def __init__(self, path, name, packets=None, links=(), form=""):
        self.path, self.name, self.packets = path, name, packets
        self.links, self.form = links, form

    def expected(self):
        """Exit statuses that are right for it."""
        if self.name in EXPECTED:
            return EXPECTED[self.name][0]
        if "not pcap" in self.form:
            return (2,)
        if len(self.links) == 1 and self.links[0] in UNSUPPORTED_LINKS:
            return (2,)
        return (0, 3)


def corpus():
    index = os.path.join(CORPUS, "INDEX.tsv")
    if not os.path.exists(index):
        return
    with open(index, encoding="utf-8") as f:
        for row in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE):
            links = [int(x.split(":")[0])
                     for x in row["linktype"].split(",") if x != "-"]
            yield Capture(os.path.join(CORPUS, row["path"]), row["path"],
                          int(row["packets"]), links, row["format"])


def truth():
    for path in sorted(glob.glob(os.path.join(TRUTH, "*.pcap*"))):
        yield Capture(path, "truth/" + os.path.basename(path))


def run(path, *options):
    try:
        done = subprocess.run([PROGRAM, "--json", *options, path],
                              stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired:
        return None, b"", "no end after %d s" % TIMEOUT_S
    return done.returncode, done.stdout, done.stderr.decode(
        errors="replace").strip()


def packet_faults(doc, capture, status):
    packets = doc["packets"]
    left = sum(r["packets"] for r in packets["not_analysed"])
    if packets["total"] != packets["analysed"] + left:
        yield "%d packets, but %d analysed and %d not" % (
            packets["total"], packets["analysed"], left)
    if packets["total"] != sum(c["packets"] for c in doc["captures"]):
        yield "packets.total is not the sum of captures"
    if status == 0 and capture.packets not in (None, packets["total"]):
        yield "%d packets, expected %d" % (packets["total"], capture.packets)
    seen = sum(side["packets"] for c in doc["connections"]
               for side in c["sides"].values())
    if seen > packets["analysed"]:
        yield "%d packets in connections, %d analysed" % (
            seen, packets["analysed"])


def summary_faults(doc):
    summary, connections = doc["summary"], doc["connections"]
    if summary["connections"] != len(connections):
        yield "summary counts %d connections of %d" % (
            summary["connections"], len(connections))
    for key in ("by_outcome", "by_close", "by_verdict"):
        if sum(summary[key].values()) != len(connections):
            yield "summary.%s does not add up" % key
    kinds = collections.Counter()
    for c in connections:
        kinds.update(c["event_counts"])
    told = {e["kind"]: e["count"] for e in summary["events"] if e["count"]}
    if told != {k: n for k, n in kinds.items() if n}:
        yield "summary.events does not add up"


def connection_faults(doc):
    total, last = doc["packets"]["total"], 0
    for i, c in enumerate(doc["connections"], 1):
        where = "connection %d: " % c["number"]
        if c["number"] != i:
            yield where + "expected number %d" % i
        if not 1 <= c["first_frame"] <= c["last_frame"] <= total:
            yield where + "impossible frames"
        if c["first_frame"] < last:
            yield where + "numbered out of order"
        last = c["first_frame"]
        kinds = collections.Counter(e["kind"] for e in c["events"])
        for kind, n in kinds.items():
            if n > c["event_counts"].get(kind, 0):
                yield where + "more %s than counted" % kind
        frames = [e["frame"] for e in c["events"]]
        if frames != sorted(frames):
            yield where + "events out of order"
        if any(not 1 <= f <= total for f in frames):
            yield where + "event at an impossible frame"


def schema_faults(doc):
    if validate_schema is None:
        return
    with open(SCHEMA, encoding="utf-8") as f:
        schema = json.load(f)
    validator = validate_schema.jsonschema.Draft202012Validator(schema)
    for error in list(validator.iter_errors(doc))[:3]:
        yield "schema: %s: %s" % (error.json_path, error.message[:200])


def test(capture):
    """Faults of one capture, as lines."""
    status, out, messages = run(capture.path)
    if status not in capture.expected():
        return ["exit status %s, expected %s: %s" % (
            status, " or ".join(map(str, capture.expected())),
            messages[-300:])]
    if "runtime error" in messages:
        return [messages[:300]]
    if run(capture.path)[:2] != (status, out):
        return ["two runs differ"]
    if status == 2:
        return [] if messages and not out else [
            "status 2 with a report or without a message"]
    try:
        text = out.decode()
        doc = validate_schema.parse(text) if validate_schema \
            else json.loads(text)
    except ValueError as error:
        return ["no JSON: %s" % error]
    try:
        faults = [*schema_faults(doc), *packet_faults(doc, capture, status),
                  *summary_faults(doc), *connection_faults(doc)]
        whole = all(c["complete"] for c in doc["captures"])
        if (status == 0) != whole or status == 3 and not messages:
            faults.append("status %d with%s captures that are cut off and "
                          "this message: %s" % (
                              status, "out" if whole else "", messages))
    except (KeyError, TypeError) as error:
        faults = ["unexpected shape: %s: %s" % (type(error).__name__, error)]
    return faults[:8]


def main_test(captures):
    if not os.access(PROGRAM, os.X_OK):
        sys.exit("no program at %s" % PROGRAM)
    failed = 0
    with multiprocessing.Pool() as pool:
        for capture, faults in zip(captures, pool.imap(test, captures, 4)):
            failed += bool(faults)
            for fault in faults:
                print("FAIL: %s: %s" % (capture.name, fault))
    if validate_schema is None:
        print("not validated: there is no python3-jsonschema")
    print("%d captures, %d failed" % (len(captures), failed))
    return 1 if failed else 0


def main(arguments):
    captures = [c for c in [*corpus(), *truth()]
                if not arguments or any(p in c.name for p in arguments)]
    if not captures:
        print("no captures in %s or %s" % (CORPUS, TRUTH))
        return 77
    return main_test(captures)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
