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

void
fanout_note_answer(struct fanout *f, const struct segment *seg)
{
	if (segment_has(seg, FLAG_RST))
		fanout_note(f, FANOUT_RST_ONLY, &seg->key, seg->dir);
	else if (segment_has(seg, FLAG_SYN) && segment_has(seg, FLAG_ACK))
		fanout_note(f, FANOUT_SYN_ACK_ONLY, &seg->key, seg->dir);
}

const char *
fanout_sub(const struct fanout *f, const struct conn *c, enum outcome outcome)
{
	bool client = c->ep[CLIENT].packets > 0;
	bool server = c->ep[SERVER].packets > 0;
	unsigned dir = client ? c->client_dir : !c->client_dir;

	if (outcome == OUTCOME_RESET_BY_CLIENT &&
	    fanout_wide(f, FANOUT_SYN_SCAN, &c->key, c->client_dir))
		return "syn-scan";
	if (outcome != OUTCOME_STRAY || client == server)
		return NULL;
	if ((c->hs.first_is_rst &&
		fanout_wide(f, FANOUT_RST_ONLY, &c->key, dir)) ||
	    (c->hs.first_is_synack &&
		fanout_wide(f, FANOUT_SYN_ACK_ONLY, &c->key, dir)))
		return "backscatter";
	return NULL;
}
