/*
 * notation.c - numbers, times, addresses and foreign bytes as text.
 */
#include "report/notation.h"

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>
#include <sys/socket.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
#define NS_PER_SECOND 1000000000
#define DAY_SECONDS 86400

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

/* Write v with width digits to *at, which moves on. */
static void
put_digits(char **at, uint64_t v, unsigned width)
{
	for (unsigned i = width; i > 0; i--, v /= 10)
		(*at)[i - 1] = (char)('0' + v % 10);
	*at += width;
}

struct date {
	int64_t year;
	unsigned month, day;
};

/*
 * The date of a day after the epoch, in the Gregorian calendar. Years begin in
 * March here, so that the leap day is the last one; 400 years are an era.
 */
static struct date
date_of(int64_t day)
{
	const int64_t era_days = 146097;
	int64_t shifted = day + 719468; /* from 0000-03-01 */
	int64_t era =
	    (shifted >= 0 ? shifted : shifted - era_days + 1) / era_days;
	unsigned in_era = (unsigned)(shifted - era * era_days);
	unsigned year =
	    (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	unsigned in_year = in_era - (365 * year + year / 4 - year / 100);
	unsigned month = (5 * in_year + 2) / 153; /* 0 is March */

	return (struct date){
	    .year = era * 400 + year + (month >= 10),
	    .month = month < 10 ? month + 3 : month - 9,
	    .day = in_year - (153 * month + 2) / 5 + 1,
	};
}

const char *
notation_time(char buf[NOTATION_MAX], int64_t ns, bool nanoseconds)
{
	int64_t s = ns / NS_PER_SECOND, part = ns % NS_PER_SECOND, day;
	char *at = buf;
	struct date date;
	uint64_t second;

	if (part < 0) {
		part += NS_PER_SECOND;
		s--;
	}
	day = s >= 0 ? s / DAY_SECONDS : (s + 1) / DAY_SECONDS - 1;
	second = (uint64_t)(s - day * DAY_SECONDS);
	date = date_of(day);
	put_digits(&at, (uint64_t)date.year, 4);
	*at++ = '-';
	put_digits(&at, date.month, 2);
	*at++ = '-';
	put_digits(&at, date.day, 2);
	*at++ = 'T';
	put_digits(&at, second / 3600, 2);
	*at++ = ':';
	put_digits(&at, second / 60 % 60, 2);
	*at++ = ':';
	put_digits(&at, second % 60, 2);
	*at++ = '.';
	if (nanoseconds)
		put_digits(&at, (uint64_t)part, 9);
	else
		put_digits(&at, (uint64_t)part / 1000, 6);
	*at++ = 'Z';
	*at = '\0';
	return buf;
}

const char *
notation_address(
    char buf[NOTATION_MAX], const uint8_t addr[16], unsigned version)
{
	char *at = buf + NOTATION_MAX - 1;
	const char *s;

	if (version == 6) {
		s = inet_ntop(AF_INET6, addr, buf, NOTATION_MAX);
		assert(s != NULL);
		return s;
	}
	*at = '\0';
	for (unsigned i = 4; i > 0; i--) {
		at = digits_before(at, addr[i - 1], 1);
		if (i > 1)
			*--at = '.';
	}
	return at;
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
