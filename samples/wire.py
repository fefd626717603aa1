"""Bytes of IP packets and of capture files, both ways. Standard library only.

Used by generate.py (samples from scenarios) and by the tests that change a
capture and expect the same report.
"""
import ipaddress
import struct

FLAGS = {"F": 0x01, "S": 0x02, "R": 0x04, "P": 0x08, "A": 0x10, "U": 0x20,
         "E": 0x40, "W": 0x80}


class Packet:
    """One record: time in ns since the epoch, bytes, length on the wire, and
    the interface of a pcapng file if it is not that of the capture."""
    __slots__ = ("ns", "data", "wire_len", "interface")

    def __init__(self, ns, data, wire_len=None, interface=None):
        self.ns = ns
        self.data = data
        self.wire_len = len(data) if wire_len is None else wire_len
        self.interface = interface


class Interface:
    """What pcapng says of one; offset is in seconds."""

    def __init__(self, link, snaplen, nanoseconds, offset=0):
        self.link, self.snaplen = link, snaplen
        self.nanoseconds, self.offset = nanoseconds, offset

    def key(self):
        return self.link, self.snaplen, self.nanoseconds, self.offset


class Capture:
    """Records of one file; complete is False when its end is cut off."""

    def __init__(self, link, packets, nanoseconds=False, snaplen=262144,
                 complete=True):
        self.link = link
        self.packets = packets
        self.nanoseconds = nanoseconds
        self.snaplen = snaplen
        self.complete = complete


def word_sum(data):
    if len(data) % 2:
        data += b"\0"
    return sum(struct.unpack(">%dH" % (len(data) // 2), data))


def fold(total):
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total


def checksum(data):
    return ~fold(word_sum(data)) & 0xffff


def pseudo_header(src, dst, protocol, length):
    if len(src) == 4:
        return src + dst + struct.pack(">BBH", 0, protocol, length)
    return src + dst + struct.pack(">II", length, protocol)


def tcp(src, dst, sport, dport, seq, ack, flags, window, options=b"",
        payload=b"", urgent=0, offset=None, check="good"):
    """check: good, bad, or partial (left to the network card)."""
    options += b"\1" * (-len(options) % 4)
    words = 5 + len(options) // 4 if offset is None else offset
    head = struct.pack(">HHIIHHHH", sport, dport, seq & 0xffffffff,
                       ack & 0xffffffff, words << 12 | flags, window, 0,
                       urgent)
    segment = head + options + payload
    pseudo = pseudo_header(src, dst, 6, len(segment))
    if check == "partial":
        value = fold(word_sum(pseudo))
    else:
        value = checksum(pseudo + segment)
        if check == "bad":
            value ^= 0x5aa5
    return segment[:16] + struct.pack(">H", value) + segment[18:]


def udp(src, dst, sport, dport, payload):
    length = 8 + len(payload)
    head = struct.pack(">HHHH", sport, dport, length, 0)
    value = checksum(pseudo_header(src, dst, 17, length) + head + payload)
    return head[:6] + struct.pack(">H", value or 0xffff) + payload


def icmp(src, dst, kind, code, quoted, mtu=0):
    """An error message that quotes a packet; the version is src's."""
    body = struct.pack(">BBHHH", kind, code, 0, 0, mtu) + quoted
    pseudo = b"" if len(src) == 4 else pseudo_header(src, dst, 58, len(body))
    return body[:2] + struct.pack(">H", checksum(pseudo + body)) + body[4:]


def ip4(src, dst, protocol, payload, ttl, ident=0, fragment=0x4000, ecn=0):
    head = struct.pack(">BBHHHBBH", 0x45, ecn, 20 + len(payload), ident,
                       fragment, ttl, protocol, 0) + src + dst
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def ip6(src, dst, protocol, payload, ttl, ecn=0, extensions=()):
    """extensions: next-header numbers; each becomes 8 bytes of padding."""
    chain = list(extensions) + [protocol]
    inner = b"".join(struct.pack(">BBBB4x", following, 0, 1, 4)
                     for following in chain[1:]) + payload
    head = struct.pack(">IHBB", 6 << 28 | ecn << 20, len(inner), chain[0],
                       ttl)
    return head + src + dst + inner


def ip(src, dst, protocol, payload, ttl, **more):
    return (ip4 if len(src) == 4 else ip6)(src, dst, protocol, payload, ttl,
                                           **more)


def address(text):
    return ipaddress.ip_address(text).packed


def ether_type(packet):
    return 0x0800 if packet[0] >> 4 == 4 else 0x86dd


def tcp_options(seq_base, words):
    """Options from scenario words; seq_base is the ISN SACK counts from."""
    out = b""
    words = list(words)
    while words:
        word = words.pop(0)
        if word.startswith("mss"):
            out += struct.pack(">BBH", 2, 4, int(word[3:]))
        elif word == "sackok":
            out += b"\4\2"
        elif word.startswith("ws"):
            out += b"\3\3" + bytes([int(word[2:])])
        elif word == "ts":
            out += struct.pack(">BBII", 8, 10, int(words.pop(0)),
                               int(words.pop(0)))
        elif word == "sack":
            blocks = []
            while words and "-" in words[0]:
                blocks.append([int(x) for x in words.pop(0).split("-")])
            out += struct.pack(">BB", 5, 2 + 8 * len(blocks))
            for left, right in blocks:
                out += struct.pack(">II", (seq_base + left) & 0xffffffff,
                                   (seq_base + right) & 0xffffffff)
        elif word == "tfo":
            cookie = bytes.fromhex(words.pop(0)) if words else b""
            out += bytes([34, 2 + len(cookie)]) + cookie
        elif word == "opt":
            out += bytes.fromhex(words.pop(0))
        else:
            raise ValueError("unknown word '%s'" % word)
    return out


# Files

def pcap_bytes(capture, big_endian=False):
    order = ">" if big_endian else "<"
    magic = 0xa1b23c4d if capture.nanoseconds else 0xa1b2c3d4
    unit = 1 if capture.nanoseconds else 1000
    out = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, capture.snaplen,
                       capture.link)]
    for p in capture.packets:
        seconds, ns = divmod(p.ns, 10 ** 9)
        out.append(struct.pack(order + "IIII", seconds, ns // unit,
                               len(p.data), p.wire_len))
        out.append(p.data)
    return b"".join(out)


def pcapng_bytes(capture, late=False):
    """late: interfaces are described right before their first packet."""
    def block(kind, body):
        body += b"\0" * (-len(body) % 4)
        size = struct.pack("<I", 12 + len(body))
        return struct.pack("<I", kind) + size + body + size

    def description(interface):
        options = b""
        if interface.nanoseconds:
            options += struct.pack("<HHB3x", 9, 1, 9)
        if interface.offset:
            options += struct.pack("<HHq", 14, 8, interface.offset)
        if options:
            options += bytes(4)
        return block(1, struct.pack("<HHI", interface.link, 0,
                                    interface.snaplen) + options)

    common = Interface(capture.link, capture.snaplen, capture.nanoseconds)
    used = {}
    for p in capture.packets:
        interface = p.interface or common
        used.setdefault(interface.key(), interface)
    interfaces = list(used.values()) or [common]
    out = [block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1))]
    described = set()
    if not late:
        out += [description(i) for i in interfaces]
    for p in capture.packets:
        interface = p.interface or common
        if late and interface.key() not in described:
            described.add(interface.key())
            out.append(description(interface))
        unit = 1 if interface.nanoseconds else 1000
        high, low = divmod((p.ns - interface.offset * 10 ** 9) // unit,
                           1 << 32)
        out.append(block(6, struct.pack(
            "<IIIII", list(used).index(interface.key()), high, low,
            len(p.data), p.wire_len) + p.data))
    return b"".join(out)


def read_capture(path):
    """Read pcap or pcapng of one interface. Raises ValueError otherwise."""
    with open(path, "rb") as f:
        data = f.read()
    if data[:4] == b"\x0a\x0d\x0d\x0a":
        return read_pcapng(data)
    return read_pcap(data)


def read_pcap(data):
    for order in "<>":
        magic = struct.unpack_from(order + "I", data)[0]
        if magic in (0xa1b2c3d4, 0xa1b23c4d):
            break
    else:
        raise ValueError("not a pcap file")
    nanoseconds = magic == 0xa1b23c4d
    unit = 1 if nanoseconds else 1000
    snaplen, link = struct.unpack_from(order + "II", data, 16)
    packets, at = [], 24
    while at + 16 <= len(data):
        sec, frac, have, wire = struct.unpack_from(order + "IIII", data, at)
        if at + 16 + have > len(data):
            break
        packets.append(Packet(sec * 10 ** 9 + frac * unit,
                              data[at + 16:at + 16 + have], wire))
        at += 16 + have
    return Capture(link & 0xffff, packets, nanoseconds, snaplen,
                   at == len(data))


def read_pcapng(data):
    packets, link, snaplen, unit, at = [], None, 0, 1000, 0
    while at + 12 <= len(data):
        kind, size = struct.unpack_from("<II", data, at)
        if size < 12 or at + size > len(data):
            break
        body = data[at + 8:at + size - 4]
        if kind == 1:
            if link is not None:
                raise ValueError("more than one interface")
            link, _, snaplen = struct.unpack_from("<HHI", body)
            unit = interface_unit(body[8:])
        elif kind == 6:
            _, high, low, have, wire = struct.unpack_from("<IIIII", body)
            packets.append(Packet((high << 32 | low) * unit,
                                  body[20:20 + have], wire))
        at += size
    return Capture(link, packets, unit == 1, snaplen, at == len(data))


def interface_unit(options):
    at = 0
    while at + 4 <= len(options):
        code, size = struct.unpack_from("<HH", options, at)
        if code == 9:
            if options[at + 4] not in (6, 9):
                raise ValueError("unusual time resolution")
            return 1 if options[at + 4] == 9 else 1000
        at += 4 + (size + 3) // 4 * 4
    return 1000
