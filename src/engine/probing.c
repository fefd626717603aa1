/*
 * probing.c - does a sender probe, or does its timer alone send again?
 */
#include "engine/probing.h"

#include "engine/endpoint.h"

/* Whether ns lies within a tenth of want: what scheduling adds to timers. */
static bool
about(int64_t ns, int64_t want)
{
	return ns >= want - want / 10 && ns <= want + want / 10;
}

/* x has no probes: those of its resends that were called so are the timer's. */
static void
probing_never(struct conn *c, enum side x)
{
	struct endpoint *ep = &c->ep[x];

	ep->never_probes = true;
	for (uint32_t i = 0; i < ep->pending.n; i++) {
		struct pending_resend *p = &ep->pending.v[i];
		struct event *ev = conn_event_get(c, &p->ref);
		enum confidence confidence =
		    ev ? (enum confidence)ev->confidence : CONFIDENCE_PROBABLE;

		if (!p->lone)
			continue;
		p->lone = false;
		p->by_timer = true;
		if (p->ref.kind == ANOMALY_RETRANSMISSION_TLP) {
			ev = conn_event_revise(
			    c, &p->ref, ANOMALY_RETRANSMISSION_RTO);
			ev->confidence = (uint8_t)confidence;
		}
		if (ev != NULL)
			event_set(ev, EVIDENCE_KIND, WORD_RTO);
	}
}

/*
 * After a probe that the capture missed, the timer would have begun anew two
 * round trips later; a quarter less is what timers and taps differ by.
 */
static int64_t
timer_after_probe(const struct probing_facts *f)
{
	return f->rto_est + 2 * f->srtt - f->srtt / 2;
}

/*
 * The head after the timer's time: when it is too late for a probe, or more was
 * in flight that nothing had answered, of which a probe would have sent the
 * tail, and the timer begun anew with it.
 */
static bool
no_probe_came_first(const struct endpoint *x, const struct obs *o,
    const struct sent *original, const struct probing_facts *f)
{
	const struct history *h = &x->sent;
	const struct sent *tail;

	if (!f->open || f->sacked || original->tx > 1 ||
	    o->silence >= timer_after_probe(f))
		return false;
	if (o->e >= x->max_end)
		return o->s <= f->una && x->resent_packets == 0;
	if (h->n - h->acked < 2)
		return false;
	/* new data after a pause may be the probe */
	tail = history_at(h, h->n - 1);
	return tail->tx == 1 &&
	       tail->t_first - history_at(h, h->n - 2)->t_first < f->srtt;
}

/*
 * A lone segment for the second time. The timer waits twice as long as before;
 * after a probe it begins with its usual time.
 */
static void
learn_from_second(struct conn *c, const struct obs *o, struct resend_kind *k)
{
	struct endpoint *x = &c->ep[o->x];
	uint32_t i = x->pending.n;

	while (i-- > 0) {
		const struct pending_resend *p = &x->pending.v[i];

		if (!p->lone || p->s != o->s || p->e != o->e)
			continue;
		if (o->silence <= p->silence + p->silence / 2) {
			x->probes = true;
		} else if (about(o->silence, 2 * p->silence)) {
			probing_never(c, o->x);
			k->rto_est *= 2;
			k->backoff = ++x->backoff;
		}
		return;
	}
}

void
probing_learn(struct conn *c, const struct obs *o, const struct sent *original,
    const struct probing_facts *f, struct resend_kind *k)
{
	struct endpoint *x = &c->ep[o->x];

	if (!x->sack_ok || x->never_probes || x->probes || original == NULL)
		return;
	if (k->kind == WORD_TLP)
		x->probes = !k->lone && o->s > f->una && original->tx == 1;
	else if (k->kind != WORD_RTO || k->sub != WORD_NONE)
		return;
	else if (f->pending)
		learn_from_second(c, o, k);
	else if (no_probe_came_first(x, o, original, f))
		probing_never(c, o->x);
}
