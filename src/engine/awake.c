/*
 * awake.c - a few are looked at in turn, and the one that was silent for
 * longest may have to give up its place: nearly the oldest of all, without a
 * list to keep in order.
 */
#include "engine/awake.h"

#include <stdlib.h>

#include "engine/flow.h"

#define ROOM_FIRST 64
#define LOOKED_AT 8
/* Silent is who had no segment for so many packets of each that is awake. */
#define SILENT 4

void
awake_fini(struct awake *w)
{
	free(w->v);
	*w = (struct awake){.most = w->most};
}

static bool
awake_grow(struct awake *w)
{
	uint32_t room = w->room > 0 ? w->room * 2 : ROOM_FIRST;
	struct awake_place *v = realloc(w->v, room * sizeof(*v));

	if (v == NULL)
		return false;
	w->v = v;
	w->room = room;
	return true;
}

/* Whether its connection has ended, or is packed already; or it is a new one.
 */
static bool
is_left(const struct awake_place *p)
{
	return p->flow == NULL || p->flow->number != p->number ||
	       !p->flow->parked.live || p->flow->parked.packed;
}

/* Of the next places one that is left, or else silent for longest. */
static struct awake_place *
awake_choose(struct awake *w)
{
	struct awake_place *best = NULL;
	unsigned i;

	for (i = 0; i < LOOKED_AT; i++) {
		struct awake_place *p = &w->v[w->hand];

		w->hand = (w->hand + 1) % w->n;
		if (is_left(p))
			return p;
		if (best == NULL || p->flow->parked.u.conn->last_frame <
					best->flow->parked.u.conn->last_frame)
			best = p;
	}
	return best;
}

/* The place for one more: of one that may go, or a new one; NULL: no memory. */
static struct awake_place *
awake_room(struct awake *w, uint64_t frame_no)
{
	uint64_t silence = w->most * SILENT;
	struct awake_place *p = NULL;

	if (w->n >= w->most) {
		p = awake_choose(w);
		if (is_left(p) ||
		    p->flow->parked.u.conn->last_frame + silence < frame_no)
			return p;
	} else if (w->n > 0 && is_left(&w->v[w->hand])) {
		p = &w->v[w->hand];
		w->hand = (w->hand + 1) % w->n;
		return p;
	}
	if (w->n == w->room && !awake_grow(w))
		return p;
	w->v[w->n] = (struct awake_place){0};
	return &w->v[w->n++];
}

struct flow *
awake_add(struct awake *w, struct flow *f, uint64_t frame_no)
{
	struct awake_place *p = awake_room(w, frame_no);
	struct flow *gone;

	if (p == NULL)
		return NULL;
	gone = is_left(p) || p->flow == f ? NULL : p->flow;
	*p = (struct awake_place){f, f->number};
	return gone;
}
