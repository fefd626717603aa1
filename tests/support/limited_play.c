/*
 * limited_play.c - one bound, and a connection that meets it.
 */
#include "support/limited_play.h"

#include <check.h>
#include <string.h>

const struct limit_row *
limit_row_named(const char *name)
{
	size_t i;

	for (i = 0; i < limit_table_n; i++)
		if (strcmp(limit_table[i].name, name) == 0)
			return &limit_table[i];
	ck_abort_msg("no limit %s", name);
	return NULL;
}

static void
limits_with(struct limits *l, const char *name, uint64_t v)
{
	const struct limit_row *row;

	limits_init(l);
	if (name == NULL)
		return;
	row = limit_row_named(name);
	ck_assert_uint_ge(v, row->min);
	memcpy((char *)l + row->offset, &v, sizeof(v));
}

void
play_limited(struct play *p, struct limits *l, const char *name, uint64_t v)
{
	struct play_setting setting = {
	    .isn = {0x2b7c01e5, 0x9d3f6a48},
	    .new_isn = 0x51e6a20b,
	    .limits = l,
	};

	limits_with(l, name, v);
	play_init(p, &setting);
}

void
play_opening(struct play *p, unsigned t, unsigned port)
{
	play_next(
	    p, "%u C>S S 0 - 0 64240 mss1460 ws7 sackok port %u", t, port);
	play_next(p, "%u S>C SA 0 1 0 65160 mss1460 ws7 sackok port %u", t + 20,
	    port);
	play_next(p, "%u C>S A 1 1 0 port %u", t + 21, port);
}
