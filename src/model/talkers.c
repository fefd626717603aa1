/*
 * talkers.c - hosts by bytes: a hash table that forgets the quietest half when
 * it is full (lossy counting). Hosts stand without gaps; what is hashed is
 * their places, of which there is always room for twice as many.
 */
#include "model/talkers.h"

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
	free(t->host);
	free(t->index);
	*t = (struct talkers){0};
}

uint64_t
talker_bytes(const struct talker *t)
{
	return t->sent_bytes + t->received_bytes;
}

/* Where the place of addr stands, or is to stand. */
static uint32_t *
find(const struct talkers *t, const uint8_t addr[16], unsigned version)
{
	size_t mask = 2 * t->room - 1, i;
	uint64_t w[3];

	memcpy(w, addr, 16);
	w[2] = version;
	i = hash_words(t->hash, w, 3) & mask;
	for (; t->index[i] != 0; i = (i + 1) & mask) {
		const struct talker *host = &t->host[t->index[i] - 1];

		if (host->version == version &&
		    memcmp(host->addr, addr, 16) == 0)
			break;
	}
	return &t->index[i];
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

/* Note where the hosts stand. */
static void
fill_index(struct talkers *t)
{
	memset(t->index, 0, 2 * t->room * sizeof(*t->index));
	for (size_t i = 0; i < t->n; i++)
		*find(t, t->host[i].addr, t->host[i].version) = (uint32_t)i + 1;
}

static bool
grow(struct talkers *t)
{
	size_t room = t->room == 0 ? ROOM_FIRST : t->room * 2;
	uint32_t *index = malloc(2 * room * sizeof(*index));
	struct talker *host = realloc(t->host, room * sizeof(*host));

	if (host != NULL)
		t->host = host;
	if (host == NULL || index == NULL) {
		free(index);
		return false;
	}
	free(t->index);
	t->index = index;
	t->room = room;
	fill_index(t);
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
static void
forget(struct talkers *t)
{
	size_t half = t->n / 2;

	split(t->host, t->n, half);
	for (size_t i = half; i < t->n; i++) {
		uint64_t most =
		    talker_bytes(&t->host[i]) + t->host[i].uncounted_bytes;

		if (most > t->floor)
			t->floor = most;
	}
	t->n = half;
	fill_index(t);
}

/* Room for one more. */
static bool
reserve(struct talkers *t)
{
	if (t->n == TALKERS_MAX)
		forget(t);
	return t->n < t->room || grow(t);
}

void
talkers_add(struct talkers *t, const uint8_t addr[16], unsigned version,
    uint64_t packets, uint64_t sent_bytes, uint64_t received_bytes)
{
	struct talker *host;
	uint32_t *place;

	if (t->failed || !reserve(t)) {
		talkers_fini(t);
		t->failed = true;
		return;
	}
	place = find(t, addr, version);
	if (*place == 0) {
		host = &t->host[t->n];
		*host = (struct talker){
		    .version = (uint8_t)version, .uncounted_bytes = t->floor};
		memcpy(host->addr, addr, sizeof(host->addr));
		*place = (uint32_t)++t->n;
	}
	host = &t->host[*place - 1];
	host->connections++;
	host->packets += packets;
	host->sent_bytes += sent_bytes;
	host->received_bytes += received_bytes;
}

size_t
talkers_top(const struct talkers *t, const struct talker *top[TALKERS_TOP])
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct talker *host = &t->host[i];
		size_t at = n;

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
