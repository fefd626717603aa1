/*
 * option_values.h - values of command-line options, from text.
 *
 * Every function returns true and sets its result, or returns false, leaves
 * the result alone and says in *c what was wrong and what is accepted.
 */
#ifndef TCPCONN_OPTION_VALUES_H
#define TCPCONN_OPTION_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "model/selection.h"
#include "program/shard.h"
#include "words/anomaly.h"

/* One line without a newline: the option, what was wrong, what is accepted. */
struct complaint {
	char text[320];
};

/* Always false, so that a parser can return it. */
bool complain(struct complaint *c, const char *format, ...);

/* A decimal number from min to max. */
bool value_number(const char *arg, uint64_t min, uint64_t max, uint64_t *v,
    struct complaint *c);

/* A word and what it stands for; the last row has a NULL word. */
struct choice {
	const char *word;
	int value;
};

bool value_choice(
    const char *arg, const struct choice *choices, int *v, struct complaint *c);

bool value_severity(const char *arg, enum severity *s, struct complaint *c);

/* Owned, growing list of number ranges; zeroed is empty. */
struct range_list {
	struct number_range *v;
	size_t n;
};

void range_list_fini(struct range_list *l);

/* Append "3" or "1,4-6"; numbers from 1 to max. */
bool value_ranges(
    const char *arg, uint32_t max, struct range_list *l, struct complaint *c);

/* Mark the kinds of a list of names separated by commas. */
bool
value_kinds(const char *arg, bool kinds[ANOMALY_COUNT], struct complaint *c);

/* A point in time, absolute or after the first packet. */
struct time_bound {
	bool has;
	bool relative;
	int64_t ns; /* since the epoch, or after the first packet */
};

/*
 * ISO 8601 in UTC (2026-11-22, 2026-11-22T10:00, 2026-11-22T10:00:00.123456Z;
 * years 1970 to 2261), or +SECONDS with up to nine decimals.
 */
bool value_time(const char *arg, struct time_bound *t, struct complaint *c);

/* b in an input whose first packet came at first_ns; absent if b is not given
 */
int64_t
time_bound_ns(const struct time_bound *b, int64_t first_ns, int64_t absent);

/* "2/8": the second of eight parts; at most 65536. */
bool value_shard(const char *arg, struct shard *s, struct complaint *c);

/* NAME=N for a bound of limit_table. */
bool value_limit(const char *arg, struct limits *l, struct complaint *c);

/* The same for the bound with this name. */
bool value_named_limit(
    const char *name, const char *arg, struct limits *l, struct complaint *c);

#endif
