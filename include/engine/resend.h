/*
 * resend.h - why bytes were sent again, and what became of the first copy
 * (R8.12 to R8.23, R8.32, R8.36 to R8.39).
 */
#ifndef TCPCONN_RESEND_H
#define TCPCONN_RESEND_H

#include "engine/conn.h"

/* R8.37: IP ID steps before their habit is known. */
#define ID_STEPS_MIN 8
/* R8.37: the first copy and its probes, what a lone resend can have skipped. */
#define SKIPPED_MAX 3

/* How a sender came to resend: the kind list of R8.14. */
struct resend_kind {
	enum word kind; /* RTO, FAST, SACK, TLP or UNCLASSIFIED */
	enum word sub;  /* WORD_NONE, RACK or GO_BACK_N */
	enum confidence confidence;
	int64_t rto_est; /* the timer by then, backoff included (R8.6) */
	int64_t gap;     /* since these bytes were sent before */
	uint32_t dup_cnt, backoff;
	uint64_t sacked_above;
	bool lost_retransmission;
	bool lone; /* a probe by R8.21 (a), or else the timer */
};

/*
 * Name the kind for a resend of x starting at o->s. reveal_t: send time that
 * stands for bytes the capture never saw, else 0. Updates recovery state.
 */
struct resend_kind resend_classify(struct conn *c, struct obs *o,
    const struct sent *original, int64_t reveal_t);

/*
 * The timer of x fired (R8.22): all up to loss_point counts as lost to it,
 * until that is acknowledged or proofs undo it. una: what it knew then.
 */
void resend_enter_loss(struct endpoint *x, uint64_t loss_point, uint64_t una);

/*
 * o repeats bytes that are in the capture: raise its event, leave its cause
 * pending (R8.32) and update the history.
 */
void resend_process(struct conn *c, struct obs *o);

/*
 * R6.19: o repeats a range with other bytes, both copies intact. Raises it and
 * returns true.
 */
bool resend_contradicts(struct conn *c, struct obs *o);

/*
 * o fills a hole by a resend: raise its event; original is null. loss names
 * the loss-upstream event of the hole.
 */
void resend_fill(struct conn *c, struct obs *o, enum confidence confidence,
    const struct event_ref *loss, int64_t reveal_t);

/* o reports by a DSACK that [l, r) of its peer arrived twice. */
uint64_t resend_dsack(struct conn *c, struct obs *o, uint64_t l, uint64_t r);

/* The ACK of o moved una of its peer: Eifel test (R8.32). */
void resend_acked(struct conn *c, struct obs *o);

/*
 * The resend of frame_no has overtaken its original o (R8.16). True when the
 * loss that it seemed to repair has become the event of the reordering.
 */
bool resend_overtaken(struct conn *c, struct obs *o, uint64_t frame_no);

/* Settle what has waited past its deadline; all of it when final. */
void resend_expire(struct conn *c, enum side x, int64_t now, bool final);

/* Count ev, a resend whose cause is loss; step -1 takes it back (R9.10). */
void resend_count_loss(struct loss_count *l, const struct event *ev, int step);

/* Remember a pending verdict of x. */
void resend_pend(struct conn *c, enum side x, const struct pending_resend *p);

/* Let l->v be where its allocation begins. */
void resend_rewind(struct pending_list *l);

/*
 * Whether x may have been silent for long enough before o that its data are
 * for resend_watch_silence(): most segments follow each other closely.
 */
static inline bool
resend_may_be_silent(const struct endpoint *x, const struct obs *o)
{
	int64_t pause = o->tx - x->last_seq_tx;

	return pause >= K_RTO_MIN / 2 ||
	       (x->rtt.has_full && pause >= x->rtt.full_srtt / 10 * 18);
}

/* The first data of x after a silence, for R8.36 and R8.37. */
void resend_watch_silence(struct conn *c, struct obs *o);

/* A hole opened at o: was the flight before it lost (R8.36)? */
void resend_lost_flight(struct conn *c, struct obs *o);

/*
 * The hole of x at l that spoke for a lost flight (R8.36) is the capture's:
 * nothing was lost, and no timer ran out.
 */
void resend_flight_was_captured(struct conn *c, enum side x, uint64_t l);

/* Silence of x before o on its own clock (R1.43). */
int64_t resend_silence(const struct conn *c, const struct obs *o);

#endif
