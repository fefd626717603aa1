/*
 * check_incarnation.c - who is the client (R2.4 to R2.6), and whether a SYN
 * on a known tuple is the same connection or a new one (R2.7 to R2.16).
 */
#include <string.h>

#include "engine/incarnation.h"
#include "support/facts.h"
#include "support/run_suite.h"
#include "support/scenario.h"

/* --- roles ------------------------------------------------------------ */

#define SERVICE 40000

static const struct role_case {
	const char *name;
	uint16_t flags;
	uint16_t port[2]; /* of the lower and the higher endpoint */
	uint8_t dir;      /* who sent the segment */
	uint8_t client;
	enum certainty certainty;
} role_cases[] = {
    {"(a) SYN", FLAG_SYN, {80, 50000}, 0, 0, CERTAINTY_CERTAIN},
    {"(a) SYN, from the higher", FLAG_SYN, {50000, 80}, 1, 1,
	CERTAINTY_CERTAIN},
    {"(b) SYN-ACK", FLAG_SYN | FLAG_ACK, {80, 50000}, 1, 0, CERTAINTY_CERTAIN},
    {"(b) SYN-ACK, from the lower", FLAG_SYN | FLAG_ACK, {80, 50000}, 0, 1,
	CERTAINTY_CERTAIN},
    {"SYN+RST is an RST", FLAG_SYN | FLAG_RST, {50000, 80}, 1, 0,
	CERTAINTY_PROBABLE},
    {"(c) lower port below 1024", FLAG_ACK, {1023, 1024}, 0, 1,
	CERTAINTY_PROBABLE},
    {"(c) higher port below 1024", FLAG_ACK, {1024, 1023}, 1, 0,
	CERTAINTY_PROBABLE},
    {"(c) before (d)", FLAG_ACK, {SERVICE, 80}, 0, 0, CERTAINTY_PROBABLE},
    {"(d) of two below 1024", FLAG_ACK, {80, 443}, 0, 0, CERTAINTY_POSSIBLE},
    {"(d) a service", FLAG_ACK, {SERVICE, 50000}, 0, 1, CERTAINTY_PROBABLE},
    {"(d) before (e)", FLAG_ACK, {SERVICE, 2000}, 0, 1, CERTAINTY_PROBABLE},
    {"(d) two services", FLAG_ACK, {SERVICE, SERVICE}, 1, 1,
	CERTAINTY_POSSIBLE},
    {"(e) port below 32768", FLAG_ACK, {32767, 32768}, 0, 1,
	CERTAINTY_POSSIBLE},
    {"(e) the higher one", FLAG_ACK, {32768, 32767}, 1, 0, CERTAINTY_POSSIBLE},
    {"(f) first sender", FLAG_ACK, {50000, 60000}, 0, 0, CERTAINTY_POSSIBLE},
    {"(f) first sender, the higher", FLAG_RST, {2000, 3000}, 1, 1,
	CERTAINTY_POSSIBLE},
};

START_TEST(test_roles)
{
	static const uint16_t service[] = {7, SERVICE};
	const struct role_case *k = &role_cases[_i];
	struct segment seg = {.flags = k->flags,
	    .dir = k->dir,
	    .key = {.version = 4, .port = {k->port[0], k->port[1]}}};
	enum certainty certainty;
	uint8_t client =
	    incarnation_client(&seg, service, ROWS(service), &certainty);

	if (client != k->client || certainty != k->certainty)
		ck_abort_msg("%s: client %u, certainty %d", k->name, client,
		    (int)certainty);
}
END_TEST

/* --- old or new ------------------------------------------------------- */

#define CASE_ROWS 12
#define CASE_CONNS 3
#define CASE_EVENTS 6

/* How a case begins. */
enum prior {
	NOTHING,
	OPENED,        /* a handshake: three rows */
	OPENED_TS,     /* the same with time stamps */
	CLIENT_CLOSED, /* and a close by the client: six rows */
	SERVER_CLOSED, /* and a close by the server: six rows */
	SERVER_CLOSED_TS,
	PRIORS
};

#define PRIOR_ROWS 6

static const char *const prior_rows[PRIORS][PRIOR_ROWS] = {
    [OPENED] = {"1 0  C>S S  0 - 0 64240 mss1460 ws7",
	"2 20 S>C SA 0 1 0 mss1460 ws7", "3 21 C>S A  1 1 0"},
    [OPENED_TS] = {"1 0  C>S S  0 - 0 64240 mss1460 ws7 ts 500 0",
	"2 20 S>C SA 0 1 0 mss1460 ws7 ts 900 500",
	"3 21 C>S A  1 1 0 ts 521 900"},
    [CLIENT_CLOSED] = {"1 0   C>S S  0 - 0 64240 mss1460 ws7",
	"2 20  S>C SA 0 1 0 mss1460 ws7", "3 21  C>S A  1 1 0",
	"4 100 C>S FA 1 1 0", "5 120 S>C FA 1 2 0", "6 121 C>S A  2 2 0"},
    [SERVER_CLOSED] = {"1 0   C>S S  0 - 0 64240 mss1460 ws7",
	"2 20  S>C SA 0 1 0 mss1460 ws7", "3 21  C>S A  1 1 0",
	"4 100 S>C FA 1 1 0", "5 101 C>S FA 1 2 0", "6 121 S>C A  2 2 0"},
    [SERVER_CLOSED_TS] = {"1 0   C>S S  0 - 0 64240 mss1460 ws7 ts 500 0",
	"2 20  S>C SA 0 1 0 mss1460 ws7 ts 900 500",
	"3 21  C>S A  1 1 0 ts 521 900", "4 100 S>C FA 1 1 0 ts 980 521",
	"5 101 C>S FA 1 2 0 ts 601 980", "6 121 S>C A  2 2 0 ts 1001 601"},
};

struct syn_case {
	const char *name;
	enum prior prior;
	const char *row[CASE_ROWS];
	struct {
		const char *facts; /* NULL: no such connection */
		const char *event[CASE_EVENTS];
	} conn[CASE_CONNS];
};

static const struct syn_case syn_cases[] = {
    /* --- the same connection */
    {
	.name = "R2.7 a SYN again",
	.row = {"1 0 C>S S 0 - 0 64240 mss1460 ws7",
	    "2 1000 C>S S 0 - 0 64240 mss1460 ws7"},
	.conn = {{"last_frame 2, reuse -, outcome no-answer",
	    {"2 retransmission-syn n 1"}}},
    },
    {
	.name = "R2.7 a SYN again, after a refusal",
	.row = {"1 0   C>S S  0 - 0 64240 mss1460 ws7", "2 20  S>C RA =0 1 0 0",
	    "3 520 C>S S  0 - 0 64240 mss1460 ws7"},
	.conn = {{"last_frame 3, reuse -, outcome refused-rst",
	    {"2 rst", "3 retransmission-syn after_rst true"}}},
    },
    {
	.name = "R2.7 a SYN again, with data behind it",
	.prior = OPENED,
	.row = {"4 30  C>S PA 1 1 100", "5 50  S>C A  1 101 0",
	    "6 800 C>S S  0 - 0 64240 mss1460 ws7"},
	.conn = {{"last_frame 6, reuse -, outcome complete",
	    {"6 old-segment"}}},
    },
    {
	.name = "R2.6 both send a SYN",
	.row = {"1 0 C>S S 0 - 0 64240 mss1460 ws7",
	    "2 5 S>C S 0 - 0 64240 mss1460 ws7", "3 9 C>S SA 0 1 0 mss1460 ws7",
	    "4 9 S>C SA 0 1 0 mss1460 ws7"},
	.conn = {{"last_frame 4, reuse -, certainty certain, client.port "
		  "43210, outcome simultaneous-open"}},
    },
    /* --- a new one at once */
    {
	.name = "R2.8 after an RST of the server",
	.prior = OPENED,
	.row = {"4 100  S>C R 1 - 0 0",
	    "5 5000 C>S S 9000 - 0 64240 mss1460 ws7"},
	.conn = {{"last_frame 4, close reset-by-server", {"4 rst"}},
	    {"first_frame 5, reuse after-rst, outcome no-answer"}},
    },
    {
	.name = "R2.8 after its own RST, with a lower number",
	.prior = OPENED,
	.row = {"4 30 C>S PA 1 1 100", "5 50 S>C A  1 101 0",
	    "6 60 C>S R 101 - 0 0", "7 61 C>S S =77 - 0 64240 mss1460 ws7"},
	.conn = {{"last_frame 6, close reset-by-client", {"6 rst"}},
	    {"first_frame 7, reuse after-rst, outcome no-answer"}},
    },
    {
	.name = "R2.8 not after a refused RST",
	.prior = OPENED,
	.row = {"4 100 S>C R 500000 - 0 0",
	    "5 110 C>S S 9000 - 0 64240 mss1460 ws7"},
	.conn = {{"last_frame 5, close active-at-end",
	    {"4 rst-out-of-window", "5 syn-in-connection"}}},
    },
    {
	.name = "R2.9 no answer, another ISN",
	.row = {"1 0    C>S S 0 - 0 64240 mss1460 ws7",
	    "2 3000 C>S S 9000 - 0 64240 mss1460 ws7"},
	.conn = {{"last_frame 1, outcome no-answer, reuse -"},
	    {"first_frame 2, outcome no-answer, reuse new-isn",
		{"2 syn-isn-changed"}}},
    },
    {
	.name = "R2.9 a minute later that is no event (R6.66)",
	.row = {"1 0     C>S S 0 - 0 64240 mss1460 ws7",
	    "2 61000 C>S S 9000 - 0 64240 mss1460 ws7"},
	.conn = {{"last_frame 1, outcome no-answer, reuse -"},
	    {"first_frame 2, outcome no-answer, reuse new-isn"}},
    },
    {
	.name = "R2.10 by the one that holds TIME-WAIT, any number",
	.prior = CLIENT_CLOSED,
	.row = {"7 900 C>S S =77 - 0 64240 mss1460 ws7"},
	.conn = {{"last_frame 6, close graceful-client-first, holder client, "
		  "reuse_after_ms 779"},
	    {"first_frame 7, reuse by-holder"}},
    },
    {
	.name = "R2.10 TIME-WAIT has expired",
	.prior = SERVER_CLOSED,
	.row = {"7 240105 C>S S =77 - 0 64240 mss1460 ws7"},
	.conn = {{"last_frame 6, close graceful-server-first, holder server"},
	    {"first_frame 7, reuse expired"}},
    },
    {
	.name = "R2.10 a greater number",
	.prior = SERVER_CLOSED,
	.row = {"7 900 C>S S 3 - 0 64240 mss1460 ws7"},
	.conn = {{"last_frame 6, close graceful-server-first"},
	    {"first_frame 7, reuse tw-seq-greater"}},
    },
    {
	.name = "R2.10 the same number is not greater (R6.68)",
	.prior = SERVER_CLOSED,
	.row = {"7 900 C>S S 2 - 0 64240 mss1460 ws7"},
	.conn = {{"last_frame 7, close graceful-server-first",
	    {"7 tw-reuse-unsafe warn"}}},
    },
    {
	.name = "R2.10 a greater time stamp, a lower number",
	.prior = SERVER_CLOSED_TS,
	.row = {"7 900 C>S S 1 - 0 64240 mss1460 ws7 ts 602 0"},
	.conn = {{"last_frame 6"}, {"first_frame 7, reuse tw-ts-greater"}},
    },
    {
	.name = "R2.10 the same time stamp, a greater number",
	.prior = SERVER_CLOSED_TS,
	.row = {"7 900 C>S S 3 - 0 64240 mss1460 ws7 ts 601 0"},
	.conn = {{"last_frame 6"}, {"first_frame 7, reuse tw-seq-greater"}},
    },
    {
	.name = "R2.10 an older time stamp, a greater number (R6.68)",
	.prior = SERVER_CLOSED_TS,
	.row = {"7 900 C>S S 3 - 0 64240 mss1460 ws7 ts 600 0"},
	.conn = {{"last_frame 7", {"7 tw-reuse-unsafe"}}},
    },
    {
	.name = "R2.10 no time stamp any more, a greater number",
	.prior = SERVER_CLOSED_TS,
	.row = {"7 900 C>S S 3 - 0 64240 mss1460 ws7"},
	.conn = {{"last_frame 6"}, {"first_frame 7, reuse tw-seq-greater"}},
    },
    {
	.name = "R2.10 time stamps only now, a lower number (R6.68)",
	.prior = SERVER_CLOSED,
	.row = {"7 900 C>S S 1 - 0 64240 mss1460 ws7 ts 99999 0"},
	.conn = {{"last_frame 7", {"7 tw-reuse-unsafe"}}},
    },
    {
	.name = "R2.10 unsafe, but answered (R2.12 a)",
	.prior = SERVER_CLOSED,
	.row = {"7 900 C>S S 1 - 0 64240 mss1460 ws7",
	    "8 920 S>C SA new-isn 2 0 mss1460 ws7",
	    "9 921 C>S A 2 new-isn+1 0"},
	.conn = {{"close graceful-server-first", {"7 tw-reuse-unsafe"}},
	    {"first_frame 7, last_frame 9, reuse supersedes, outcome "
	     "complete"}},
    },
    /* --- pended */
    {
	.name = "R2.11 a live connection keeps the SYN",
	.prior = OPENED,
	.row = {"4 100 C>S S 9000 - 0 64240 mss1460 ws7"},
	.conn = {{"last_frame 4, close active-at-end, outcome complete",
	    {"4 syn-in-connection warn"}}},
    },
    {
	.name = "R2.11 so does a half-open one",
	.row = {"1 0   C>S S 0 - 0 64240 mss1460 ws7",
	    "2 20  S>C SA 0 1 0 mss1460 ws7",
	    "3 100 C>S S 9000 - 0 64240 mss1460 ws7"},
	.conn = {{"last_frame 3, outcome half-open", {"3 syn-in-connection"}}},
    },
    {
	.name = "R2.12 (a) the peer answers",
	.prior = OPENED,
	.row = {"4 100 C>S S 9000 - 0 64240 mss1460 ws7",
	    "5 120 S>C SA new-isn 9001 0 mss1460 ws7",
	    "6 121 C>S A 9001 new-isn+1 0"},
	.conn = {{"first_frame 1, close superseded", {"4 syn-in-connection"}},
	    {"first_frame 4, last_frame 6, outcome complete, reuse "
	     "supersedes, connect_time_ms 21"}},
    },
    {
	.name = "R2.12 (b) the peer refuses",
	.prior = OPENED,
	.row = {"4 100 C>S S 9000 - 0 64240 mss1460 ws7",
	    "5 120 S>C RA =0 9001 0 0"},
	.conn = {{"first_frame 1, close superseded", {"4 syn-in-connection"}},
	    {"first_frame 4, last_frame 5, outcome refused-rst, reuse "
	     "supersedes",
		{"5 rst"}}},
    },
    {
	.name = "R2.12 (c) a challenge ACK",
	.prior = OPENED,
	.row = {"4 100 C>S S 9000 - 0 64240 mss1460 ws7", "5 120 S>C A 1 1 0"},
	.conn = {{"last_frame 5, close active-at-end",
	    {"4 syn-in-connection", "5 challenge-ack cause_frame 4",
		"5 window-update"}}},
    },
    {
	.name = "R2.12 (c) then its RST, then the SYN again",
	.prior = OPENED,
	.row = {"4 100  C>S S 9000 - 0 64240 mss1460 ws7", "5 120  S>C A 1 1 0",
	    "6 121  C>S R 1 - 0 0", "7 1100 C>S S 9000 - 0 64240 mss1460 ws7"},
	.conn = {{"last_frame 6, close reset-by-client",
		     {"4 syn-in-connection", "5 challenge-ack",
			 "5 window-update", "6 rst",
			 "6 half-open-discovery cites 4 cites 5"}},
	    {"first_frame 7, reuse after-rst, first_attempt_frame 4"}},
    },
    {
	.name = "R2.12 (d) data behind the SYN",
	.prior = OPENED,
	.row = {"4 100 C>S S 9000 - 0 64240 mss1460 ws7",
	    "5 140 C>S PA 9001 new-isn+1 10"},
	.conn = {{"first_frame 1, close superseded", {"4 syn-in-connection"}},
	    {"first_frame 4, last_frame 5, reuse supersedes"}},
    },
    {
	.name = "R2.12 (e) the SYN again, then its answer",
	.prior = OPENED,
	.row = {"4 100  C>S S 9000 - 0 64240 mss1460 ws7",
	    "5 1100 C>S S 9000 - 0 64240 mss1460 ws7",
	    "6 1120 S>C SA new-isn 9001 0 mss1460 ws7"},
	.conn = {{"first_frame 1, close superseded", {"4 syn-in-connection"}},
	    {"first_frame 4, last_frame 6, reuse supersedes, outcome "
	     "half-open, syn_retries 1",
		{"5 retransmission-syn original_frame 4"}}},
    },
    {
	.name = "R2.12 (f) the connection goes on",
	.prior = OPENED,
	.row = {"4 100 C>S S 9000 - 0 64240 mss1460 ws7", "5 130 C>S PA 1 1 10",
	    "6 150 S>C A 1 11 0"},
	.conn = {{"last_frame 6, close active-at-end",
	    {"4 syn-in-connection"}}},
    },
    {
	.name = "R2.12 (f) then the SYN again is another question",
	.prior = OPENED,
	.row = {"4 100 C>S S 9000 - 0 64240 mss1460 ws7", "5 130 C>S PA 1 1 10",
	    "6 150 S>C A 1 11 0", "7 1100 C>S S 9000 - 0 64240 mss1460 ws7"},
	.conn = {{"last_frame 7, close active-at-end",
	    {"4 syn-in-connection", "7 syn-in-connection"}}},
    },
    {
	.name = "R2.12 (g) the end, after a minute of silence",
	.prior = OPENED,
	.row = {"4 60021 C>S S 9000 - 0 64240 mss1460 ws7"},
	.conn = {{"first_frame 1, outcome complete", {"4 syn-in-connection"}},
	    {"first_frame 4, last_frame 4, outcome no-answer"}},
    },
    {
	.name = "R2.12 (g) the SYN again, with another's between",
	.prior = OPENED,
	.row = {"4 60021 C>S S 9000 - 0 64240 mss1460 ws7",
	    "5 60500 C>S S 7000 - 0 64240 mss1460 ws7 port 4444",
	    "6 61021 C>S S 9000 - 0 64240 mss1460 ws7"},
	.conn = {{"first_frame 1, outcome complete", {"4 syn-in-connection"}},
	    {"first_frame 5, last_frame 5"},
	    {"first_frame 4, last_frame 6, outcome no-answer, syn_retries 1",
		{"6 retransmission-syn original_frame 4"}}},
    },
    {
	.name = "R2.12 (g) the end, after less",
	.prior = OPENED,
	.row = {"4 60020 C>S S 9000 - 0 64240 mss1460 ws7"},
	.conn = {{"last_frame 4, outcome complete", {"4 syn-in-connection"}}},
    },
    /* --- without a SYN */
    {
	.name = "R2.15 an RST opens nothing new",
	.prior = SERVER_CLOSED,
	.row = {"7 900 C>S R 2 - 0 0"},
	.conn = {{"last_frame 7, close graceful-server-first",
	    {"7 rst-after-close"}}},
    },
    {
	.name = "R2.15 a lone RST is a stray",
	.row = {"1 0 S>C R 5 - 0 0"},
	.conn = {{"last_frame 1, outcome stray, certainty probable",
	    {"1 rst info"}}},
    },
    {
	.name = "R2.16 a SYN-ACK tells who is who",
	.row = {"1 0 S>C SA 0 1 0 65160 mss1460 ws7 port 22",
	    "2 1 C>S A 1 1 0 port 22"},
	.conn = {{"certainty certain, client.port 22, outcome "
		  "complete-syn-unseen"}},
    },
    {
	.name = "R2.5 a late SYN corrects the roles",
	.row = {"1 0   S>C A 1 1 100 port 22", "2 0.1 C>S A 1 101 0 port 22",
	    "3 0.2 C>S S 0 - 0 64240 mss1460 ws7 port 22"},
	.conn = {{"certainty certain, client.port 22"}},
    },
    {
	.name = "R2.5 also when it is the first that is seen of its side",
	.row = {"1 0   S>C A 1 1 100 port 22",
	    "2 0.1 C>S S 0 - 0 64240 mss1460 ws7 port 22"},
	.conn = {{"certainty certain, client.port 22"}},
    },
    {
	.name = "R2.5 without one the first sender is the client",
	.row = {"1 0 S>C A 1 1 100 port 22", "2 1 C>S A 1 101 0 port 22"},
	.conn = {{"certainty possible, client.port 80"}},
    },
};

/* The same again with hosts swapped and numbers that wrap. */
static const struct play_setting settings[] = {
    {.isn = {0x2b7c01e5, 0x9d3f6a48}, .new_isn = 0xc1572000},
    {.isn = {UINT32_MAX - 1, UINT32_MAX},
	.new_isn = UINT32_MAX,
	.swapped = true},
};

START_TEST(test_syn)
{
	const struct syn_case *k = &syn_cases[_i / ROWS(settings)];
	struct problems problems = {.used = 0};
	struct play play;
	uint32_t want = 0, i;

	play_init(&play, &settings[_i % ROWS(settings)]);
	for (i = 0; i < PRIOR_ROWS && prior_rows[k->prior][i] != NULL; i++)
		play_line(&play, prior_rows[k->prior][i]);
	for (i = 0; i < CASE_ROWS && k->row[i] != NULL; i++)
		play_line(&play, k->row[i]);
	play_end(&play);
	while (want < CASE_CONNS && k->conn[want].facts != NULL)
		want++;
	if (play.reports_n != want)
		problems_add(&problems, "connections expected %u, got %u\n",
		    want, play.reports_n);
	for (i = 0; i < want && play.report[i] != NULL; i++) {
		facts_check(&problems, play.report[i], k->conn[i].facts);
		events_check(
		    &problems, play.report[i], k->conn[i].event, CASE_EVENTS);
	}
	play_fini(&play);
	if (problems.used > 0)
		ck_abort_msg("%s (setting %d)\n%s", k->name,
		    _i % ROWS(settings), problems.text);
}
END_TEST

static Suite *
incarnation_suite(void)
{
	Suite *s = suite_create("incarnation");
	TCase *roles = tcase_create("R2.4"),
	      *syn = tcase_create("R2.5 to R2.16");

	tcase_add_loop_test(roles, test_roles, 0, ROWS(role_cases));
	suite_add_tcase(s, roles);
	tcase_add_loop_test(syn, test_syn, 0, ROWS(syn_cases) * ROWS(settings));
	suite_add_tcase(s, syn);
	return s;
}

int
main(void)
{
	return run_suite(incarnation_suite());
}
