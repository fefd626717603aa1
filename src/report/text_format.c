/*
 * text_format.c - numbers, times and addresses as people read them.
 */
#include "report/text_format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report/notation.h"

#define NS_MILLISECOND ((uint64_t)1000000)
#define NS_SECOND (1000 * NS_MILLISECOND)
#define NS_MINUTE (60 * NS_SECOND)
#define NS_HOUR (60 * NS_MINUTE)
#define NS_DAY (24 * NS_HOUR)
#define PLACES_MAX 6
#define ISO_DATE 10 /* characters of 2026-11-22 */

struct formatted
format_count(uint64_t v)
{
	struct formatted f;
	char digits[24];
	size_t n, at = 0;

	snprintf(digits, sizeof(digits), "%" PRIu64, v);
	n = strlen(digits);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			f.s[at++] = ',';
		f.s[at++] = digits[i];
	}
	f.s[at] = '\0';
	return f;
}

/* v / unit with places (at most PLACES_MAX) decimals, rounded half up. */
static struct formatted
format_scaled(uint64_t v, uint64_t unit, unsigned places, const char *name)
{
	struct formatted f;
	char decimals[PLACES_MAX + 2] = "";
	uint64_t steps = 1, sub;

	for (unsigned i = 0; i < places; i++)
		steps *= 10;
	sub = unit / steps;
	v = v / sub + (sub > 1 && v % sub >= sub - sub / 2);
	for (uint64_t i = places, rest = v % steps; i > 0; i--, rest /= 10) {
		decimals[0] = '.';
		decimals[i] = (char)('0' + rest % 10);
	}
	snprintf(f.s, sizeof(f.s), "%.32s%s%s", format_count(v / steps).s,
	    decimals, name);
	return f;
}

/*
 * In powers of 1000, with one decimal below 100. The bounds are those where
 * the rounded number would reach the next step.
 */
static struct formatted
format_metric(uint64_t v, const char *const *names)
{
	uint64_t unit = 1000;
	unsigned i = 1;

	if (v < 1000)
		return format_scaled(v, 1, 0, names[0]);
	while (names[i + 1] != NULL && v >= unit * 1000 - unit / 2) {
		unit *= 1000;
		i++;
	}
	return format_scaled(v, unit,
	    v / unit < 99 || (v / unit == 99 && v % unit < unit - unit / 20)
		? 1
		: 0,
	    names[i]);
}

struct formatted
format_bytes(uint64_t v)
{
	static const char *const names[] = {
	    " B", " kB", " MB", " GB", " TB", " PB", " EB", NULL};

	return format_metric(v, names);
}

struct formatted
format_rate(uint64_t bits_per_second)
{
	static const char *const names[] = {
	    " bit/s", " kbit/s", " Mbit/s", " Gbit/s", " Tbit/s", NULL};

	return format_metric(bits_per_second, names);
}

struct formatted
format_share(uint64_t ppm)
{
	if (ppm == 0)
		return (struct formatted){"0%"};
	if (ppm < 50)
		return (struct formatted){"<0.01%"};
	if (ppm < 99500)
		return format_scaled(ppm, 10000, ppm < 9950 ? 2 : 1, "%");
	if (ppm >= 999500 && ppm < 1000000) /* not all of it */
		return (struct formatted){">99.9%"};
	return format_scaled(ppm, 10000, 0, "%");
}

/* A longer duration as two units, the smaller one rounded down. */
static struct formatted
format_long(uint64_t ns)
{
	static const struct {
		uint64_t big, small;
		const char *format;
	} rows[] = {
	    {NS_DAY, NS_HOUR, "%" PRIu64 " d %" PRIu64 " h"},
	    {NS_HOUR, NS_MINUTE, "%" PRIu64 " h %02" PRIu64 " min"},
	    {NS_MINUTE, NS_SECOND, "%" PRIu64 " min %02" PRIu64 " s"},
	};
	struct formatted f;
	size_t i = 0;

	while (i < 2 && ns < rows[i].big)
		i++;
	snprintf(f.s, sizeof(f.s), rows[i].format, ns / rows[i].big,
	    ns % rows[i].big / rows[i].small);
	return f;
}

static struct formatted
format_nanoseconds(uint64_t ns)
{
	/* three digits, but not more than microseconds */
	static const struct {
		uint64_t below, unit;
		unsigned places;
		const char *name;
	} rows[] = {
	    {1, NS_MILLISECOND, 0, " ms"},
	    {1000, 1, 0, " ns"},
	    {999500, NS_MILLISECOND, 3, " ms"},
	    {9995000, NS_MILLISECOND, 2, " ms"},
	    {99950000, NS_MILLISECOND, 1, " ms"},
	    {999500000, NS_MILLISECOND, 0, " ms"},
	    {9995 * NS_MILLISECOND, NS_SECOND, 2, " s"},
	    {99950 * NS_MILLISECOND, NS_SECOND, 1, " s"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (ns < rows[i].below)
			return format_scaled(
			    ns, rows[i].unit, rows[i].places, rows[i].name);
	return format_long(ns);
}

static uint64_t
magnitude(int64_t v)
{
	return v < 0 ? -(uint64_t)v : (uint64_t)v;
}

static struct formatted
format_signed(const char *sign, struct formatted f)
{
	struct formatted out;

	snprintf(out.s, sizeof(out.s), "%s%.*s", sign, FORMAT_MAX - 2, f.s);
	return out;
}

struct formatted
format_duration(int64_t ns)
{
	return format_signed(
	    ns < 0 ? "-" : "", format_nanoseconds(magnitude(ns)));
}

struct formatted
format_integer(int64_t v)
{
	return format_signed(v < 0 ? "-" : "", format_count(magnitude(v)));
}

struct formatted
format_offset(int64_t ns)
{
	return format_signed(ns < 0 ? "-" : "+",
	    format_scaled(magnitude(ns), NS_SECOND, 3, " s"));
}

struct formatted
format_moment(int64_t ns)
{
	return format_signed(ns < 0 ? "-" : "+",
	    format_scaled(magnitude(ns), NS_SECOND, PLACES_MAX, " s"));
}

struct formatted
format_time(int64_t ns, bool nanoseconds)
{
	char iso[NOTATION_MAX];
	struct formatted f;

	/* 2026-11-22T10:00:00.123456Z */
	notation_time(iso, ns, nanoseconds);
	snprintf(f.s, sizeof(f.s), "%.*s %.*s UTC", ISO_DATE, iso,
	    (int)(strcspn(iso + ISO_DATE + 1, "Z")), iso + ISO_DATE + 1);
	return f;
}

struct formatted
format_clock(int64_t ns, bool nanoseconds)
{
	char iso[NOTATION_MAX];
	struct formatted f;

	notation_time(iso, ns, nanoseconds);
	snprintf(f.s, sizeof(f.s), "%.*s",
	    (int)(strcspn(iso + ISO_DATE + 1, "Z")), iso + ISO_DATE + 1);
	return f;
}

struct formatted
format_endpoint(const uint8_t addr[16], unsigned version, uint16_t port)
{
	char buf[NOTATION_MAX];
	struct formatted f;

	snprintf(f.s, sizeof(f.s), version == 6 ? "[%s]:%u" : "%s:%u",
	    notation_address(buf, addr, version), port);
	return f;
}

struct formatted
format_maybe(struct maybe v, struct formatted (*how)(uint64_t v))
{
	if (!v.has || v.v < 0)
		return (struct formatted){"-"};
	return how((uint64_t)v.v);
}

struct formatted
format_maybe_duration(struct maybe ns)
{
	return ns.has ? format_duration(ns.v) : (struct formatted){"-"};
}
