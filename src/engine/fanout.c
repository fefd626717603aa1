/*
 * fanout.c - hosts that do the same to many others (R5.17, R5.21): a small
 * open-addressed table that never grows.
 */
#include "engine/fanout.h"

#include <stdlib.h>
#include <string.h>

#include "base/constants.h"
#include "base/digest.h"

#define FANOUT_SLOTS 1024 /* a power of two */
#define FANOUT_PROBES 16  /* slots looked at before a host is left out */

struct fanout_host {
	uint8_t addr[16];
	uint8_t version; /* 0: a free slot */
	uint8_t kind;    /* enum fanout_kind */
	uint8_t n;
	uint64_t other[FANOUT_WIDE]; /* hashes of those it did it to */
};

struct fanout {
	struct fanout_host *host; /* owned; NULL until the first note */
};

struct fanout *
fanout_new(void)
{
	return calloc(1, sizeof(struct fanout));
}

void
fanout_free(struct fanout *f)
{
	if (f == NULL)
		return;
	free(f->host);
	free(f);
}

/* The slot of the sender, a free one for it, or NULL. */
static struct fanout_host *
find(const struct fanout *f, enum fanout_kind kind, const struct flow_key *key,
    unsigned dir)
{
	const uint8_t *addr = key->addr[dir];
	uint64_t at = digest_bytes(addr, sizeof(key->addr[dir])).hash + kind;
	size_t i;

	for (i = 0; i < FANOUT_PROBES; i++) {
		struct fanout_host *h = &f->host[(at + i) & (FANOUT_SLOTS - 1)];

		if (h->version == 0 ||
		    (h->kind == kind && h->version == key->version &&
			memcmp(h->addr, addr, sizeof(h->addr)) == 0))
			return h;
	}
	return NULL;
}

void
fanout_note(struct fanout *f, enum fanout_kind kind, const struct flow_key *key,
    unsigned dir)
{
	struct fanout_host *h;
	uint64_t other;
	unsigned i;

	if (f->host == NULL)
		f->host = calloc(FANOUT_SLOTS, sizeof(*f->host));
	if (f->host == NULL)
		return; /* a hint less */
	h = find(f, kind, key, dir);
	if (h == NULL || h->n == FANOUT_WIDE)
		return;
	other = digest_bytes(key->addr[!dir], sizeof(key->addr[!dir])).hash;
	if (kind == FANOUT_SYN_SCAN)
		other += key->port[!dir];
	for (i = 0; i < h->n; i++)
		if (h->other[i] == other)
			return;
	memcpy(h->addr, key->addr[dir], sizeof(h->addr));
	h->version = (uint8_t)key->version;
	h->kind = (uint8_t)kind;
	h->other[h->n++] = other;
}

bool
fanout_wide(const struct fanout *f, enum fanout_kind kind,
    const struct flow_key *key, unsigned dir)
{
	const struct fanout_host *h;

	if (f->host == NULL)
		return false;
	h = find(f, kind, key, dir);
	return h != NULL && h->n == FANOUT_WIDE;
}
