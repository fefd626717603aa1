"""What carries IP: link layers and tunnels, as other programs write them.

Each function takes the IP packet, the two MAC addresses and what LINKS is
given beside the name. The layouts are those of the RFCs, of
https://www.tcpdump.org/linktypes.html and of Wireshark, not of the decoder
that the samples test.
"""
import struct
import zlib

import wire

ETHERNET, NULL, RAW, LOOP, SLL, SLL2, WLAN = 1, 0, 101, 108, 113, 276, 105


def ethernet(packet, src, dst, tags=b"", kind=None):
    kind = wire.ether_type(packet) if kind is None else kind
    return dst + src + tags + struct.pack(">H", kind) + packet


def checked(frame):
    """With its frame check sequence."""
    return frame + struct.pack("<I", zlib.crc32(frame))


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
    return ethernet(label_stack(inner, label), src, dst, kind=0x8847)


def pbb(packet, src, dst, service):
    inner = struct.pack(">I", service) + ethernet(packet, src, dst)
    return ethernet(inner, src, dst, kind=0x88e7)


def tagged(kind, tag, packet, src, dst):
    """A tag between the addresses and what the frame would be without."""
    body = tag + struct.pack(">H", wire.ether_type(packet)) + packet
    return ethernet(body, src, dst, kind=kind)


def vn_tag(packet, src, dst):
    """Cisco's: direction, destination and source port."""
    return tagged(0x8926, struct.pack(">HH", 0x8000 | 5, 6), packet, src, dst)


def e_tag(packet, src, dst):
    """IEEE 802.1BR: priority, ingress and egress port, their extensions."""
    return tagged(0x893f, struct.pack(">HHBB", 0x2000, 7, 0, 0), packet, src,
                  dst)


def hsr(packet, src, dst):
    """IEC 62439-3 5.6.2: path and size, sequence number."""
    return tagged(0x892f, struct.pack(">HH", 6 + len(packet), 1), packet, src,
                  dst)


def metadata(packet, src, dst):
    """Cisco MetaData: version, length, option, security group."""
    return tagged(0x8909, struct.pack(">BBHH", 1, 1, 1, 100), packet, src, dst)


def macsec(packet, src, dst):
    """IEEE 802.1AE 9 without encryption: SecTAG with SCI, data, ICV."""
    tag = struct.pack(">BBI6sH", 0x20, 0, 1, src, 1)
    return tagged(0x88e5, tag, packet, src, dst) + bytes(range(16))


def fabricpath(packet, src, dst):
    """Switches' addresses, tree 1 with 32 hops, the frame."""
    inner = struct.pack(">H", 1 << 6 | 32) + checked(
        ethernet(packet, src, dst))
    return ethernet(inner, b"\2\0\1\0\0\1", b"\2\0\2\0\0\1", kind=0x8903)


def trill(packet, src, dst):
    """RFC 6325 3.1 with one word of options: 63 hops, nicknames 1 and 2."""
    inner = struct.pack(">HHHI", 1 << 6 | 63, 1, 2, 0) \
        + ethernet(packet, src, dst)
    return ethernet(inner, src, dst, kind=0x22f3)


def nsh(packet, src, dst):
    """RFC 8300 2: metadata of type 1, then Ethernet; path 1, index 255."""
    head = struct.pack(">HBBI", 63 << 6 | 6, 1, 3, 1 << 8 | 255) + bytes(16)
    return ethernet(head + ethernet(packet, src, dst), src, dst, kind=0x894f)


def between_routers(protocol, src, dst, inner, version=4):
    """An outer IP packet in Ethernet, from the router on src's side."""
    if version == 4:
        outer = (wire.address("192.0.2.1"), wire.address("192.0.2.2"))
    else:
        outer = (wire.address("2001:db8:ffff::1"), wire.address("2001:db8:ffff::2"))
    if src > dst:
        outer = outer[::-1]
    if callable(inner):
        inner = inner(*outer)
    return ethernet(wire.ip(*outer, protocol, inner, 64), src, dst)


def udp_tunnel(port, src, dst, inner):
    return between_routers(17, src, dst, lambda *outer: wire.udp(
        *outer, 50000, port, inner))


def gre_with(flags, kind, fields, src, dst, inner):
    return between_routers(47, src, dst, struct.pack(">HH", flags, kind)
                           + fields + inner)


def gre(packet, src, dst):
    return gre_with(0, wire.ether_type(packet), b"", src, dst, packet)


def gre_fields(packet, src, dst):
    """Checksum (not computed), key and sequence number."""
    return gre_with(0xb000, wire.ether_type(packet), struct.pack(
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


def wccp(packet, src, dst):
    """Version 2 of Cisco's web cache redirection: service, then IP."""
    return gre_with(0, 0x883e, bytes(4), src, dst, packet)


def pptp(packet, src, dst):
    """RFC 2637 4.1: PPP with length, call and sequence number."""
    body = ppp_hdlc(packet, src, dst)
    return gre_with(0x3001, 0x880b, struct.pack(">HHI", len(body), 3, 1), src,
                    dst, body)


def etherip(packet, src, dst):
    """RFC 3378 3: version 3."""
    return between_routers(97, src, dst, b"\x30\0"
                           + ethernet(packet, src, dst))


def label_stack(packet, label):
    return struct.pack(">I", label << 12 | 0x100 | 64) + packet


def mpls_ip(packet, src, dst, label):
    """RFC 4023 3."""
    return between_routers(137, src, dst, label_stack(packet, label))


def mpls_udp(packet, src, dst, label):
    """RFC 7510 3."""
    return udp_tunnel(6635, src, dst, label_stack(packet, label))


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
    return ethernet(wire.ip(head[-8:-4] if len(head) == 20 else head[8:24],
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


def lisp(packet, src, dst):
    """RFC 9300 5.1: flags with a nonce, locator bits."""
    return udp_tunnel(4341, src, dst, struct.pack(">II", 0xc0000001, 1)
                      + packet)


def ayiya(packet, src, dst):
    """draft-massar-v6ops-ayiya 3: identity of 16 bytes, SHA1, IPv6."""
    head = struct.pack(">BBBBI", 0x41, 0x52, 0x11, 41, 1768469400)
    return udp_tunnel(5072, src, dst, head + bytes(16) + bytes(20) + packet)


def cooked(packet, src, dst):
    sent = 4 if src < dst else 0
    return struct.pack(">HHH6s2xH", sent, 1, 6, src,
                       wire.ether_type(packet)) + packet


def cooked2(packet, src, dst):
    sent = 4 if src < dst else 0
    return struct.pack(">HHIHBB6s2x", wire.ether_type(packet), 0, 2, 1, sent, 6,
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
        ">H", wire.ether_type(packet)) + packet


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
    return struct.pack(">HH", 0x0f00, wire.ether_type(packet)) + packet


def frame_relay(packet, src, dst):
    """Q.922 address of two bytes, RFC 2427."""
    return b"\x18\x41\3" + (b"\xcc" if packet[0] >> 4 == 4 else b"\x8e") \
        + packet


def ieee1394(packet, src, dst):
    return b"\0\0" + dst + b"\0\0" + src + struct.pack(
        ">H", wire.ether_type(packet)) + packet


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


def direction(src, dst):
    """One byte: sent (1) or received (0) by the client's host."""
    return bytes([src < dst])


def slip_bsd(packet, src, dst):
    """BSD/OS: direction, length of what was compressed, filled up to 24."""
    return direction(src, dst) + bytes(23) + packet


def symantec(packet, src, dst):
    return bytes(6) + struct.pack(">H", wire.ether_type(packet)) + bytes(36) \
        + packet


def enc(packet, src, dst):
    """OpenBSD IPsec: family in the host's order, SPI, authenticated."""
    family = 2 if packet[0] >> 4 == 4 else 24
    return struct.pack("<I", family) + struct.pack(">I", 0x1001) \
        + struct.pack("<I", 0x0800) + packet


def pflog(packet, src, dst):
    """OpenBSD, if_pflog.h: 61 bytes, filled up to 64."""
    family = 2 if packet[0] >> 4 == 4 else 24
    return struct.pack(">BBBB16s16sIIiIiIB3x", 61, family, 0, 0, b"em0", b"",
                       0, 0xffffffff, -1, 0, -1, 0, 1) + packet


def ip_over_fc(packet, src, dst):
    """RFC 2625 4: network addresses with an authority of 1."""
    return b"\x10\0" + dst + b"\x10\0" + src + llc(packet)


def sunatm(packet, src, dst):
    """Direction and LLC, path 0, circuit 32."""
    return struct.pack(">BBH", (0x80 if src < dst else 0) | 2, 0, 32) \
        + llc(packet)


def sunatm_lane(packet, src, dst):
    """LAN emulation: the header of ATM Forum's LANE 1.0, then Ethernet."""
    return struct.pack(">BBHH", (0x80 if src < dst else 0) | 1, 0, 32, 1) \
        + ethernet(packet, src, dst)


def pppd(packet, src, dst):
    """The direction replaces the address of HDLC."""
    return direction(src, dst) + b"\3" + ppp_protocol(packet) + packet


def directed(layer):
    """The same link, its direction before it."""
    return lambda packet, src, dst: direction(src, dst) + layer(
        packet, src, dst)


def mpls_link(packet, src, dst, label):
    return label_stack(packet, label)


def ipnet(packet, src, dst):
    """Solaris, version 2: family, hook, length, interfaces, zones."""
    family = 2 if packet[0] >> 4 == 4 else 26
    return struct.pack(">BBHIIIII", 2, family, src < dst, len(packet), 1, 0, 0,
                       0xffffffff) + packet


def netanalyzer(packet, src, dst, preamble=b""):
    """Version and port, frame length; then with frame check sequence."""
    frame = preamble + checked(ethernet(packet, src, dst))
    return struct.pack("<BBH", 1, 0, len(frame)) + frame


def netanalyzer_preamble(packet, src, dst):
    return netanalyzer(packet, src, dst, b"\x55" * 7 + b"\xd5")


def epon_preamble(first):
    """IEEE 802.3 65.1.3.2: delimiter, link 1, and a checksum of them."""
    body = b"\xd5\x55\x55\0\1"
    value = 0
    for each in body:
        value ^= each
        for _ in range(8):
            value = (value << 1 ^ (0x107 if value & 0x80 else 0)) & 0x1ff
    return first + body + bytes([value])


def epon(packet, src, dst):
    return epon_preamble(b"") + ethernet(packet, src, dst)


def epon_odd(packet, src, dst):
    """Where the start of the packet came one byte earlier."""
    return epon_preamble(b"\x55") + ethernet(packet, src, dst)


def mpacket(packet, src, dst):
    """IEEE 802.3br 99.3: an express frame with its check sequence."""
    return b"\x55" * 7 + b"\xd5" + checked(ethernet(packet, src, dst))


def switch_tag(tag):
    """A switch's tag in the place of an EtherType, which follows."""
    return lambda packet, src, dst: ethernet(packet, src, dst, tag)


def switch_tag_before(packet, src, dst):
    return b"\0\0\0\1" + ethernet(packet, src, dst)


def ipoib(packet, src, dst):
    return bytes(40) + struct.pack(">HH", wire.ether_type(packet), 0) + packet


def erf(packet, src, dst):
    """Endace record of type Ethernet."""
    frame = ethernet(packet, src, dst)
    return struct.pack("<Q", 1) + struct.pack(
        ">BBHHHH", 2, 4, 18 + len(frame), 0, len(frame), 0) + frame


def erf_pos(packet, src, dst):
    """The same of packet over SONET, with PPP in HDLC framing."""
    frame = ppp_hdlc(packet, src, dst)
    return struct.pack("<Q", 1) + struct.pack(
        ">BBHHH", 1, 4, 16 + len(frame), 0, len(frame)) + frame


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
         "pktap": (258, pktap), "user0": (147, raw),
         "vn-tag": (ETHERNET, vn_tag), "e-tag": (ETHERNET, e_tag),
         "hsr": (ETHERNET, hsr), "metadata": (ETHERNET, metadata),
         "macsec": (ETHERNET, macsec), "fabricpath": (ETHERNET, fabricpath),
         "trill": (ETHERNET, trill), "nsh": (ETHERNET, nsh),
         "wccp": (ETHERNET, wccp), "pptp": (ETHERNET, pptp),
         "etherip": (ETHERNET, etherip), "mpls-ip": (ETHERNET, mpls_ip),
         "mpls-udp": (ETHERNET, mpls_udp), "lisp": (ETHERNET, lisp),
         "ayiya": (ETHERNET, ayiya),
         # numbers in files, which libpcap maps to 15, 19 and others as they
         "raw12": (12, raw), "raw14": (14, raw), "slip-bsd": (102, slip_bsd),
         "symantec": (99, symantec),
         "clip": (106, raw), "enc": (109, enc), "pflog": (117, pflog),
         "ip-over-fc": (122, ip_over_fc), "sunatm": (123, sunatm),
         "sunatm-lane": (123, sunatm_lane), "pppd": (166, pppd),
         "erf-ethernet": (175, erf), "erf-pos": (176, erf_pos),
         "ppp-directed": (204, directed(ppp_hdlc)),
         "cisco-hdlc-directed": (205, directed(cisco_hdlc)),
         "frame-relay-directed": (206, directed(frame_relay)),
         "mpls-link": (219, mpls_link), "ipnet": (226, ipnet),
         "ipv4": (228, raw), "ipv6": (229, raw),
         "netanalyzer": (240, netanalyzer),
         "netanalyzer-preamble": (241, netanalyzer_preamble),
         "epon": (259, epon), "epon-odd": (259, epon_odd),
         "mpacket": (274, mpacket),
         "broadcom-tag": (281, switch_tag(b"\0\0\0\1")),
         "broadcom-tag-first": (282, switch_tag_before),
         "dsa-tag": (284, switch_tag(b"\xc0\x08\0\0")),
         "edsa-tag": (285, switch_tag(b"\xda\xda\0\0\xc0\x08\0\0"))}
