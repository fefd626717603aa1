/*
 * notation.h - how numbers, times, addresses and foreign bytes are written:
 * the same on every machine, whatever its locale and time zone.
 *
 * What is returned stands in buf.
 */
#ifndef TCPCONN_NOTATION_H
#define TCPCONN_NOTATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NOTATION_MAX 64

const char *notation_unsigned(char buf[NOTATION_MAX], uint64_t v);

/*
 * v / 10^places, exact, without trailing zeros; places <= 18. Nanoseconds as
 * milliseconds and parts per million as a fraction are both 6 places.
 */
const char *
notation_decimal(char buf[NOTATION_MAX], int64_t v, unsigned places);

/* ISO 8601 UTC of ns since the epoch, with 6 or 9 digits of a second. */
const char *notation_time(char buf[NOTATION_MAX], int64_t ns, bool nanoseconds);

/* Numeric address; IPv4 stands in the first 4 bytes. */
const char *notation_address(
    char buf[NOTATION_MAX], const uint8_t addr[16], unsigned version);

/* Whether s is valid UTF-8 (RFC 3629). */
bool notation_is_utf8(const char *s);

/*
 * Copy s with every byte that is not part of valid UTF-8 replaced by U+FFFD.
 * out has room for 3 * strlen(s) + 1 bytes.
 */
void notation_utf8(char *out, const char *s);

/*
 * Copy s byte by byte, byte XX as the character U+00XX in UTF-8. out has room
 * for 2 * strlen(s) + 1 bytes.
 */
void notation_bytes(char *out, const char *s);

#endif
