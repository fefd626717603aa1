/*
 * probing.h - whether a sender probes its tail before its timer fires
 * (RFC 8985 7). A lone segment sent again after the timer's time may be either:
 * what the same sender did before, and does next, decides (R8.21).
 */
#ifndef TCPCONN_PROBING_H
#define TCPCONN_PROBING_H

#include "engine/resend.h"

/* What a sender was up to when it sent again. */
struct probing_facts {
	uint64_t una; /* as it knew, as is the rest */
	bool sacked;  /* anything above una */
	bool open;    /* neither in recovery nor in loss, no probe pending */
	bool pending; /* a probe is */
	int64_t rto_est, srtt;
};

/*
 * Learn from the resend o of x, whose kind is *k; original: what it repeats.
 * What was called a probe before, and waits for its proof still, is called
 * right when x turns out not to probe.
 */
void
probing_learn(struct conn *c, const struct obs *o, const struct sent *original,
    const struct probing_facts *f, struct resend_kind *k);

#endif
