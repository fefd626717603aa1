/*
 * ranking.c - keys of --sort.
 */
#include "report/ranking.h"

/* More comes first. */
static int64_t
most_first(uint64_t v)
{
	return v > INT64_MAX ? -INT64_MAX : -(int64_t)v;
}

static int64_t
key_of(enum sort_key by, const struct conn_report *r)
{
	const struct side_report *c = &r->side[CLIENT], *s = &r->side[SERVER];
	const struct maybe *connect_time = &r->handshake.connect_time_ns;

	switch (by) {
	case SORT_SEVERITY:
		return -(int64_t)r->verdict.severity;
	case SORT_START:
		return r->first_ns;
	case SORT_DURATION:
		return r->first_ns - r->last_ns;
	case SORT_BYTES:
		return most_first(c->bytes + s->bytes);
	case SORT_RETRANSMISSIONS:
		return most_first(
		    c->retransmitted_packets + s->retransmitted_packets);
	case SORT_CONNECT_TIME: /* slowest first, unknown last */
		return connect_time->has ? -connect_time->v : INT64_MAX;
	case SORT_DEFAULT:
	case SORT_NUMBER:
		break;
	}
	return 0;
}

struct ranking
ranking_of(enum sort_key by, const struct conn_report *r)
{
	return (struct ranking){.key = key_of(by, r), .number = r->number};
}

int
ranking_compare(const struct ranking *a, const struct ranking *b)
{
	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return (a->number > b->number) - (a->number < b->number);
}
