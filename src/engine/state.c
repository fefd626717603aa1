/*
 * state.c - states of both endpoints: the transition table, proofs of what
 * was presumed, and roll-back (RULEBOOK section 3).
 */
#include "engine/state.h"

#include <stdlib.h>
#include <string.h>

#include "base/constants.h"
#include "engine/gaps.h"
#include "engine/reset.h"

/* --- one setter ------------------------------------------------------- */

static void
transition_log(struct conn *c, enum side side, const struct obs *o,
    const char *rule, bool presumed, uint32_t *index)
{
	struct transition *t;

	*index = UINT32_MAX;
	if (!c->narrate || c->transitions_n >= c->limits->states)
		return;
	if (c->transitions_n == c->transitions_cap) {
		/* as many as an opening takes, then an end */
		uint32_t cap = c->transitions_cap + c->transitions_cap / 2 + 6;

		t = realloc(c->transition, cap * sizeof(*t));
		if (t == NULL)
			return;
		c->transition = t;
		c->transitions_cap = cap;
	}
	*index = c->transitions_n++;
	t = &c->transition[*index];
	*t = (struct transition){.state = c->ep[side].state,
	    .presumed = presumed,
	    .side = side,
	    .frame_no = o->frame_no,
	    .ts_ns = o->t,
	    .rule = rule};
}

/* Everything presumed of this endpoint so far is proved by frame. */
static void
state_confirm(struct conn *c, enum side side, uint8_t upto, uint64_t frame)
{
	struct endpoint *me = &c->ep[side];
	uint8_t i;

	for (i = 0; i < upto; i++) {
		uint32_t t = me->presumed[i].transition;

		if (t == UINT32_MAX)
			continue;
		c->transition[t].presumed = false;
		c->transition[t].confirmed_frame = frame;
	}
	me->presumed_n = (uint8_t)(me->presumed_n - upto);
	memmove(me->presumed, me->presumed + upto,
	    me->presumed_n * sizeof(me->presumed[0]));
}

/* What proves a presumed transition. */
struct cause {
	uint64_t end, ack;
};

/*
 * The only place that changes a state. cause NULL: a fact, shown by an own
 * segment, which also proves what was presumed before it.
 */
static void
state_set(struct conn *c, enum side side, enum tcp_state to,
    const struct obs *o, const char *rule, const struct cause *cause)
{
	struct endpoint *me = &c->ep[side];
	uint8_t before = me->state;
	uint32_t index;

	me->state = (uint8_t)to;
	if (cause == NULL) {
		/* a SYN tried again may be a timer's: it proves nothing */
		if (to == STATE_SYN_SENT)
			me->presumed_n = 0;
		state_confirm(c, side, me->presumed_n, o->frame_no);
		transition_log(c, side, o, rule, to == STATE_MID, &index);
		return;
	}
	transition_log(c, side, o, rule, true, &index);
	if (me->presumed_n == PRESUMPTIONS)
		state_confirm(c, side, 1, o->frame_no);
	me->presumed[me->presumed_n++] = (struct presumption){
	    .before = before,
	    .transition = index,
	    .cause_end = cause->end,
	    .cause_ack = cause->ack,
	};
}

/*
 * Undo presumed transitions until the endpoint is in state `to` again. False
 * when that state is not below the presumed ones.
 */
static bool
state_undo(
    struct conn *c, enum side side, enum tcp_state to, const struct obs *o)
{
	struct endpoint *me = &c->ep[side];
	uint8_t n = me->presumed_n;

	while (n > 0 && me->presumed[n - 1].before != to)
		n--;
	if (n == 0)
		return false;
	while (me->presumed_n >= n) {
		const struct presumption *p = &me->presumed[--me->presumed_n];

		me->state = p->before;
		if (p->transition != UINT32_MAX)
			c->transition[p->transition].revoked_frame =
			    o->frame_no;
		if (me->presumed_n == 0)
			break;
	}
	return true;
}

/* Whether a state is synchronized (RFC 9293 3.3.2). */
static bool
state_synchronized(enum tcp_state s)
{
	return s == STATE_ESTABLISHED || s == STATE_MID ||
	       s == STATE_FIN_WAIT_1 || s == STATE_FIN_WAIT_2 ||
	       s == STATE_CLOSE_WAIT || s == STATE_CLOSING ||
	       s == STATE_LAST_ACK || s == STATE_TIME_WAIT;
}

/* --- conditions ------------------------------------------------------- */

/* One endpoint looking at one segment. */
struct view {
	struct conn *c;
	const struct obs *o;
	enum side side;
	struct endpoint *me, *peer;
};

static bool
is_syn(const struct view *v)
{
	return v->o->syn && !v->o->has_a && !v->o->rst;
}

static bool
is_syn_ack(const struct view *v)
{
	return v->o->syn && v->o->has_a && !v->o->rst;
}

/* A SYN-ACK that answers the peer's SYN, with or without its data. */
static bool
is_answering_syn_ack(const struct view *v)
{
	const struct endpoint *peer = v->peer;

	if (!is_syn_ack(v))
		return false;
	if (peer->isn_known != ISN_CERTAIN)
		return true;
	return v->o->a >= peer->base + 1 &&
	       (v->o->a <= peer->max_end || v->o->a == peer->base + 1);
}

/* Received SYN-ACK with isn < a <= max_end of me. */
static bool
is_good_syn_ack(const struct view *v)
{
	return is_syn_ack(v) && v->o->a > v->me->base &&
	       (!v->me->seen || v->o->a <= v->me->max_end);
}

/* R3.18: the peer acknowledged our SYN before we answered its own. */
static bool
own_syn_acked_before(const struct view *v)
{
	return v->me->syn_seen && v->me->una > v->me->base;
}

static bool
is_plain(const struct view *v)
{
	return !v->o->syn && !v->o->rst && v->o->plausible;
}

/* R3.28: a fast open may answer before the third segment. */
static bool
shows_established(const struct view *v)
{
	return is_plain(v) && !v->o->fin && v->c->hs.tfo_len == 0;
}

/* Data or a pure ACK without FIN. */
static bool
is_plain_no_fin(const struct view *v)
{
	return is_plain(v) && !v->o->fin;
}

static bool
is_fin(const struct view *v)
{
	return is_plain(v) && v->o->fin;
}

/* An own ACK of the peer's SYN. */
static bool
acks_peer_syn(const struct view *v)
{
	return is_plain(v) && v->o->has_a && !v->o->bad_third &&
	       (v->peer->isn_known < ISN_INFERRED ||
		   v->o->a >= v->peer->base + 1);
}

/* Acceptable ACK of our SYN-ACK (R3.25). */
static bool
acks_own_syn(const struct view *v)
{
	return is_plain(v) && v->o->ack_ok && v->o->a >= v->me->base + 1 &&
	       v->o->a <= v->me->max_end;
}

static bool
acks_own_fin(const struct view *v)
{
	return is_plain(v) && v->o->ack_ok && v->me->has_fin &&
	       v->o->a >= v->me->fin_seq + 1;
}

/* R3.2: the peer's FIN is seen and nothing below it is missing. */
static bool
peer_fin_in_order(const struct view *v)
{
	return v->peer->has_fin && !v->me->fin_taken && !v->o->rst &&
	       gaps_contig(v->peer) > v->peer->fin_seq;
}

/* Own segment that acknowledges the peer's FIN: it has it. */
static bool
acks_peer_fin(const struct view *v)
{
	return is_plain(v) && v->peer->has_fin && v->o->has_a &&
	       v->o->a >= v->peer->fin_seq + 1;
}

static bool
acks_peer_fin_first_time(const struct view *v)
{
	return acks_peer_fin(v) && !v->me->fin_taken;
}

static bool
fin_acks_peer_fin(const struct view *v)
{
	return is_fin(v) && acks_peer_fin(v);
}

static bool
is_accepted_rst(const struct view *v)
{
	enum rst_class k;

	if (!v->o->rst)
		return false;
	k = reset_class(v->c, v->o);
	return k == RST_EXACT || k == RST_PROBABLE || k == RST_ANSWERS_SYN;
}

/* R3.23; the RST that answers a bad SYN-ACK ends nothing (R3.22). */
static bool
is_aborting_rst(const struct view *v)
{
	const struct handshake *hs = &v->c->hs;

	return v->o->rst && !(hs->bad_synack && v->o->seg->seq == hs->bad_ack);
}

/* Anything but SYN and RST of a connection joined midstream. */
static bool
is_midstream(const struct view *v)
{
	return is_plain_no_fin(v);
}

static bool
is_midstream_received(const struct view *v)
{
	return is_plain(v) && v->o->has_a;
}

/* The peer acknowledges a SYN-ACK that the capture does not hold. */
static bool
acks_unseen_syn_ack(const struct view *v)
{
	return is_plain(v) && v->o->has_a && !v->me->seen;
}

/* x sent it after the RST must have reached it (R3.60). */
static bool
lives_on(const struct view *v)
{
	const struct rst_seen *rst = &v->c->td.rst[!v->side];
	int64_t way = conn_min_half(v->c, v->side);

	return is_plain(v) && rst->seen && way > 0 &&
	       v->o->tx > rst->t + 2 * way;
}

/* A reset of the peer is on its way to me, or has arrived. */
static bool
rst_stands(const struct view *v)
{
	return v->c->td.rst[!v->side].seen && !lives_on(v);
}

/* --- the table -------------------------------------------------------- */

#define FROM(s) (1u << STATE_##s)
#define SYNCHRONIZED \
	(FROM(ESTABLISHED) | FROM(MID) | FROM(FIN_WAIT_1) | FROM(FIN_WAIT_2) | \
	    FROM(CLOSE_WAIT) | FROM(CLOSING) | FROM(LAST_ACK))

/* Which segments apply a row of received ones. */
enum hold {
	HOLD_NOW,   /* the segment that is received */
	HOLD_LEVEL, /* it, or any one after it: what was received before holds
		     */
	HOLD_BEFORE /* only an own one after it (R3.60) */
};

struct row {
	uint32_t from;
	bool (*when)(const struct view *v);
	enum tcp_state to;
	const char *rule;
	enum hold hold;
};

/*
 * A pair of state and segment without a row leaves the state (R3.62). Rows of
 * an endpoint's own segments, and of those it receives.
 */
static const struct row own_rows[] = {
    {FROM(UNKNOWN) | FROM(CLOSED), is_syn, STATE_SYN_SENT, "R3.10", HOLD_NOW},
    {FROM(LISTEN) | FROM(UNKNOWN), is_answering_syn_ack, STATE_SYN_RECEIVED,
	"R3.12", HOLD_NOW},
    {FROM(LISTEN), is_accepted_rst, STATE_CLOSED, "R3.13", HOLD_NOW},
    {FROM(SYN_SENT), is_answering_syn_ack, STATE_SYN_RECEIVED, "R3.18",
	HOLD_NOW},
    {FROM(SYN_SENT), acks_peer_syn, STATE_ESTABLISHED, "R3.19", HOLD_NOW},
    {FROM(SYN_SENT), is_aborting_rst, STATE_CLOSED, "R3.23", HOLD_NOW},
    {FROM(SYN_RECEIVED), shows_established, STATE_ESTABLISHED, "R3.28",
	HOLD_NOW},
    {FROM(SYN_RECEIVED), is_fin, STATE_FIN_WAIT_1, "R3.29", HOLD_NOW},
    {FROM(ESTABLISHED) | FROM(MID), acks_peer_fin_first_time, STATE_CLOSE_WAIT,
	"R3.32", HOLD_NOW},
    {FROM(ESTABLISHED) | FROM(MID), is_fin, STATE_FIN_WAIT_1, "R3.31",
	HOLD_NOW},
    {FROM(CLOSE_WAIT), fin_acks_peer_fin, STATE_LAST_ACK, "R3.33", HOLD_NOW},
    {FROM(FIN_WAIT_1), acks_peer_fin_first_time, STATE_CLOSING, "R3.36",
	HOLD_NOW},
    {FROM(FIN_WAIT_2), acks_peer_fin_first_time, STATE_TIME_WAIT, "R3.38",
	HOLD_NOW},
    {FROM(UNKNOWN), is_midstream, STATE_MID, "R3.45", HOLD_NOW},
    {FROM(UNKNOWN), fin_acks_peer_fin, STATE_LAST_ACK, "R3.46", HOLD_NOW},
    {FROM(UNKNOWN), is_fin, STATE_FIN_WAIT_1, "R3.46", HOLD_NOW},
    {SYNCHRONIZED | FROM(TIME_WAIT) | FROM(SYN_RECEIVED), is_accepted_rst,
	STATE_CLOSED, "R3.50", HOLD_NOW},
};

static const struct row received_rows[] = {
    {FROM(UNKNOWN) | FROM(CLOSED), is_syn, STATE_LISTEN, "R3.11", HOLD_NOW},
    {FROM(SYN_SENT), is_good_syn_ack, STATE_ESTABLISHED, "R3.15", HOLD_NOW},
    {FROM(SYN_SENT), is_syn, STATE_SYN_RECEIVED, "R3.17", HOLD_NOW},
    {FROM(SYN_SENT), is_accepted_rst, STATE_CLOSED, "R3.20", HOLD_NOW},
    {FROM(UNKNOWN), is_syn_ack, STATE_SYN_SENT, "R3.15", HOLD_NOW},
    {FROM(LISTEN), acks_unseen_syn_ack, STATE_ESTABLISHED, "R3.47", HOLD_NOW},
    {FROM(SYN_RECEIVED), acks_own_syn, STATE_ESTABLISHED, "R3.25", HOLD_NOW},
    {FROM(SYN_RECEIVED), own_syn_acked_before, STATE_ESTABLISHED, "R3.18",
	HOLD_LEVEL},
    {FROM(SYN_RECEIVED), is_accepted_rst, STATE_CLOSED, "R3.27", HOLD_NOW},
    {FROM(ESTABLISHED) | FROM(MID), peer_fin_in_order, STATE_CLOSE_WAIT,
	"R3.32", HOLD_LEVEL},
    {FROM(FIN_WAIT_1), acks_own_fin, STATE_FIN_WAIT_2, "R3.35", HOLD_NOW},
    {FROM(FIN_WAIT_1), peer_fin_in_order, STATE_CLOSING, "R3.36", HOLD_LEVEL},
    {FROM(FIN_WAIT_2), peer_fin_in_order, STATE_TIME_WAIT, "R3.38", HOLD_LEVEL},
    {FROM(CLOSING), acks_own_fin, STATE_TIME_WAIT, "R3.40", HOLD_NOW},
    {FROM(LAST_ACK), acks_own_fin, STATE_CLOSED, "R3.41", HOLD_NOW},
    {FROM(TIME_WAIT), is_accepted_rst, STATE_CLOSED, "R3.43", HOLD_NOW},
    {FROM(UNKNOWN), is_midstream_received, STATE_MID, "R3.47", HOLD_NOW},
    {SYNCHRONIZED, is_accepted_rst, STATE_CLOSED, "R3.52", HOLD_NOW},
    {SYNCHRONIZED, rst_stands, STATE_CLOSED, "R3.52", HOLD_BEFORE},
};

/* --- roll-back (R3.60) ------------------------------------------------ */

struct undo_row {
	uint32_t in; /* presumed state the endpoint seems to be in */
	bool (*when)(const struct view *v);
	uint32_t back; /* states to go back to: the first that is below */
	bool anew;     /* what was received before comes again (R3.60) */
};

static bool
own_syn_again(const struct view *v)
{
	return is_syn(v) && v->o->s == v->me->base;
}

static bool
own_syn_ack_again(const struct view *v)
{
	return is_syn_ack(v) && v->o->s == v->me->base;
}

static bool
own_fin_again(const struct view *v)
{
	return is_fin(v) && v->me->has_fin && v->o->e == v->me->fin_seq + 1 &&
	       v->o->frame_no != v->me->fin_frame;
}

/* R3.34: its FIN does not acknowledge ours, so it has not seen ours. */
static bool
fin_crosses(const struct view *v)
{
	return is_fin(v) && v->peer->has_fin && v->o->a <= v->peer->fin_seq;
}

/* An RST that answers a segment from before the ACK of our FIN (R7.8). */
static bool
rst_before_fin(const struct view *v)
{
	return v->o->rst && v->me->has_fin && v->o->s <= v->me->fin_seq;
}

/*
 * A bare RST is what a host answers to a SYN-ACK for which it has no
 * connection (RFC 9293 3.5.2); one that was established and is aborted sends
 * its ACK along. It had closed before the SYN-ACK came.
 */
static bool
refuses_syn_ack(const struct view *v)
{
	return v->o->rst && !v->o->has_a && !v->me->has_ack &&
	       v->peer->has_ack && v->o->s == v->peer->ack_max;
}

/* A SYN of its own: it was not listening, and had sent it before ours came. */
static bool
own_bare_syn(const struct view *v)
{
	return is_syn(v);
}

/* It went on after a reset that was on its way to it. */
static bool
sent_after_rst(const struct view *v)
{
	return is_plain(v) && !own_fin_again(v);
}

static const struct undo_row undo_rows[] = {
    {FROM(CLOSED), sent_after_rst, SYNCHRONIZED | FROM(SYN_RECEIVED), true},
    {FROM(LISTEN), own_bare_syn, FROM(UNKNOWN) | FROM(CLOSED), true},
    {FROM(SYN_RECEIVED) | FROM(ESTABLISHED), own_syn_again, FROM(SYN_SENT),
	false},
    {FROM(SYN_RECEIVED) | FROM(ESTABLISHED), own_syn_ack_again, FROM(SYN_SENT),
	true},
    {FROM(ESTABLISHED), refuses_syn_ack, FROM(SYN_SENT), false},
    {FROM(ESTABLISHED) | FROM(CLOSE_WAIT), own_syn_ack_again,
	FROM(SYN_RECEIVED), true},
    {FROM(CLOSE_WAIT), fin_crosses,
	FROM(ESTABLISHED) | FROM(MID) | FROM(SYN_RECEIVED), true},
    {FROM(FIN_WAIT_2) | FROM(TIME_WAIT), own_fin_again,
	FROM(CLOSING) | FROM(FIN_WAIT_1), false},
    {FROM(FIN_WAIT_2) | FROM(TIME_WAIT), rst_before_fin, FROM(FIN_WAIT_1),
	true},
    {FROM(CLOSED), own_fin_again, FROM(LAST_ACK), false},
};

/* Undo what this own segment of v->side contradicts; false: nothing. */
static bool
state_roll_back(struct view *v)
{
	bool undone = false;
	size_t i;
	uint32_t s;

	for (i = 0; i < sizeof(undo_rows) / sizeof(undo_rows[0]); i++) {
		const struct undo_row *u = &undo_rows[i];

		if (v->me->presumed_n == 0 || !(u->in & 1u << v->me->state) ||
		    !u->when(v))
			continue;
		for (s = STATE_COUNT; s-- > 0;) {
			if (!(u->back & 1u << s) ||
			    !state_undo(v->c, v->side, (enum tcp_state)s, v->o))
				continue;
			if (!state_synchronized(v->me->state) ||
			    v->me->state == STATE_ESTABLISHED ||
			    v->me->state == STATE_MID ||
			    v->me->state == STATE_FIN_WAIT_1)
				v->me->fin_taken = false;
			undone |= u->anew;
			break;
		}
	}
	return undone;
}

void
state_revive(struct conn *c, enum side x, const struct obs *o)
{
	struct endpoint *me = &c->ep[x];
	uint32_t i;

	/* the peer was closed by R3.52 presumed; x by R3.50 revocably */
	for (i = c->transitions_n; i-- > 0;) {
		struct transition *t = &c->transition[i];

		if (t->side == x && t->state == STATE_CLOSED) {
			t->revoked_frame = o->frame_no;
			break;
		}
	}
	me->state = c->td.rst[x].state_before;
	me->presumed_n = 0;
}

/* --- the machine ------------------------------------------------------ */

/* R3.1: does the own segment of o prove what was presumed of its sender? */
static void
state_prove(struct conn *c, const struct obs *o)
{
	struct endpoint *me = &c->ep[o->x];
	const struct endpoint *peer = &c->ep[o->y];
	/* an answer to a SYN that names another number answers nothing */
	bool believable =
	    o->has_a && (o->rst || o->ack_ok) &&
	    (peer->state != STATE_SYN_SENT || o->a <= peer->max_end);
	uint8_t i, proved = 0;

	for (i = 0; i < me->presumed_n; i++) {
		const struct presumption *p = &me->presumed[i];

		if ((p->cause_end != 0 && believable && o->a >= p->cause_end) ||
		    (p->cause_ack != 0 && peer->ack_proved >= p->cause_ack))
			proved = (uint8_t)(i + 1);
	}
	/* R3.28, R4.4: past its SYN-ACK only after the ACK reached it */
	if (proved == 0 && me->presumed_n > 0 &&
	    me->state == STATE_ESTABLISHED && !o->syn && !o->rst &&
	    me->synack_seen && !c->hs.tfo_len)
		proved = me->presumed_n;
	/* a reset of its own: it has no connection any more */
	if (o->rst && me->state == STATE_CLOSED)
		proved = me->presumed_n;
	if (proved > 0)
		state_confirm(c, o->x, proved, o->frame_no);
}

static struct cause
state_cause(const struct view *v, const struct row *r)
{
	struct cause cause = {0, 0};

	if (r->when == peer_fin_in_order)
		cause.end = v->peer->fin_seq + 1;
	else if (v->o->e > v->o->s && !v->o->rst)
		cause.end = v->o->e;
	if (r->when == acks_own_fin || r->when == acks_own_syn)
		cause.ack = v->o->a;
	else if (r->when == own_syn_acked_before)
		cause.ack = v->me->base + 1;
	return cause;
}

/* The rows to try. */
enum pass {
	PASS_OWN,      /* an own segment */
	PASS_RECEIVED, /* one of the peer */
	PASS_BEFORE /* of an own segment: what was received before it (R3.60) */
};

static bool
row_takes(const struct row *r, const struct view *v, enum pass pass)
{
	if (pass == PASS_BEFORE ? r->hold == HOLD_NOW : r->hold == HOLD_BEFORE)
		return false;
	return r->when(v);
}

/* Apply rows until none fits; each state only once. */
static void
state_apply(struct view *v, enum pass pass)
{
	bool own = pass == PASS_OWN;
	const struct row *rows = own ? own_rows : received_rows;
	size_t n = own ? sizeof(own_rows) / sizeof(own_rows[0])
		       : sizeof(received_rows) / sizeof(received_rows[0]);
	uint32_t been = 0, from = 1u << v->me->state;
	const struct row *r = rows;

	while (r < rows + n) {
		struct cause cause;

		/* most rows are of other states */
		if (!(r->from & from) || been & 1u << r->to ||
		    !row_takes(r, v, pass)) {
			r++;
			continue;
		}
		been |= 1u << r->to;
		cause = state_cause(v, r);
		if (r->when == peer_fin_in_order ||
		    r->when == acks_peer_fin_first_time ||
		    r->when == fin_acks_peer_fin)
			v->me->fin_taken = true;
		if (r->to == STATE_CLOSED && v->o->rst && own)
			v->c->td.rst[v->side].state_before = v->me->state;
		state_set(
		    v->c, v->side, r->to, v->o, r->rule, own ? NULL : &cause);
		from = 1u << v->me->state;
		r = rows;
	}
}

/*
 * Whether o can change nothing: both sides talk, and neither has closed. Only
 * SYN, FIN, RST or a FIN before it move a machine on from there.
 */
static bool
state_settled(const struct conn *c, const struct obs *o)
{
	const struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	const unsigned open = FROM(ESTABLISHED) | FROM(MID);

	return !o->syn && !o->fin && !o->rst && x->presumed_n == 0 &&
	       !x->has_fin && !y->has_fin && (open & 1u << x->state) &&
	       (open & 1u << y->state);
}

void
state_segment(struct conn *c, struct obs *o)
{
	struct view own = {c, o, o->x, &c->ep[o->x], &c->ep[o->y]};
	struct view far = {c, o, o->y, &c->ep[o->y], &c->ep[o->x]};
	bool undone = false;

	if (o->bad || (!o->plausible && !o->rst) || state_settled(c, o))
		return;
	if (own.me->presumed_n > 0) {
		undone = state_roll_back(&own);
		state_prove(c, o);
	}
	/* the receiver's view of an RST needs the sender's state before it */
	if (o->rst) {
		state_apply(&far, PASS_RECEIVED);
		state_apply(&own, PASS_OWN);
		return;
	}
	state_apply(&own, PASS_OWN);
	if (undone)
		state_apply(
		    &own, PASS_BEFORE); /* presumed anew (R3.34, R3.60) */
	state_apply(&far, PASS_RECEIVED);
}
