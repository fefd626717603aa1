/*
 * pack.c - all that a connection is and owns, in one block.
 */
#include "engine/pack.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/resend.h"

/* Blocks that a connection may own. */
#define OWNED_MOST 32

/* One of them: n rows of size bytes, with room for some more. */
struct owned {
	void *place; /* of the pointer to it, in its owner */
	size_t n, room, size;
	size_t raw; /* bytes of payload at the end of a row */
};

struct walk {
	/* called for each block, after its owner's; false ends the walk */
	bool (*visit)(struct walk *w, const struct owned *o);
	struct unsqueeze *in;
	unsigned n; /* blocks visited so far */
	struct owned owned[OWNED_MOST];
	void *block[OWNED_MOST];
};

/* --- what a connection owns --------------------------------------------- */

static inline bool
walk_rows(struct walk *w, void *place, size_t n, size_t room, size_t size)
{
	const struct owned o = {place, n, room, size, 0};

	return w->visit(w, &o);
}

#define ROWS(w, pointer, n) walk_rows(w, &(pointer), n, n, sizeof(*(pointer)))
#define ONE(w, pointer) ROWS(w, pointer, (pointer) != NULL)

static bool
walk_tally(struct walk *w, struct tally **place)
{
	struct tally *t;

	if (!ONE(w, *place))
		return false;
	t = *place;
	return t == NULL ||
	       (walk_rows(w, &t->exact, t->exact != NULL ? (size_t)t->n : 0,
		    TALLY_EXACT, sizeof(*t->exact)) &&
		   walk_rows(w, &t->bucket, t->octaves, t->octaves,
		       TALLY_OCTAVE * sizeof(*t->bucket)));
}

static bool
walk_history(struct walk *w, struct history *h)
{
	const struct owned o = {
	    &h->v, h->n, h->n, sizeof(*h->v), sizeof(h->v->head)};

	return w->visit(w, &o);
}

static bool
walk_endpoint(struct walk *w, struct endpoint *ep)
{
	return walk_history(w, &ep->sent) &&
	       ROWS(w, ep->sacked.v, ep->sacked.n) &&
	       ROWS(w, ep->holes.v, ep->holes.n) &&
	       ROWS(w, ep->pending.v, ep->pending.n) &&
	       ROWS(w, ep->known.wait, ep->known.n) &&
	       ROWS(w, ep->recent, copy_kept(ep)) && ONE(w, ep->rare) &&
	       walk_tally(w, &ep->rtt.all) && walk_tally(w, &ep->rtt.sure);
}

static bool
walk_syns(struct walk *w, struct syn_list *l)
{
	return ROWS(w, l->again, l->again != NULL ? SYN_TX - 1 : 0);
}

/* What conn_packable() leaves out has no place here. */
static bool
walk_conn(struct walk *w, struct conn *c)
{
	return walk_endpoint(w, &c->ep[CLIENT]) &&
	       walk_endpoint(w, &c->ep[SERVER]) &&
	       ROWS(w, c->transition, c->transitions_n) &&
	       walk_syns(w, &c->hs.syn) && walk_syns(w, &c->hs.synack) &&
	       ONE(w, c->pended) && ONE(w, c->log) &&
	       (c->log == NULL || ROWS(w, c->log->v, c->log->n));
}

static bool
conn_packable(const struct conn *c)
{
	const struct eventlog *l = c->log;
	uint32_t i;

	if (c->trace != NULL)
		return false;
	if (l == NULL)
		return true;
	for (i = 0; i < l->n; i++)
		if (l->v[i].serial != 0 && l->v[i].event.text != NULL)
			return false;
	return l->ring == NULL;
}

/* Rooms end with what is in them, and rings begin at the beginning. */
static void
conn_tighten(struct conn *c)
{
	int i;

	for (i = 0; i < 2; i++) {
		struct endpoint *ep = &c->ep[i];

		history_tighten(&ep->sent);
		known_tighten(&ep->known);
		ep->sacked.cap = ep->sacked.n;
		ep->holes.cap = ep->holes.n;
		resend_rewind(&ep->pending);
		ep->pending.cap = ep->pending.n;
		ep->recent_cap = (uint8_t)copy_kept(ep);
	}
	c->transitions_cap = c->transitions_n;
	if (c->log != NULL)
		c->log->cap = c->log->n;
}

static void
conn_fold(struct conn *c)
{
	history_fold(&c->ep[CLIENT].sent);
	history_fold(&c->ep[SERVER].sent);
}

static void
conn_unfold(struct conn *c)
{
	history_unfold(&c->ep[CLIENT].sent);
	history_unfold(&c->ep[SERVER].sent);
}

/* --- packing ------------------------------------------------------------ */

static bool
note_owned(struct walk *w, const struct owned *o)
{
	assert(w->n < OWNED_MOST);
	memcpy(&w->block[w->n], o->place, sizeof(void *));
	w->owned[w->n++] = *o;
	return true;
}

/* c itself, without what its flow tells and with marks for pointers. */
static bool
squeeze_conn(struct squeeze *to, const struct conn *c, const struct walk *w)
{
	const char *from = (const char *)c, *end = (const char *)(c + 1);
	struct conn image = *c;
	unsigned i;

	image.flow = NULL;
	image.limits = NULL;
	image.scratch = NULL;
	image.number = 0;
	memset(&image.key, 0, sizeof(image.key));
	for (i = 0; i < w->n; i++) {
		const char *place = w->owned[i].place;
		const uintptr_t mark = w->owned[i].n > 0;

		if (place >= from && place < end)
			memcpy((char *)&image + (place - from), &mark,
			    sizeof(void *));
	}
	return squeeze_one(to, &image, sizeof(image));
}

static bool
squeeze_all(struct squeeze *to, const struct conn *c, const struct walk *w)
{
	unsigned i;

	squeeze_clear(to);
	if (!squeeze_conn(to, c, w))
		return false;
	for (i = 0; i < w->n; i++)
		if (!squeeze_rows(to, w->block[i], w->owned[i].n,
			w->owned[i].size, w->owned[i].raw))
			return false;
	return true;
}

struct packed *
conn_pack(struct conn *c, enum park_stage stage, struct squeeze *room)
{
	struct walk w = {.visit = note_owned};
	struct packed *p;
	unsigned i;

	if (!conn_packable(c))
		return NULL;
	conn_tighten(c);
	walk_conn(&w, c);
	conn_fold(c);
	p = squeeze_all(room, c, &w)
		? malloc(sizeof(*p) + room->n + SQUEEZE_SLACK)
		: NULL;
	if (p == NULL) {
		conn_unfold(c);
		return NULL;
	}
	p->last_t = c->last_t;
	p->stage = (uint8_t)stage;
	memcpy(p->bytes, room->v, room->n);
	for (i = 0; i < w.n; i++)
		free(w.block[i]);
	return p;
}

/* --- unpacking ---------------------------------------------------------- */

static bool
restore_owned(struct walk *w, const struct owned *o)
{
	void *block = NULL;

	if (o->n > 0) {
		assert(w->n < OWNED_MOST);
		block = malloc(o->room * o->size);
		if (block == NULL)
			return false;
		w->block[w->n++] = block;
		unsqueeze_rows(w->in, block, o->n, o->size, o->raw);
	}
	memcpy(o->place, &block, sizeof(block));
	return true;
}

bool
conn_unpack(struct packed *p, struct conn *c)
{
	struct unsqueeze in = {.p = p->bytes};
	struct walk w = {.visit = restore_owned, .in = &in};

	unsqueeze_one(&in, c, sizeof(*c));
	if (!walk_conn(&w, c)) {
		while (w.n > 0)
			free(w.block[--w.n]);
		return false;
	}
	conn_unfold(c);
	free(p);
	return true;
}
