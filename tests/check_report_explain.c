/*
 * check_report_explain.c - the story of a connection (--explain): what each
 * side knows, in which state it is, and the whole text. Expected texts stand
 * in tests/text.
 */
#include <stdlib.h>
#include <string.h>

#include "report/knowledge.h"
#include "report/state_path.h"
#include "support/run_suite.h"
#include "support/text_run.h"
#include "support/text_samples.h"

/* One letter a fact: C sends, C receives, S sends, S receives. */
static const char *
known_by(const struct knowledge *k, enum side who, char buf[2 * FACT_COUNT + 1])
{
	char *c = buf;

	for (unsigned f = 0; f < FACT_COUNT; f++) {
		*c++ = "-ye"[k->belief[who][f]];
		if (k->unproved[who][f])
			*c++ = '?';
	}
	*c = '\0';
	return buf;
}

static void
assert_known(const struct knowledge *k, const char *client, const char *server)
{
	char buf[2 * FACT_COUNT + 1];

	ck_assert_str_eq(known_by(k, CLIENT, buf), client);
	ck_assert_str_eq(known_by(k, SERVER, buf), server);
}

/* R4.1 to R4.3 */
START_TEST(test_open)
{
	struct knowledge k;

	knowledge_init(&k, false);
	assert_known(&k, "----", "----");
	knowledge_open(&k, CLIENT, false, true);
	assert_known(&k, "----", "y--y");
	knowledge_open(&k, SERVER, true, true);
	assert_known(&k, "yyyy", "y--y");
	knowledge_open(&k, CLIENT, true, true);
	assert_known(&k, "yyyy", "yyyy");
}
END_TEST

/* A SYN that nobody answers may not have arrived; later proof settles it. */
START_TEST(test_unproved)
{
	struct knowledge k;

	knowledge_init(&k, false);
	knowledge_open(&k, CLIENT, false, false);
	assert_known(&k, "----", "y?--y?");
	knowledge_open(&k, CLIENT, false, true);
	assert_known(&k, "----", "y--y");
	knowledge_open(&k, CLIENT, true, false);
	assert_known(&k, "----", "yy?y?y");
}
END_TEST

/* R4.13: each SYN-ACK completes what its receiver knows. */
START_TEST(test_simultaneous_open)
{
	struct knowledge k;

	knowledge_init(&k, false);
	knowledge_open(&k, CLIENT, false, true);
	knowledge_open(&k, SERVER, false, true);
	assert_known(&k, "-yy-", "y--y");
	knowledge_open(&k, CLIENT, true, true);
	assert_known(&k, "-yy-", "yyyy");
	knowledge_open(&k, SERVER, true, true);
	assert_known(&k, "yyyy", "yyyy");
}
END_TEST

/* R4.5 to R4.8 */
START_TEST(test_close)
{
	struct knowledge k;

	knowledge_init(&k, true);
	knowledge_fin(&k, CLIENT, true);
	assert_known(&k, "eyyy", "eyye");
	knowledge_fin_acked(&k, SERVER, true);
	assert_known(&k, "eyye", "eyye");
	knowledge_fin(&k, SERVER, true);
	assert_known(&k, "eeee", "eyee");
	knowledge_fin_acked(&k, CLIENT, false);
	assert_known(&k, "eeee", "ee?ee");
}
END_TEST

/* The states of E1, as the rulebook lists them. */
static const struct {
	uint64_t frame;
	const char *client, *server;
} e1[] = {
    {1, "SYN-SENT", "LISTEN?"},
    {2, "ESTABLISHED?", "SYN-RECEIVED"},
    {3, "ESTABLISHED", "ESTABLISHED?"},
    {5, "ESTABLISHED", "ESTABLISHED"},
    {8, "FIN-WAIT-1", "CLOSE-WAIT?"},
    {9, "FIN-WAIT-2?", "CLOSE-WAIT"},
    {10, "TIME-WAIT?", "LAST-ACK"},
    {11, "TIME-WAIT", "CLOSED?"},
};

START_TEST(test_states)
{
	struct conn_report *r = text_clean();
	uint64_t f = e1[_i].frame;

	ck_assert_str_eq(
	    state_path_text(state_path_after(r, CLIENT, f)).s, e1[_i].client);
	ck_assert_str_eq(
	    state_path_text(state_path_after(r, SERVER, f)).s, e1[_i].server);
	conn_report_free(r);
}
END_TEST

/* R3.60: what a frame undid stands until that frame, as presumed. */
START_TEST(test_undone)
{
	struct conn_report *r = text_clean();

	r->transitions_n = 5;
	r->transition[4].revoked_frame = 7;
	ck_assert_str_eq(
	    state_path_text(state_path_after(r, SERVER, 6)).s, "ESTABLISHED?");
	ck_assert_str_eq(
	    state_path_text(state_path_after(r, SERVER, 7)).s, "SYN-RECEIVED");
	ck_assert_str_eq(
	    state_path_text(state_path_before(r, 4)).s, "SYN-RECEIVED");
	ck_assert_str_eq(
	    state_path_text(state_path_after(r, CLIENT, 0)).s, "-");
	conn_report_free(r);
}
END_TEST

static const struct {
	const char *name;
	struct conn_report *(*make)(void);
	unsigned width;
	bool utf8;
} stories[] = {
    {"explain-clean", text_clean, 100, false},
    {"explain-clean-utf8", text_clean, 100, true},
    {"explain-clean-80", text_clean, 80, false},
    {"explain-three-segments", text_three_segments, 100, true},
    {"explain-refused", text_refused, 100, true},
    {"explain-no-answer", text_no_answer, 100, true},
    {"explain-unknown", text_unknown, 100, true},
    {"explain-reset", text_reset, 100, true},
    {"explain-syn-unseen", text_syn_unseen, 100, true},
    {"explain-bad-answer", text_bad_answer, 100, true},
};

START_TEST(test_story)
{
	struct report_options o = text_options(stories[_i].width);
	struct text_input in = text_input();
	struct conn_report *r = stories[_i].make();

	o.explain = true;
	o.utf8 = stories[_i].utf8;
	text_expect(stories[_i].name, text_run(&in, &o, &r, 1));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("report_explain");
	TCase *knowledge = tcase_create("R4.1 to R4.8");
	TCase *states = tcase_create("R3.1, R3.60");
	TCase *story = tcase_create("INTERFACE 4");

	suite_add_tcase(s, knowledge);
	tcase_add_test(knowledge, test_open);
	tcase_add_test(knowledge, test_unproved);
	tcase_add_test(knowledge, test_simultaneous_open);
	tcase_add_test(knowledge, test_close);
	suite_add_tcase(s, states);
	tcase_add_loop_test(states, test_states, 0, ROWS(e1));
	tcase_add_test(states, test_undone);
	suite_add_tcase(s, story);
	tcase_add_loop_test(story, test_story, 0, ROWS(stories));
	return run_suite(s);
}
