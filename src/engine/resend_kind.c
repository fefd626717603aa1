/*
 * resend_kind.c - how a sender came to resend: the ordered kind list of
 * R8.14 over one observation, and the recovery state behind it.
 */
#include "base/constants.h"
#include "engine/known.h"
#include "engine/probing.h"
#include "engine/resend.h"

/* Doubling stops to matter, and to overflow, long before this. */
#define BACKOFF_MAX 12

/* What one resend is judged by: one observation for all predicates. */
struct judge {
	struct conn *c;
	struct obs *o;
	struct endpoint *x;
	const struct sent *original; /* NULL: fills a hole */
	const struct feedback *fb;
	int64_t t_last;  /* when these bytes were sent before */
	int64_t rto_est; /* with backoff (R8.6) */
	int64_t srtt;    /* whole loop */
	bool recovery, loss, tlp_open;
	struct resend_kind *out;
};

int64_t
resend_silence(const struct conn *c, const struct obs *o)
{
	const struct endpoint *x = &c->ep[o->x];
	int64_t since = x->last_seq_tx, known = x->known.now.progress_t;

	if (known != 0 && known + conn_min_half(c, o->x) > since)
		since = known + conn_min_half(c, o->x);
	return since != 0 && o->tx > since ? o->tx - since : 0;
}

/*
 * RFC 8985 7.2: after two round trips and the longest delay of an ACK a probe
 * would have gone. Kernel timers of such length are up to an eighth late. Of
 * the first resend only: late ACKs of others are round trips to a sender with
 * time stamps, and what it makes of them the tap cannot see. Of bytes that the
 * capture never had nobody knows when they were sent.
 */
static bool
too_late_to_probe(const struct judge *j)
{
	int64_t limit = 2 * j->srtt + K_DELAYED_ACK;

	return j->original != NULL && j->x->rtt.whole &&
	       j->x->resent_packets == 0 && j->o->silence > limit + limit / 8;
}

/*
 * R8.21 (a): the timer's silence, but one probe comes before the timer, unless
 * its sender has shown that it sends none.
 */
static bool
kind_tlp_head(struct judge *j)
{
	const struct obs *o = j->o;

	j->out->lone = j->x->sack_ok && !j->x->never_probes &&
		       !too_late_to_probe(j) && o->e >= j->x->max_end &&
		       j->fb->sack_high <= o->s && !j->recovery && !j->loss &&
		       !j->tlp_open && o->s <= j->fb->una &&
		       o->silence >= k_rto_frac(j->rto_est);
	return j->out->lone;
}

/*
 * R8.21 (b): the last segment again after two round trips (RFC 8985 7.2), or
 * sooner by the tail of the flight that the tap saw after it: but more than one
 * round trip, after which its ACK would have come.
 */
static bool
kind_tlp_tail(struct judge *j)
{
	const struct obs *o = j->o;

	return j->x->sack_ok && o->e >= j->x->max_end &&
	       j->fb->sack_high <= o->s && !j->recovery && !j->loss &&
	       !j->tlp_open && o->silence >= j->srtt + j->srtt / 5;
}

/*
 * Without SACK a recovery sends its head once (RFC 6582 3.2): again only the
 * timer does, which new data sent meanwhile does not stop (RFC 6298 5.1).
 */
static bool
head_again(const struct judge *j)
{
	return !j->x->sack_ok && j->recovery && j->original != NULL &&
	       j->original->tx > 1 && j->o->s <= j->fb->una &&
	       j->o->tx - j->t_last >= k_rto_frac(j->rto_est);
}

/* R8.22 */
static bool
kind_rto(struct judge *j)
{
	if (head_again(j))
		return true;
	if (j->o->silence >= k_rto_frac(j->rto_est) &&
	    (j->o->s <= j->fb->una || j->loss))
		return true;
	if (!j->loss)
		return false;
	/* the head again after a pause is the timer's, however it backs off */
	if (j->o->s <= j->fb->una && j->o->silence >= K_RTO_INIT)
		return true;
	j->out->sub = WORD_GO_BACK_N;
	return true;
}

/* R8.18: feedback known to x shows that later data arrived. */
static bool
feedback_shows_later(struct judge *j)
{
	const struct feedback *fb = j->fb;
	uint32_t flight =
	    (uint32_t)(j->x->mss ? (j->x->max_end - fb->una + j->x->mss - 1) /
				       j->x->mss
				 : K_DUPTHRESH + 1);
	uint32_t thresh = K_DUPTHRESH;

	if (fb->sack_high > j->o->s && fb->sack_high > fb->una)
		return true;
	/* RFC 5827: a small flight cannot make three duplicates */
	if (flight < 4)
		thresh = flight > 2 ? flight - 1 : 1;
	if (fb->dup_cnt >= thresh)
		return true;
	if (fb->rack_t != 0 && fb->rack_t > j->t_last) {
		j->out->sub = WORD_RACK;
		return true;
	}
	return false;
}

static bool
kind_fast(struct judge *j)
{
	return !j->recovery && feedback_shows_later(j);
}

/* R8.19 */
static bool
kind_sack(struct judge *j)
{
	if (j->recovery) {
		feedback_shows_later(j);
		return true;
	}
	if (!j->x->sack_ok && j->fb->dup_cnt >= 1 &&
	    j->o->silence < k_rto_frac(j->rto_est)) {
		j->out->confidence = CONFIDENCE_POSSIBLE;
		return true;
	}
	return false;
}

/* R8.14: the first row that holds names the kind. */
static const struct {
	enum word kind;
	bool (*holds)(struct judge *j);
} kind_table[] = {
    {WORD_TLP, kind_tlp_head}, /* R8.21 (a) */
    {WORD_RTO, kind_rto},      /* R8.22 */
    {WORD_FAST, kind_fast},    /* R8.18 */
    {WORD_SACK, kind_sack},    /* R8.19 */
    {WORD_TLP, kind_tlp_tail}, /* R8.21 (b) */
};

static bool
kind_find(struct judge *j)
{
	size_t i;

	for (i = 0; i < sizeof(kind_table) / sizeof(kind_table[0]); i++) {
		j->out->sub = WORD_NONE;
		if (kind_table[i].holds(j)) {
			j->out->kind = kind_table[i].kind;
			return true;
		}
	}
	j->out->sub = WORD_NONE;
	return false;
}

/*
 * RFC 5682, RFC 3522: what was sent once, before the timer fired, arrives
 * after all, or its resend proves needless. Then the sender goes back to where
 * it was, and what it sends again it does for other reasons.
 */
static bool
loss_is_undone(const struct endpoint *x, const struct feedback *fb)
{
	return fb->undo_n != x->loss_undo ||
	       (x->loss_doubted && fb->once_n != x->loss_once);
}

void
resend_enter_loss(struct endpoint *x, uint64_t loss_point, uint64_t una)
{
	const struct feedback *fb = &x->known.now;

	/* RFC 5682 2.1: not when a recovery was under way */
	x->loss_doubted = !x->in_recovery || x->backoff > 0;
	x->loss_once = fb->once_n;
	x->loss_undo = fb->undo_n;
	x->in_loss = true;
	x->loss_point = loss_point;
	x->rto_una = una;
	x->backoff++;
}

/* Recovery ends, and a probe is answered, by what x knows. */
static void
recovery_update(struct endpoint *x)
{
	const struct feedback *fb = &x->known.now;

	if (x->in_recovery && fb->una >= x->rec_point)
		x->in_recovery = false;
	if (x->in_loss && (fb->una >= x->loss_point || loss_is_undone(x, fb)))
		x->in_loss = false;
	if (x->tlp_open && (fb->una > x->tlp_e || fb->dsacks > x->tlp_dsacks ||
			       fb->plain_dup == x->tlp_e))
		x->tlp_open = false;
	if (fb->una > x->rto_una)
		x->backoff = 0;
}

/* What the kind found does to the sender's recovery state. */
static void
recovery_enter(struct judge *j)
{
	struct endpoint *x = j->x;

	switch (j->out->kind) {
	case WORD_RTO:
		if (j->out->sub == WORD_GO_BACK_N)
			break;
		resend_enter_loss(x, x->max_end, j->fb->una);
		x->in_recovery = false;
		x->tlp_open = false;
		break;
	case WORD_FAST:
		x->in_recovery = true;
		x->rec_point = x->max_end;
		break;
	case WORD_TLP:
		x->tlp_open = true;
		x->tlp_e = j->o->e;
		x->tlp_dsacks = j->fb->dsacks;
		break;
	default:
		break;
	}
	j->out->backoff = x->backoff;
}

struct resend_kind
resend_classify(struct conn *c, struct obs *o, const struct sent *original,
    int64_t reveal_t)
{
	struct endpoint *x = &c->ep[o->x];
	struct resend_kind out = {
	    .kind = WORD_UNCLASSIFIED, .confidence = CONFIDENCE_PROBABLE};
	struct judge j = {.c = c,
	    .o = o,
	    .x = x,
	    .original = original,
	    .fb = &x->known.now,
	    .out = &out};
	uint32_t shift;

	recovery_update(x);
	o->silence = resend_silence(c, o);
	shift = x->backoff < BACKOFF_MAX ? x->backoff : BACKOFF_MAX;
	j.rto_est = out.rto_est = rtt_rto(&x->rtt) << shift;
	out.gap = o->t - (original ? original->t_last : x->last_seq_t);
	j.srtt = rtt_full(&x->rtt);
	j.t_last = original ? original->t_last : reveal_t - 1;
	j.recovery = x->in_recovery;
	j.loss = x->in_loss;
	j.tlp_open = x->tlp_open;
	if (conn_blind(c, o->x)) {
		/* R8.23: only silence is left to judge by */
		out.confidence = CONFIDENCE_POSSIBLE;
		out.kind = o->silence < K_RTO_MIN ? WORD_FAST : WORD_RTO;
		return out;
	}
	if (x->sent.truncated)
		out.confidence = CONFIDENCE_POSSIBLE;
	if (!kind_find(&j)) {
		/*
		 * The shortest way to x is an upper bound; what nothing known
		 * explains, but feedback that passed the tap does, came by a
		 * quicker way.
		 */
		j.fb = known_latest(&x->known);
		kind_find(&j);
	}
	out.dup_cnt = j.fb->dup_cnt;
	out.sacked_above = j.fb->sack_high > o->s ? ranges_overlap(&x->sacked,
							o->s, j.fb->sack_high)
						  : 0;
	out.lost_retransmission =
	    original != NULL && original->tx > 1 && (j.recovery || j.loss);
	recovery_enter(&j);
	probing_learn(c, o, original,
	    &(struct probing_facts){
		.una = j.fb->una,
		.sacked = j.fb->sack_high > j.fb->una || j.fb->dup_cnt > 0,
		.open = !j.recovery && !j.loss && !j.tlp_open,
		.pending = j.tlp_open,
		.rto_est = j.rto_est,
		.srtt = j.srtt,
	    },
	    &out);
	return out;
}
