/*
 * sample_report.c - connection reports made by hand.
 */
#include "sample_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/constants.h"
#include "made_report.h"

static int64_t
at_ms(int64_t ms)
{
	return SAMPLE_START_NS + ms * NS_PER_MS;
}

/* seq_rel and ack_rel count from the ISNs. */
static struct step
step(enum step_id id, uint64_t frame_no, int64_t when_ms, enum side from,
    uint16_t flags, int64_t seq_rel, int64_t ack_rel)
{
	struct step s = made_step(
	    id, frame_no, at_ms(when_ms), from, flags, seq_rel, ack_rel);

	s.wnd = 502;
	return s;
}

static void
fill_handshake(struct handshake_report *h)
{
	h->outcome = OUTCOME_COMPLETE;
	h->step[0] = step(STEP_SYN, 1, 0, CLIENT, FLAG_SYN, 0, 0);
	h->step[0].wnd = 64240;
	h->step[0].proof_frame = 2;
	h->step[1] =
	    step(STEP_SYN_ACK, 2, 20, SERVER, FLAG_SYN | FLAG_ACK, 0, 1);
	h->step[1].wnd = 65160;
	h->step[1].proof_frame = 3;
	h->step[2] = step(STEP_ACK, 3, 21, CLIENT, FLAG_ACK, 1, 1);
	h->step[2].proof_frame = 6;
	h->steps_n = 3;
	h->server_half_ns = made_ms(20);
	h->client_half_ns = made_ms(1);
	h->irtt_ns = made_ms(21);
	h->connect_time_ns = made_ms(21);
	h->tap = TAP_NEAR_CLIENT;
	h->first_data_ns[CLIENT] = made_ms(22);
	h->first_data_ns[SERVER] = made_ms(280);
	h->ttfb_ns = made_ms(258);
	h->server_think_ns = made_ms(8);
}

static void
fill_teardown(struct teardown_report *t)
{
	uint16_t fin = FLAG_FIN | FLAG_ACK;

	t->close = CLOSE_GRACEFUL_CLIENT_FIRST;
	t->segments = 4;
	t->step[0] = step(STEP_FIN_1, 9, 290, CLIENT, fin, 101, 201);
	t->step[0].proof_frame = 10;
	t->step[1] = step(STEP_ACK_1, 10, 310, SERVER, FLAG_ACK, 201, 102);
	t->step[1].proof_frame = 12;
	t->step[2] = step(STEP_FIN_2, 11, 311, SERVER, fin, 201, 102);
	t->step[2].proof_frame = 12;
	t->step[3] = step(STEP_ACK_2, 12, 312, CLIENT, FLAG_ACK, 102, 202);
	t->steps_n = 4;
	t->f1_f2_ns = made_ms(20);
	t->f2_f3_ns = made_ms(1);
	t->f3_f4_ns = made_ms(1);
	t->total_ns = made_ms(22);
	t->time_wait_n = 1;
	t->time_wait[0] = (struct time_wait){
	    .holder = CLIENT,
	    .enter_frame = 11,
	    .enter_ns = at_ms(311),
	    .confirmed_frame = 12,
	    .reuse_after_ns = made_ms(4879),
	};
	t->unacked_bytes[CLIENT] = maybe_of(0);
	t->unacked_bytes[SERVER] = maybe_of(0);
}

static void
fill_sides(struct side_report side[2])
{
	static const uint8_t client[4] = {192, 0, 2, 10};
	static const uint8_t server[4] = {198, 51, 100, 34};
	const struct tcp_options options = {
	    .has = OPT_MSS | OPT_WSCALE | OPT_SACK_PERMITTED,
	    .mss = 1460,
	    .wscale = 7,
	};

	for (unsigned i = CLIENT; i <= SERVER; i++) {
		side[i] = (struct side_report){
		    .zero_window_ns = maybe_of(0),
		    .window_min = maybe_of(64256),
		    .window_max = maybe_of(65160),
		    .window_scale = maybe_of(7),
		    .loss_downstream = maybe_of(0),
		    .loss_upstream = maybe_of(0),
		    .loss_capture = maybe_of(0),
		    .idle_ns = made_ms(0),
		    .has_options = true,
		    .options = options,
		    .isn_known = true,
		};
	}
	memcpy(side[CLIENT].addr, client, sizeof(client));
	side[CLIENT].port = 43210;
	side[CLIENT].isn = MADE_CLIENT_ISN;
	side[CLIENT].packets = 7;
	side[CLIENT].bytes = 500;
	side[CLIENT].payload_bytes = 200;
	side[CLIENT].unique_bytes = 100;
	side[CLIENT].data_packets = 2;
	side[CLIENT].retransmitted_packets = 1;
	side[CLIENT].retransmitted_bytes = 100;
	side[CLIENT].loss_downstream = maybe_of(500000);
	side[CLIENT].max_flight_bytes = maybe_of(100);
	side[CLIENT].throughput_bps = maybe_of(5128);
	side[CLIENT].goodput_bps = maybe_of(2564);
	side[CLIENT].rtt = (struct rtt_report){
	    .samples = 1,
	    .method = "ack",
	    .min = made_ms(20),
	    .p50 = made_ms(20),
	    .p90 = made_ms(20),
	    .p99 = made_ms(20),
	    .max = made_ms(20),
	    .smoothed = made_ms(20),
	};
	memcpy(side[SERVER].addr, server, sizeof(server));
	side[SERVER].port = 443;
	side[SERVER].isn = MADE_SERVER_ISN;
	side[SERVER].packets = 5;
	side[SERVER].bytes = 412;
	side[SERVER].payload_bytes = 200;
	side[SERVER].unique_bytes = 200;
	side[SERVER].data_packets = 1;
	side[SERVER].max_flight_bytes = maybe_of(200);
	side[SERVER].throughput_bps = maybe_of(5128);
	side[SERVER].goodput_bps = maybe_of(5128);
	side[SERVER].rtt = (struct rtt_report){
	    .samples = 2,
	    .method = "ack",
	    .min = maybe_of(1000001),
	    .p50 = maybe_of(1000001),
	    .p90 = maybe_of(1100000),
	    .p99 = maybe_of(1100000),
	    .max = maybe_of(1100000),
	    .smoothed = maybe_of(1012500),
	};
}

static void
fill_events(struct conn_report *r)
{
	struct event *rto, *dup;

	r->events_n = 2;
	r->event = made_zeroed(2, sizeof(*r->event));
	rto = &r->event[0];
	rto->frame_no = 5;
	rto->ts_ns = at_ms(252);
	rto->kind = ANOMALY_RETRANSMISSION_RTO;
	rto->severity = SEVERITY_WARN;
	rto->blame = BLAME_NETWORK;
	rto->confidence = CONFIDENCE_PROBABLE;
	rto->from = CLIENT;
	rto->revised_n = 1;
	rto->revised_from[0] = ANOMALY_RETRANSMISSION_UNCLASSIFIED;
	event_cite(rto, 4);
	event_cite(rto, 6);
	event_set(rto, EVIDENCE_ORIGINAL_FRAME, 4);
	event_set(rto, EVIDENCE_KIND, WORD_RTO);
	event_set(rto, EVIDENCE_CAUSE, WORD_LOSS_DOWNSTREAM);
	event_set_range(rto, EVIDENCE_RANGE, 1, 101);
	event_set(rto, EVIDENCE_SILENCE, 230 * NS_PER_MS);
	event_set(rto, EVIDENCE_RTO_EST, 200000001);
	event_set(rto, EVIDENCE_BACKOFF, 1);

	dup = &r->event[1];
	dup->frame_no = 8;
	dup->ts_ns = at_ms(281);
	dup->kind = ANOMALY_DUP_ACK;
	dup->severity = SEVERITY_INFO;
	dup->blame = BLAME_NETWORK;
	dup->confidence = CONFIDENCE_CERTAIN;
	dup->from = CLIENT;
	event_set(dup, EVIDENCE_N, 1);
	event_set(dup, EVIDENCE_ACK, 201);

	r->kind_count[ANOMALY_RETRANSMISSION_RTO] = 1;
	r->kind_count[ANOMALY_DUP_ACK] = 1;
	r->worst = SEVERITY_WARN;
}

static void
fill_states(struct conn_report *r)
{
	static const struct {
		enum side side;
		enum tcp_state state;
		bool presumed;
		uint64_t frame_no, revoked_frame, confirmed_frame;
		int64_t when_ms;
		const char *rule;
	} rows[] = {
	    {CLIENT, STATE_SYN_SENT, false, 1, 0, 0, 0, "R3.10"},
	    {SERVER, STATE_LISTEN, true, 1, 0, 0, 0, "R3.10"},
	    {CLIENT, STATE_ESTABLISHED, false, 2, 0, 3, 20, "R3.13"},
	    {SERVER, STATE_SYN_RECEIVED, false, 2, 0, 0, 20, "R3.12"},
	    {SERVER, STATE_ESTABLISHED, false, 3, 0, 6, 21, "R3.16"},
	    {CLIENT, STATE_FIN_WAIT_1, false, 9, 0, 0, 290, "R3.30"},
	    {SERVER, STATE_CLOSE_WAIT, false, 9, 0, 10, 290, "R3.31"},
	    {CLIENT, STATE_FIN_WAIT_2, false, 10, 0, 12, 310, "R3.35"},
	    {CLIENT, STATE_TIME_WAIT, false, 11, 0, 12, 311, "R3.38"},
	    {SERVER, STATE_LAST_ACK, false, 11, 0, 0, 311, "R3.33"},
	    {SERVER, STATE_CLOSED, true, 12, 0, 0, 312, "R3.41"},
	};
	const uint32_t n = sizeof(rows) / sizeof(rows[0]);

	r->transitions_n = n;
	r->transition = made_zeroed(n, sizeof(*r->transition));
	for (uint32_t i = 0; i < n; i++)
		r->transition[i] = (struct transition){
		    .state = (uint8_t)rows[i].state,
		    .presumed = rows[i].presumed,
		    .side = rows[i].side,
		    .frame_no = rows[i].frame_no,
		    .ts_ns = at_ms(rows[i].when_ms),
		    .revoked_frame = rows[i].revoked_frame,
		    .confirmed_frame = rows[i].confirmed_frame,
		    .rule = rows[i].rule,
		};
}

struct conn_report *
sample_report(void)
{
	struct conn_report *r = made_zeroed(1, sizeof(*r));

	r->number = 1;
	r->version = 4;
	r->encap_n = 1;
	r->encap[0] = ENCAP_VLAN;
	r->certainty = CERTAINTY_CERTAIN;
	r->first_frame = 1;
	r->last_frame = 12;
	r->first_ns = at_ms(0);
	r->last_ns = at_ms(312);
	fill_sides(r->side);
	fill_handshake(&r->handshake);
	fill_teardown(&r->teardown);
	r->verdict = (struct verdict){
	    .id = VERDICT_LOSS_DOWNSTREAM,
	    .severity = SEVERITY_WARN,
	    .sentence = "Half of the client's data was lost between the "
			"capture and the server (frames 4, 5).",
	    .frames = {4, 5},
	    .frames_n = 2,
	};
	r->also[0] = (struct verdict){
	    .id = VERDICT_OK_NOTES,
	    .severity = SEVERITY_NOTE,
	    .sentence = "Closed by the client.",
	    .frames = {9},
	    .frames_n = 1,
	};
	r->also_n = 1;
	fill_events(r);
	fill_states(r);
	return r;
}

struct conn_report *
sample_bare_report(uint32_t number)
{
	static const uint8_t client[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1};
	static const uint8_t server[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 2};
	struct conn_report *r = made_zeroed(1, sizeof(*r));

	r->number = number;
	r->version = 6;
	r->certainty = CERTAINTY_POSSIBLE;
	r->first_frame = r->last_frame = 13;
	r->first_ns = r->last_ns = SAMPLE_START_NS;
	memcpy(r->side[CLIENT].addr, client, sizeof(client));
	memcpy(r->side[SERVER].addr, server, sizeof(server));
	r->side[CLIENT].port = 50000;
	r->side[SERVER].port = 40000;
	r->side[CLIENT].packets = 1;
	r->side[CLIENT].bytes = 70;
	r->side[CLIENT].payload_bytes = 10;
	r->side[CLIENT].unique_bytes = 10;
	r->side[CLIENT].data_packets = 1;
	r->handshake.outcome = OUTCOME_MIDSTREAM;
	r->teardown.close = CLOSE_ACTIVE_AT_END;
	r->verdict.id = VERDICT_OK;
	r->verdict.severity = SEVERITY_INFO;
	snprintf(r->verdict.sentence, sizeof(r->verdict.sentence), "ok");
	return r;
}
