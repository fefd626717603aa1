/*
 * rtt.c - round-trip samples and the timers estimated from them.
 */
#include "engine/rtt.h"

#include <stdlib.h>

#include "base/constants.h"

static void
tally_drop(struct tally **t)
{
	if (*t != NULL)
		tally_fini(*t);
	free(*t);
	*t = NULL;
}

void
rtt_fini(struct rtt *r)
{
	tally_drop(&r->all);
	tally_drop(&r->sure);
}

/* Add to a distribution that is allocated by its first sample. */
static void
tally_put(struct tally **t, int64_t ns)
{
	if (*t == NULL) {
		*t = malloc(sizeof(**t));
		if (*t == NULL)
			return;
		tally_init(*t);
	}
	tally_add(*t, ns);
}

/* RFC 6298 2: alpha 1/8, beta 1/4 (R8.5). */
static void
rtt_smooth(int64_t *srtt, int64_t *var, int64_t ns)
{
	int64_t delta = *srtt > ns ? *srtt - ns : ns - *srtt;

	*var += (delta - *var) / 4;
	*srtt += (ns - *srtt) / 8;
}

static bool
rtt_known(const struct rtt *r)
{
	return r->has || r->has_echo;
}

/*
 * The first sample of r was taken when the other half had none, as that of a
 * SYN always is: its sender measured both.
 */
static void
rtt_complete(struct rtt *r, struct rtt *other)
{
	if (!r->has_full || r->whole || !rtt_known(other))
		return;
	r->full_srtt += rtt_min(other);
	if (rtt_samples(r) == 1)
		r->full_rttvar = r->full_srtt / 2;
	r->whole = true;
}

void
rtt_sample(struct rtt *r, struct rtt *other, int64_t ns, bool by_timestamp)
{
	int64_t loop = ns + rtt_min(other), unused = 0;

	if (ns > RTT_MAX)
		return;
	r->last = ns;
	if (!r->has) {
		r->has = true;
		r->min = r->max = r->srtt = ns;
	} else {
		if (ns < r->min)
			r->min = ns;
		if (ns > r->max)
			r->max = ns;
		rtt_smooth(&r->srtt, &unused, ns);
	}
	if (!r->has_full) {
		r->has_full = true;
		r->full_srtt = loop;
		r->full_rttvar = loop / 2;
		r->whole = rtt_known(other);
	} else {
		rtt_complete(r, other);
		rtt_smooth(&r->full_srtt, &r->full_rttvar, loop);
	}
	if (by_timestamp)
		r->by_timestamp++;
	else
		r->by_ack++;
	tally_put(&r->all, ns);
	rtt_complete(other, r);
}

void
rtt_sample_sure(struct rtt *r, int64_t ns, uint64_t frame_no)
{
	if (ns > RTT_MAX)
		return;
	if (r->sure == NULL || ns > r->sure->max)
		r->sure_frame = frame_no;
	tally_put(&r->sure, ns);
}

void
rtt_echo(struct rtt *r, int64_t ns)
{
	if (ns > RTT_MAX)
		return;
	if (!r->has_echo || ns < r->echo_min)
		r->echo_min = ns;
	r->has_echo = true;
}

int64_t
rtt_rto(const struct rtt *r)
{
	int64_t var = 4 * r->full_rttvar, rto;

	if (!r->has_full)
		return K_RTO_INIT;
	rto = r->full_srtt + (var > NS_PER_MS ? var : NS_PER_MS);
	return rto > K_RTO_MIN ? rto : K_RTO_MIN;
}

int64_t
rtt_full(const struct rtt *r)
{
	return r->has_full ? r->full_srtt : K_RTO_INIT;
}
