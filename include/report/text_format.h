/*
 * text_format.h - numbers, times and addresses as people read them: with
 * thousands separators, units and no more digits than matter.
 *
 * The same on every machine, whatever its locale and time zone. What is not
 * known is "-". A result lives until the end of the expression that asked for
 * it: printf("%s", format_count(n).s).
 */
#ifndef TCPCONN_TEXT_FORMAT_H
#define TCPCONN_TEXT_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/report.h"

#define FORMAT_MAX 64

struct formatted {
	char s[FORMAT_MAX];
};

/* 2,143 and -5 */
struct formatted format_integer(int64_t v);
/* 2,143 */
struct formatted format_count(uint64_t v);
/* 0 B, 1.2 kB, 48.3 kB, 2.10 GB; powers of 1000 */
struct formatted format_bytes(uint64_t v);
/* 1.2 Mbit/s */
struct formatted format_rate(uint64_t bits_per_second);
/* Parts per million as 0%, 0.45%, 1.2%, 33%; only nothing is 0%, only all is
 * 100%. */
struct formatted format_share(uint64_t ppm);
/* 850 ns, 0.045 ms, 23.1 ms, 1.20 s, 63.0 s, 2 min 05 s, 3 h 07 min, 2 d 1 h */
struct formatted format_duration(int64_t ns);
/* +0.120 s: when, counted from a start; always milliseconds. */
struct formatted format_offset(int64_t ns);
/* +0.120004 s: the same in microseconds. */
struct formatted format_moment(int64_t ns);
/* 2026-11-22 10:00:00.123456 UTC, with 6 or 9 digits of a second. */
struct formatted format_time(int64_t ns, bool nanoseconds);
/* The same without the date and UTC. */
struct formatted format_clock(int64_t ns, bool nanoseconds);
/* 10.0.0.5:43212 or [2001:db8::1]:443; IPv4 stands in the first 4 bytes. */
struct formatted
format_endpoint(const uint8_t addr[16], unsigned version, uint16_t port);

/* v as written by how, which takes an unsigned number; "-" when unknown. */
struct formatted
format_maybe(struct maybe v, struct formatted (*how)(uint64_t v));
struct formatted format_maybe_duration(struct maybe ns);

#endif
