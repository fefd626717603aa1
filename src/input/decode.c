/*
 * decode.c - the decoder: options, verdicts, and a frame's first step.
 */
#include "input/decode.h"

#include <stdlib.h>
#include <string.h>

#include "input/decode_parts.h"

static const struct {
	const char *name, *label;
} reasons[] = {
#define REASON(id, name, label) {name, label},
#include "input/reason.def"
#undef REASON
};

const char *
reason_name(enum reason r)
{
	return reasons[r].name;
}

const char *
reason_label(enum reason r)
{
	return reasons[r].label;
}

struct decoder *
decoder_new(const struct decode_options *o)
{
	struct decoder *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	d->options = *o;
	d->fragments = fragments_new(o->fragment_sets, o->fragment_timeout_ns,
	    o->hash != NULL ? o->hash : &hash_key_fixed);
	if (d->fragments == NULL) {
		free(d);
		return NULL;
	}
	return d;
}

void
decoder_free(struct decoder *d)
{
	if (d == NULL)
		return;
	fragments_free(d->fragments);
	free(d);
}

int
decode_layers(struct decoder *d, const struct packet *p, struct segment *seg,
    struct icmp_error *icmp)
{
	struct frame f; /* its fragment is filled when there is one */

	memset(seg, 0, sizeof(*seg));
	f.d = d;
	f.packet = p;
	f.seg = seg;
	f.icmp = icmp;
	f.in = bytes_of(p->data, p->cap_len);
	f.layers = 0;
	f.tagged = false;
	f.tunnel = 0;
	f.ip = (struct ip_facts){.ttl = 0};
	f.wire_end = p->wire_len > p->cap_len ? p->wire_len : p->cap_len;
	return decode_link(&f, (uint32_t)p->link_type);
}

const uint64_t *
decoder_fragments(const struct decoder *d, unsigned *n)
{
	return fragments_frames(d->fragments, n);
}

void
decoder_settle(const struct decoder *d, struct fragment_tally *whole,
    struct fragment_tally *incomplete)
{
	fragments_count(d->fragments, whole, incomplete);
}
