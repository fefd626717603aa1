#!/usr/bin/env python3
"""Make the samples of scenarios.txt; --check compares instead of writing.

usage: generate.py [--check] [NAME...]

The language is described at the top of scenarios.txt. The same scenarios
give the same bytes on every machine.
"""
import os
import sys
import zlib

sys.dont_write_bytecode = True
import links  # noqa: E402
import wire  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
SCENARIOS = os.path.join(HERE, "scenarios.txt")
START_NS = 1768469400 * 10 ** 9  # 2026-01-15 09:30:00 UTC

HANDSHAKE = """0 C>S S 0 - 0 64240 mss1460 ws7 sackok
20 S>C SA 0 1 0 65160 mss1460 ws7 sackok
21 C>S A 1 1 0"""

# What the rows of links and tunnels have in common.
SHORT = """handshake
30 C>S PA 1 1 100
50 S>C A 1 101 0"""

# Words of a packet line that are no TCP options: how many values follow.
EXTRAS = {"ipid": 1, "ttl": 1, "nodf": 0, "ect0": 0, "ect1": 0, "ce": 0,
          "badsum": 0, "partialsum": 0, "other": 0, "doff": 1, "urg": 1,
          "frag": 1, "every": 1, "overlap": 0, "iplen0": 0,
          "reserved": 1}


class Host:
    """An endpoint: address, port and what its packets carry by default."""

    def __init__(self, scenario, name, index):
        self.name = name
        self.mac = bytes([2, 0, 0, 0, 0, 0x0a + index])
        self.address, self.port = wire.address("10.0.0.1"), 0
        self.ttl, self.window, self.ident, self.ident_step = 64, 502, 0, 0
        self.isn = zlib.crc32((scenario + "/" + name).encode())

    def set(self, words):
        words = list(words)
        while words:
            word = words.pop(0)
            if word in ("ttl", "isn", "win", "ipid"):
                value = int(words.pop(0), 0)
                if word == "ttl":
                    self.ttl = value
                elif word == "isn":
                    self.isn = value
                elif word == "win":
                    self.window = value
                else:
                    self.ident, self.ident_step = value, 1
            else:
                where, colon, port = word.rpartition(":")
                if not colon:
                    where, port = word, "0"
                self.address = wire.address(where.strip("[]"))
                self.port = int(port)

    def next_ident(self):
        value = self.ident
        self.ident = (self.ident + self.ident_step) & 0xffff
        return value


class Scenario:
    def __init__(self, name):
        self.name = name
        self.hosts = {}
        self.host("C").set("10.0.0.1:43210 ttl 60 win 502".split())
        self.host("S").set("10.0.0.2:80 ttl 52 win 509".split())
        self.link = ["ethernet"]
        self.snaplen, self.cut, self.pad = 262144, 0, False
        self.format, self.nanoseconds, self.big = "pcap", False, False
        self.late, self.sorted = False, False
        self.offset = 0
        self.twice, self.again, self.extensions = None, None, ()
        self.packets, self.network = [], []

    def host(self, name):
        if name not in self.hosts:
            self.hosts[name] = Host(self.name, name, len(self.hosts))
        return self.hosts[name]

    def set(self, word, values):
        if word == "link":
            self.link = values
        elif word in ("snaplen", "cut", "offset"):
            setattr(self, word, int(values[0]))
        elif word in ("pad", "nanoseconds", "big", "late", "sorted"):
            setattr(self, word, values != ["off"])
        elif word == "again":
            self.again = (nanoseconds(values[0]), values[1:])
        elif word == "pcapng":
            self.format = "pcapng"
        elif word == "twice":
            self.twice = (nanoseconds(values[0]), "ttl-1" in values)
        elif word == "extensions":
            self.extensions = tuple(int(v) for v in values)
        else:
            raise ValueError("unknown setting '%s'" % word)

    def short(self, words):
        if words[0] == "+6":
            self.line("host C [2001:db8::1]:43210")
            self.line("host S [2001:db8:0:1::2]:80")
        self.set("link", words[2:])
        for each in SHORT.split("\n"):
            self.line(each)

    def line(self, text):
        words = text.split()
        if words[0] == "host":
            self.host(words[1]).set(words[2:])
        elif words[0] == "set":
            self.set(words[1], words[2:])
        elif words[0] == "handshake":
            for each in HANDSHAKE.split("\n"):
                self.line(each)
        else:
            self.packet(words)

    def packet(self, words):
        ns = START_NS + nanoseconds(words[0])
        source, target = (self.host(n) for n in words[1].split(">"))
        if words[2] == "arp":
            body = bytes.fromhex("0001080006040001") + source.mac \
                + source.address + bytes(6) + target.address
            self.record(ns, links.ethernet(body, source.mac, b"\xff" * 6,
                                          kind=0x0806))
            return
        if words[2] == "udp":
            body = wire.udp(source.address, target.address, source.port,
                            target.port, b"x" * int(words[3]))
            packets = [self.internet(source, target, 17, body)]
        elif words[2] == "icmp":
            packets = [self.icmp(source, target, words[3:])]
        else:
            packets = self.segment(source, target, words[2:])
        step = nanoseconds(words[words.index("every") + 1]) \
            if "every" in words else 1000
        for each in packets:
            self.send(ns, source, target, each)
            ns += step

    def internet(self, source, target, protocol, body, extras=None):
        extras = extras or {}
        more = {"ecn": 3 if "ce" in extras else 2 if "ect0" in extras
                else 1 if "ect1" in extras else 0}
        ttl = int(extras.get("ttl", source.ttl))
        if len(source.address) == 4:
            ident = int(extras["ipid"]) if "ipid" in extras \
                else source.next_ident()
            more["ident"] = ident
            more["fragment"] = 0 if "nodf" in extras or "frag" in extras \
                else 0x4000
        else:
            more["extensions"] = self.extensions
        return wire.ip(source.address, target.address, protocol, body, ttl,
                       **more)

    def icmp(self, source, target, words):
        kind, code = (int(x) for x in words[0].split("/"))
        quoted = self.network[int(words[2]) - 1]
        head = 20 if quoted[0] >> 4 == 4 else 40
        mtu = int(words[4]) if words[3:4] == ["mtu"] else 0
        body = wire.icmp(source.address, target.address, kind, code,
                         quoted[:head + 8], mtu)
        protocol = 1 if len(source.address) == 4 else 58
        return self.internet(source, target, protocol, body)

    def segment(self, source, target, words):
        letters, seq, ack, length = words[0], words[1], words[2], \
            int(words[3])
        rest, window = words[4:], source.window
        if rest and rest[0].isdigit():
            window = int(rest.pop(0))
        extras, options = split_extras(rest)
        flags = sum(wire.FLAGS[x] for x in letters if x != "-")
        flags |= int(extras.get("reserved", "0"), 0) << 8
        number = absolute(seq, source.isn)
        body = wire.tcp(
            source.address, target.address, source.port, target.port,
            number, 0 if ack == "-" else absolute(ack, target.isn), flags,
            window, wire.tcp_options(target.isn, options),
            payload(number - source.isn, length, "other" in extras),
            urgent=int(extras.get("urg", "0")),
            offset=int(extras["doff"]) if "doff" in extras else None,
            check="bad" if "badsum" in extras else
            "partial" if "partialsum" in extras else "good")
        if "frag" not in extras:
            whole = self.internet(source, target, 6, body, extras)
            return [no_length(whole) if "iplen0" in extras else whole]
        return self.fragments(source, target, body, extras)

    def fragments(self, source, target, body, extras):
        size, out = int(extras["frag"]), []
        for at in range(0, len(body), size):
            last = at + size >= len(body)
            begin = at - 8 if "overlap" in extras and at else at
            out.append(wire.ip4(
                source.address, target.address, 6, body[begin:at + size],
                source.ttl, ident=int(extras["ipid"]),
                fragment=begin // 8 | (0 if last else 0x2000)))
        return out

    def send(self, ns, source, target, packet):
        self.network.append(packet)
        wrap = links.LINKS[self.link[0]][1]
        values = [int(v) for v in self.link[1:]]
        self.record(ns, wrap(packet, source.mac, target.mac, *values))
        if self.again:
            delay, (link, *numbers) = self.again
            self.record(ns + delay, links.LINKS[link][1](
                packet, source.mac, target.mac, *map(int, numbers)))
        if self.twice:
            delay, routed = self.twice
            if routed:
                packet = packet[:8] + bytes([packet[8] - 1]) + packet[9:]
                packet = packet[:10] + b"\0\0" + packet[12:]
                packet = packet[:10] + wire.checksum(packet[:20]).to_bytes(
                    2, "big") + packet[12:]
            self.network.append(packet)
            self.record(ns + delay,
                        wrap(packet, source.mac, target.mac, *values))

    def record(self, ns, frame):
        if self.pad:
            frame += b"\0" * (60 - len(frame))
        interface = wire.Interface(links.LINKS[self.link[0]][0], self.snaplen,
                                   self.nanoseconds, self.offset)
        self.packets.append(wire.Packet(ns, frame[:self.snaplen], len(frame),
                                        interface))

    def bytes(self):
        if self.sorted:
            self.packets.sort(key=lambda p: p.ns)
        capture = wire.Capture(links.LINKS[self.link[0]][0], self.packets,
                               self.nanoseconds, self.snaplen)
        data = wire.pcapng_bytes(capture, self.late) \
            if self.format == "pcapng" else wire.pcap_bytes(capture, self.big)
        return data[:len(data) - self.cut]


def nanoseconds(milliseconds):
    whole, _, part = milliseconds.partition(".")
    value = int((part + "000000")[:6])
    return int(whole) * 10 ** 6 + (-value if whole[0] == "-" else value)


def absolute(number, isn):
    """=N is a raw sequence number, any other is relative to the ISN."""
    return int(number[1:]) if number[0] == "=" else isn + int(number)


def payload(first, length, other):
    """Bytes by their place in the stream, so that resends are equal."""
    base = 65 if other else 97
    return bytes(base + (first + i) % 26 for i in range(length))


def no_length(packet):
    """IPv4 as a card gets it that will cut it up: total length 0."""
    head = packet[:2] + b"\0\0" + packet[4:10] + b"\0\0" + packet[12:20]
    return head[:10] + wire.checksum(head).to_bytes(2, "big") + head[12:] \
        + packet[20:]


def split_extras(words):
    extras, options, words = {}, [], list(words)
    while words:
        word = words.pop(0)
        if word in EXTRAS:
            extras[word] = words.pop(0) if EXTRAS[word] else ""
        else:
            options.append(word)
    return extras, options


def scenarios():
    current = None
    with open(SCENARIOS, encoding="ascii") as f:
        for number, text in enumerate(f, 1):
            text = text.split("#")[0].strip()
            try:
                if text[:2] in ("==", "+ ", "+6"):
                    if current:
                        yield current
                    current = Scenario(text.split()[1])
                    if text[0] == "+":
                        current.short(text.split())
                elif text and current:
                    current.line(text)
            except (ValueError, IndexError, KeyError) as error:
                sys.exit("%s:%d: %s" % (SCENARIOS, number, error))
    if current:
        yield current


def main(arguments):
    check = "--check" in arguments
    only = [a for a in arguments if a != "--check"]
    bad = count = 0
    for each in scenarios():
        if only and each.name not in only:
            continue
        name = "%s.%s" % (each.name, each.format)
        path = os.path.join(HERE, name)
        count += 1
        if not check:
            with open(path, "wb") as f:
                f.write(each.bytes())
            continue
        try:
            with open(path, "rb") as f:
                same = f.read() == each.bytes()
        except FileNotFoundError:
            same = False
        if not same:
            print("%s is not what scenarios.txt says" % name)
            bad += 1
    if not count:
        sys.exit("no such scenario")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
