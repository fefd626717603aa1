/*
 * summary.c - sums over all connections.
 */
#include "model/summary.h"

#include <string.h>

void
summary_init(struct summary *s, const struct hash_key *hash)
{
	*s = (struct summary){0};
	tally_init(&s->connect_time);
	findings_init(&s->findings, hash);
	talkers_init(&s->talkers, hash);
}

void
summary_fini(struct summary *s)
{
	tally_fini(&s->connect_time);
	findings_fini(&s->findings);
	talkers_fini(&s->talkers);
}

static void
add_talkers(struct talkers *t, const struct conn_report *r)
{
	const struct side_report *c = &r->side[CLIENT], *s = &r->side[SERVER];
	uint64_t packets = c->packets + s->packets;

	talkers_add(t, c->addr, r->version, packets, c->bytes, s->bytes);
	/* who talks to himself counts once */
	if (memcmp(c->addr, s->addr, sizeof(c->addr)) != 0)
		talkers_add(
		    t, s->addr, r->version, packets, s->bytes, c->bytes);
}

bool
summary_add(struct summary *s, const struct conn_report *r)
{
	s->connections++;
	s->needs_attention += conn_report_needs_attention(r);
	s->evicted += r->evicted;
	s->by_outcome[r->handshake.outcome]++;
	s->by_close[r->teardown.close]++;
	s->by_verdict[r->verdict.id]++;
	for (unsigned i = 0; i < ANOMALY_COUNT && !r->uneventful; i++) {
		s->kind_count[i] += r->kind_count[i];
		s->kind_connections[i] += r->kind_count[i] > 0;
	}
	if (r->handshake.connect_time_ns.has)
		tally_add(&s->connect_time, r->handshake.connect_time_ns.v);
	if (!s->without_talkers)
		add_talkers(&s->talkers, r);
	return findings_add(&s->findings, r);
}
