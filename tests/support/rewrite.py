"""Changes to the packets of a capture: other sequence numbers, other
addresses. Checksums follow, whether they were right, wrong or offloaded.
"""
import ipaddress
import struct

import links
import wire

MASK = 0xffffffff


class Spot:
    """Where an IP packet and its TCP header are in a frame."""

    def __init__(self, ip, version):
        self.ip = ip
        self.version = version
        self.tcp = None      # offset of the TCP header, if any
        self.quoted = None   # Spot of the packet that an ICMP error quotes


def locate(link, data):
    """The innermost IP packet of a frame, or None."""
    try:
        if link == links.ETHERNET:
            return ethernet(data, 0)
        if link == links.RAW:
            return internet(data, 0)
        if link in (links.NULL, links.LOOP):
            return internet(data, 4)
        if link == links.SLL:
            return typed(data, 16, struct.unpack_from(">H", data, 14)[0])
        if link == links.SLL2:
            return typed(data, 20, struct.unpack_from(">H", data)[0])
    except (struct.error, IndexError):
        pass
    return None


def ethernet(data, at):
    return typed(data, at + 14, struct.unpack_from(">H", data, at + 12)[0])


def typed(data, at, kind):
    if kind in (0x8100, 0x88a8):
        return typed(data, at + 4, struct.unpack_from(">H", data, at + 2)[0])
    if kind == 0x8864:
        return internet(data, at + 8)
    if kind == 0x8847:
        return internet(data, at + 4)
    if kind in (0x0800, 0x86dd):
        return internet(data, at)
    return None


def internet(data, at):
    version = data[at] >> 4
    spot = Spot(at, version)
    first = True
    if version == 4:
        protocol, body = data[at + 9], at + (data[at] & 15) * 4
        first = struct.unpack_from(">H", data, at + 6)[0] & 0x1fff == 0
    elif version == 6:
        protocol, body = data[at + 6], at + 40
        while protocol in (0, 43, 60):
            protocol, body = data[body], body + 8 + data[body + 1] * 8
    else:
        return None
    if not first:
        return spot
    if protocol == 6:
        spot.tcp = body
    elif protocol == 47:
        return typed(data, body + 4,
                     struct.unpack_from(">H", data, body + 2)[0])
    elif protocol == 17 and data[body + 2:body + 4] == b"\x12\xb5":
        return ethernet(data, body + 16)
    elif protocol == 1 and data[body] in (3, 11) \
            or protocol == 58 and data[body] < 128:
        spot.quoted = internet(data, body + 8)
    return spot


def addresses(data, spot):
    """Source and destination address as bytes."""
    if spot.version == 4:
        return (bytes(data[spot.ip + 12:spot.ip + 16]),
                bytes(data[spot.ip + 16:spot.ip + 20]))
    return (bytes(data[spot.ip + 8:spot.ip + 24]),
            bytes(data[spot.ip + 24:spot.ip + 40]))


def flow(data, spot):
    """((address, port), (address, port)) of sender and receiver."""
    source, target = addresses(data, spot)
    sport, dport = struct.unpack_from(">HH", data, spot.tcp)
    return (source, sport), (target, dport)


def adjust(value, old, new):
    """Internet checksum after the 16-bit words of old became new."""
    total = (~value & 0xffff) + (~wire.fold(wire.word_sum(old)) & 0xffff) \
        + wire.word_sum(new)
    return ~wire.fold(total) & 0xffff


def patch(data, at, value):
    """Put a 16-bit value at an offset that may have been cut off."""
    if at + 2 <= len(data):
        struct.pack_into(">H", data, at, value)


def word(data, at):
    return struct.unpack_from(">H", data, at)[0]


# Sequence numbers

def header_end(data, spot):
    size = (data[spot.tcp + 12] >> 4) * 4
    return min(spot.tcp + max(size, 20), len(data))


def sack_offsets(data, spot):
    """Offsets of the SACK edges in the captured options."""
    at, end = spot.tcp + 20, header_end(data, spot)
    while at < end and data[at]:
        if data[at] == 1:
            at += 1
            continue
        if at + 1 >= end or data[at + 1] < 2 or at + data[at + 1] > end:
            return
        if data[at] == 5 and data[at + 1] % 8 == 2:
            yield from range(at + 2, at + data[at + 1], 4)
        at += data[at + 1]


def numbers(data, spot):
    """Offsets of the sender's and of the receiver's sequence numbers."""
    own, other = [spot.tcp + 4], []
    if spot.tcp + 14 <= len(data):
        if data[spot.tcp + 13] & 0x10:
            other = [spot.tcp + 8] + list(sack_offsets(data, spot))
    return [o for o in own + other if o + 4 <= len(data)][:1], \
        [o for o in other if o + 4 <= len(data)]


def move_numbers(data, spot, shifts):
    """Add shifts[flow] to all numbers of the flow's sender."""
    if spot.quoted and spot.quoted.tcp is not None:
        data = move_quoted(data, spot.quoted, shifts)
    if spot.tcp is None or spot.tcp + 8 > len(data):
        return data
    out = bytearray(data)
    sender, receiver = flow(data, spot)
    own, other = numbers(data, spot)
    for offsets, shift in ((own, shifts.get((sender, receiver), 0)),
                           (other, shifts.get((receiver, sender), 0))):
        for at in offsets:
            value = struct.unpack_from(">I", out, at)[0]
            struct.pack_into(">I", out, at, value + shift & MASK)
    if spot.tcp + 18 <= len(data) and not offloaded(data, spot):
        end = header_end(data, spot)
        patch(out, spot.tcp + 16, adjust(word(data, spot.tcp + 16),
                                         bytes(data[spot.tcp:end]),
                                         bytes(out[spot.tcp:end])))
    return bytes(out)


def move_quoted(data, spot, shifts):
    out = bytearray(data)
    value = struct.unpack_from(">I", data, spot.tcp + 4)[0]
    struct.pack_into(">I", out, spot.tcp + 4,
                     value + shifts.get(flow(data, spot), 0) & MASK)
    return bytes(out)


def pseudo_sum(data, spot):
    source, target = addresses(data, spot)
    if spot.version == 4:
        total = word(data, spot.ip + 2) or len(data) - spot.ip  # offloaded
        length = total - (spot.tcp - spot.ip)
    else:
        length = word(data, spot.ip + 4) - (spot.tcp - spot.ip - 40)
    return wire.fold(wire.word_sum(
        wire.pseudo_header(source, target, 6, length)))


def offloaded(data, spot):
    """The checksum is the pseudo header's alone: the card completes it."""
    return word(data, spot.tcp + 16) == pseudo_sum(data, spot)


# Addresses

def rename(data, spot, names):
    """Replace addresses by names[address], with all checksums."""
    out = bytearray(data)
    if spot.quoted:
        out = bytearray(rename(bytes(out), spot.quoted, names))
    partial = spot.tcp is not None and spot.tcp + 18 <= len(data) \
        and offloaded(data, spot)
    at, size = (spot.ip + 12, 4) if spot.version == 4 else (spot.ip + 8, 16)
    old = bytes(data[at:at + 2 * size])
    for offset in (at, at + size):
        out[offset:offset + size] = names[bytes(data[offset:offset + size])]
    new = bytes(out[at:at + 2 * size])
    if spot.version == 4:
        patch(out, spot.ip + 10, adjust(word(data, spot.ip + 10), old, new))
    if partial:
        patch(out, spot.tcp + 16, pseudo_sum(out, spot))
    elif spot.tcp is not None and spot.tcp + 18 <= len(data):
        patch(out, spot.tcp + 16, adjust(word(data, spot.tcp + 16), old, new))
    return bytes(out)


def text(address):
    return str(ipaddress.ip_address(address))
