#!/usr/bin/env python3
"""Property tests: change a capture in a way that must not change what is said
about its connections, and compare the reports.

usage: properties.py [PROPERTY...] [SAMPLE...]   (default: all of both)

TCPCONN names the program, srcdir the source. For every sample and property
the connection objects of the JSON report must be equal before and after, but
for what the change itself says (absolute times when times are shifted, frame
numbers when packets are added, and so on).
"""
import concurrent.futures
import csv
import io
import json
import os
import re
import subprocess
import sys
import tempfile

SRCDIR = os.environ.get("srcdir", ".")
sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(SRCDIR, "samples"),
                os.path.join(SRCDIR, "tests", "support")]
import rewrite  # noqa: E402
import links  # noqa: E402
import wire  # noqa: E402

PROGRAM = os.path.abspath(os.environ.get("TCPCONN", "./tcpconn-analyze"))
SAMPLES = os.path.join(SRCDIR, "samples")
ABSOLUTE_TIME = re.compile(r"^\d{4}-\d\d-\d\dT")
CITED = re.compile(r"(frames? )(\d+(?:(?:, | and |-| to )\d+)*)")
RAW_NUMBERS = {"syn_seq", "old_isn", "new_isn", "old_max", "isn"}
CHECKSUMS = {"got", "expected_checksum"}


class Failure(Exception):
    pass


def output(*arguments, stdin=None):
    """Standard output. Exit statuses 1 and 2 and messages are failures."""
    done = subprocess.run([PROGRAM, "-q", *arguments],
                          stdin=stdin or subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode not in (0, 3) or (
            done.stderr and done.returncode == 0):
        raise Failure("exit status %d: %s" % (
            done.returncode, done.stderr.decode(errors="replace").strip()))
    return done.stdout


def report(*arguments, stdin=None):
    """The JSON report."""
    return json.loads(output("--json", *arguments, stdin=stdin))


class Rules:
    """What to leave out and what to translate before a comparison."""

    def __init__(self, drop=(), times=True, frames=None, names=None,
                 steps=True):
        self.drop = set(drop)
        self.times = times    # absolute times count
        self.frames = frames  # new frame number -> old one
        self.names = names    # new address -> old one
        self.steps = steps    # raw numbers in steps count


def clean(value, rules, key=""):
    if isinstance(value, dict):
        raw = () if rules.steps or key != "steps" else ("seq", "ack")
        return {k: clean(v, rules, k) for k, v in value.items()
                if k not in rules.drop and k not in raw}
    if isinstance(value, list):
        return [clean(v, rules, key) for v in value]
    if isinstance(value, str):
        return clean_text(value, rules)
    if rules.frames and isinstance(value, int) and (
            key in ("frame", "frames") or key.endswith(("_frame", "_frames"))):
        return rules.frames.get(value, value)
    return value


def clean_text(value, rules):
    if not rules.times and ABSOLUTE_TIME.match(value):
        return "TIME"
    if rules.frames:
        value = CITED.sub(lambda m: m[1] + re.sub(
            r"\d+", lambda n: str(rules.frames.get(int(n[0]), n[0])), m[2]),
            value)
    if rules.names:
        names = sorted(rules.names, key=len, reverse=True)
        value = re.sub(r"(?<![\w.:])(%s)(?!\w|\.\d|:[0-9a-f]*:)"
                       % "|".join(map(re.escape, names)),
                       lambda m: rules.names[m[1]], value)
    return value


def differences(a, b, path=""):
    """Paths at which two JSON values differ, as readable lines."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted(a.keys() | b.keys()):
            if key not in a or key not in b:
                yield "%s.%s: only %s" % (path, key,
                                          "after" if key in b else "before")
            else:
                yield from differences(a[key], b[key], path + "." + key)
    elif isinstance(a, list) and isinstance(b, list):
        if len(a) != len(b):
            yield "%s: %d entries before, %d after" % (path, len(a), len(b))
        for i, (x, y) in enumerate(zip(a, b)):
            yield from differences(x, y, "%s[%d]" % (path, i))
    elif a != b or type(a) is not type(b) and {type(a), type(b)} != {
            int, float}:
        yield "%s: %r before, %r after" % (path, a, b)


def expect_equal(before, after, rules):
    """Compare lists of connections; only `after` is translated."""
    plain = Rules(rules.drop, rules.times, steps=rules.steps)
    found = list(differences(clean(before, plain), clean(after, rules),
                             "connections"))
    if found:
        raise Failure("\n".join(found[:6] + ["..."] * (len(found) > 6)))


class Sample:
    def __init__(self, path, directory):
        self.path = path
        self.name = os.path.basename(path)
        self.directory = directory
        self.capture = wire.read_capture(path)
        self._before = None

    @property
    def before(self):
        if self._before is None:
            self._before = report(self.path)["connections"]
        return self._before

    def changed(self, name, packets, **settings):
        """Write packets as another file of the same kind; its path."""
        capture = wire.Capture(
            self.capture.link, packets,
            settings.pop("nanoseconds", self.capture.nanoseconds),
            self.capture.snaplen)
        path = os.path.join(self.directory, "%s.%s" % (self.name, name))
        with open(path, "wb") as f:
            f.write(settings.pop("write", wire.pcap_bytes)(capture,
                                                           **settings))
        return path

    def spots(self):
        for p in self.capture.packets:
            yield p, rewrite.locate(self.capture.link, p.data)


# Properties: each takes a sample and returns whether it applied to it.

def shift(sample):
    """All times later by the same: only absolute times differ."""
    later = 412 * 86400 * 10 ** 9 + 987654000
    packets = [wire.Packet(p.ns + later, p.data, p.wire_len)
               for p in sample.capture.packets]
    after = report(sample.changed("shift", packets))["connections"]
    expect_equal(sample.before, after, Rules(times=False))
    return bool(packets)


def first_numbers(sample):
    """Per direction: first number seen, and how far its first run goes."""
    first, span = {}, {}

    def note(key, number, is_syn):
        if key not in first:
            first[key], span[key] = number, 1
        elif not is_syn:
            ahead = (number - first[key]) & rewrite.MASK
            if ahead < 1 << 20:
                span[key] = max(span[key], ahead)

    for p, spot in sample.spots():
        if not spot or spot.tcp is None or spot.tcp + 8 > len(p.data):
            continue
        key = rewrite.flow(p.data, spot)
        own, other = rewrite.numbers(p.data, spot)
        syn = len(p.data) > spot.tcp + 13 and p.data[spot.tcp + 13] & 2
        note(key, int.from_bytes(p.data[own[0]:own[0] + 4], "big"), syn)
        for at in other[:1]:
            note(key[::-1], int.from_bytes(p.data[at:at + 4], "big"), syn)
    return first, span


def wrap(sample):
    """Sequence numbers that cross 2^32: only raw numbers differ."""
    first, span = first_numbers(sample)
    shifts = {key: -(first[key] + (span[key] + 1) // 2) for key in first}
    packets = [wire.Packet(p.ns, rewrite.move_numbers(p.data, spot, shifts)
                           if spot else p.data, p.wire_len)
               for p, spot in sample.spots()]
    after = report(sample.changed("wrap", packets))["connections"]
    expect_equal(sample.before, after,
                 Rules(RAW_NUMBERS | CHECKSUMS, steps=False))
    return bool(first)


def reversal(values):
    """Each of the sorted values to its counterpart from the other end."""
    values = sorted(set(values))
    return dict(zip(values, reversed(values)))


def swap(sample):
    """Hosts that exchange their addresses: only addresses differ."""
    seen = {4: set(), 6: set()}
    macs = set()
    ethernet = sample.capture.link == links.ETHERNET
    for p, spot in sample.spots():
        if ethernet:
            macs |= {p.data[0:6], p.data[6:12]}
        while spot:
            seen[spot.version] |= set(rewrite.addresses(p.data, spot))
            spot = spot.quoted
    names = {**reversal(seen[4]), **reversal(seen[6])}
    macs = reversal(macs)
    packets = []
    for p, spot in sample.spots():
        data = rewrite.rename(p.data, spot, names) if spot else p.data
        if ethernet:
            data = macs[data[0:6]] + macs[data[6:12]] + data[12:]
        packets.append(wire.Packet(p.ns, data, p.wire_len))
    after = report(sample.changed("swap", packets))["connections"]
    expect_equal(sample.before, after, Rules(
        {"community_id"} | CHECKSUMS,
        names={rewrite.text(new): rewrite.text(old)
               for old, new in names.items()}))
    return any(new != old for old, new in names.items())


STRANGER = (  # sender is client, flags, seq, ack, length
    (1, 0x02, 0, 0, 0), (0, 0x12, 0, 1, 0), (1, 0x10, 1, 1, 0),
    (1, 0x18, 1, 1, 50), (0, 0x18, 1, 51, 700), (0, 0x18, 1, 51, 700),
    (1, 0x10, 51, 701, 0), (1, 0x11, 51, 701, 0), (0, 0x11, 701, 52, 0),
    (1, 0x10, 52, 702, 0))
STRANGERS = wire.address("203.0.113.5"), wire.address("203.0.113.6")


def stranger_packets(link):
    """Connections of strangers, one after the other, without end."""
    layer = {links.ETHERNET: links.ethernet, links.SLL: links.cooked,
             links.SLL2: links.cooked2, links.NULL: links.null,
             links.LOOP: links.loop}.get(link, links.raw)
    port = 20000
    while True:
        for client, flags, seq, ack, length in STRANGER:
            ends = STRANGERS if client else STRANGERS[::-1]
            ports = (port, 443) if client else (443, port)
            isns = (7 * port, 9 * port) if client else (9 * port, 7 * port)
            segment = wire.tcp(*ends, *ports, isns[0] + seq,
                               isns[1] + ack if flags & 0x10 else 0, flags,
                               8000, payload=b"s" * length)
            yield layer(wire.ip4(*ends, 6, segment, 64), b"\2\0\0\0\0\x55",
                        b"\2\0\0\0\0\x66")
        port += 1


def strangers(sample):
    """Other connections in between: only numbering differs."""
    source = stranger_packets(sample.capture.link)
    packets, frames = [], {}
    old = sample.capture.packets
    for i, p in enumerate(old, 1):
        packets.append(p)
        frames[len(packets)] = i
        if i < len(old):
            for _ in range(1 + i % 2):
                packets.append(wire.Packet(p.ns, next(source)))
    path = sample.changed("strangers", packets)
    names = {rewrite.text(a) for a in STRANGERS}
    after = [c for c in report(path, "--top", "0")["connections"]
             if c["client"]["address"] not in names]
    expect_equal(sample.before, after,
                 Rules({"number", "continues"}, frames=frames))
    return len(packets) > len(old)


def cut(sample):
    """Two files instead of one, wherever it is cut: nothing differs."""
    packets = sample.capture.packets
    places = [i for i in range(1, len(packets))
              if max(p.ns for p in packets[:i])
              < min(p.ns for p in packets[i:])]
    step = max(1, len(places) // 4)
    for at in places[step // 2::step]:
        paths = [sample.changed("cut1", packets[:at]),
                 sample.changed("cut2", packets[at:])]
        try:
            after = report(*paths)["connections"]
            expect_equal(sample.before, after, Rules())
        except Failure as failure:
            raise Failure("cut behind packet %d: %s" % (at, failure))
    return bool(places)


def stdin(sample):
    """From standard input: nothing differs."""
    with open(sample.path, "rb") as f:
        after = report("-", stdin=f)["connections"]
    expect_equal(sample.before, after, Rules())
    return True


def formats(sample):
    """Other byte order, resolution or format: nothing differs but how times
    are written."""
    for name, settings in (("big", {"big_endian": True}),
                           ("ns", {"nanoseconds": True}),
                           ("pcapng", {"write": wire.pcapng_bytes})):
        path = sample.changed(name, sample.capture.packets, **settings)
        try:
            expect_equal(sample.before, report(path)["connections"],
                         Rules(times=False))
        except Failure as failure:
            raise Failure("as %s: %s" % (name, failure))
    return True


def select(sample):
    """-c N reports that connection just as the full report does."""
    if not sample.before:
        return False
    number = sample.before[-1]["number"]
    after = report("-c", str(number), sample.path)["connections"]
    expect_equal(sample.before[-1:], after, Rules())
    return True


def details(sample):
    """How many events are kept in detail changes nothing but which are told
    of and cited."""
    for keep in "0", "1":
        after = report("--max-events", keep, sample.path)["connections"]
        try:
            expect_equal(sample.before, after, Rules({"events", "frames"}))
        except Failure as failure:
            raise Failure("--max-events %s: %s" % (keep, failure))
    return True


# What many connections together show is seen only within a part, and what
# follows from it; numbers are of the part.
OF_MANY = {"number", "continues", "sub", "verdict", "worst_severity"}


def shard(sample):
    """All parts together are the whole."""
    merged, analysed = [], 0
    for part in "1/3", "2/3", "3/3":
        lines = output("--format=ndjson", "--shard", part, sample.path)
        for record in map(json.loads, lines.decode().splitlines()):
            if record["record"] == "connection":
                del record["record"]
                merged.append(record)
            elif record["record"] == "summary":
                analysed += record["packets"]["analysed"]
    merged.sort(key=lambda c: c["first_frame"])
    expect_equal(sorted(sample.before, key=lambda c: c["first_frame"]),
                 merged, Rules(OF_MANY if len(sample.before) > 5 else
                               {"number", "continues"}))
    if analysed != report(sample.path)["packets"]["analysed"]:
        raise Failure("%d packets are analysed in parts" % analysed)
    return bool(sample.before)


def sizes(c):
    return [[c["sides"][side][key]
             for key in ("packets", "bytes", "payload_bytes", "unique_bytes",
                         "capture_duplicates")]
            for side in ("client", "server")]


def extract(sample):
    """--extract takes out the packets of a connection, unchanged; read alone
    they make the same connection."""
    for c in sample.before:
        path = os.path.join(sample.directory, sample.name + ".extract")
        number = str(c["number"])
        output("--json", "-c", number, "--extract", path, sample.path)
        taken = wire.read_capture(path).packets
        whole = iter(sample.capture.packets)
        for p in taken:
            if not any(p.ns == q.ns and p.data == q.data for q in whole):
                raise Failure("connection %s: packets that are not in the "
                              "capture, or in another order" % number)
        with open(sample.path, "rb") as f:
            output("--json", "-c", number, "-w", path + ".2", "-", stdin=f)
        with open(path, "rb") as f, open(path + ".2", "rb") as g:
            if f.read() != g.read():
                raise Failure("another capture from a pipe")
        if [sizes(x) for x in report(path)["connections"]] != [sizes(c)]:
            raise Failure("connection %s: other packets, or those of others"
                          % number)
    return bool(sample.before)


def ndjson(sample):
    """One object a line: the same connections."""
    lines = output("--format=ndjson", sample.path).decode().splitlines()
    after = [r for r in map(json.loads, lines)
             if r.pop("record") == "connection"]
    after.sort(key=lambda c: c["number"])
    expect_equal(sample.before, after, Rules())
    return True


def flat(value, prefix=""):
    """What CSV says of a value of JSON: {key: text}."""
    cells = {}
    for key, v in value.items():
        if isinstance(v, dict):
            cells.update(flat(v, prefix + key + "."))
        elif isinstance(v, list):
            cells[prefix + key] = " ".join(
                str(next(iter(x.values())) if isinstance(x, dict) else x)
                for x in v)
        else:
            cells[prefix + key] = "" if v is None else \
                v if isinstance(v, str) else json.dumps(v)
    return cells


def table(sample):
    """CSV has a row for each connection with the values of JSON."""
    text = output("--format=csv", sample.path).decode()
    if text.count("\r\n") != text.count("\n"):
        raise Failure("a line of CSV does not end as RFC 4180 has it")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    if len(rows) != len(sample.before):
        raise Failure("CSV has %d rows" % len(rows))
    for row, c in zip(rows, json.loads(
            output("--json", sample.path),
            parse_float=str)["connections"]):
        want = dict.fromkeys((k for k in row if k.startswith("event_c")), "0")
        for lists in "states", "events":
            del c[lists]
        want.update(flat(c))
        if row != want:
            raise Failure("CSV differs in %s" % [
                k for k in {**want, **row} if row.get(k) != want.get(k)])
    return True


def unchanged(sample):
    return sample.before is not None


PROPERTIES = (shift, wrap, swap, strangers, cut, stdin, formats, select,
              details, extract, shard, ndjson, table)


def attempt(prop, sample):
    try:
        return prop(sample), None
    except Failure as failure:
        return True, str(failure)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        return True, "%s: %s" % (type(error).__name__, error)


def load(directory, only):
    for name in sorted(os.listdir(SAMPLES)):
        if not name.endswith((".pcap", ".pcapng")) or (
                only and name not in only):
            continue
        try:
            sample = Sample(os.path.join(SAMPLES, name), directory)
        except ValueError:  # several interfaces: wire.py reads one
            continue
        if sample.capture.link in {link for link, _ in links.LINKS.values()} \
                - {links.LINKS["user0"][0]}:
            yield sample


def main(arguments):
    if not os.access(PROGRAM, os.X_OK):
        sys.exit("no program at %s" % PROGRAM)
    known = {p.__name__: p for p in PROPERTIES}
    chosen = [known[a] for a in arguments if a in known] or PROPERTIES
    only = [a for a in arguments if a not in known]
    failed, applied = 0, dict.fromkeys(chosen, 0)
    with tempfile.TemporaryDirectory() as directory, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        samples = list(load(directory, only))
        # Each sample's report once, before the threads share it.
        list(pool.map(lambda s: attempt(unchanged, s), samples))
        jobs = [(p, s, pool.submit(attempt, p, s)) for s in samples
                for p in chosen]
        for prop, sample, job in jobs:
            did, failure = job.result()
            applied[prop] += did
            if failure:
                failed += 1
                print("FAIL: %s: %s\n  %s" % (
                    prop.__name__, sample.name,
                    failure.replace("\n", "\n  ")))
    for prop, count in applied.items():
        print("%-10s %3d samples" % (prop.__name__, count))
        if not count:
            failed += 1
    print("%d failed" % failed)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
