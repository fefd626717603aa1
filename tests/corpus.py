#!/usr/bin/python3
"""Run the program over folders of captures that are not part of the source.

usage: corpus.py              test (exit status 0, 1, or 77: no folder)
       corpus.py --compare    print how connection counts, resends and
                              connection states differ from those of tshark
                              and Zeek
       corpus.py ... PART     only captures whose path contains PART

Folders: TCPCONN_CORPUS (with INDEX.tsv and truth/) and TCPCONN_TRUTH, by
default ../shared/corpus and ../shared/truth beside the source.

Tested for each capture: no crash and the right exit status, two runs give
the same bytes, the JSON report is valid against the shipped schema, and its
sums add up.
"""
import collections
import csv
import glob
import gzip
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


# Comparison, for a reader

def load(capture):
    status, out, _ = run(capture.path, "--max-events=0")
    return json.loads(out)["connections"] if status in (0, 3) else None


def rows_of(name):
    """Rows of a table of the folder truth/."""
    path = os.path.join(CORPUS, "truth", name)
    read = gzip.open if name.endswith(".gz") else open
    with read(path, "rt", encoding="utf-8") as f:
        yield from csv.DictReader(f, delimiter="\t")


def tshark_streams():
    """Connections of tshark: streams but those known from ICMP errors only."""
    streams = collections.Counter()
    for row in rows_of("tshark_streams.tsv.gz"):
        own = int(row["pkts_ab"]) + int(row["pkts_ba"]) - int(
            row["quoted_in_icmp"] or 0)
        streams[row["capture"]] += own > 0
    return streams


def compare_counts(reports):
    streams = tshark_streams()
    print("Connections that tshark counts, here, difference")
    for name, connections in reports:
        theirs, here = streams[name], len(connections)
        if theirs != here:
            print("  %6d %6d %+5d  %s" % (theirs, here, here - theirs, name))


def zeek_rows():
    """Per capture: the rows of one test for each checksum mode."""
    rows, tests = collections.defaultdict(list), {}
    for row in rows_of("zeek_conn.tsv"):
        key = row["capture"], row["mode"]
        if (row["conn_state"] != "-" and
                tests.setdefault(key, row["test"]) == row["test"]):
            rows[row["capture"]].append(row)
    return rows


def ended_state(orig, resp):
    """Zeek's state of a connection by how its sides ended: a side is None
    if never seen, else "rst", "fin", "open" or "asked" (SYN unanswered)."""
    if resp == "rst":
        return {None: "RSTRH", "asked": "REJ"}.get(orig, "RSTR")
    if orig == "rst":
        return "RSTO" if resp else "RSTOS0"
    if orig == resp == "fin":
        return "SF"
    if orig == "fin":
        return "S2" if resp else "SH"
    if resp == "fin":
        return "S3" if orig else "SHR"
    if resp is None and orig in ("asked", "open"):
        return "S0"
    return "S1" if orig == resp == "open" else "OTH"


def state_here(c):
    """What Zeek's documentation calls a connection as the report tells it."""
    if c["zeek"] and c["zeek"]["conn_state"]:
        return c["zeek"]["conn_state"]
    outcome, end = c["handshake"]["outcome"], c["teardown"]
    steps = {s["step"] for s in c["handshake"]["steps"]}
    if not steps & {"syn", "syn-ack"}:
        return "OTH"
    sides = {}
    for side in ("client", "server"):
        sides[side] = "open" if c["sides"][side]["packets"] else None
    if outcome in ("no-answer", "refused-rst", "refused-icmp", "half-open"):
        sides["client"] = "asked"
    for step in end["steps"]:
        if step["step"].startswith("fin"):
            sides[step["from"]] = "fin"
    resetter = end["resetter"] or {
        "refused-rst": "server", "reset-by-client": "client",
        "reset-by-server-after-synack": "server"}.get(outcome)
    if resetter:
        sides[resetter] = "rst"
    return ended_state(sides["client"], sides["server"])


def ends(*pairs):
    return frozenset((a.lower(), str(p)) for a, p in pairs)


def compare_history(name, row, state, history):
    if (row["conn_state"], row["history"]) != (state, history or "-"):
        print("  Zeek %s %s, here %s %s  %s %s:%s > %s:%s (%s)" % (
            row["conn_state"], row["history"], state, history, name,
            row["orig_h"], row["orig_p"], row["resp_h"], row["resp_p"],
            row["mode"]))


def compare_states(reports):
    print("States and histories that differ from Zeek's")
    rows, cells = zeek_rows(), collections.defaultdict(list)
    for name, connections in reports:
        for mode in sorted({row["mode"] for row in rows.get(name, ())}):
            left = collections.defaultdict(list)
            for c in connections:
                left[ends(*((c[s]["address"], c[s]["port"])
                            for s in ("client", "server")))].append(c)
            for row in rows[name]:
                if row["mode"] != mode:
                    continue
                found = left[ends((row["orig_h"], row["orig_p"]),
                                  (row["resp_h"], row["resp_p"]))]
                own = found.pop(0) if found else None
                here = state_here(own) if own else "-"
                if own:
                    compare_history(name, row, here, own["zeek"]["history"])
                cells[row["conn_state"], here].append(
                    "%s %s:%s > %s:%s %s (%s)" % (
                        name, row["orig_h"], row["orig_p"], row["resp_h"],
                        row["resp_p"], row["history"], mode))
    print("Zeek's state, state here (-: no such connection), connections, "
          "first of them")
    for (theirs, here), found in sorted(cells.items()):
        print("%s %-6s %-6s %5d  %s" % (
            " " if theirs == here else "*", theirs, here, len(found),
            found[0]))


# Kinds that stand beside the event of a resend.
BESIDE_A_RESEND = ("retransmission-partial", "retransmission-inconsistent")
RESENDS = ("spurious_retransmission", "fast_retransmission", "retransmission")


# Captures with more TCP packets are not in the table of frames.
FRAMES_MAX = 20000


def frame_class(kind):
    if kind == "out-of-order":
        return "order"
    if kind == "spurious-retransmission" or (
            kind.startswith("retransmission-") and
            kind not in BESIDE_A_RESEND):
        return "resend"
    return ""


def tshark_frames():
    """Per capture: what tshark calls a frame, if a resend or out of order."""
    frames = collections.defaultdict(dict)
    for row in rows_of("tshark_packets.tsv.gz"):
        if row["quoted_in_icmp"] not in ("0", ""):
            continue
        flags = row["analysis"].split(",")
        for kind in RESENDS + ("out_of_order",):
            if kind in flags:
                frames[row["capture"]][int(row["frame"])] = kind
                break
        else:
            frames[row["capture"]].setdefault(int(row["frame"]), "")
    return frames


def compare_resends(reports):
    frames, cells = tshark_frames(), collections.Counter()
    left_out = {row["capture"] for row in rows_of("tshark_captures.tsv")
                if int(row["tcp_packets"]) > FRAMES_MAX}
    example = {}
    print("Resends of tshark, here; out of order of tshark, here")
    for name, connections in reports:
        theirs, here, other = frames.get(name, {}), {}, {}
        for c in connections:
            for e in c["events"]:
                if frame_class(e["kind"]):
                    here[e["frame"]] = e["kind"]
                else:
                    other.setdefault(e["frame"], e["kind"])
        if name in left_out:
            print("  not compared, for its size: %s" % name)
            continue
        n = [sum(kind in RESENDS for kind in theirs.values()),
             sum(frame_class(kind) == "resend" for kind in here.values()),
             sum(kind == "out_of_order" for kind in theirs.values()),
             sum(kind == "out-of-order" for kind in here.values())]
        if n[0] != n[1] or n[2] != n[3]:
            print("  %6d %6d %6d %6d  %s" % (*n, name))
        for frame in sorted(theirs.keys() | here.keys()):
            pair = (theirs.get(frame) or "-", here.get(frame) or
                    "(%s)" % other.get(frame, "-"))
            if pair[0] != "-" or frame in here:
                cells[pair] += 1
                example.setdefault(pair, collections.Counter())[name] += 1
    print("What tshark calls a frame, what it is here (in brackets: another "
          "event), frames, most of them in")
    for (theirs, here), n in sorted(cells.items()):
        where, most = example[theirs, here].most_common(1)[0]
        print("  %-24s %-28s %5d  %d in %s" % (theirs, here, n, most, where))


def main_compare(captures):
    with multiprocessing.Pool() as pool:
        reports = pool.map(load, captures, 1)
    reports = [(c.name, r) for c, r in zip(captures, reports)
               if r is not None and not c.name.startswith("truth/")]
    compare_counts(reports)
    compare_states(reports)
    compare_resends(reports)
    return 0


def main(arguments):
    compare = "--compare" in arguments
    parts = [a for a in arguments if a != "--compare"]
    captures = [c for c in [*corpus(), *truth()]
                if not parts or any(p in c.name for p in parts)]
    if not captures:
        print("no captures in %s or %s" % (CORPUS, TRUTH))
        return 77
    return main_compare(captures) if compare else main_test(captures)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
