/*
 * brief.c - a lone SYN that nobody answered (R5.20, R9.3): in a flood there
 * are millions of them, and all that differs is who sent it and when.
 */
#include "brief.h"

#include <string.h>

#include "constants.h"
#include "verdicts.h"

#define WSCALE_MAX 14

/* Whether nothing in the SYN itself is worth an event (R6.88, R6.89). */
static bool
is_usual_syn(const struct segment *seg)
{
	return (seg->flags & ~(unsigned)(FLAG_ECE | FLAG_CWR)) == FLAG_SYN &&
	       (seg->opt.has & OPT_MSS) &&
	       (!(seg->opt.has & OPT_WSCALE) || seg->opt.wscale <= WSCALE_MAX);
}

static void
brief_side(const struct flow *f, unsigned dir, struct side_report *r)
{
	memcpy(r->addr, f->key.addr[dir], sizeof(r->addr));
	r->port = f->key.port[dir];
}

bool
brief_take(const struct flow *f, int64_t end_t, struct conn_report *r)
{
	struct segment syn;

	if (f->parked.live || park_stage(&f->parked) != PARK_SYN)
		return false;
	park_get(&f->parked, 0, &f->key, &syn);
	if (!is_usual_syn(&syn))
		return false;
	r->number = f->number;
	r->version = (uint8_t)f->key.version;
	r->certainty = CERTAINTY_CERTAIN;
	r->first_frame = r->last_frame = syn.frame_no;
	r->first_ns = r->last_ns = syn.ts_ns;
	brief_side(f, syn.dir, &r->side[CLIENT]);
	brief_side(f, !syn.dir, &r->side[SERVER]);
	r->side[CLIENT].packets = 1;
	r->side[CLIENT].bytes = syn.ip_bytes;
	r->handshake.outcome = OUTCOME_NO_ANSWER;
	r->teardown.close = CLOSE_NONE;
	r->verdict.id = VERDICT_NO_ANSWER;
	r->verdict.severity = verdict_no_answer_severity(syn.ts_ns, end_t);
	r->worst = r->verdict.severity;
	return true;
}
