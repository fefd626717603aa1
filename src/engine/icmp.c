/*
 * icmp.c - ICMP errors about a connection (R2.17, R5.15, R6.97).
 */
#include "engine/icmp.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "base/seq.h"
#include "engine/handshake.h"

#define ADDRESS_TEXT 46

/* R5.15 */
static const struct {
	uint8_t version, type, code;
	const char *words;
} refusals[] = {
    {4, 3, 0, "network unreachable"},
    {4, 3, 1, "host unreachable"},
    {4, 3, 2, "protocol unreachable"},
    {4, 3, 3, "port unreachable"},
    {4, 3, 9, "network administratively prohibited"},
    {4, 3, 10, "host administratively prohibited"},
    {4, 3, 13, "administratively prohibited"},
    {6, 1, 0, "no route to the destination"},
    {6, 1, 1, "administratively prohibited"},
    {6, 1, 2, "beyond the scope of the source address"},
    {6, 1, 3, "address unreachable"},
    {6, 1, 4, "port unreachable"},
    {6, 1, 5, "source address failed a policy"},
    {6, 1, 6, "route to the destination rejected"},
};

const char *
icmp_refusal(unsigned version, unsigned type, unsigned code)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (refusals[i].version == version &&
		    refusals[i].type == type && refusals[i].code == code)
			return refusals[i].words;
	return NULL;
}

static bool
icmp_too_big(const struct icmp_error *e)
{
	return e->version == 6 ? e->type == 2 : e->type == 3 && e->code == 4;
}

/* R2.17: does it quote bytes that are on their way? */
static bool
icmp_fits(const struct endpoint *x, uint32_t seq)
{
	uint64_t s;

	if (!x->seen)
		return false;
	s = seq_unwrap(seq, x->max_end);
	return s >= x->una && s <= x->max_end;
}

void
icmp_attach(struct conn *c, const struct icmp_error *e)
{
	enum side x = e->dir == c->client_dir ? CLIENT : SERVER;
	struct endpoint *ep = &c->ep[x];
	bool fits = icmp_fits(ep, e->seq);
	struct event *ev =
	    conn_event_at(c, fits ? ANOMALY_ICMP_ERROR : ANOMALY_ICMP_STALE, x,
		e->frame_no, e->ts_ns, NULL);

	event_set(ev, EVIDENCE_TYPE, e->type);
	event_set(ev, EVIDENCE_CODE, e->code);
	if (e->mtu != 0)
		event_set(ev, EVIDENCE_MTU, e->mtu);
	ev->text = malloc(ADDRESS_TEXT);
	if (ev->text != NULL) {
		inet_ntop(e->version == 6 ? AF_INET6 : AF_INET, e->from,
		    ev->text, ADDRESS_TEXT);
		event_set(ev, EVIDENCE_FROM_ADDRESS, 0);
	}
	if (!fits)
		return;
	if (icmp_too_big(e)) {
		struct endpoint_rare *r = endpoint_rare(ep);

		ev->severity = SEVERITY_NOTE;
		if (r != NULL) {
			r->icmp_too_big = true;
			r->icmp_mtu = e->mtu;
		}
	}
	if (x == CLIENT && c->hs.syn_n > 0 && c->hs.synack_n == 0 &&
	    icmp_refusal(e->version, e->type, e->code) != NULL) {
		if (!c->hs.refused_icmp) {
			c->hs.icmp_type = e->type;
			c->hs.icmp_code = e->code;
			c->hs.refusing_frame = e->frame_no;
		}
		c->hs.refused_icmp = true;
	}
}
