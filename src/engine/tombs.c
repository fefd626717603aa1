/*
 * tombs.c - what is remembered of records that timed out (R2.14).
 */
#include "engine/tombs.h"

#include <stdlib.h>
#include <string.h>

#include "base/constants.h"
#include "base/digest.h"

#define TOMBS_FIRST 64
#define TOMBS_LAST (1u << 24)

void
tombs_fini(struct tombs *t)
{
	free(t->v);
	*t = (struct tombs){0};
}

/*
 * The place of key's tombstone. One overwrites another, which is reported, so
 * it does not depend on the key of hashes; nothing is searched here.
 */
static struct tombstone *
tomb_of(const struct tombs *t, const struct flow_key *key)
{
	return &t->v[digest_bytes((const uint8_t *)key, sizeof(*key)).hash &
		     t->mask];
}

/* Room for n of them, once; false when memory ran out. */
static bool
tombs_room(struct tombs *t, uint64_t n)
{
	uint32_t room = TOMBS_FIRST;

	if (t->v != NULL)
		return true;
	while (room < n && room < TOMBS_LAST)
		room *= 2;
	t->v = calloc(room, sizeof(*t->v));
	t->mask = room - 1;
	return t->v != NULL;
}

bool
tomb_of_conn(const struct conn *c, struct tombstone *tomb)
{
	int dir;

	if (!(c->ep[CLIENT].has_ack || c->ep[SERVER].has_ack))
		return false;
	*tomb = (struct tombstone){.key = c->key,
	    .number = c->number,
	    .client_dir = c->client_dir,
	    .used = true};
	for (dir = 0; dir < 2; dir++)
		tomb->max_end[dir] =
		    (uint32_t)c->ep[dir == c->client_dir ? CLIENT : SERVER]
			.max_end;
	return true;
}

bool
tomb_of_parked(const struct flow *f, struct tombstone *tomb)
{
	struct park_reader first;

	if (park_stage(&f->parked) == PARK_SYN)
		return false;
	park_read(&first, &f->parked, &f->key);
	*tomb = (struct tombstone){.key = f->key,
	    .number = f->number,
	    .client_dir = first.seg.dir,
	    .used = true};
	tomb->max_end[0] = park_sent(&f->parked, 0);
	tomb->max_end[1] = park_sent(&f->parked, 1);
	return true;
}

void
tombs_bury(
    struct tombs *t, const struct limits *limits, const struct tombstone *tomb)
{
	if (limits->tombstones > 0 && tombs_room(t, limits->tombstones))
		*tomb_of(t, &tomb->key) = *tomb;
}

const struct tombstone *
tombs_find(struct tombs *t, const struct segment *seg)
{
	struct tombstone *tomb;
	uint32_t d;

	if (t->v == NULL)
		return NULL;
	tomb = tomb_of(t, &seg->key);
	if (!tomb->used || memcmp(&tomb->key, &seg->key, sizeof(seg->key)) != 0)
		return NULL;
	/* it goes on where the record ended, a window at the most away */
	d = seg->seq - tomb->max_end[seg->dir] + K_BACK_WINDOW;
	if (d > 2 * K_BACK_WINDOW)
		return NULL;
	tomb->used = false;
	return tomb;
}
