/*
 * talkers.c - hosts by bytes: a hash table that forgets the quietest half when
 * it is full (lossy counting).
 */
#include "talkers.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 64

void
talkers_init(struct talkers *t, const struct hash_key *hash)
{
	*t = (struct talkers){.hash = hash};
}

void
talkers_fini(struct talkers *t)
{
	free(t->slot);
	*t = (struct talkers){0};
}

uint64_t
talker_bytes(const struct talker *t)
{
	return t->sent_bytes + t->received_bytes;
}

/* Where addr stands, or the free slot for it. */
static struct talker *
find(const struct talkers *t, const uint8_t addr[16], unsigned version)
{
	uint64_t w[3];
	size_t i;

	memcpy(w, addr, 16);
	w[2] = version;
	i = hash_words(t->hash, w, 3) & (t->room - 1);
	while (t->slot[i].version != 0 &&
	       (t->slot[i].version != version ||
		   memcmp(t->slot[i].addr, addr, 16) != 0))
		i = (i + 1) & (t->room - 1);
	return &t->slot[i];
}

/* The louder host first. */
static int
compare(const struct talker *a, const struct talker *b)
{
	uint64_t x = talker_bytes(a), y = talker_bytes(b);

	if (x != y)
		return x > y ? -1 : 1;
	if (a->version != b->version)
		return a->version < b->version ? -1 : 1;
	return memcmp(a->addr, b->addr, sizeof(a->addr));
}

static bool
grow(struct talkers *t)
{
	struct talkers wider = {.hash = t->hash,
	    .room = t->room == 0 ? ROOM_FIRST : t->room * 2,
	    .n = t->n,
	    .floor = t->floor};

	wider.slot = calloc(wider.room, sizeof(*wider.slot));
	if (wider.slot == NULL)
		return false;
	for (size_t i = 0; i < t->room; i++)
		if (t->slot[i].version != 0)
			*find(&wider, t->slot[i].addr, t->slot[i].version) =
			    t->slot[i];
	free(t->slot);
	*t = wider;
	return true;
}

static void
swap(struct talker *a, struct talker *b)
{
	struct talker t = *a;

	*a = *b;
	*b = t;
}

/* A host of v that is likely to be neither loud nor quiet. */
static struct talker *
middle_of_three(struct talker *v, size_t n)
{
	struct talker *a = &v[0], *b = &v[n / 2], *c = &v[n - 1];

	if (compare(a, b) > 0)
		return compare(b, c) > 0 ? b : compare(a, c) > 0 ? c : a;
	return compare(a, c) > 0 ? a : compare(b, c) > 0 ? c : b;
}

/* Bring the louder `half` of n hosts to the front, in no order. */
static void
split(struct talker *v, size_t n, size_t half)
{
	while (n > 1 && half > 0 && half < n) {
		size_t louder = 0;

		swap(middle_of_three(v, n), &v[n - 1]);
		for (size_t i = 0; i + 1 < n; i++)
			if (compare(&v[i], &v[n - 1]) < 0)
				swap(&v[i], &v[louder++]);
		swap(&v[louder], &v[n - 1]);
		if (louder >= half) {
			n = louder;
			continue;
		}
		v += louder + 1;
		n -= louder + 1;
		half -= louder + 1;
	}
}

/* Keep the louder half. */
static bool
forget(struct talkers *t)
{
	struct talker *kept = malloc(t->n * sizeof(*kept));
	size_t n = 0, half = t->n / 2;

	if (kept == NULL)
		return false;
	for (size_t i = 0; i < t->room; i++)
		if (t->slot[i].version != 0)
			kept[n++] = t->slot[i];
	split(kept, n, half);
	for (size_t i = half; i < n; i++) {
		uint64_t most =
		    talker_bytes(&kept[i]) + kept[i].uncounted_bytes;

		if (most > t->floor)
			t->floor = most;
	}
	memset(t->slot, 0, t->room * sizeof(*t->slot));
	for (size_t i = 0; i < half; i++)
		*find(t, kept[i].addr, kept[i].version) = kept[i];
	t->n = half;
	free(kept);
	return true;
}

/* Room for one more, so that at most half of the slots are taken. */
static bool
reserve(struct talkers *t)
{
	if (t->n == TALKERS_MAX)
		return forget(t);
	return 2 * (t->n + 1) <= t->room || grow(t);
}

void
talkers_add(struct talkers *t, const uint8_t addr[16], unsigned version,
    uint64_t packets, uint64_t sent_bytes, uint64_t received_bytes)
{
	struct talker *host;

	if (t->failed || !reserve(t)) {
		talkers_fini(t);
		t->failed = true;
		return;
	}
	host = find(t, addr, version);
	if (host->version == 0) {
		memcpy(host->addr, addr, sizeof(host->addr));
		host->version = (uint8_t)version;
		host->uncounted_bytes = t->floor;
		t->n++;
	}
	host->connections++;
	host->packets += packets;
	host->sent_bytes += sent_bytes;
	host->received_bytes += received_bytes;
}

size_t
talkers_top(const struct talkers *t, const struct talker *top[TALKERS_TOP])
{
	size_t n = 0;

	for (size_t i = 0; i < t->room; i++) {
		const struct talker *host = &t->slot[i];
		size_t at = n;

		if (host->version == 0)
			continue;
		while (at > 0 && compare(host, top[at - 1]) < 0)
			at--;
		if (at == TALKERS_TOP)
			continue;
		if (n < TALKERS_TOP)
			n++;
		memmove(&top[at + 1], &top[at], (n - at - 1) * sizeof(*top));
		top[at] = host;
	}
	return n;
}
