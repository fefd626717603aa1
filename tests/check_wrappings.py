#!/usr/bin/python3
"""The tables of samples/README.md that say which sample proves which link
type, encapsulation and compression: true of each, and complete.
"""
import json
import os
import re
import subprocess
import sys

SRCDIR = os.environ.get("srcdir", ".")
PROGRAM = os.path.abspath(os.environ.get("TCPCONN", "./tcpconn-analyze"))
SAMPLES = os.path.join(SRCDIR, "samples")
# What libpcap makes of the numbers that files hold.
NUMBERS = {100: 11, 101: 12, 102: 15, 106: 19}


def text(*path):
    with open(os.path.join(SRCDIR, *path), encoding="utf-8") as f:
        return f.read()


def rows(heading):
    """Cells of the table under a heading; the first is the file's name."""
    section = text("samples", "README.md").split("### " + heading + "\n")[1]
    for line in section.split("\n### ")[0].split("\n"):
        if line.startswith("| `"):
            yield [cell.strip(" `") for cell in line.strip("|").split("|")]


def report(name):
    run = subprocess.run([PROGRAM, "--json", os.path.join(SAMPLES, name)],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         check=False)
    return json.loads(run.stdout)


def facts(name):
    """Link type, encapsulation, and whether the connection came out whole."""
    r = report(name)
    c = r["connections"][0]
    whole = (len(r["connections"]) == 1 and r["packets"]["analysed"] == 5
             and c["handshake"]["outcome"] == "complete"
             and c["sides"]["client"]["payload_bytes"] == 100
             and c["sides"]["client"]["packets"] == 3
             and c["verdict"]["id"] == "ok" and not c["events"])
    return r["captures"][0]["link_type"], c["encapsulation"], whole


def file_number(name):
    with open(os.path.join(SAMPLES, name), "rb") as f:
        return int.from_bytes(f.read(24)[20:24], "little")


def check_wrappings():
    links, layers = set(), set()
    for name, _, link, encapsulation in rows("Every link type and"
                                             " encapsulation"):
        expected = [] if encapsulation == "-" else encapsulation.split(", ")
        number = file_number(name)
        got, found, whole = facts(name)
        if link != "%s (%d)" % (got, number) or expected != found:
            yield "%s: %s (%d), %s" % (name, got, number, found)
        if not whole:
            yield "%s: not the connection that it should be" % name
        links.update((number, NUMBERS.get(number, number)))
        layers.update(found)
    table = text("src", "input", "decode_link.c").split("links[] = {")[1]
    known = re.findall(r"^ +\{(\d+), decode", table, re.M)
    if len(known) < 50:
        yield "the table of link types cannot be read"
    for each in sorted({int(x) for x in known} - links):
        yield "no sample has link type %d" % each
    fuzzed = text("tests", "fuzz_decode.c").split("link_types[] = {")[1]
    fuzzed = re.findall(r"\d+", fuzzed.split("}")[0])
    for each in sorted(set(known) - set(fuzzed)):
        yield "fuzz_decode does not try link type " + each
    names = re.findall(r'^ENCAP\(\w+, "(.*)"\)',
                       text("include", "words", "encap.def"), re.M)
    if not names:
        yield "encap.def cannot be read"
    for each in sorted(set(names) - layers):
        yield "no sample has encapsulation " + each


def check_compressed():
    plain = report("e07-fast-retransmit.pcap")
    seen = set()
    for name, compression, _, _ in rows("Compressed"):
        r = report(name)
        capture = r["captures"][0]
        seen.add(capture["compression"])
        if capture["compression"] != compression:
            yield "%s: %s" % (name, capture["compression"])
        if capture["complete"] and r["connections"] != plain["connections"]:
            yield "%s: not the report of the plain file" % name
    for each in sorted({"gzip", "zstd", "lz4", "xz"} - seen):
        yield "no sample is compressed by " + each


def main():
    bad = [*check_wrappings(), *check_compressed()]
    for each in bad:
        print("check_wrappings: " + each)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
