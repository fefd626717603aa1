/*
 * conn_text.c - how text reports speak of a connection.
 */
#include "report/conn_text.h"

#include <inttypes.h>
#include <string.h>

const char *
side_heading(enum side s)
{
	return s == CLIENT ? "Client" : "Server";
}

/* "near the client"; "-" when unknown */
static const char *
tap_words(enum tap t)
{
	static const char *const words[] = {
	    [TAP_UNKNOWN] = "-",
	    [TAP_AT_CLIENT] = "at the client",
	    [TAP_NEAR_CLIENT] = "near the client",
	    [TAP_MIDDLE] = "in the middle",
	    [TAP_NEAR_SERVER] = "near the server",
	    [TAP_AT_SERVER] = "at the server",
	};

	return words[t];
}

struct formatted
conn_endpoint(const struct conn_report *r, enum side s)
{
	const struct side_report *x = &r->side[s];
	struct formatted f = format_endpoint(x->addr, r->version, x->port);
	size_t n = strlen(f.s);

	if (s == CLIENT && r->certainty < CERTAINTY_CERTAIN &&
	    n + 1 < sizeof(f.s))
		memcpy(f.s + n, "?", 2);
	return f;
}

const char *
conn_end(const struct conn_report *r)
{
	if (outcome_opened(r->handshake.outcome))
		return close_label(r->teardown.close);
	return outcome_label(r->handshake.outcome);
}

const struct step *
step_find(const struct step *s, unsigned n, enum step_id id)
{
	for (unsigned i = 0; i < n; i++)
		if (s[i].id == id)
			return &s[i];
	return NULL;
}

void
page_say_frames(
    struct page *p, const uint64_t *frames, unsigned n, uint64_t total)
{
	if (n == 0)
		return;
	page_say(p, total > 1 ? "frames " : "frame ");
	for (unsigned i = 0; i < n; i++) {
		page_say(p, i > 0 ? ", " : "");
		page_say_frame(p, frames[i]);
	}
	if (total > n)
		page_say(p, ", %s", page_symbol(p, SYMBOL_ELLIPSIS));
}

void
page_say_verdict(struct page *p, const struct verdict *v)
{
	size_t n;

	if (v->id == VERDICT_OK) {
		page_say(p, "ok");
		return;
	}
	page_say_foreign(p, v->sentence);
	if (v->frames_n == 0 || strstr(v->sentence, "frame") != NULL)
		return;
	n = p->line.n;
	if (n > 0 && p->line.s[n - 1] == '.')
		text_cut(&p->line, n - 1);
	page_say(p, " (");
	page_say_frames(p, v->frames, v->frames_n, v->frames_n);
	page_say(p, ")");
}

const char *
step_words(enum step_id id)
{
	static const char *const words[STEP_ID_COUNT] = {
	    [STEP_SYN] = "SYN",
	    [STEP_SYN_ACK] = "SYN-ACK",
	    [STEP_ACK] = "ACK",
	    [STEP_PEER_SYN] = "SYN",
	    [STEP_PEER_SYN_ACK] = "SYN-ACK",
	    [STEP_FIN_1] = "FIN",
	    [STEP_ACK_1] = "ACK",
	    [STEP_FIN_2] = "FIN",
	    [STEP_ACK_2] = "ACK",
	    [STEP_RST] = "RST",
	};

	return words[id];
}

bool
step_is_merged(const struct teardown_report *t)
{
	const struct step *fin_1, *ack_1, *fin_2;

	fin_1 = step_find(t->step, t->steps_n, STEP_FIN_1);
	ack_1 = step_find(t->step, t->steps_n, STEP_ACK_1);
	fin_2 = step_find(t->step, t->steps_n, STEP_FIN_2);
	if (fin_1 == NULL || fin_2 == NULL || !(fin_2->flags & FLAG_ACK))
		return false;
	if (ack_1 != NULL)
		return ack_1->frame_no == fin_2->frame_no;
	return fin_2->ack_rel > fin_1->seq_rel + (int64_t)fin_1->len;
}

void
page_say_steps(struct page *p, const struct step *s, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		page_say(p, "%s%s (%s, frame %" PRIu64, i > 0 ? "; " : "",
		    step_words(s[i].id), side_name(s[i].from), s[i].frame_no);
		if (i > 0)
			page_say(p, ", %s%s",
			    s[i].ts_ns < s[i - 1].ts_ns ? "" : "+",
			    format_duration(s[i].ts_ns - s[i - 1].ts_ns).s);
		if (s[i].retransmissions > 0)
			page_say(p, ", resent %s time%s",
			    format_count(s[i].retransmissions).s,
			    s[i].retransmissions == 1 ? "" : "s");
		page_say(p, ")");
	}
}

struct maybe
teardown_span(const struct teardown_report *t)
{
	int64_t first, last;

	if (!t->total_ns.has || t->steps_n == 0)
		return t->total_ns;
	first = last = t->step[0].ts_ns;
	for (unsigned i = 1; i < t->steps_n; i++) {
		if (t->step[i].ts_ns < first)
			first = t->step[i].ts_ns;
		if (t->step[i].ts_ns > last)
			last = t->step[i].ts_ns;
	}
	return maybe_of(last - first);
}

void
page_say_timing(struct page *p, const struct handshake_report *h)
{
	bool sum =
	    h->irtt_ns.has && h->server_half_ns.has && h->client_half_ns.has;

	page_say(p, "server half ");
	if (h->server_half_low_ns.has)
		page_say(
		    p, "%s to ", format_duration(h->server_half_low_ns.v).s);
	page_say(p, "%s%sclient half %s",
	    format_maybe_duration(h->server_half_ns).s, sum ? " + " : ", ",
	    format_maybe_duration(h->client_half_ns).s);
	page_say(p, "%sround trip %s", sum ? " = " : ", ",
	    format_maybe_duration(h->irtt_ns).s);
	page_say(p, "; connect time %s; tap %s",
	    format_maybe_duration(h->connect_time_ns).s, tap_words(h->tap));
	if (h->client_half_inflated)
		page_say(p, "; the client delayed its ACK, so that its half "
			    "is more than the way");
}
