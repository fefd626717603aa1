/*
 * frame_text.h - frames written as text, so that bytes show their meaning.
 */
#ifndef TCPCONN_FRAME_TEXT_H
#define TCPCONN_FRAME_TEXT_H

#include <stddef.h>
#include <stdint.h>

/*
 * Turn text into bytes and return their number; the test fails when text is
 * wrong or longer than size. Words are separated by blanks:
 *   0a00ff  bytes in hexadecimal
 *   L+N     16 bits: the bytes from here to the end, plus N (or L-N)
 *   Z*N     N bytes of zero
 *   P*N     N bytes of a pattern: 01 02 03 ...
 */
size_t frame_write(uint8_t *out, size_t size, const char *text);

/* The RFC 1071 sum of n bytes at p, folded, computed the slow way. */
uint16_t plain_sum(const uint8_t *p, size_t n, uint32_t start);

/*
 * The checksum that the TCP segment of tcp_n bytes should carry if its
 * addresses are the addr_n bytes (both) at addrs. Its field counts as 0.
 */
uint16_t plain_tcp_checksum(
    const uint8_t *addrs, size_t addr_n, const uint8_t *tcp, size_t tcp_n);

/* Pieces of frames; lengths fit whatever follows. */
#define ETHER(type) " 020000000002 020000000001 " type " "
#define IP4_FULL(id, place, protocol, src, dst) \
	" 45 02 L+2 " id " " place " 40 " protocol " 0000 " src " " dst " "
#define IP4(protocol) IP4_FULL("1234", "4000", protocol, A4, B4)
#define IP6(next) " 60200000 L-36 " next " 40 " A6 " " B6 " "
#define A4 "0a000001" /* 10.0.0.1 */
#define B4 "0a000002"
#define A6 "20010db8000000000000000000000001" /* 2001:db8::1 */
#define B6 "20010db8000000000000000000000002"
#define PORTS " d903 01bb" /* 55555 > 443 */
/* 20 bytes: seq 1, ack 2, PSH and ACK, window 502 */
#define TCP_PLAIN PORTS " 00000001 00000002 5018 01f6 0000 0000 "
/* 32 bytes: the same with two NOP and time stamps 7, 9 */
#define TCP_STAMPED \
	PORTS " 00000001 00000002 8018 01f6 0000 0000 " \
	      "01 01 08 0a 00000007 00000009 "

#endif
