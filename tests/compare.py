#!/usr/bin/python3
"""Compare what the program says of public captures with what others say.

usage: compare.py [PART...]    only captures whose path contains a PART

The folder TCPCONN_CORPUS (see corpus.py) holds their answers in truth/.
Printed are the hosts and ports of which tshark counts more or fewer
connections; the captures on which counts of resends and reordering differ from
tshark's and tcptrace's, states and histories from Zeek's; and for each of those
connections, and each frame that tshark and the program call differently, the
class of COMPARISON.md that it belongs to. Exit status 1 if one belongs to none,
77 if there is no folder.
"""
import collections
import csv
import gzip
import json
import multiprocessing
import os
import sys

import corpus


class Report:
    """What the program says of a capture."""
    def __init__(self, document):
        self.connections = document["connections"]
        self.not_analysed = {reason["reason"] for reason in
                             document["packets"]["not_analysed"]}


def load(capture):
    status, out, _ = corpus.run(capture.path, "--max-events=0")
    return Report(json.loads(out)) if status in (0, 3) else None


def rows_of(name):
    """Rows of a table of the folder truth/."""
    path = os.path.join(corpus.CORPUS, "truth", name)
    read = gzip.open if name.endswith(".gz") else open
    with read(path, "rt", encoding="utf-8") as f:
        yield from csv.DictReader(
            f, delimiter="," if ".csv" in name else "\t")


class Count:
    """Connections between two ends of a capture: tshark's, and those here."""
    def __init__(self, report):
        self.report, self.here = report, []
        self.streams = self.tunnelled = 0

    def more_here(self):
        return len(self.here) > self.streams

    def any_here(self, fits):
        return any(fits(c) for c in self.here)


def ends(*pairs):
    return frozenset((a.lower(), str(p)) for a, p in pairs)


def ends_of(connection):
    return ends(*((connection[side]["address"], connection[side]["port"])
                  for side in ("client", "server")))


def tshark_streams():
    """Per capture the streams of tshark but those known from ICMP errors
    only."""
    streams = collections.defaultdict(list)
    for row in rows_of("tshark_streams.tsv.gz"):
        own = int(row["pkts_ab"]) + int(row["pkts_ba"]) - int(
            row["quoted_in_icmp"] or 0)
        if own > 0:
            streams[row["capture"]].append(row)
    return streams


# COMPARISON.md explains each; the first that fits is it.
COUNT_CLASSES = (
    ("no capture that libpcap reads", lambda n: n.report is None),
    ("inside tunnels, two records", lambda n: n.more_here() and n.any_here(
        lambda c: c["other_encap_frames"])),
    ("a pseudowire in MPLS", lambda n: n.more_here() and n.any_here(
        lambda c: "pseudowire" in c["encapsulation"])),
    ("headers in samples of sFlow", lambda n: not n.here and n.tunnelled and
     "not-tcp" in n.report.not_analysed),
    ("a header longer than its packet", lambda n: not n.more_here() and (
        n.any_here(lambda c: "bad-header-length" in c["event_counts"]) or
        not n.here and "malformed-tcp" in n.report.not_analysed)),
    ("split handshake", lambda n: not n.more_here() and n.any_here(
        lambda c: c["handshake"]["outcome"] == "simultaneous-open")),
    ("packets in random order", lambda n: not n.more_here() and n.any_here(
        lambda c: "time-backwards" in c["event_counts"])),
    ("damaged time stamps", lambda n: n.more_here() and n.any_here(
        lambda c: "time-backwards" in c["event_counts"])),
    ("a SYN within a connection", lambda n: not n.more_here() and n.any_here(
        lambda c: "syn-in-connection" in c["event_counts"])),
    ("long silence", lambda n: n.more_here() and n.any_here(
        lambda c: c["reuse"] == "timeout" or
        c["handshake"]["outcome"] == "stray")),
)


def capture_counts(report, streams):
    """{ends: Count} of a capture."""
    counts = collections.defaultdict(lambda: Count(report))
    for row in streams:
        count = counts[ends((row["a"], row["a_port"]),
                            (row["b"], row["b_port"]))]
        count.streams += 1
        count.tunnelled += row["tunnelled"] != "0"
    for connection in report.connections if report else ():
        counts[ends_of(connection)].here.append(connection)
    return counts


def compare_counts(reports):
    """Whether a class explains each difference."""
    streams, explained = tshark_streams(), True
    print("Connections that tshark counts, here, and the class")
    for name, report in reports:
        counts = capture_counts(report, streams[name])
        for pair, count in sorted(counts.items(), key=lambda x: sorted(x[0])):
            if count.streams == len(count.here):
                continue
            cls = next((cls for cls, fits in COUNT_CLASSES if fits(count)),
                       None)
            explained = explained and cls is not None
            print("  %4d %4d  %s  %s %s" % (
                count.streams, len(count.here), cls or "WITHOUT A CLASS", name,
                " - ".join("%s:%s" % end for end in sorted(pair))))
    return explained


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
                left[ends_of(c)].append(c)
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
SHOWN = 4  # frames of a class and capture


def frame_class(kind):
    if kind == "out-of-order":
        return "order"
    if kind == "spurious-retransmission" or (
            kind.startswith("retransmission-") and
            kind not in BESIDE_A_RESEND):
        return "resend"
    return ""


class Frame:
    """What the program says of a frame."""
    def __init__(self, connection):
        self.connection, self.events = connection, []
        self.padded = False

    def kinds(self):
        return {e["kind"] for e in self.events}

    def called(self):
        """resend, order or nothing."""
        return next((frame_class(e["kind"]) for e in self.events
                     if frame_class(e["kind"])), "")

    def evidence(self, key):
        return {e["evidence"].get(key) for e in self.events}

    def has_event(self, kind):
        return kind in self.connection["event_counts"]


def frames_here(connections):
    frames = {}
    for c in connections:
        for e in c["events"]:
            frames.setdefault(e["frame"], Frame(c)).events.append(e)
    return frames


# A bare ACK with so many bytes carries padding.
PADDING = range(2, 7)
BARE_ACK = "0x0010"


def tshark_frames():
    """Per capture and frame what tshark calls it, if a resend or out of
    order, and its ends; and the ends of streams with padded ACKs."""
    frames, padded = collections.defaultdict(dict), set()
    for row in rows_of("tshark_packets.tsv.gz"):
        if row["quoted_in_icmp"] not in ("0", ""):
            continue
        flags = row["analysis"].split(",")
        pair = ends((row["src"], row["sport"]), (row["dst"], row["dport"]))
        if row["flags"] == BARE_ACK and int(row["len"]) in PADDING:
            padded.add((row["capture"], pair))
        for kind in RESENDS + ("out_of_order",):
            if kind in flags:
                frames[row["capture"]][int(row["frame"])] = kind, pair
                break
    return frames, padded


def of_connection(kind):
    return lambda theirs, frame: frame.has_event(kind)


def event(*kinds):
    return lambda theirs, frame: not frame.kinds().isdisjoint(kinds)


def fills_a_hole(theirs, frame):
    return frame.called() == "resend" and (
        "loss-upstream" in frame.evidence("cause") or
        None in frame.evidence("original_frame"))


def needless(theirs, frame):
    return frame.called() == "resend" and \
        "needless" in frame.evidence("cause")


# COMPARISON.md explains each; the first that fits is it.
CLASSES = (
    ("time stamps out of order", of_connection("time-backwards")),
    ("the capture holds packets twice", event("capture-duplicate")),
    ("copied by the network", event("network-duplicate")),
    ("wrong checksum", event("checksum-bad")),
    ("damaged header", event("flags-illegal", "bad-option", "stream-resync",
                             "out-of-window-segment", "seq-wild")),
    ("other bytes in the same place", event("retransmission-inconsistent")),
    ("data beyond the FIN", event("data-after-fin")),
    ("reset repeated", event("rst", "rst-after-close", "rst-with-data")),
    ("late duplicate", event("old-segment", "challenge-ack")),
    ("acknowledged before it came again", needless),
    ("a resend fills a hole before the tap", fills_a_hole),
    ("a late original",
     lambda theirs, frame: frame.called() == "order" and
     theirs in RESENDS + ("",)),
    ("SYN again", event("retransmission-syn")),
    ("the answer of an older connection",
     of_connection("half-open-discovery")),
    ("inside tunnels, two records",
     lambda theirs, frame: frame.connection["other_encap_frames"]),
    ("padding is no payload", lambda theirs, frame: frame.padded),
)


def class_of(theirs, frame):
    return next((name for name, fits in CLASSES if fits(theirs, frame)), None)


def owner(connections, number, pair):
    """The connection between pair of ends whose span the frame lies in."""
    return next((c for c in connections
                 if c["first_frame"] <= number <= c["last_frame"] and
                 pair == ends_of(c)), None)


def tcptrace_counts():
    """Per capture: data segments resent, and out of order."""
    counts = collections.defaultdict(lambda: [0, 0])
    for row in rows_of("tcptrace_conns.csv.gz"):
        count = counts[row["capture"]]
        for side in ("a2b", "b2a"):
            count[0] += int(row["rexmt_data_pkts_" + side] or 0)
            count[1] += int(row["outoforder_pkts_" + side] or 0)
    return counts


def capture_frames(connections, theirs, is_padded):
    """What both say of a capture's frames: counts, and the differences as
    (class, frame, tshark's word, kinds here)."""
    here, different = frames_here(connections), []
    for number in sorted(theirs.keys() | here.keys()):
        word, pair = theirs.get(number, ("", None))
        frame = here.get(number)
        if frame is None:
            c = owner(connections, number, pair)
            frame = Frame(c) if c else None
        if frame:
            frame.padded = is_padded(pair)
        called = frame.called() if frame else ""
        if called != ("resend" if word in RESENDS else
                      "order" if word else ""):
            different.append((
                class_of(word, frame) if frame else "no connection here",
                number, word or "-",
                ", ".join(sorted(frame.kinds())) if frame else ""))
    called = [frame.called() for frame in here.values()]
    words = [word for word, _ in theirs.values()]
    return (sum(w in RESENDS for w in words), words.count("out_of_order"),
            called.count("resend"), called.count("order")), different


def compare_frames(reports):
    (frames, padded), traced = tshark_frames(), tcptrace_counts()
    left_out = {row["capture"] for row in rows_of("tshark_captures.tsv")
                if int(row["tcp_packets"]) > FRAMES_MAX}
    classes = collections.defaultdict(list)
    print("Resent and out of order: tshark, tcptrace (data only), here")
    for name, connections in reports:
        if name in left_out:
            print("  not compared, for its size: %s" % name)
            continue
        counts, different = capture_frames(
            connections, frames.get(name, {}),
            lambda pair: (name, pair) in padded)
        trace = traced.get(name)
        data_resent = sum(c["sides"][s]["retransmitted_bytes"] > 0
                          for c in connections for s in c["sides"])
        if different or trace and (
                trace[1] != counts[3] or bool(trace[0]) != bool(data_resent)):
            print("  %4d %4d  %9s  %4d %4d  %s" % (
                *counts[:2], "%4d %4d" % tuple(trace) if trace else "-",
                *counts[2:], name))
        for cls, number, word, kinds in different:
            classes[cls].append((name, number, word, kinds))
    print("Classes of frames that tshark calls differently")
    for cls, found in sorted(classes.items(), key=lambda x: -len(x[1])):
        print("%5d  %s" % (len(found), cls or "WITHOUT A CLASS"))
        by = collections.defaultdict(list)
        for name, number, word, kinds in found:
            by[name, word, kinds].append(number)
        for (name, word, kinds), numbers in sorted(
                by.items(), key=lambda x: -len(x[1])):
            print("         %4d  %s, here %s: %s frame %s%s" % (
                len(numbers), word, kinds or "nothing", name,
                ", ".join(map(str, numbers[:SHOWN])),
                ", ..." if len(numbers) > SHOWN else ""))
    return None in classes


def main(arguments):
    captures = [c for c in corpus.corpus()
                if not arguments or any(p in c.name for p in arguments)]
    if not captures:
        print("no captures in %s" % corpus.CORPUS)
        return 77
    with multiprocessing.Pool() as pool:
        reports = pool.map(load, captures, 1)
    reports = [(c.name, r) for c, r in zip(captures, reports)]
    explained = compare_counts(reports)
    reports = [(name, r.connections) for name, r in reports if r is not None]
    compare_states(reports)
    return 1 if compare_frames(reports) or not explained else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
