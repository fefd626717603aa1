/*
 * twin.c - records of one connection in several tunnels (R2.3).
 *
 * What makes them different records is the tunnel and VLAN of their keys, and
 * a capture has few of those: so they are remembered, and the table of flows
 * answers the rest when the first of the records ends.
 */
#include "engine/twin.h"

#include <stdlib.h>

/* Tunnels and VLANs kept; the oldest gives way. */
#define TWIN_PLACES 32

struct twin_place {
	uint32_t tunnel; /* both as in struct flow_key */
	uint16_t vlan;
};

struct twins {
	struct twin_place place[TWIN_PLACES];
	uint32_t n, next, latest;
};

struct twins *
twins_new(void)
{
	return calloc(1, sizeof(struct twins));
}

void
twins_free(struct twins *t)
{
	free(t);
}

bool
twins_any(const struct twins *t)
{
	return t->n > 1;
}

static bool
is_place(const struct twin_place *p, const struct flow_key *key)
{
	return p->tunnel == key->tunnel && p->vlan == key->vlan;
}

void
twins_note(struct twins *t, const struct flow_key *key)
{
	uint32_t i;

	if (t->n > 0 && is_place(&t->place[t->latest], key))
		return;
	for (i = 0; i < t->n; i++)
		if (is_place(&t->place[i], key))
			break;
	if (i == t->n) {
		i = t->next++ % TWIN_PLACES;
		t->place[i] = (struct twin_place){key->tunnel, key->vlan};
		if (t->n < TWIN_PLACES)
			t->n++;
	}
	t->latest = i;
}

/* The ISN of dir is known to be, or not to be, that of the other record. */
static bool
same_isn(const struct conn *a, const struct conn *b, unsigned dir)
{
	const struct endpoint *x = &a->ep[dir != a->client_dir];
	const struct endpoint *y = &b->ep[dir != b->client_dir];

	if (x->isn_known == ISN_NONE || y->isn_known == ISN_NONE)
		return x->isn_known == y->isn_known;
	return (uint32_t)x->base == (uint32_t)y->base;
}

static bool
same_connection(const struct conn *a, const struct conn *b)
{
	return same_isn(a, b, 0) && same_isn(a, b, 1);
}

static bool
lacks_a_side(const struct conn *c)
{
	return c->ep[CLIENT].packets == 0 || c->ep[SERVER].packets == 0;
}

static void
enter(struct conn *c, const struct conn *other)
{
	if (c->twins_n < TWINS)
		c->twin_frame[c->twins_n++] = other->first_frame;
}

static void
link_two(struct conn *a, struct conn *b)
{
	bool a_first = a->number < b->number;

	if (lacks_a_side(a) != lacks_a_side(b))
		a_first = lacks_a_side(b);
	enter(a, b);
	enter(b, a);
	if (a_first)
		b->judged_frame = a->first_frame;
	else
		a->judged_frame = b->first_frame;
}

void
twins_link(const struct twins *t, struct flow_table *flows, struct conn *c,
    struct conn *(*live)(void *arg, struct flow *f), void *arg)
{
	struct flow_key key = c->key;
	uint32_t i;

	for (i = 0; t->n > 1 && i < t->n; i++) {
		struct flow *f;
		struct conn *other;

		if (is_place(&t->place[i], &c->key))
			continue;
		key.tunnel = t->place[i].tunnel;
		key.vlan = t->place[i].vlan;
		f = flow_lookup(flows, &key);
		other = f != NULL ? live(arg, f) : NULL;
		if (other != NULL && same_connection(c, other))
			link_two(c, other);
	}
}
