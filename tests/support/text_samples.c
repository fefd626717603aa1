/*
 * text_samples.c - connections and captures made by hand.
 */
#include "text_samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/constants.h"
#include "made_report.h"

#define STATES_MAX 16

static int64_t
at_ms(int64_t ms)
{
	return TEXT_START_NS + ms * NS_PER_MS;
}

/* The segment of a step; numbers count from the ISNs. */
static struct step
step(enum step_id id, uint64_t frame_no, int64_t when_ms, enum side from,
    uint16_t flags, int64_t seq_rel, int64_t ack_rel, uint64_t proof_frame)
{
	struct step s = made_step(
	    id, frame_no, at_ms(when_ms), from, flags, seq_rel, ack_rel);

	s.wnd = from == CLIENT ? 502 : 509;
	s.proof_frame = proof_frame;
	return s;
}

struct event *
text_event(struct conn_report *r, enum anomaly_kind kind, uint64_t frame_no,
    int64_t when_ms, enum side from)
{
	struct event *e;

	r->event = realloc(r->event, (r->events_n + 1) * sizeof(*r->event));
	if (r->event == NULL)
		abort();
	e = &r->event[r->events_n++];
	*e = (struct event){
	    .frame_no = frame_no,
	    .ts_ns = at_ms(when_ms),
	    .kind = (uint8_t)kind,
	    .severity = (uint8_t)anomaly_table[kind].severity,
	    .blame = (uint8_t)anomaly_table[kind].blame,
	    .confidence = CONFIDENCE_CERTAIN,
	    .from = (uint8_t)from,
	};
	r->kind_count[kind]++;
	return e;
}

/* A transition by an own segment, or by one that confirmed proves. */
static void
state(struct conn_report *r, enum side side, enum tcp_state s,
    uint64_t frame_no, int64_t when_ms, uint64_t confirmed, const char *rule)
{
	if (r->transition == NULL)
		r->transition = made_zeroed(STATES_MAX, sizeof(*r->transition));
	if (r->transitions_n == STATES_MAX)
		abort();
	r->transition[r->transitions_n++] = (struct transition){
	    .state = (uint8_t)s,
	    .side = side,
	    .frame_no = frame_no,
	    .ts_ns = at_ms(when_ms),
	    .confirmed_frame = confirmed,
	    .rule = rule,
	};
}

/* The same by a received segment that nothing proves. */
static void
presume(struct conn_report *r, enum side side, enum tcp_state s,
    uint64_t frame_no, int64_t when_ms, const char *rule)
{
	state(r, side, s, frame_no, when_ms, 0, rule);
	r->transition[r->transitions_n - 1].presumed = true;
}

struct conn_report *
text_bare(uint32_t number)
{
	static const uint8_t addr[2][4] = {{192, 0, 2, 10}, {198, 51, 100, 34}};
	struct conn_report *r = made_zeroed(1, sizeof(*r));

	r->number = number;
	r->version = 4;
	r->certainty = CERTAINTY_CERTAIN;
	r->first_ns = r->last_ns = at_ms(0);
	r->verdict.id = VERDICT_OK;
	r->verdict.severity = SEVERITY_INFO;
	for (unsigned s = CLIENT; s <= SERVER; s++) {
		memcpy(r->side[s].addr, addr[s], sizeof(addr[s]));
		r->side[s].isn_known = true;
		r->side[s].isn =
		    s == CLIENT ? MADE_CLIENT_ISN : MADE_SERVER_ISN;
	}
	r->side[CLIENT].port = (uint16_t)(43209 + number);
	r->side[SERVER].port = 443;
	return r;
}

static struct tcp_options
syn_options(void)
{
	return (struct tcp_options){
	    .has = OPT_MSS | OPT_WSCALE | OPT_SACK_PERMITTED,
	    .mss = 1460,
	    .wscale = 7,
	};
}

static void
fill_handshake(struct conn_report *r)
{
	struct handshake_report *h = &r->handshake;

	h->outcome = OUTCOME_COMPLETE;
	h->step[0] = step(STEP_SYN, 1, 0, CLIENT, FLAG_SYN, 0, 0, 2);
	h->step[1] =
	    step(STEP_SYN_ACK, 2, 20, SERVER, FLAG_SYN | FLAG_ACK, 0, 1, 3);
	h->step[2] = step(STEP_ACK, 3, 21, CLIENT, FLAG_ACK, 1, 1, 5);
	h->step[0].wnd = 64240;
	h->step[1].wnd = 65160;
	h->step[0].opt = h->step[1].opt = syn_options();
	h->steps_n = 3;
	h->server_half_ns = made_ms(20);
	h->client_half_ns = made_ms(1);
	h->irtt_ns = made_ms(21);
	h->connect_time_ns = made_ms(21);
	h->tap = TAP_NEAR_CLIENT;
	h->first_data_ns[CLIENT] = made_ms(22);
	h->first_data_ns[SERVER] = made_ms(50);
	h->ttfb_ns = made_ms(28);
	h->server_think_ns = made_ms(8);
	state(r, CLIENT, STATE_SYN_SENT, 1, 0, 0, "R3.10");
	state(r, SERVER, STATE_LISTEN, 1, 0, 2, "R3.11");
	state(r, SERVER, STATE_SYN_RECEIVED, 2, 20, 0, "R3.12");
	state(r, CLIENT, STATE_ESTABLISHED, 2, 20, 3, "R3.15");
	state(r, SERVER, STATE_ESTABLISHED, 3, 21, 5, "R3.25");
}

static void
fill_teardown(struct conn_report *r)
{
	struct teardown_report *t = &r->teardown;
	uint16_t fin = FLAG_FIN | FLAG_ACK;

	t->close = CLOSE_GRACEFUL_CLIENT_FIRST;
	t->segments = 4;
	t->step[0] = step(STEP_FIN_1, 8, 60, CLIENT, fin, 101, 201, 9);
	t->step[1] = step(STEP_ACK_1, 9, 80, SERVER, FLAG_ACK, 201, 102, 11);
	t->step[2] = step(STEP_FIN_2, 10, 81, SERVER, fin, 201, 102, 11);
	t->step[3] = step(STEP_ACK_2, 11, 82, CLIENT, FLAG_ACK, 102, 202, 0);
	t->steps_n = 4;
	t->f1_f2_ns = made_ms(20);
	t->f2_f3_ns = made_ms(1);
	t->f3_f4_ns = made_ms(1);
	t->total_ns = made_ms(22);
	t->time_wait_n = 1;
	t->time_wait[0] = (struct time_wait){
	    .holder = CLIENT,
	    .enter_frame = 10,
	    .enter_ns = at_ms(81),
	    .confirmed_frame = 11,
	};
	t->unacked_bytes[CLIENT] = t->unacked_bytes[SERVER] = maybe_of(0);
	state(r, CLIENT, STATE_FIN_WAIT_1, 8, 60, 0, "R3.31");
	state(r, SERVER, STATE_CLOSE_WAIT, 8, 60, 9, "R3.32");
	state(r, CLIENT, STATE_FIN_WAIT_2, 9, 80, 11, "R3.35");
	state(r, SERVER, STATE_LAST_ACK, 10, 81, 0, "R3.33");
	state(r, CLIENT, STATE_TIME_WAIT, 10, 81, 11, "R3.38");
	presume(r, SERVER, STATE_CLOSED, 11, 82, "R3.41");
}

static void
fill_sides(struct side_report side[2])
{
	for (unsigned s = CLIENT; s <= SERVER; s++) {
		struct side_report *x = &side[s];

		x->window_min = maybe_of(64256);
		x->window_max = maybe_of(65160);
		x->window_scale = maybe_of(7);
		x->loss_downstream = x->loss_upstream = maybe_of(0);
		x->loss_capture = maybe_of(0);
		x->has_options = true;
		x->options = syn_options();
		x->rtt.samples = 3;
		x->rtt.method = "ack";
		x->rtt.min = x->rtt.p50 = made_ms(s == CLIENT ? 20 : 1);
		x->rtt.p90 = x->rtt.max = made_ms(s == CLIENT ? 21 : 1);
	}
	side[CLIENT].packets = 7;
	side[CLIENT].bytes = 404;
	side[CLIENT].payload_bytes = side[CLIENT].unique_bytes = 100;
	side[CLIENT].data_packets = 1;
	side[SERVER].packets = 4;
	side[SERVER].bytes = 1380;
	side[SERVER].payload_bytes = side[SERVER].unique_bytes = 1200;
	side[SERVER].data_packets = 1;
}

struct conn_report *
text_clean(void)
{
	struct conn_report *r = text_bare(1);

	r->first_frame = 1;
	r->last_frame = 11;
	r->last_ns = at_ms(82);
	fill_handshake(r);
	fill_teardown(r);
	fill_sides(r->side);
	return r;
}

struct conn_report *
text_three_segments(void)
{
	struct conn_report *r = text_clean();
	struct teardown_report *t = &r->teardown;

	t->segments = 3;
	t->step[1] =
	    step(STEP_FIN_2, 9, 80, SERVER, FLAG_FIN | FLAG_ACK, 201, 102, 10);
	t->step[2] = step(STEP_ACK_2, 10, 81, CLIENT, FLAG_ACK, 102, 202, 0);
	t->steps_n = 3;
	t->f2_f3_ns = made_ms(0);
	t->total_ns = made_ms(21);
	t->time_wait[0].enter_frame = 9;
	t->time_wait[0].confirmed_frame = 10;
	t->time_wait[0].reuse_after_ns = made_ms(4879);
	r->transitions_n = 7;
	state(r, CLIENT, STATE_FIN_WAIT_2, 9, 80, 10, "R3.37");
	state(r, CLIENT, STATE_TIME_WAIT, 9, 80, 10, "R3.37");
	state(r, SERVER, STATE_LAST_ACK, 9, 80, 0, "R3.33");
	presume(r, SERVER, STATE_CLOSED, 10, 81, "R3.41");
	r->last_frame = 10;
	r->last_ns = at_ms(81);
	return r;
}

static void
judge(struct conn_report *r, enum verdict_id id, const char *sentence,
    uint64_t first, uint64_t second)
{
	r->verdict.id = id;
	r->verdict.severity = r->worst = verdict_severity(id);
	snprintf(
	    r->verdict.sentence, sizeof(r->verdict.sentence), "%s", sentence);
	r->verdict.frames[0] = first;
	r->verdict.frames[1] = second;
	r->verdict.frames_n = 2;
}

struct conn_report *
text_refused(void)
{
	struct conn_report *r = text_bare(2);
	struct handshake_report *h = &r->handshake;
	struct event *e;

	r->first_frame = 12;
	r->last_frame = 13;
	r->first_ns = at_ms(120);
	r->last_ns = at_ms(140);
	h->outcome = OUTCOME_REFUSED_RST;
	h->step[0] = step(STEP_SYN, 12, 120, CLIENT, FLAG_SYN, 0, 0, 13);
	h->step[0].wnd = 64240;
	h->step[0].opt = syn_options();
	h->steps_n = 1;
	h->refusing_frame = 13;
	r->side[CLIENT].packets = r->side[SERVER].packets = 1;
	r->side[CLIENT].bytes = 52;
	r->side[SERVER].bytes = 40;
	r->side[SERVER].isn_known = false;
	state(r, CLIENT, STATE_SYN_SENT, 12, 120, 0, "R3.10");
	state(r, SERVER, STATE_LISTEN, 12, 120, 13, "R3.11");
	state(r, SERVER, STATE_CLOSED, 13, 140, 0, "R3.13");
	presume(r, CLIENT, STATE_CLOSED, 13, 140, "R3.20");
	e = text_event(r, ANOMALY_RST, 13, 140, SERVER);
	e->severity = SEVERITY_INFO;
	judge(r, VERDICT_REFUSED,
	    "The server refused the connection by a reset.", 12, 13);
	return r;
}

struct conn_report *
text_no_answer(void)
{
	struct conn_report *r = text_bare(3);
	struct handshake_report *h = &r->handshake;

	r->first_frame = 14;
	r->last_frame = 16;
	r->first_ns = at_ms(200);
	r->last_ns = at_ms(3200);
	h->outcome = OUTCOME_NO_ANSWER;
	h->step[0] = step(STEP_SYN, 14, 200, CLIENT, FLAG_SYN, 0, 0, 0);
	h->step[0].wnd = 64240;
	h->step[0].retransmissions = 2;
	h->steps_n = 1;
	h->syn_retries = 2;
	r->side[CLIENT].packets = 3;
	r->side[CLIENT].bytes = 120;
	r->side[SERVER].isn_known = false;
	state(r, CLIENT, STATE_SYN_SENT, 14, 200, 0, "R3.10");
	presume(r, SERVER, STATE_LISTEN, 14, 200, "R3.11");
	for (uint64_t f = 15; f <= 16; f++) {
		int64_t when_ms = f == 15 ? 1200 : 3200;
		struct event *e = text_event(
		    r, ANOMALY_RETRANSMISSION_SYN, f, when_ms, CLIENT);

		event_set(e, EVIDENCE_ORIGINAL_FRAME, (int64_t)f - 1);
		event_set(e, EVIDENCE_ROLE, WORD_SYN);
		event_set(
		    e, EVIDENCE_INTERVAL, (f == 15 ? 1000 : 2000) * NS_PER_MS);
		event_cite(e, f - 1);
	}
	judge(r, VERDICT_NO_ANSWER, "3 SYNs in 3.00 s, none answered.", 14, 16);
	return r;
}

struct conn_report *
text_unknown(void)
{
	struct conn_report *r = text_bare(4);

	r->version = 6;
	r->certainty = CERTAINTY_PROBABLE;
	r->one_way = true;
	r->first_frame = r->last_frame = 17;
	r->first_ns = r->last_ns = at_ms(4000);
	r->handshake.outcome = OUTCOME_MIDSTREAM;
	r->teardown.close = CLOSE_ACTIVE_AT_END;
	for (unsigned s = CLIENT; s <= SERVER; s++) {
		memset(r->side[s].addr, 0, sizeof(r->side[s].addr));
		r->side[s].addr[0] = 0x20;
		r->side[s].addr[1] = 0x01;
		r->side[s].addr[15] = (uint8_t)(s + 1);
		r->side[s].isn_known = false;
	}
	r->side[CLIENT].packets = 1;
	r->side[CLIENT].bytes = 72;
	r->side[CLIENT].payload_bytes = r->side[CLIENT].unique_bytes = 12;
	state(r, CLIENT, STATE_MID, 17, 4000, 0, "R3.45");
	return r;
}

struct conn_report *
text_reset(void)
{
	struct conn_report *r = text_clean();
	struct teardown_report *t = &r->teardown;
	struct event *e;

	r->number = 5;
	*t = (struct teardown_report){.close = CLOSE_RESET_BY_SERVER,
	    .has_resetter = true,
	    .resetter = SERVER,
	    .steps_n = 1,
	    .unread_bytes = maybe_of(40),
	    .idle_before_rst_ns = made_ms(10),
	    .data_to_rst_ns = made_ms(10)};
	t->step[0] =
	    step(STEP_RST, 8, 60, SERVER, FLAG_RST | FLAG_ACK, 1201, 61, 0);
	t->after_bytes[CLIENT] = maybe_of(100);
	t->after_bytes[SERVER] = maybe_of(1200);
	t->unacked_bytes[CLIENT] = maybe_of(40);
	t->unacked_bytes[SERVER] = maybe_of(0);
	r->transitions_n = 5;
	state(r, SERVER, STATE_CLOSED, 8, 60, 0, "R3.50");
	presume(r, CLIENT, STATE_CLOSED, 8, 60, "R3.52");
	e = text_event(r, ANOMALY_RST, 8, 60, SERVER);
	event_set(e, EVIDENCE_SEQ, 1201);
	event_set(e, EVIDENCE_LAST_ACK, 1201);
	r->last_frame = 8;
	r->last_ns = at_ms(60);
	judge(r, VERDICT_RESET_BY_SERVER,
	    "the server reset the connection with 40 bytes of the client "
	    "unacknowledged",
	    7, 8);
	return r;
}

struct conn_report *
text_syn_unseen(void)
{
	struct conn_report *r = text_clean();
	struct handshake_report *h = &r->handshake;

	r->number = 6;
	h->outcome = OUTCOME_COMPLETE_SYN_UNSEEN;
	memmove(h->step, h->step + 1, 2 * sizeof(h->step[0]));
	h->steps_n = 2;
	h->server_half_ns = h->irtt_ns = (struct maybe){0};
	h->connect_time_ns = (struct maybe){0};
	r->first_frame = 2;
	r->first_ns = at_ms(20);
	memmove(r->transition, r->transition + 2,
	    (r->transitions_n - 2) * sizeof(*r->transition));
	r->transitions_n -= 2;
	return r;
}

struct conn_report *
text_bad_answer(void)
{
	struct conn_report *r = text_clean();
	struct handshake_report *h = &r->handshake;
	struct event *e;

	r->number = 7;
	h->step[1].ack_rel = 5000;
	h->step[1].ack = MADE_CLIENT_ISN + 5000;
	h->step[1].proof_frame = 0;
	h->step[1].opt.has |= OPT_TIMESTAMPS;
	h->step[1].opt.tsval = 7;
	h->steps_n = 2;
	h->outcome = OUTCOME_HALF_OPEN;
	h->client_half_ns = h->irtt_ns = (struct maybe){0};
	h->connect_time_ns = (struct maybe){0};
	r->teardown = (struct teardown_report){.close = CLOSE_NONE};
	r->transitions_n = 3;
	r->last_frame = 2;
	r->last_ns = at_ms(20);
	e = text_event(r, ANOMALY_HANDSHAKE_ACK_MISMATCH, 2, 20, SERVER);
	event_set(e, EVIDENCE_ACK, 5000);
	event_set(e, EVIDENCE_WANT, 1);
	e = text_event(r, ANOMALY_OPTION_NOT_OFFERED, 2, 20, SERVER);
	event_set(e, EVIDENCE_OPTION, 8);
	judge(r, VERDICT_HALF_OPEN,
	    "the SYN was answered by a wrong acknowledgement", 1, 2);
	return r;
}
