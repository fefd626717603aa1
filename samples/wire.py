"""Bytes of packets and of capture files, both ways. Standard library only.

Used by generate.py (samples from scenarios) and by the tests that change a
capture and expect the same report.
"""
import ipaddress
import struct

ETHERNET, NULL, RAW, LOOP, SLL, SLL2, WLAN = 1, 0, 101, 108, 113, 276, 105
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


# Link layers: each takes the IP packet and the two MAC addresses.

def ethernet(packet, src, dst, tags=b"", kind=None):
    kind = ether_type(packet) if kind is None else kind
    return dst + src + tags + struct.pack(">H", kind) + packet


def vlan(packet, src, dst, *ids):
    kinds = [0x88a8] * (len(ids) - 1) + [0x8100]
    tags = b"".join(struct.pack(">HH", k, v) for k, v in zip(kinds, ids))
    return ethernet(packet, src, dst, tags)


def pppoe(packet, src, dst):
    protocol = 0x0021 if packet[0] >> 4 == 4 else 0x0057
    head = struct.pack(">BBHHH", 0x11, 0, 0x2a, len(packet) + 2, protocol)
    return ethernet(head + packet, src, dst, kind=0x8864)


def mpls(packet, src, dst, label):
    return mpls_stack(packet, src, dst, label)


def pseudowire(packet, src, dst, label):
    """Ethernet over MPLS without control word."""
    return mpls_stack(ethernet(packet, src, dst), src, dst, label)


def pseudowire_control(packet, src, dst, label):
    return mpls_stack(bytes(4) + ethernet(packet, src, dst), src, dst, label)


def mpls_stack(inner, src, dst, label):
    return ethernet(struct.pack(">I", label << 12 | 0x100 | 64) + inner,
                    src, dst, kind=0x8847)


def pbb(packet, src, dst, service):
    inner = struct.pack(">I", service) + ethernet(packet, src, dst)
    return ethernet(inner, src, dst, kind=0x88e7)


def between_routers(protocol, src, dst, inner, version=4):
    """An outer IP packet in Ethernet, from the router on src's side."""
    if version == 4:
        outer = (address("192.0.2.1"), address("192.0.2.2"))
    else:
        outer = (address("2001:db8:ffff::1"), address("2001:db8:ffff::2"))
    if src > dst:
        outer = outer[::-1]
    if callable(inner):
        inner = inner(*outer)
    return ethernet(ip(*outer, protocol, inner, 64), src, dst)


def udp_tunnel(port, src, dst, inner):
    return between_routers(17, src, dst, lambda *outer: udp(
        *outer, 50000, port, inner))


def gre_with(flags, kind, fields, src, dst, inner):
    return between_routers(47, src, dst, struct.pack(">HH", flags, kind)
                           + fields + inner)


def gre(packet, src, dst):
    return gre_with(0, ether_type(packet), b"", src, dst, packet)


def gre_fields(packet, src, dst):
    """Checksum (not computed), key and sequence number."""
    return gre_with(0xb000, ether_type(packet), struct.pack(
        ">HHII", 0, 0, 7, 1), src, dst, packet)


def nvgre(packet, src, dst, segment):
    return gre_with(0x2000, 0x6558, struct.pack(">I", segment << 8), src, dst,
                    ethernet(packet, src, dst))


def erspan1(packet, src, dst):
    return gre_with(0, 0x88be, b"", src, dst, ethernet(packet, src, dst))


def erspan2(packet, src, dst):
    return gre_with(0x1000, 0x88be, struct.pack(">III", 1, 0x10000001, 0),
                    src, dst, ethernet(packet, src, dst))


def erspan3(packet, src, dst):
    """With the platform header that its last bit promises."""
    return gre_with(0x1000, 0x22eb, struct.pack(">IIIIII", 1, 0x20000001, 0,
                                                1, 0, 0),
                    src, dst, ethernet(packet, src, dst))


def eoip(packet, src, dst, tunnel):
    inner = ethernet(packet, src, dst)
    return gre_with(0x2001, 0x6400, struct.pack(">H", len(inner))
                    + struct.pack("<H", tunnel), src, dst, inner)


def in_ip4(packet, src, dst):
    return between_routers(4 if packet[0] >> 4 == 4 else 41, src, dst, packet)


def in_ip6(packet, src, dst):
    return between_routers(4 if packet[0] >> 4 == 4 else 41, src, dst, packet,
                           version=6)


def ah(packet, src, dst):
    """Between the hosts: the header stands in the packet itself."""
    if packet[0] >> 4 == 4:
        head, rest = packet[:20], packet[20:]
        protocol = head[9]
    else:
        head, rest = packet[:40], packet[40:]
        protocol = head[6]
    body = struct.pack(">BBHII", protocol, 4, 0, 1, 1) + bytes(12) + rest
    return ethernet(ip(head[-8:-4] if len(head) == 20 else head[8:24],
                       head[-4:] if len(head) == 20 else head[24:], 51, body,
                       64), src, dst)


def teredo(packet, src, dst):
    """With an origin indication, as a server adds it."""
    return udp_tunnel(3544, src, dst, bytes(8) + packet)


def vxlan(packet, src, dst, vni):
    return udp_tunnel(4789, src, dst, struct.pack(">II", 0x08000000, vni << 8)
                      + ethernet(packet, src, dst))


def vxlan_gpe(packet, src, dst, vni):
    protocol = 1 if packet[0] >> 4 == 4 else 2
    return udp_tunnel(4790, src, dst, struct.pack(
        ">II", 0x0c000000 | protocol, vni << 8) + packet)


def geneve(packet, src, dst, vni):
    """With one option of 4 bytes."""
    return udp_tunnel(6081, src, dst, struct.pack(
        ">BBHIHBBI", 2, 0, 0x6558, vni << 8, 0x0102, 0x80, 1, 0)
        + ethernet(packet, src, dst))


def gtpu(packet, src, dst, tunnel):
    """With the extension header of a 5G session."""
    body = struct.pack(">HBB", 0, 0, 0x85) + b"\x01\x00\x09\x00" + packet
    return udp_tunnel(2152, src, dst, struct.pack(
        ">BBHI", 0x34, 255, len(body), tunnel) + body)


def l2tp(packet, src, dst):
    body = ppp_hdlc(packet, src, dst)
    return udp_tunnel(1701, src, dst, struct.pack(
        ">HHHH", 0x4002, 8 + len(body), 1, 2) + body)


def l2tp3(packet, src, dst):
    """In IP, with a cookie of 4 bytes."""
    return between_routers(115, src, dst, struct.pack(">II", 7, 0x0badcafe)
                           + ethernet(packet, src, dst))


def tzsp(packet, src, dst):
    return udp_tunnel(37008, src, dst, b"\1\0\0\1\1"
                      + ethernet(packet, src, dst))


def capwap(packet, src, dst):
    return udp_tunnel(5247, src, dst, struct.pack(
        ">II", 2 << 19 | 1 << 9 | 1 << 8, 0) + wlan(packet, src, dst))


def cooked(packet, src, dst):
    sent = 4 if src < dst else 0
    return struct.pack(">HHH6s2xH", sent, 1, 6, src,
                       ether_type(packet)) + packet


def cooked2(packet, src, dst):
    sent = 4 if src < dst else 0
    return struct.pack(">HHIHBB6s2x", ether_type(packet), 0, 2, 1, sent, 6,
                       src) + packet


def null(packet, src, dst):
    return struct.pack("<I", 2 if packet[0] >> 4 == 4 else 30) + packet


def loop(packet, src, dst):
    return struct.pack(">I", 2 if packet[0] >> 4 == 4 else 24) + packet


def raw(packet, src, dst):
    return packet


def llc(packet):
    """LLC and SNAP, RFC 1042."""
    return bytes.fromhex("aaaa03000000") + struct.pack(
        ">H", ether_type(packet)) + packet


def snap(packet, src, dst):
    """Ethernet whose type field is a length, IEEE 802.3."""
    body = llc(packet)
    return ethernet(body, src, dst, kind=len(body))


def token_ring(packet, src, dst):
    return b"\x10\x40" + dst + src + llc(packet)


def fddi(packet, src, dst):
    return b"\x50" + dst + src + llc(packet)


def arcnet(packet, src, dst):
    """RFC 1201: type, split flag, number."""
    return src[-1:] + dst[-1:] + b"\xd4\0\0\1" + packet


def arcnet_linux(packet, src, dst):
    """RFC 1051, whose type is followed by the packet."""
    return src[-1:] + dst[-1:] + b"\0\0\xf0" + packet


def slip(packet, src, dst):
    return bytes([src > dst]) + packet[:1] + bytes(14) + packet


def ppp_protocol(packet):
    return b"\0\x21" if packet[0] >> 4 == 4 else b"\0\x57"


def ppp(packet, src, dst):
    return ppp_protocol(packet) + packet


def ppp_hdlc(packet, src, dst):
    return b"\xff\3" + ppp_protocol(packet) + packet


def ppp_ether(packet, src, dst):
    return struct.pack(">BBHH", 0x11, 0, 0x2a, len(packet) + 2) \
        + ppp_protocol(packet) + packet


def cisco_hdlc(packet, src, dst):
    return struct.pack(">HH", 0x0f00, ether_type(packet)) + packet


def frame_relay(packet, src, dst):
    """Q.922 address of two bytes, RFC 2427."""
    return b"\x18\x41\3" + (b"\xcc" if packet[0] >> 4 == 4 else b"\x8e") \
        + packet


def ieee1394(packet, src, dst):
    return b"\0\0" + dst + b"\0\0" + src + struct.pack(
        ">H", ether_type(packet)) + packet


def wlan(packet, src, dst):
    """IEEE 802.11 data frame with QoS, to an access point."""
    return bytes.fromhex("88010000") + b"\2\0\0\0\0\xa0" + src + dst \
        + b"\x10\0\0\0" + llc(packet)


def radiotap(packet, src, dst):
    """Flags tell of a frame check sequence behind the frame."""
    return bytes.fromhex("000009000200000010") + wlan(packet, src, dst) \
        + b"\xde\xad\xbe\xef"


def prism(packet, src, dst):
    return struct.pack("<II", 0x44, 144) + bytes(136) + wlan(packet, src, dst)


def avs(packet, src, dst):
    return struct.pack(">II", 0x80211001, 64) + bytes(56) + wlan(
        packet, src, dst)


def ppi(packet, src, dst):
    return struct.pack("<BBHI", 0, 0, 8, WLAN) + wlan(packet, src, dst)


def nflog(packet, src, dst):
    """A prefix, then the packet; lengths in the order of the writer."""
    family = 2 if packet[0] >> 4 == 4 else 10
    return struct.pack("<BBHHH4sHH", family, 0, 0, 8, 10, b"in:\0",
                       4 + len(packet), 9) + packet


def ipoib(packet, src, dst):
    return bytes(40) + struct.pack(">HH", ether_type(packet), 0) + packet


def erf(packet, src, dst):
    """Endace record of type Ethernet."""
    frame = ethernet(packet, src, dst)
    return struct.pack("<Q", 1) + struct.pack(
        ">BBHHHH", 2, 4, 18 + len(frame), 0, len(frame), 0) + frame


def pktap(packet, src, dst):
    return struct.pack("<III", 108, 1, ETHERNET) + bytes(96) + ethernet(
        packet, src, dst)


def atm(packet, src, dst):
    """RFC 2684, routed."""
    return llc(packet)


LINKS = {"ethernet": (ETHERNET, ethernet), "vlan": (ETHERNET, vlan),
         "pppoe": (ETHERNET, pppoe), "mpls": (ETHERNET, mpls),
         "pseudowire": (ETHERNET, pseudowire),
         "pseudowire-control": (ETHERNET, pseudowire_control),
         "pbb": (ETHERNET, pbb), "gre": (ETHERNET, gre),
         "gre-fields": (ETHERNET, gre_fields), "nvgre": (ETHERNET, nvgre),
         "erspan1": (ETHERNET, erspan1), "erspan2": (ETHERNET, erspan2),
         "erspan3": (ETHERNET, erspan3), "eoip": (ETHERNET, eoip),
         "in-ip4": (ETHERNET, in_ip4), "in-ip6": (ETHERNET, in_ip6),
         "ah": (ETHERNET, ah), "teredo": (ETHERNET, teredo),
         "vxlan": (ETHERNET, vxlan), "vxlan-gpe": (ETHERNET, vxlan_gpe),
         "geneve": (ETHERNET, geneve), "gtpu": (ETHERNET, gtpu),
         "l2tp": (ETHERNET, l2tp), "l2tp3": (ETHERNET, l2tp3),
         "tzsp": (ETHERNET, tzsp), "capwap": (ETHERNET, capwap),
         "snap": (ETHERNET, snap),
         "sll": (SLL, cooked), "sll2": (SLL2, cooked2), "null": (NULL, null),
         "loop": (LOOP, loop), "raw": (RAW, raw),
         "token-ring": (6, token_ring), "arcnet": (7, arcnet),
         "slip": (8, slip), "ppp": (9, ppp), "fddi": (10, fddi),
         "ppp-hdlc": (50, ppp_hdlc), "ppp-ether": (51, ppp_ether),
         "atm": (100, atm), "cisco-hdlc": (104, cisco_hdlc),
         "wlan": (WLAN, wlan), "frame-relay": (107, frame_relay),
         "prism": (119, prism), "radiotap": (127, radiotap),
         "arcnet-linux": (129, arcnet_linux), "ieee1394": (138, ieee1394),
         "avs": (163, avs), "ppi": (192, ppi), "erf": (197, erf),
         "nflog": (239, nflog), "ipoib": (242, ipoib),
         "pktap": (258, pktap), "user0": (147, raw)}


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


def pcapng_bytes(capture):
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
    out += [description(i) for i in interfaces]
    for p in capture.packets:
        interface = p.interface or common
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
