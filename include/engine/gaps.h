/*
 * gaps.h - bytes that are missing so far, and what became of them: late,
 * lost upstream, or not captured (R1.18, R8.30 to R8.36).
 */
#ifndef TCPCONN_GAPS_H
#define TCPCONN_GAPS_H

#include "engine/conn.h"

/* o starts beyond everything seen of its side: remember the hole. */
void gaps_open(struct conn *c, struct obs *o);

/* Whether o overlaps a hole of its side. */
bool gaps_overlap(const struct conn *c, const struct obs *o);

/* Bytes of [l, r) that are missing so far. */
uint64_t gaps_missing(const struct endpoint *x, uint64_t l, uint64_t r);

/*
 * o fills a hole (R8.31): decide late or sent again, raise the events.
 * Returns false when it was a late original, true when it is a resend; then
 * *confidence tells how sure, and *loss names the loss-upstream event.
 */
bool gaps_fill(struct conn *c, struct obs *o, enum confidence *confidence,
    struct event_ref *loss);

/*
 * Y acknowledged or SACKed [l, r) of x by frame o: holes in it are missing
 * from the capture (R8.33). Returns bytes newly found so.
 */
uint64_t gaps_acknowledged(
    struct conn *c, enum side x, uint64_t l, uint64_t r, const struct obs *o);

/* A loss of x turned out to be reordering (R8.16); false: none such. */
bool
gaps_loss_was_late(struct conn *c, struct event_ref *loss, const struct obs *o);

/* Left edge of the lowest hole that is not a capture gap (R1.19). */
uint64_t gaps_contig(const struct endpoint *x);

/* The connection ends: unresolved holes become events (R6.26). */
void gaps_finish(struct conn *c, enum side x);

#endif
