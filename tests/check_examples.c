/*
 * check_examples.c - the worked examples of RULEBOOK section 10: each row
 * with the states after it, and at the end everything that stands after the
 * arrow. No event but those listed may be raised.
 *
 * Each example runs in several settings, which must not matter.
 */
#include <string.h>

#include "support/facts.h"
#include "support/run_suite.h"
#include "support/scenario.h"

#define EXAMPLE_ROWS 20
#define EXAMPLE_CONNS 2
#define EXAMPLE_EVENTS 12

struct row_states {
	const char *line;
	const char *states; /* after it; NULL where the rulebook is silent */
};

struct example {
	const char *name;
	bool preamble;   /* starts with P */
	uint32_t isn[2]; /* any */
	struct row_states row[EXAMPLE_ROWS];
	struct {
		const char *facts; /* NULL: no such connection */
		const char *event[EXAMPLE_EVENTS];
	} conn[EXAMPLE_CONNS];
};

/* P, frames 1 to 3 of E1. */
static const struct row_states preamble[] = {
    {"1 0  C>S S  0 - 0 64240 mss1460 ws7 sackok", "SYN-SENT / LISTEN?"},
    {"2 20 S>C SA 0 1 0 65160 mss1460 ws7 sackok",
	"ESTABLISHED? / SYN-RECEIVED"},
    {"3 21 C>S A  1 1 0", "ESTABLISHED / ESTABLISHED?"},
};

static const struct example examples[] = {
    {
	.name = "E1 clean, client closes, four segments",
	.preamble = true,
	.isn = {0x2b7c01e5, 0x9d3f6a48},
	.row =
	    {
		{"4  22 C>S PA 1 1 100", NULL},
		{"5  42 S>C A  1 101 0", "ESTABLISHED / ESTABLISHED"},
		{"6  50 S>C PA 1 101 200", NULL},
		{"7  51 C>S A  101 201 0", NULL},
		{"8  60 C>S FA 101 201 0", "FIN-WAIT-1 / CLOSE-WAIT?"},
		{"9  80 S>C A  201 102 0", "FIN-WAIT-2? / CLOSE-WAIT"},
		{"10 81 S>C FA 201 102 0", "TIME-WAIT? / LAST-ACK"},
		{"11 82 C>S A  102 202 0", "TIME-WAIT / CLOSED?"},
	    },
	.conn = {{
	    .facts = "first_frame 1, last_frame 11, outcome complete, "
		     "handshake syn@1 syn-ack@2 ack@3, server_half_ms 20, "
		     "client_half_ms 1, irtt_ms 21, connect_time_ms 21, "
		     "tap near-client, ttfb_ms 28, server_think_ms 8, "
		     "close graceful-client-first, segments 4, "
		     "teardown fin-1@8 ack-1@9 fin-2@10 ack-2@11, "
		     "f1_f2_ms 20, f2_f3_ms 1, f3_f4_ms 1, total_ms 22, "
		     "holder client, entered 10, reuse -, "
		     "verdict ok, verdict_rule R9.21",
	}},
    },
    {
	.name = "E2 server closes first, three segments, then legal "
		"TIME-WAIT reuse",
	.preamble = true,
	.isn = {0x70a1c93e, 0x15e8b2f7},
	.row =
	    {
		{"4 100  S>C FA 1 1 0", "CLOSE-WAIT? / FIN-WAIT-1"},
		{"5 101  C>S FA 1 2 0", "LAST-ACK / TIME-WAIT?"},
		{"6 121  S>C A  2 2 0", "CLOSED? / TIME-WAIT"},
		{"7 5000 C>S S  50002 - 0 64240 ws7 mss1460 sackok", NULL},
		{"8 5020 S>C SA new-isn 50003 0 mss1460 ws7 sackok", NULL},
		{"9 5021 C>S A  50003 new-isn+1 0", NULL},
	    },
	.conn =
	    {
		{
		    .facts = "first_frame 1, last_frame 6, "
			     "close graceful-server-first, segments 3, "
			     "holder server, entered 5, reuse_after_ms 4879, "
			     "verdict ok, verdict_rule R9.21",
		},
		{
		    .facts = "first_frame 7, last_frame 9, outcome complete, "
			     "reuse tw-seq-greater, close active-at-end, "
			     "verdict ok, verdict_rule R9.21",
		},
	    },
    },
    {
	.name = "E3 simultaneous close",
	.preamble = true,
	.isn = {0xc4d05b19, 0x38f6e7a2},
	.row =
	    {
		{"4 100 C>S FA 1 1 0", "FIN-WAIT-1 / CLOSE-WAIT?"},
		{"5 101 S>C FA 1 1 0", "CLOSING? / CLOSING?"},
		{"6 102 C>S A  2 2 0", "CLOSING / TIME-WAIT?"},
		{"7 120 S>C A  2 2 0", "TIME-WAIT? / TIME-WAIT?"},
	    },
	.conn = {{
	    .facts = "close simultaneous-close, holder both, "
		     "verdict ok, verdict_rule R9.21",
	}},
    },
    {
	.name = "E4 refused, client retries with the same ISN",
	.isn = {0x5e92d407, 0xe1073bc6},
	.row =
	    {
		{"1 0   C>S S  0 - 0 64240 mss1460 ws7 sackok",
		    "SYN-SENT / LISTEN?"},
		{"2 20  S>C RA =0 1 0 0", "CLOSED? / CLOSED"},
		{"3 520 C>S S  0 - 0 64240 mss1460 ws7 sackok",
		    "SYN-SENT / LISTEN?"},
		{"4 540 S>C RA =0 1 0 0", "CLOSED? / CLOSED"},
	    },
	.conn = {{
	    .facts = "first_frame 1, last_frame 4, outcome refused-rst, "
		     "syn_retries 1, verdict refused, verdict_rule R9.2",
	    .event =
		{
		    "2 rst info",
		    "3 retransmission-syn note n 1 interval_ms 520 "
		    "after_rst true role syn",
		    "4 rst info",
		},
	}},
    },
    {
	.name = "E5 half-open discovery",
	.preamble = true,
	.isn = {0x86b3f250, 0x4ac97e1d},
	.row =
	    {
		{"4 30      C>S PA 1 1 100", NULL},
		{"5 50      S>C A  1 101 0", NULL},
		{"6 60000   C>S S  777000 - 0 64240 mss1460 ws7 sackok", NULL},
		{"7 60020   S>C A  1 101 0", NULL},
		{"8 60020.5 C>S R  101 - 0 0", NULL},
		{"9 61000   C>S S  777000 - 0 64240 mss1460 ws7 sackok", NULL},
		{"10 61020  S>C SA new-isn 777001 0 65160 mss1460 ws7 sackok",
		    NULL},
		{"11 61021  C>S A  777001 new-isn+1 0", NULL},
	    },
	.conn =
	    {
		{
		    .facts = "first_frame 1, last_frame 8, "
			     "close reset-by-client, client.after_bytes 100, "
			     "verdict reset-by-client, verdict_rule R9.7",
		    .event =
			{
			    "6 syn-in-connection",
			    "7 challenge-ack",
			    "8 rst",
			    "8 half-open-discovery",
			},
		},
		{
		    .facts = "first_frame 9, last_frame 11, reuse after-rst, "
			     "first_attempt_frame 6, connect_time_ms 1021, "
			     "irtt_ms 21, verdict ok, verdict_rule R9.21",
		},
	    },
    },
    {
	.name = "E6 third handshake ACK lost downstream",
	.preamble = true,
	.isn = {0xf0183da4, 0x6d27c58b},
	.row =
	    {
		{"4 1020 S>C SA 0 1 0 65160 mss1460 ws7 sackok",
		    "ESTABLISHED / SYN-RECEIVED"},
		{"5 1021 C>S A  1 1 0", "ESTABLISHED / ESTABLISHED?"},
		{"6 1100 C>S PA 1 1 50", NULL},
		{"7 1120 S>C A  1 51 0", "ESTABLISHED / ESTABLISHED"},
	    },
	.conn = {{
	    .facts = "outcome complete, syn_ack_retries 1, client_half_ms 1, "
		     "verdict ok-notes, verdict_rule R9.20",
	    .event =
		{
		    "4 retransmission-syn note probable role synack n 1 "
		    "interval_ms 1000 h3_lost true h3_frame 3",
		    "5 challenge-ack",
		},
	}},
    },
    {
	.name = "E7 one segment lost downstream, fast retransmit with SACK",
	.preamble = true,
	.isn = {0x3975e0cb, 0xb84f1672},
	.row =
	    {
		{"4  30   C>S A 1 1 1000", NULL},
		{"5  30.1 C>S A 1001 1 1000", NULL},
		{"6  30.2 C>S A 2001 1 1000", NULL},
		{"7  30.3 C>S A 3001 1 1000", NULL},
		{"8  30.4 C>S A 4001 1 1000", NULL},
		{"9  50   S>C A 1 1001 0", NULL},
		{"10 50.3 S>C A 1 1001 0 sack 2001-3001", NULL},
		{"11 50.4 S>C A 1 1001 0 sack 2001-4001", NULL},
		{"12 50.5 S>C A 1 1001 0 sack 2001-5001", NULL},
		{"13 50.6 C>S A 1001 1 1000", NULL},
		{"14 71   S>C A 1 5001 0", NULL},
	    },
	.conn = {{
	    /* 20 (SYN), 20 (4), thrice 20.1 (6, 7, 8), none of 5 */
	    .facts = "client.rtt.samples 5, client.rtt.min_ms 20, "
		     "client.rtt.p50_ms 20.1, client.rtt.max_ms 20.1, "
		     "verdict loss-downstream, verdict_rule R9.10",
	    .event =
		{
		    "10 dup-ack info n 1",
		    "11 dup-ack info n 2",
		    "12 dup-ack info n 3",
		    "13 retransmission-fast probable original_frame 5 dup_cnt "
		    "3 "
		    "reaction_ms 0.1 cause loss-downstream",
		},
	}},
    },
    {
	.name = "E8 reordering upstream",
	.preamble = true,
	.isn = {0x0e6d94f3, 0xd73a2b81},
	.row =
	    {
		{"4  30    C>S PA 1 1 100", NULL},
		{"5  50    S>C A 1 101 1000", NULL},
		{"6  50.2  S>C A 2001 101 1000", NULL},
		{"7  50.21 C>S A 101 1001 0", NULL},
		{"8  50.3  C>S A 101 1001 0 sack 2001-3001", NULL},
		{"9  50.5  S>C A 1001 101 1000", NULL},
		{"10 50.6  C>S A 101 3001 0", NULL},
	    },
	.conn = {{
	    .facts = "server.data_packets 3, server.out_of_order 1, "
		     "server.loss.downstream_ppm 0, "
		     "server.loss.upstream_ppm 0, server.loss.capture_ppm 0, "
		     "verdict reordering, verdict_rule R9.12",
	    .event =
		{
		    "8 dup-ack n 1",
		    "9 out-of-order probable revised gap revealed_by_frame 6 "
		    "delay_ms 0.3 displacement_bytes 1000 decided_by time",
		},
	}},
    },
    {
	.name = "E9 capture duplicate and capture gap",
	.preamble = true,
	.isn = {0xa25c8f16, 0x7be04dd9},
	.row =
	    {
		{"4 30     C>S PA 1 1 100 ipid 100", NULL},
		{"5 30.003 C>S PA 1 1 100 ipid 100", NULL},
		{"6 50     S>C A 1 101 1000", NULL},
		{"7 50.1   S>C A 2001 101 1000", NULL},
		{"8 50.2   C>S A 101 3001 0", NULL},
	    },
	.conn = {{
	    .facts = "client.capture_duplicates 1, "
		     "server.loss.downstream_ppm 0, "
		     "server.loss.upstream_ppm 0, "
		     "server.loss.capture_ppm 333333, "
		     "verdict capture-unusable, verdict_rule R9.1",
	    .event =
		{
		    "5 capture-duplicate dt_ms 0.003 original_frame 4",
		    "7 capture-gap revised gap bytes 1000 range 1001-2001 "
		    "cites 8",
		    "8 ack-unseen",
		},
	}},
    },
    {
	.name = "E10 PMTU black hole",
	.preamble = true,
	.isn = {0x61f7a83d, 0x2480ce95},
	.row =
	    {
		{"4  30   C>S PA 1 1 200", NULL},
		{"5  50   S>C A 1 201 0", NULL},
		{"6  60   C>S A 201 1 1460", NULL},
		{"7  60.1 C>S PA 1661 1 300", NULL},
		{"8  80.1 S>C A 1 201 0 sack 1661-1961", NULL},
		{"9  260  C>S A 201 1 1460", NULL},
		{"10 660  C>S A 201 1 1460", NULL},
		{"11 1460 C>S A 201 1 1460", NULL},
		{"12 3060 C>S A 201 1 1460", NULL},
	    },
	.conn = {{
	    .facts = "client.unacked_bytes 1760, "
		     "verdict pmtu-blackhole, verdict_rule R9.6",
	    .event =
		{
		    "8 dup-ack n 1",
		    "8 stall cause loss duration_ms 2979.9 until_frame 0",
		    "9 retransmission-rto gap_ms 200 silence_ms 178.9 "
		    "rto_est_ms 200 backoff 1",
		    "10 retransmission-rto gap_ms 400 rto_est_ms 400 backoff 2",
		    "11 retransmission-rto gap_ms 800 rto_est_ms 800 backoff 3",
		    "11 pmtu-blackhole size_bytes 1460 passed_size_bytes 300",
		    "12 retransmission-rto gap_ms 1600 rto_est_ms 1600 "
		    "backoff 4",
		},
	}},
    },
    {
	.name = "E11 zero window",
	.isn = {0x9a04b7e8, 0x53d961fc},
	.row =
	    {
		{"1  0    C>S S  0 - 0 4000 mss1000", NULL},
		{"2  1    S>C SA 0 1 0 8000 mss1000", NULL},
		{"3  21   C>S A  1 1 0 4000", NULL},
		{"4  22   S>C A 1 1 1000 8000", NULL},
		{"5  22.1 S>C A 1001 1 1000 8000", NULL},
		{"6  22.2 S>C A 2001 1 1000 8000", NULL},
		{"7  22.3 S>C A 3001 1 1000 8000", NULL},
		{"8  42   C>S A 1 4001 0 0", NULL},
		{"9  242  S>C A 4001 1 1 8000", NULL},
		{"10 262  C>S A 1 4001 0 0", NULL},
		{"11 662  S>C A 4001 1 1 8000", NULL},
		{"12 682  C>S A 1 4001 0 0", NULL},
		{"13 900  C>S A 1 4001 0 4000", NULL},
		{"14 901  S>C A 4001 1 1000 8000", NULL},
		{"15 921  C>S A 1 5001 0 4000", NULL},
	    },
	.conn = {{
	    .facts = "server_half_ms 1, client_half_ms 20, tap near-server, "
		     "client.zero_window_ms 858, "
		     "verdict receiver-limited, verdict_rule R9.9",
	    .event =
		{
		    "7 window-full edge 4001",
		    "8 zero-window duration_ms 858 until_frame 13",
		    "8 stall cause receiver duration_ms 858 until_frame 13",
		    "9 zero-window-probe",
		    "10 zero-window-probe-ack",
		    "11 zero-window-probe",
		    "12 zero-window-probe-ack",
		    "13 window-update",
		},
	}},
    },
    {
	.name = "E12 spurious RTO proved by DSACK",
	.preamble = true,
	.isn = {0xeb2613c0, 0x17a5d86f},
	.row =
	    {
		{"4 30   C>S A  1 1 1000", NULL},
		{"5 30.1 C>S PA 1001 1 500", NULL},
		{"6 260  C>S A  1 1 1000", NULL},
		{"7 280  S>C A  1 1501 0", NULL},
		{"8 281  S>C A  1 1501 0 sack 1-1001", NULL},
	    },
	.conn = {{
	    .facts = "client.rtt.samples 1, client.rtt.min_ms 20, "
		     "client.rtt.max_ms 20, client.loss.downstream_ppm 0, "
		     "verdict spurious-recovery, verdict_rule R9.11",
	    .event =
		{
		    "6 spurious-retransmission revised retransmission-rto "
		    "silence_ms 229.9 proof dsack kind rto original_frame 4 "
		    "cites 8",
		    "8 dsack",
		},
	}},
    },
    {
	.name = "E13 injected RST",
	.preamble = true,
	.isn = {0x4fd83b57, 0xc2916e0a},
	.row =
	    {
		{"4 30 C>S PA 1 1 100", NULL},
		{"5 32 S>C R  1 - 0 0 ttl 250", "CLOSED? / CLOSED"},
		{"6 50 S>C A  1 101 0 ttl 52", "CLOSED? / ESTABLISHED"},
		{"7 55 S>C PA 1 101 500 ttl 52", NULL},
		{"8 56 C>S R  101 - 0 0", "CLOSED / CLOSED?"},
	    },
	.conn =
	    {
		{
		    .facts = "close reset-injected, verdict reset-injected, "
			     "verdict_rule R9.5, verdict_frames 5 6 7",
		    .event =
			{
			    "5 rst-injected-suspected certain revised rst ttl "
			    "250 "
			    "ttl_usual 52",
			    "8 rst-after-close",
			},
		}},
    },
    {
	.name = "E14 delayed original overtaken by its own resend",
	.preamble = true,
	.isn = {0xd5ae0792, 0x8c63f41e},
	.row =
	    {
		{"4  30    C>S PA 1 1 100", NULL},
		{"5  50    S>C A 1 101 1000 ipid 10", NULL},
		{"6  50.1  S>C A 2001 101 1000 ipid 12", NULL},
		{"7  50.11 C>S A 101 1001 0 sack 2001-3001", NULL},
		{"8  50.2  S>C A 3001 101 1000 ipid 13", NULL},
		{"9  50.21 C>S A 101 1001 0 sack 2001-4001", NULL},
		{"10 72    S>C A 1001 101 1000 ipid 14", NULL},
		{"11 72.1  C>S A 101 4001 0", NULL},
		{"12 75    S>C A 1001 101 1000 ipid 11", NULL},
		{"13 75.1  C>S A 101 4001 0 sack 1001-2001", NULL},
	    },
	.conn =
	    {
		{
		    .facts =
			"server.out_of_order 1, server.loss.downstream_ppm 0, "
			"server.loss.upstream_ppm 0, server.loss.capture_ppm 0",
		    .event =
			{
			    "9 dup-ack n 1",
			    "10 spurious-retransmission revised "
			    "retransmission-fast "
			    "proof overtaken kind fast cites 12",
			    "12 out-of-order revised gap+loss-upstream "
			    "revealed_by_frame 6",
			    "13 dsack",
			},
		}},
    },
};

enum setting {
	PLAIN,
	WRAP_AT_ONCE,
	WRAP_LATER,
	SWAPPED,
	SWAPPED_WRAP,
	SETTINGS
};

static const char *const setting_names[SETTINGS] = {
    [PLAIN] = "any ISNs",
    [WRAP_AT_ONCE] = "the SYN is the last number",
    [WRAP_LATER] = "numbers wrap within the data",
    [SWAPPED] = "hosts swapped",
    [SWAPPED_WRAP] = "hosts swapped, numbers wrap",
};

static struct play_setting
setting_of(const struct example *e, enum setting s)
{
	struct play_setting out = {
	    .isn = {e->isn[CLIENT], e->isn[SERVER]},
	    .new_isn = e->isn[SERVER] + 0x3c10a7d1,
	    .swapped = s == SWAPPED || s == SWAPPED_WRAP,
	};

	if (s == WRAP_AT_ONCE) {
		out.isn[CLIENT] = out.isn[SERVER] = UINT32_MAX;
		out.new_isn = UINT32_MAX;
	} else if (s == WRAP_LATER || s == SWAPPED_WRAP) {
		out.isn[CLIENT] = UINT32_MAX - 1500;
		out.isn[SERVER] = UINT32_MAX - 2500;
		out.new_isn = UINT32_MAX - 1;
	}
	return out;
}

static void
play_row(struct problems *p, struct play *play, const struct row_states *row)
{
	const char *got;

	play_line(play, row->line);
	got = play->states[play->frames];
	if (row->states != NULL && strcmp(row->states, got) != 0)
		problems_add(p, "frame %u: states expected %s, got %s\n",
		    (unsigned)play->frames, row->states, got);
}

static void
check_conns(struct problems *p, const struct example *e, struct play *play)
{
	uint32_t want = 0, i;

	while (want < EXAMPLE_CONNS && e->conn[want].facts != NULL)
		want++;
	if (play->reports_n != want)
		problems_add(p, "connections expected %u, got %u\n", want,
		    play->reports_n);
	for (i = 0; i < want && play->report[i] != NULL; i++) {
		facts_check(p, play->report[i], e->conn[i].facts);
		events_check(
		    p, play->report[i], e->conn[i].event, EXAMPLE_EVENTS);
	}
}

START_TEST(test_example)
{
	const struct example *e = &examples[_i / SETTINGS];
	enum setting s = (enum setting)(_i % SETTINGS);
	struct play_setting setting = setting_of(e, s);
	struct problems problems = {.used = 0};
	struct play play;
	size_t i;

	play_init(&play, &setting);
	for (i = 0; e->preamble && i < ROWS(preamble); i++)
		play_row(&problems, &play, &preamble[i]);
	for (i = 0; i < EXAMPLE_ROWS && e->row[i].line != NULL; i++)
		play_row(&problems, &play, &e->row[i]);
	play_end(&play);
	check_conns(&problems, e, &play);
	play_fini(&play);
	if (problems.used > 0)
		ck_abort_msg(
		    "%s (%s)\n%s", e->name, setting_names[s], problems.text);
}
END_TEST

static Suite *
examples_suite(void)
{
	Suite *s = suite_create("examples");
	TCase *tc = tcase_create("section 10");

	tcase_add_loop_test(tc, test_example, 0, ROWS(examples) * SETTINGS);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(examples_suite());
}
