/*
 * explain_handshake.c - the opening of a connection, step by step (R4.1 to
 * R4.4, R4.13).
 */
#include <inttypes.h>

#include "report/conn_text.h"
#include "report/explain.h"
#include "report/text_format.h"

static bool
has_mismatch(const struct conn_report *r, uint64_t frame_no)
{
	for (uint32_t i = 0; i < r->events_n; i++)
		if (r->event[i].frame_no == frame_no &&
		    r->event[i].kind == ANOMALY_HANDSHAKE_ACK_MISMATCH)
			return true;
	return false;
}

/* What a step asks or confirms. */
static const char *
meaning_of(const struct story *t, const struct step *s)
{
	static const char *const meanings[STEP_ID_COUNT] = {
	    [STEP_SYN] = "$S asks to open a connection and names its first "
			 "number, $x: its data will begin at $x+1.",
	    [STEP_PEER_SYN] = "$S asks as well, without having seen the "
			      "other's SYN, and names its first number, $x: "
			      "a simultaneous open, in which no side is a "
			      "server.",
	    [STEP_SYN_ACK] = "$S agrees: it confirms $y (it waits for $a) "
			     "and names its own first number, $x.",
	    [STEP_PEER_SYN_ACK] = "$S confirms $y (it waits for $a) and "
				  "repeats its own first number, $x.",
	    [STEP_ACK] = "$S confirms $y (it waits for $a): once this "
			 "arrives, both know that both directions work.",
	    [STEP_RST] = "$S ends the attempt at once; no answer is "
			 "expected.",
	};

	if (has_mismatch(t->r, s->frame_no))
		return "$S answers, but does not confirm $y: that would be "
		       "the number $y+1.";
	if (s->id == STEP_SYN_ACK &&
	    t->r->handshake.outcome == OUTCOME_SIMULTANEOUS_OPEN)
		return meanings[STEP_PEER_SYN_ACK];
	if (s->id == STEP_RST && s->from == CLIENT &&
	    t->r->handshake.outcome == OUTCOME_SYNACK_BAD_ACK)
		return "$S resets the wrong answer, as RFC 9293 asks, and may "
		       "go on waiting for a right one.";
	if (s->id == STEP_RST && t->r->handshake.outcome == OUTCOME_REFUSED_RST)
		return "$S refuses: nothing listens on this port, or a "
		       "firewall answers in its place.";
	return meanings[s->id];
}

static void
tell_step(struct story *t, const struct step *s)
{
	const char *meaning = meaning_of(t, s);
	bool acks = (s->flags & FLAG_ACK) != 0 && s->ack_rel > 0 &&
		    !has_mismatch(t->r, s->frame_no);

	story_step(t, step_words(s->id), s);
	if (meaning != NULL) {
		story_say(t, meaning, s);
		story_end(t, "says", STYLE_PLAIN);
	}
	story_options(t, s);
	if (s->flags & FLAG_SYN && s->flags & FLAG_ACK)
		story_agreement(t,
		    step_find(t->r->handshake.step, t->r->handshake.steps_n,
			t->r->handshake.outcome == OUTCOME_SIMULTANEOUS_OPEN
			    ? STEP_PEER_SYN
			    : STEP_SYN),
		    s);
	story_effects(t, s);
	if (s->flags & FLAG_RST)
		return;
	knowledge_open(&t->known, s->from, acks, s->proof_frame > 0);
	story_knowledge(t);
}

/* The step that follows shows that this one existed (R5.13). */
static void
tell_implied(struct story *t, const char *name, enum side from, bool acks,
    const struct step *by, const char *what)
{
	page_say(t->p,
	    "not in the capture; it must have existed: frame "
	    "%" PRIu64 " acknowledges %s",
	    by->frame_no, what);
	story_missing(t, name);
	knowledge_open(&t->known, from, acks, true);
	story_knowledge(t);
}

static void
tell_no_syn(struct story *t, const struct step *syn_ack, const struct step *ack)
{
	const struct step *by = syn_ack != NULL ? syn_ack : ack;

	if (t->r->handshake.outcome == OUTCOME_STRAY || by == NULL) {
		page_say(t->p, "not in the capture");
		story_missing(t, "SYN");
		return;
	}
	tell_implied(t, "SYN", CLIENT, false, by,
	    syn_ack != NULL ? "x+1" : "the server's answer to it");
}

/* Answers that confirm a number that the client did not send (R6.62). */
static void
tell_bad_syn_ack(struct story *t)
{
	static const enum side server = SERVER;

	for (uint32_t i = 0; i < t->r->events_n; i++) {
		const struct event *e = &t->r->event[i];

		if (e->kind != ANOMALY_HANDSHAKE_ACK_MISMATCH ||
		    e->from != SERVER)
			continue;
		story_frame(t, "SYN-ACK", &server, e->frame_no);
		page_say(t->p, "This answers no SYN of this connection: it "
			       "does not confirm x. RFC 9293 lets the "
			       "client reset it and keep waiting.");
		story_end(t, "says", STYLE_PLAIN);
	}
	if (t->steps > 1)
		return;
	page_say(t->p, "missing: nothing in the capture confirms x");
	story_missing(t, "SYN-ACK");
}

static void
tell_no_syn_ack(struct story *t, const struct step *ack)
{
	enum outcome o = t->r->handshake.outcome;

	if (ack != NULL) {
		tell_implied(t, "SYN-ACK", SERVER, true, ack, "y+1");
		return;
	}
	if (o == OUTCOME_NO_ANSWER)
		page_say(t->p, "missing: no answer to the SYN is in the "
			       "capture");
	else if (o == OUTCOME_ONE_WAY)
		page_say(t->p, "not in the capture, which holds only one "
			       "direction");
	else if (o == OUTCOME_SYNACK_BAD_ACK) {
		tell_bad_syn_ack(t);
		return;
	} else
		return;
	story_missing(t, "SYN-ACK");
}

static void
tell_no_ack(struct story *t, const struct step *syn_ack)
{
	enum outcome o = t->r->handshake.outcome;

	if (syn_ack == NULL || o == OUTCOME_STRAY ||
	    o == OUTCOME_SYNACK_BAD_ACK)
		return;
	if (o == OUTCOME_RESET_BY_CLIENT)
		page_say(t->p, "missing: the client reset the connection "
			       "instead");
	else
		page_say(t->p, "missing: no confirmation of y is in the "
			       "capture");
	story_missing(t, "ACK");
}

/* Two SYNs that cross, and what confirms them. */
static void
tell_simultaneous(struct story *t)
{
	const struct handshake_report *h = &t->r->handshake;

	for (unsigned i = 0; i < h->steps_n; i++)
		tell_step(t, &h->step[i]);
}

static void
tell_three_steps(struct story *t)
{
	const struct handshake_report *h = &t->r->handshake;
	const struct step *syn = step_find(h->step, h->steps_n, STEP_SYN);
	const struct step *ack = step_find(h->step, h->steps_n, STEP_ACK);
	const struct step *syn_ack =
	    step_find(h->step, h->steps_n, STEP_SYN_ACK);

	if (syn != NULL)
		tell_step(t, syn);
	else
		tell_no_syn(t, syn_ack, ack);
	if (syn_ack != NULL)
		tell_step(t, syn_ack);
	else
		tell_no_syn_ack(t, ack);
	if (ack != NULL)
		tell_step(t, ack);
	else
		tell_no_ack(t, syn_ack);
}

/* A reset or an ICMP error instead of a connection. */
static void
tell_end(struct story *t)
{
	const struct handshake_report *h = &t->r->handshake;
	const struct teardown_report *d = &t->r->teardown;
	const struct step *rst = step_find(h->step, h->steps_n, STEP_RST);
	static const enum side server = SERVER;
	bool icmp = h->outcome == OUTCOME_REFUSED_ICMP;

	if (outcome_opened(h->outcome))
		return;
	if (rst == NULL)
		rst = step_find(d->step, d->steps_n, STEP_RST);
	if (rst != NULL) {
		tell_step(t, rst);
		return;
	}
	if (h->refusing_frame == 0)
		return;
	story_frame(
	    t, icmp ? "ICMP" : "RST", icmp ? NULL : &server, h->refusing_frame);
	page_say(t->p,
	    icmp ? "An ICMP error answers the SYN: a host or a router on the "
		   "way refuses it."
		 : "The attempt is refused: nothing listens on this port, or "
		   "a firewall answers in its place.");
	story_end(t, "says", STYLE_PLAIN);
}

static void
print_timing(struct story *t)
{
	const struct handshake_report *h = &t->r->handshake;

	page_newline(t->p);
	page_say_timing(t->p, h);
	story_end(t, "timing", STYLE_PLAIN);
	if (!h->server_half_ns.has && !h->client_half_ns.has)
		return;
	page_say(t->p, "the server half is the way from the tap to the server "
		       "and back, the client half that to the client and "
		       "back; connect time is what the client waited");
	story_end(t, "", STYLE_DIM);
}

void
story_handshake(struct story *t)
{
	const struct handshake_report *h = &t->r->handshake;

	t->numbers = (struct numbering){.letter = {'x', 'y'}};
	for (unsigned s = CLIENT; s <= SERVER; s++)
		t->numbers.known[s] = t->r->side[s].isn_known;
	knowledge_init(&t->known, false);
	story_section(t, "Handshake", outcome_label(h->outcome));
	if (h->outcome == OUTCOME_MIDSTREAM) {
		page_say(t->p, "Neither SYN nor SYN-ACK is in the capture: "
			       "first numbers, options and timing of the "
			       "opening are unknown.");
		page_end(t->p, STORY_LABEL, STORY_LABEL, STYLE_PLAIN);
		return;
	}
	page_say(t->p, "x is the first number of the client, y that of the "
		       "server");
	page_end(t->p, STORY_LABEL, STORY_LABEL, STYLE_DIM);
	if (h->outcome == OUTCOME_STRAY && h->steps_n == 0) {
		page_say(t->p, "These segments belong to no connection that "
			       "the capture shows.");
		page_end(t->p, STORY_LABEL, STORY_LABEL, STYLE_PLAIN);
	} else if (step_find(h->step, h->steps_n, STEP_PEER_SYN) != NULL) {
		tell_simultaneous(t);
	} else {
		tell_three_steps(t);
	}
	tell_end(t);
	if (h->connect_time_ns.has || h->server_half_ns.has)
		print_timing(t);
}
