/*
 * classify.c - the ordered sequence classification (R8.10 to R8.16).
 *
 * Data that starts where the last segment ended leaves at once. Everything
 * else goes through an ordered table; the first row that takes it ends it.
 */
#include "engine/classify.h"

#include <string.h>

#include "base/constants.h"
#include "base/seq.h"
#include "engine/acks.h"
#include "engine/endpoint.h"
#include "engine/gaps.h"
#include "engine/handshake.h"
#include "engine/resend.h"
#include "engine/window.h"

/* --- history ---------------------------------------------------------- */

static inline struct sent
sent_of(const struct conn *c, const struct obs *o)
{
	const struct endpoint *x = &c->ep[o->x];
	const struct segment *seg = o->seg;

	struct sent e = {
	    .s = (uint32_t)o->s,
	    .e = (uint32_t)o->e,
	    .frame_no = o->frame_no & SENT_FRAMES,
	    .t_first = o->t,
	    .t_last = o->t,
	    .ack = (uint32_t)(o->has_a ? o->a : x->ack_max),
	    .hash = sent_hash(seg->payload_hash),
	    .hashed = seg->payload_cap & SENT_HASHED,
	    .tsval = seg->opt.tsval,
	    .ip_id = seg->ip_id,
	    .tx = 1,
	    .ttl = seg->ttl,
	    .has_ts = o->has_ts,
	    .has_ip_id = seg->has_ip_id,
	    .has_ack = o->has_a || x->has_ack,
	    .bad = o->bad,
	    .sum_bad = seg->checksum == CHECKSUM_BAD,
	    .fin = o->fin,
	    .whole = true,
	    .ambiguous = o->resend || o->late || o->backwards,
	    .resent = o->resend,
	};

	memcpy(e.head, seg->head, sizeof(e.head));
	return e;
}

/* Add what o carries of [s, e) and is not in the history yet. */
static void
history_add(struct conn *c, const struct obs *o)
{
	struct history *h = &c->ep[o->x].sent;
	struct sent entry = sent_of(c, o);
	uint64_t at = o->s;
	uint32_t i;

	for (i = history_find(h, at); at < o->e; i++) {
		uint64_t next =
		    i < h->n ? history_start(h, history_at(h, i)) : o->e;

		if (next > at) {
			uint64_t end = next < o->e ? next : o->e;

			entry.whole = at == o->s && end == o->e;
			entry.hashed =
			    at == o->s ? o->seg->payload_cap & SENT_HASHED : 0;
			if (history_insert(h, at, end, &entry) == NULL)
				return;
			i = history_find(h, end - 1);
			at = end;
		} else {
			at = history_end(h, history_at(h, i));
		}
	}
}

/* --- payload and FIN -------------------------------------------------- */

/* First-time payload bytes of o, for counts and progress (R1.31). */
static void
new_payload(struct conn *c, struct obs *o, uint64_t bytes)
{
	struct endpoint *x = &c->ep[o->x];

	if (o->len == 0 || bytes == 0)
		return;
	o->first_payload = true;
	x->unique_bytes += bytes < o->len ? bytes : o->len;
	if (!x->has_payload_t) {
		x->has_payload_t = true;
		x->first_payload_t = o->t;
		x->first_payload_frame = o->frame_no;
	}
}

/* R6.63: bytes beyond the end of the stream. */
static bool
data_after_fin(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];
	struct event *ev;

	if (!x->has_fin || o->e - o->fin <= x->fin_seq || o->len == 0)
		return false;
	if (resend_contradicts(c, o))
		return true; /* two stories of one stream: which ends here? */
	ev = conn_event(c, ANOMALY_DATA_AFTER_FIN, o, NULL);
	ev->confidence = CONFIDENCE_PROBABLE;
	event_set(ev, EVIDENCE_BYTES, (int64_t)(o->e - o->fin - x->fin_seq));
	event_cite(ev, x->fin_frame);
	return true;
}

/* R1.21, R6.64 */
static void
note_fin(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];
	struct event *ev;

	if (!x->has_fin) {
		x->has_fin = true;
		x->fin_seq = o->e - 1;
		x->fin_frame = o->frame_no;
		x->fin_t = o->t;
	} else if (o->e - 1 > x->fin_seq) {
		ev = conn_event(c, ANOMALY_FIN_MOVED, o, NULL);
		ev->confidence = CONFIDENCE_PROBABLE;
		event_set(ev, EVIDENCE_SEQ, endpoint_rel(x, o->e - 1));
		event_set(ev, EVIDENCE_EXPECTED, endpoint_rel(x, x->fin_seq));
		event_cite(ev, x->fin_frame);
	}
}

/* --- rows ------------------------------------------------------------- */

/* The first segment of this side. */
static bool
take_first(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];

	if (x->seen)
		return false;
	x->seen = true;
	x->start = o->s;
	x->max_end = o->e;
	if (!x->has_una || x->una < o->s) {
		x->una = o->s;
		x->has_una = true;
	} else if (x->una > o->e) {
		/* the peer acknowledged more than this shows: a late start */
		x->una = o->e;
	}
	if (o->e > o->s) {
		history_add(c, o);
		new_payload(c, o, o->len);
	}
	return true;
}

static bool
take_probe(struct conn *c, struct obs *o)
{
	return window_probe(c, o);
}

static bool
take_keep_alive(struct conn *c, struct obs *o)
{
	return window_keep_alive(c, o);
}

/* R8.10, 3: bytes are missing before o. */
static bool
take_gap(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];

	if (o->s <= x->max_end)
		return false;
	gaps_open(c, o);
	x->max_end = o->e;
	acks_check_ahead(c, o);
	if (o->e > o->s) {
		window_check_data(c, o);
		history_add(c, o);
		new_payload(c, o, o->len);
	}
	return true;
}

/* Bare ACKs below max_end say nothing about sequence. */
static bool
take_empty(struct conn *c, struct obs *o)
{
	(void)c;
	return o->e == o->s;
}

/* R8.10, 4 */
static bool
take_syn_repeat(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];
	uint32_t i;

	if (!o->syn)
		return false;
	if (handshake_repeat(c, o)) {
		for (i = history_find(&x->sent, o->s); i < x->sent.n; i++) {
			struct sent *e = history_at(&x->sent, i);

			if (history_start(&x->sent, e) >= o->e)
				break;
			sent_again(e, o->frame_no, o->t, o->seg->opt.tsval);
		}
	}
	if (o->e > x->max_end)
		x->max_end = o->e;
	return true;
}

/* R8.10, 6: o fills a hole, by a late original or by a resend. */
static bool
take_fill(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];
	enum confidence conf;
	struct event_ref loss;
	int64_t reveal_t;
	uint64_t missing;
	uint32_t i;

	if (!gaps_overlap(c, o))
		return false;
	for (i = 0; x->holes.v[i].r <= o->s; i++)
		;
	reveal_t = x->holes.v[i].t;
	missing = gaps_missing(x, o->s, o->e);
	if (gaps_fill(c, o, &conf, &loss))
		resend_fill(c, o, conf, &loss, reveal_t);
	history_add(c, o);
	new_payload(c, o, missing);
	if (o->e > x->max_end)
		x->max_end = o->e;
	return true;
}

/* R8.16: an original that its own resend has overtaken. */
static bool
take_late_original(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];
	uint32_t i = history_find(&x->sent, o->s);
	const struct sent *e;
	struct event *ev;
	int32_t step = 0;

	if (i == x->sent.n)
		return false;
	e = history_at(&x->sent, i);
	if (!e->resent || history_start(&x->sent, e) >= o->e)
		return false;
	if (o->has_ts && e->has_ts)
		step = seq_diff(o->seg->opt.tsval, e->tsval);
	if (step == 0 && o->seg->has_ip_id && e->has_ip_id &&
	    o->seg->ip_id != 0 && e->ip_id != 0 && endpoint_ip_id_counts(x))
		step = (int16_t)(uint16_t)(o->seg->ip_id - e->ip_id);
	if (step >= 0)
		return false;
	o->late = true;
	x->ooo_packets++;
	if (resend_overtaken(c, o, e->frame_no))
		return true; /* the loss it seemed to be tells it */
	ev = conn_event(c, ANOMALY_OUT_OF_ORDER, o, NULL);
	event_set(ev, EVIDENCE_REVEALED_BY, 0);
	event_set(ev, EVIDENCE_DELAY, o->t - e->t_last);
	if (x->max_end > o->e)
		event_set(
		    ev, EVIDENCE_DISPLACEMENT, (int64_t)(x->max_end - o->e));
	event_set(ev, EVIDENCE_DECIDED_BY, WORD_OVERTAKEN);
	event_cite(ev, e->frame_no);
	return true;
}

/* R8.12 to R8.14: what is left are resends. */
static bool
take_resend(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];
	uint64_t old_end = x->max_end;

	if (o->bad)
		return true;
	resend_process(c, o);
	if (o->e > old_end) {
		history_add(c, o);
		new_payload(c, o, o->e - o->fin - old_end);
		x->max_end = o->e;
	}
	return true;
}

static const struct {
	const char *rule;
	bool (*take)(struct conn *c, struct obs *o);
} sequence_rules[] = {
    {"R1.13", take_first},
    {"R6.40", take_probe},
    {"R6.45", take_keep_alive},
    {"R1.18", take_gap},
    {"R8.10", take_empty},
    {"R6.16", take_syn_repeat},
    {"R8.31", take_fill},
    {"R8.16", take_late_original},
    {"R8.12", take_resend},
};

/* s = max_end, with data or a FIN: the common path (R8.10, new data). */
static inline void
take_new(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];
	struct sent *entry;

	x->lost_flight_armed = false;
	if (resend_may_be_silent(x, o))
		resend_watch_silence(c, o);
	if (x->una == x->max_end)
		x->progress_t = o->t; /* first into an empty pipe (R1.31) */
	entry = history_append(&x->sent, o->s, o->e);
	if (entry != NULL)
		*entry = sent_of(c, o);
	x->max_end = o->e;
	if (x->has_ack_ahead)
		acks_check_ahead(c, o);
	if (!window_has_room(x, &c->ep[o->y], o))
		window_check_data(c, o);
	new_payload(c, o, o->len);
}

static bool
in_order(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];

	if (!x->seen || o->s != x->max_end)
		return false;
	if (o->e == o->s) {
		/* SND.NXT as of now: nothing beyond was on its way (R8.36) */
		x->lost_flight_armed = false;
		return true;
	}
	if (c->ep[o->y].zero_wnd && o->len == 1 && !o->fin)
		return false; /* perhaps a window probe */
	take_new(c, o);
	return true;
}

/* Count o, whose bytes are placed. */
static void
count_payload(struct conn *c, const struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];
	uint64_t flight = conn_flight(c, o->x);

	if (o->len > 0) {
		x->data_packets++;
		x->payload_bytes += o->len;
		x->last_payload_t = o->t;
		x->last_payload_frame = o->frame_no;
		x->last_len = o->len;
		c->last_data_t = o->t;
	}
	if (flight > x->max_flight)
		x->max_flight = flight;
}

void
classify_in_order(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];

	o->old_max_end = x->max_end;
	take_new(c, o);
	x->seq_packets++;
	count_payload(c, o);
}

void
classify_segment(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];
	size_t i;

	if (o->rst || !o->plausible)
		return;
	o->old_max_end = x->max_end;
	if (data_after_fin(c, o))
		return;
	if (!in_order(c, o)) {
		for (i = 0;
		     i < sizeof(sequence_rules) / sizeof(sequence_rules[0]);
		     i++)
			if (sequence_rules[i].take(c, o))
				break;
	}
	if (o->fin && !o->bad)
		note_fin(c, o);
	x->seq_packets += o->len > 0 || o->fin;
	count_payload(c, o);
}
