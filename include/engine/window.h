/*
 * window.h - receive windows, window probes and keep-alives (R6.39 to R6.49,
 * R6.98).
 */
#ifndef TCPCONN_WINDOW_H
#define TCPCONN_WINDOW_H

#include "engine/conn.h"

/* o probes a closed window (R6.40); such a byte is not counted yet. */
bool window_probe(struct conn *c, struct obs *o);

/* o is a keep-alive (R6.45). */
bool window_keep_alive(struct conn *c, struct obs *o);

/*
 * New data against the window its receiver offers (R6.43, R6.44, R6.48), and
 * small segments (R6.49).
 */
void window_check_data(struct conn *c, struct obs *o);

/* Whether that can have nothing to say of o, which goes from x to y. */
static inline bool
window_has_room(
    const struct endpoint *x, const struct endpoint *y, const struct obs *o)
{
	return y->shift_known && o->e < y->edge && o->e <= y->edge_max &&
	       (x->rare == NULL || x->rare->small_segments == 0) &&
	       (o->len >= x->mss / 2u || segment_has(o->seg, FLAG_PSH));
}

/* What o's window says; before and after endpoint_window(). */
void window_before(struct conn *c, struct obs *o);
void window_after(struct conn *c, struct obs *o);

/* Close episodes that are open at the end. */
void window_finish(struct conn *c, enum side x);

#endif
