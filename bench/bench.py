#!/usr/bin/python3
"""Measure what the program costs beside an empty libpcap loop.

usage: bench.py     in the build folder; make bench does it

Prints tables in Markdown: processor time (user and system) as a ratio to the
loop, and memory; the report formats; a capture of 20 packets; growth. All
commands of a table take turns, and a ratio is one of the same round, so that
other work on the machine disturbs all of them alike; medians are printed.

Environment, or variables of make:
  BENCH_SCALE   size of the captures, 1 by default
  BENCH_ROUNDS  rounds, 5 by default
  BENCH_PEERS   no: leave out tcptrace and tshark
  BENCH_TABLES  which: "kinds formats start growth" by default
"""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

PROGRAM = os.path.abspath(os.environ.get("TCPCONN", "./tcpconn-analyze"))
FLOOR, MEASURE, GENERATE = (os.path.abspath(os.path.join("bench", name))
                            for name in ("floor", "measure", "generate"))
SCALE = float(os.environ.get("BENCH_SCALE") or 1)
ROUNDS = int(os.environ.get("BENCH_ROUNDS") or 5)
PEERS = os.environ.get("BENCH_PEERS") != "no"

# kind: connections, and packets where only they bound the capture
KINDS = {
    "bulk": (8, 130000),
    "mixed": (4000, 0),
    "smallpkts": (1000, 300000),
    "manyflows": (30000, 0),
    "synflood": (100000, 0),
    "storm": (150, 0),
}
TINY = ("smallpkts", 1, 16)  # 20 packets
TOOL = "tcpconn-analyze"
LOOP = "libpcap loop"
# what the table says, and the command before the capture
COMMANDS = {
    LOOP: [FLOOR],
    TOOL: [PROGRAM, "-q"],
    "tcptrace -n": ["tcptrace", "-n"],
    "tshark -z conv,tcp": ["tshark", "-n", "-q", "-z", "conv,tcp", "-r"],
}
FORMATS = ("text", "json", "ndjson", "csv")
FORMAT_KINDS = ("manyflows", "mixed")
GROWTH_PACKETS = (0.1, 1, 4)
GROWTH_CONNECTIONS = (10000, 100000, 1000000)
GROWTH_ROUNDS = 3
LIMIT_S = 100  # of processor time for one run
# fewer connections than these say nothing of the memory of one
CONNECTIONS_MIN = 1000


class Cost:
    """The figures of one command in all rounds."""
    def __init__(self):
        self.cpu_us, self.peak_kib = [], []

    def add(self, cpu_us, peak_kib):
        self.cpu_us.append(cpu_us)
        self.peak_kib.append(peak_kib)

    def cpu(self):
        return statistics.median(self.cpu_us)

    def peak(self):
        return statistics.median(self.peak_kib)

    def ratio(self, base):
        return statistics.median(a / b for a, b
                                 in zip(self.cpu_us, base.cpu_us))

    def above(self, base):
        return statistics.median(a - b for a, b
                                 in zip(self.cpu_us, base.cpu_us))


class Capture:
    """A made capture, which lives as long as the with statement."""
    def __init__(self, folder, kind, connections, packets=0):
        self.path = os.path.join(folder, kind + ".pcap")
        say("making %s, %d connections" % (kind, connections))
        made = subprocess.run([GENERATE, kind, str(connections), str(packets),
                               self.path], check=True, text=True,
                              stdout=subprocess.PIPE).stdout.split()
        self.packets, self.connections, self.bytes = map(int, made)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.unlink(self.path)


def say(text):
    print("bench: " + text, file=sys.stderr, flush=True)


def measure(command, path):
    """(CPU in microseconds, peak in KiB); None if it failed or took long."""
    done = subprocess.run([MEASURE, str(LIMIT_S), *command, path], text=True,
                          check=True, stdout=subprocess.PIPE)
    cpu_us, peak_kib, status = map(int, done.stdout.split())
    return None if status else (max(cpu_us, 1), peak_kib)


def compare(commands, capture, rounds=ROUNDS):
    """{name: Cost} of commands that take turns; failed ones are left out."""
    with open(capture.path, "rb") as f:  # into the page cache
        while f.read(1 << 20):
            pass
    costs = {name: Cost() for name in commands}
    for _ in range(rounds):
        for name in list(costs):
            figures = measure(commands[name], capture.path)
            if figures is None:
                say("%s failed or took more than %d s" % (name, LIMIT_S))
                del costs[name]
            else:
                costs[name].add(*figures)
    for name in (LOOP, TOOL):
        if name in commands and name not in costs:
            sys.exit("bench: %s cannot be measured" % name)
    return costs


def row(*cells):
    print("| %s |" % " | ".join(str(c) for c in cells), flush=True)


def heading(*cells):
    row(*cells)
    row("---", *("---:" for _ in cells[1:]))


def scaled(kind, factor):
    connections, packets = KINDS[kind]
    if packets:
        return connections, max(1, int(packets * factor))
    return max(1, int(connections * factor)), 0


def memory_available():
    """In bytes; None where it is not known."""
    try:
        with open("/proc/meminfo", encoding="ascii") as f:
            for line in f:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return None


def bytes_each(cost, tiny, capture):
    """Memory of a connection above what the program takes anyway."""
    return max(0, cost.peak() - tiny.peak()) * 1024 / capture.connections


def table_kinds(folder, tiny):
    """What each kind of traffic costs."""
    measured = [name for name in tiny if name != LOOP]
    heading("capture", "packets", "connections", LOOP + ", ns a packet",
            *("%s, ×" % name for name in measured),
            *("%s, B a connection" % name for name in measured))
    for kind in KINDS:
        with Capture(folder, kind, *scaled(kind, SCALE)) as c:
            costs = compare({name: COMMANDS[name] for name in tiny}, c)
        cells = ["%.1f" % costs[name].ratio(costs[LOOP])
                 if name in costs else "-" for name in measured]
        cells += ["%.0f" % bytes_each(costs[name], tiny[name], c)
                  if name in costs and c.connections >= CONNECTIONS_MIN
                  else "-" for name in measured]
        row(kind, c.packets, c.connections,
            "%.0f" % (costs[LOOP].cpu() * 1000 / c.packets), *cells)


def table_formats(folder, _):
    """What the report formats cost above the text report."""
    commands = {f: [PROGRAM, "-q", "--format", f] for f in FORMATS}
    cells = {f: [] for f in FORMATS}
    for kind in FORMAT_KINDS:
        with Capture(folder, kind, *scaled(kind, SCALE)) as c:
            costs = compare(commands, c)
        for f in FORMATS:
            us = (costs[f].above(costs["text"]) if f != "text"
                  else costs[f].cpu()) / c.connections
            cells[f].append("%.2f" % us if f == "text" else "%+.2f" % us)
    heading("format", *("%s, µs a connection" % k for k in FORMAT_KINDS))
    for f in FORMATS:
        row(f if f == "text" else f + ", above text", *cells[f])


def table_start(_, tiny):
    """What a run costs that has next to nothing to read."""
    heading("20 packets", "CPU, ms", "peak, MiB")
    for name, cost in tiny.items():
        row(name, "%.1f" % (cost.cpu() / 1000), "%.1f" % (cost.peak() / 1024))


def growth_sizes():
    for factor in GROWTH_PACKETS:
        yield ("mixed", *scaled("mixed", SCALE * factor))
    for n in GROWTH_CONNECTIONS:
        yield "manyflows", max(1, int(n * SCALE)), 0


def table_growth(folder, tiny):
    """Whether cost stays in proportion to size."""
    commands = {name: COMMANDS[name] for name in (LOOP, TOOL)}
    rounds = min(ROUNDS, GROWTH_ROUNDS)
    available = memory_available()
    each = 0
    heading("capture", "packets", "connections", "ns a packet",
            LOOP + ", ×", "B a connection")
    for kind, connections, packets in growth_sizes():
        if available and each * connections > available / 2:
            say("%s, %d connections: left out for want of memory" %
                (kind, connections))
            row(kind, "-", connections, "-", "-", "-")
            continue
        with Capture(folder, kind, connections, packets) as c:
            costs = compare(commands, c, rounds)
        cost = costs[TOOL]
        each = bytes_each(cost, tiny[TOOL], c)
        row(kind, c.packets, c.connections,
            "%.0f" % (cost.cpu() * 1000 / c.packets),
            "%.1f" % cost.ratio(costs[LOOP]),
            "%.0f" % each if c.connections >= CONNECTIONS_MIN else "-")


TABLES = {
    "kinds": table_kinds,
    "formats": table_formats,
    "start": table_start,
    "growth": table_growth,
}


def main():
    wanted = (os.environ.get("BENCH_TABLES") or " ".join(TABLES)).split()
    for name in wanted:
        if name not in TABLES:
            sys.exit("bench: no table %s; there are: %s" %
                     (name, " ".join(TABLES)))
    commands = {name: command for name, command in COMMANDS.items()
                if name in (LOOP, TOOL) or
                (PEERS and shutil.which(command[0]))}
    with tempfile.TemporaryDirectory(prefix="captures-", dir="bench") as d:
        with Capture(d, *TINY) as c:
            tiny = compare(commands, c, 2 * ROUNDS + 1)
        for i, name in enumerate(wanted):
            if i > 0:
                print()
            TABLES[name](d, tiny)
    return 0


if __name__ == "__main__":
    sys.exit(main())
