/*
 * notation.c - numbers, times, addresses and foreign bytes as text.
 */
#include "notation.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
#define NS_PER_SECOND 1000000000

/* Write the digits of v so that they end before end; at least width digits. */
static char *
digits_before(char *end, uint64_t v, unsigned width)
{
	unsigned n = 0;

	while (v > 0 || n < width) {
		*--end = (char)('0' + v % 10);
		v /= 10;
		n++;
	}
	return end;
}

const char *
notation_unsigned(char buf[NOTATION_MAX], uint64_t v)
{
	char *end = buf + NOTATION_MAX - 1;

	*end = '\0';
	return digits_before(end, v, 1);
}

const char *
notation_decimal(char buf[NOTATION_MAX], int64_t v, unsigned places)
{
	uint64_t rest = v < 0 ? -(uint64_t)v : (uint64_t)v;
	char *end = buf + NOTATION_MAX - 1, *p;

	assert(places <= 18);
	*end = '\0';
	for (; places > 0 && rest % 10 == 0; places--)
		rest /= 10;
	p = digits_before(end, rest, places + 1);
	if (places > 0) {
		/* the whole digits move left to make room for the point */
		memmove(p - 1, p, (size_t)(end - p) - places);
		p--;
		end[-(int)places - 1] = '.';
	}
	if (v < 0)
		*--p = '-';
	return p;
}

const char *
notation_time(char buf[NOTATION_MAX], int64_t ns, bool nanoseconds)
{
	int64_t s = ns / NS_PER_SECOND, part = ns % NS_PER_SECOND;
	time_t whole;
	struct tm tm;

	if (part < 0) {
		part += NS_PER_SECOND;
		s--;
	}
	whole = (time_t)s;
	if (gmtime_r(&whole, &tm) == NULL)
		memset(&tm, 0, sizeof(tm));
	snprintf(buf, NOTATION_MAX, "%04d-%02d-%02dT%02d:%02d:%02d.%0*ldZ",
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
	    tm.tm_sec, nanoseconds ? 9 : 6,
	    (long)(nanoseconds ? part : part / 1000));
	return buf;
}

const char *
notation_address(
    char buf[NOTATION_MAX], const uint8_t addr[16], unsigned version)
{
	const char *s = inet_ntop(
	    version == 6 ? AF_INET6 : AF_INET, addr, buf, NOTATION_MAX);

	assert(s != NULL);
	return s;
}

/*
 * Length of the UTF-8 sequence that starts at s, or 0 when there is none. NUL
 * is no continuation byte, so that this never reads past the end.
 */
static unsigned
sequence(const unsigned char *s)
{
	/* the second byte has narrower bounds after some first bytes */
	static const struct {
		unsigned char first, last, low, high, len;
	} rows[] = {
	    {0x01, 0x7f, 0, 0, 1},
	    {0xc2, 0xdf, 0x80, 0xbf, 2},
	    {0xe0, 0xe0, 0xa0, 0xbf, 3},
	    {0xe1, 0xec, 0x80, 0xbf, 3},
	    {0xed, 0xed, 0x80, 0x9f, 3},
	    {0xee, 0xef, 0x80, 0xbf, 3},
	    {0xf0, 0xf0, 0x90, 0xbf, 4},
	    {0xf1, 0xf3, 0x80, 0xbf, 4},
	    {0xf4, 0xf4, 0x80, 0x8f, 4},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (s[0] < rows[i].first || s[0] > rows[i].last)
			continue;
		if (rows[i].len > 1 &&
		    (s[1] < rows[i].low || s[1] > rows[i].high))
			return 0;
		for (unsigned k = 2; k < rows[i].len; k++)
			if ((s[k] & 0xc0) != 0x80)
				return 0;
		return rows[i].len;
	}
	return 0;
}

bool
notation_is_utf8(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;

	while (*p != '\0') {
		unsigned n = sequence(p);

		if (n == 0)
			return false;
		p += n;
	}
	return true;
}

void
notation_utf8(char *out, const char *s)
{
	while (*s != '\0') {
		unsigned n = sequence((const unsigned char *)s);

		if (n == 0) {
			memcpy(out, REPLACEMENT, sizeof(REPLACEMENT) - 1);
			out += sizeof(REPLACEMENT) - 1;
			s++;
			continue;
		}
		memcpy(out, s, n);
		out += n;
		s += n;
	}
	*out = '\0';
}

void
notation_bytes(char *out, const char *s)
{
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < 0x80) {
			*out++ = (char)c;
			continue;
		}
		*out++ = (char)(0xc0 | c >> 6);
		*out++ = (char)(0x80 | (c & 0x3f));
	}
	*out = '\0';
}
