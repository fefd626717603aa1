/*
 * option_values.c - values of command-line options, from text.
 */
#include "program/option_values.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/names.h"

#define NS_PER_SECOND 1000000000
#define SHARDS_MAX 65536

bool
complain(struct complaint *c, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(c->text, sizeof(c->text), format, ap);
	va_end(ap);
	return false;
}

static bool
is_digit(char c)
{
	return isdigit((unsigned char)c) != 0;
}

/* Read digits at *p; false when there are none or they overflow. */
static bool
take_number(const char **p, uint64_t *v)
{
	uint64_t n = 0;

	if (!is_digit(**p))
		return false;
	for (; is_digit(**p); (*p)++) {
		uint64_t digit = (uint64_t)(**p - '0');

		if (n > (UINT64_MAX - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	*v = n;
	return true;
}

bool
value_number(const char *arg, uint64_t min, uint64_t max, uint64_t *v,
    struct complaint *c)
{
	const char *p = arg;
	uint64_t n;

	if (!take_number(&p, &n) || *p != '\0' || n < min || n > max)
		return complain(c,
		    "'%.40s' is not a whole number from %" PRIu64
		    " to %" PRIu64,
		    arg, min, max);
	*v = n;
	return true;
}

bool
value_choice(
    const char *arg, const struct choice *choices, int *v, struct complaint *c)
{
	char words[160] = "";
	size_t n = 0;

	for (const struct choice *k = choices; k->word != NULL; k++) {
		if (strcmp(arg, k->word) == 0) {
			*v = k->value;
			return true;
		}
		if (n < sizeof(words))
			n += (size_t)snprintf(words + n, sizeof(words) - n,
			    "%s%s", n > 0 ? ", " : "", k->word);
	}
	return complain(c, "'%.40s' is none of: %s", arg, words);
}

bool
value_severity(const char *arg, enum severity *s, struct complaint *c)
{
	if (severity_find(arg, s))
		return true;
	return complain(c, "'%.40s' is none of: info, note, warn, error", arg);
}

void
range_list_fini(struct range_list *l)
{
	free(l->v);
	l->v = NULL;
	l->n = 0;
}

static bool
take_range(const char **p, uint32_t max, struct number_range *r)
{
	uint64_t first, last;

	if (!take_number(p, &first))
		return false;
	last = first;
	if (**p == '-') {
		(*p)++;
		if (!take_number(p, &last))
			return false;
	}
	if (first < 1 || last > max || first > last)
		return false;
	r->first = (uint32_t)first;
	r->last = (uint32_t)last;
	return true;
}

bool
value_ranges(
    const char *arg, uint32_t max, struct range_list *l, struct complaint *c)
{
	size_t items = 1;
	struct number_range *v;
	const char *p = arg;

	for (const char *q = arg; *q != '\0'; q++)
		items += *q == ',';
	v = malloc((l->n + items) * sizeof(*v));
	if (v == NULL)
		return complain(c, "memory ran out");
	if (l->n > 0)
		memcpy(v, l->v, l->n * sizeof(*v));
	for (size_t i = 0; i < items; i++) {
		bool good = take_range(&p, max, &v[l->n + i]);

		if (!good || *p != (i + 1 < items ? ',' : '\0')) {
			free(v);
			return complain(c,
			    "'%.40s' is not a list of numbers and ranges from "
			    "1 to %" PRIu32 ", like 3 or 1,4-6",
			    arg, max);
		}
		p++;
	}
	free(l->v);
	l->v = v;
	l->n += items;
	return true;
}

static const char *
kind_name(size_t i)
{
	return anomaly_table[i].name;
}

static bool
complain_kind(struct complaint *c, const char *name)
{
	const char *nearest = names_nearest(name, kind_name, ANOMALY_COUNT);

	if (nearest != NULL)
		return complain(c,
		    "'%.60s' is no kind of event; did you mean '%s'? "
		    "(--explain-kind help lists all)",
		    name, nearest);
	return complain(c,
	    "'%.60s' is no kind of event; --explain-kind help lists all", name);
}

bool
value_kinds(const char *arg, bool kinds[ANOMALY_COUNT], struct complaint *c)
{
	bool found[ANOMALY_COUNT] = {false};
	const char *p = arg;

	for (;;) {
		size_t n = strcspn(p, ",");
		char name[80];
		enum anomaly_kind kind;

		snprintf(name, sizeof(name), "%.*s", (int)(n < 79 ? n : 79), p);
		if (!anomaly_find(name, &kind))
			return complain_kind(c, name);
		found[kind] = true;
		if (p[n] == '\0')
			break;
		p += n + 1;
	}
	for (unsigned i = 0; i < ANOMALY_COUNT; i++)
		kinds[i] = kinds[i] || found[i];
	return true;
}

/* Exactly n digits at *p. */
static bool
take_digits(const char **p, unsigned n, int *v)
{
	int sum = 0;

	for (unsigned i = 0; i < n; i++, (*p)++) {
		if (!is_digit(**p))
			return false;
		sum = sum * 10 + (**p - '0');
	}
	*v = sum;
	return true;
}

static bool
take_char(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

/* ".123" as nanoseconds, at most nine decimals; absent is 0. */
static bool
take_fraction(const char **p, int64_t *ns)
{
	int64_t unit = NS_PER_SECOND;

	*ns = 0;
	if (!take_char(p, '.'))
		return true;
	if (!is_digit(**p))
		return false;
	for (; is_digit(**p); (*p)++) {
		unit /= 10;
		if (unit == 0)
			return false;
		*ns += (**p - '0') * unit;
	}
	return true;
}

static int
days_in_month(int year, int month)
{
	static const int days[] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

static int64_t
days_since_epoch(int year, int month, int day)
{
	int before = year - 1;
	int64_t days = (int64_t)before * 365 + before / 4 - before / 100 +
		       before / 400 - 719162; /* days before 1970-01-01 */

	for (int m = 1; m < month; m++)
		days += days_in_month(year, m);
	return days + day - 1;
}

static bool
take_date(const char **p, int64_t *days)
{
	int year, month, day;

	if (!take_digits(p, 4, &year) || !take_char(p, '-') ||
	    !take_digits(p, 2, &month) || !take_char(p, '-') ||
	    !take_digits(p, 2, &day))
		return false;
	/* The years that nanoseconds in 64 bits can hold as a whole. */
	if (year < 1970 || year > 2261 || month < 1 || month > 12 || day < 1 ||
	    day > days_in_month(year, month))
		return false;
	*days = days_since_epoch(year, month, day);
	return true;
}

/* "10:00", "10:00:00" or "10:00:00.5"; second 60 is a leap second. */
static bool
take_clock(const char **p, int64_t *ns)
{
	int hour, minute, second = 0;
	int64_t fraction = 0;

	if (!take_digits(p, 2, &hour) || !take_char(p, ':') ||
	    !take_digits(p, 2, &minute))
		return false;
	if (take_char(p, ':') &&
	    (!take_digits(p, 2, &second) || !take_fraction(p, &fraction)))
		return false;
	if (hour > 23 || minute > 59 || second > 60)
		return false;
	*ns = (int64_t)(hour * 3600 + minute * 60 + second) * NS_PER_SECOND +
	      fraction;
	return true;
}

static bool
parse_absolute(const char *p, int64_t *ns)
{
	int64_t days, clock = 0;

	if (!take_date(&p, &days))
		return false;
	if ((take_char(&p, 'T') || take_char(&p, ' ')) &&
	    !take_clock(&p, &clock))
		return false;
	take_char(&p, 'Z');
	*ns = days * 86400 * NS_PER_SECOND + clock;
	return *p == '\0';
}

static bool
parse_relative(const char *p, int64_t *ns)
{
	uint64_t seconds;
	int64_t fraction;

	if (!take_number(&p, &seconds) || seconds > UINT32_MAX ||
	    !take_fraction(&p, &fraction))
		return false;
	*ns = (int64_t)seconds * NS_PER_SECOND + fraction;
	return *p == '\0';
}

bool
value_time(const char *arg, struct time_bound *t, struct complaint *c)
{
	struct time_bound b = {.has = true, .relative = arg[0] == '+'};
	bool good = b.relative ? parse_relative(arg + 1, &b.ns)
			       : parse_absolute(arg, &b.ns);

	if (!good)
		return complain(c,
		    "'%.40s' is neither ISO 8601 in UTC, like "
		    "2026-11-22T10:00:00.123456Z, nor +SECONDS, like +1.5",
		    arg);
	*t = b;
	return true;
}

static const char *
limit_name(size_t i)
{
	return limit_table[i].name;
}

static bool
complain_limit(struct complaint *c, const char *name)
{
	const char *nearest = names_nearest(name, limit_name, limit_table_n);

	if (nearest != NULL)
		return complain(c,
		    "'%.40s' is no bound; did you mean %s? (--limit help "
		    "lists all)",
		    name, nearest);
	return complain(c, "'%.40s' is no bound; --limit help lists all", name);
}

static const struct limit_row *
find_limit(const char *name)
{
	for (size_t i = 0; i < limit_table_n; i++)
		if (strcmp(limit_table[i].name, name) == 0)
			return &limit_table[i];
	return NULL;
}

bool
value_named_limit(
    const char *name, const char *arg, struct limits *l, struct complaint *c)
{
	const struct limit_row *row = find_limit(name);
	uint64_t v;

	if (row == NULL)
		return complain_limit(c, name);
	if (!value_number(arg, row->min, row->max, &v, c))
		return false;
	memcpy((char *)l + row->offset, &v, sizeof(v));
	return true;
}

bool
value_limit(const char *arg, struct limits *l, struct complaint *c)
{
	const char *equals = strchr(arg, '=');
	struct complaint inner;
	char name[48];
	int n;

	if (equals == NULL)
		return complain(c,
		    "'%.40s' is not NAME=N, like K_SEGS=1024; --limit help "
		    "lists the names",
		    arg);
	n = equals - arg < 40 ? (int)(equals - arg) : 40;
	snprintf(name, sizeof(name), "%.*s", n, arg);
	if (find_limit(name) == NULL)
		return complain_limit(c, name);
	if (value_named_limit(name, equals + 1, l, &inner))
		return true;
	return complain(c, "%s: %s", name, inner.text);
}

int64_t
time_bound_ns(const struct time_bound *b, int64_t first_ns, int64_t absent)
{
	if (!b->has)
		return absent;
	if (!b->relative)
		return b->ns;
	return first_ns > INT64_MAX - b->ns ? INT64_MAX : first_ns + b->ns;
}

bool
value_shard(const char *arg, struct shard *s, struct complaint *c)
{
	const char *slash = strchr(arg, '/');
	char part[16];
	uint64_t k, n;

	if (slash == NULL || (size_t)(slash - arg) >= sizeof(part))
		return complain(c, "'%.40s' is not like 2/8", arg);
	memcpy(part, arg, (size_t)(slash - arg));
	part[slash - arg] = '\0';
	if (!value_number(slash + 1, 1, SHARDS_MAX, &n, c) ||
	    !value_number(part, 1, n, &k, c))
		return false;
	*s = (struct shard){.k = (unsigned)k, .n = (unsigned)n};
	return true;
}
