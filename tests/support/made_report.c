/*
 * made_report.c - parts of connection reports that tests write by hand.
 */
#include "made_report.h"

#include <stdlib.h>

#include "base/constants.h"

void *
made_zeroed(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (p == NULL)
		abort();
	return p;
}

struct maybe
made_ms(int64_t v)
{
	return maybe_of(v * NS_PER_MS);
}

struct step
made_step(enum step_id id, uint64_t frame_no, int64_t ts_ns, enum side from,
    uint16_t flags, int64_t seq_rel, int64_t ack_rel)
{
	uint32_t own = from == CLIENT ? MADE_CLIENT_ISN : MADE_SERVER_ISN;
	uint32_t peer = from == CLIENT ? MADE_SERVER_ISN : MADE_CLIENT_ISN;

	return (struct step){
	    .id = id,
	    .frame_no = frame_no,
	    .ts_ns = ts_ns,
	    .from = from,
	    .flags = flags,
	    .seq = own + (uint32_t)seq_rel,
	    .ack = flags & FLAG_ACK ? peer + (uint32_t)ack_rel : 0,
	    .seq_rel = seq_rel,
	    .ack_rel = ack_rel,
	};
}
