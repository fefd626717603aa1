/*
 * check_zeek.c - conn_state and history in the words of Zeek.
 */
#include "engine/zeek.h"

#include <string.h>

#include "engine/conn.h"

#include "support/run_suite.h"
#include "support/scenario.h"

#define STORY_ROWS 14

/* Segments, and what conn.log would say of their connection. */
struct story {
	const char *name;
	const char *state, *history;
	const char *row[STORY_ROWS];
};

#define SYN "1 0 C>S S 0 - 0 64240 mss1460"
#define SYN_ACK "2 20 S>C SA 0 1 0 65160 mss1460"
#define ACK "3 21 C>S A 1 1 0"
#define REQUEST "4 22 C>S PA 1 1 100"
#define REPLY "5 42 S>C PA 1 101 200"

static const struct story stories[] = {
    {"unanswered", "S0", "S", {SYN}},
    {"SYN repeated", "S0", "S", {SYN, "2 1000 C>S S 0 - 0 64240 mss1460"}},
    {"refused", "REJ", "Sr", {SYN, "2 20 S>C RA 0 1 0"}},
    {"given up", "RSTOS0", "SR", {SYN, "2 20 C>S R 1 - 0"}},
    {"half a close", "SH", "SF", {SYN, "2 20 C>S FA 1 0 0"}},
    {"open", "S1", "ShA", {SYN, SYN_ACK, ACK}},
    {"open with data", "S1", "ShADd", {SYN, SYN_ACK, ACK, REQUEST, REPLY}},
    {"closed by both", "SF", "ShADdFf",
	{SYN, SYN_ACK, ACK, REQUEST, REPLY, "6 50 C>S FA 101 201 0",
	    "7 70 S>C FA 201 102 0", "8 71 C>S A 102 202 0"}},
    {"data of a FIN is not told", "S2", "ShAF",
	{SYN, SYN_ACK, ACK, "4 22 C>S FPA 1 1 100"}},
    {"FIN repeated", "S2", "ShAF",
	{SYN, SYN_ACK, ACK, "4 22 C>S FA 1 1 0",
	    "5 422 C>S FA 1 1 0 502 ipid 9"}},
    {"closed by the originator", "S2", "ShAFa",
	{SYN, SYN_ACK, ACK, "4 22 C>S FA 1 1 0", "5 42 S>C A 1 2 0"}},
    {"closed by the responder", "S3", "ShAf",
	{SYN, SYN_ACK, ACK, "4 30 S>C FA 1 1 0", "5 31 C>S A 1 2 0"}},
    {"aborted by the originator", "RSTO", "ShADR",
	{SYN, SYN_ACK, ACK, REQUEST, "5 30 C>S RA 101 1 0"}},
    {"aborted by the responder", "RSTR", "ShADr",
	{SYN, SYN_ACK, ACK, REQUEST, "5 42 S>C RA 1 101 0"}},
    {"RST after both FINs", "SF", "ShAFfR",
	{SYN, SYN_ACK, ACK, "4 22 C>S FA 1 1 0", "5 42 S>C FA 1 2 0",
	    "6 43 C>S R 2 - 0"}},
    {"FIN, RST, FIN", "SF", "ShAFRf",
	{SYN, SYN_ACK, ACK, "4 22 C>S FA 1 1 0", "5 23 C>S R 2 - 0",
	    "6 42 S>C FA 1 1 0"}},
    {"SYN-ACK, SYN", "S1", "^hSA",
	{"1 0 S>C SA 0 1 0 65160 mss1460", "2 1 C>S S 0 - 0 64240 mss1460",
	    ACK}},
    {"SYN not captured", "S1", "^hA",
	{"1 20 S>C SA 0 1 0 65160 mss1460", "2 21 C>S A 1 1 0"}},
    {"SYN-ACK, RST", "RSTRH", "^hr",
	{"1 0 S>C SA 0 1 0 65160 mss1460", "2 20 S>C R 1 - 0"}},
    {"SYN-ACK, FIN", "SHR", "^hf",
	{"1 0 S>C SA 0 1 0 65160 mss1460", "2 20 S>C FA 1 1 0"}},
    {"SYNs cross", "S1", "Ss", {SYN, "2 1 S>C S 0 - 0 65160 mss1460"}},
    {"midstream", "OTH", "DdA",
	{"1 0 C>S PA 1 1 100", "2 20 S>C PA 1 101 200",
	    "3 21 C>S A 101 201 0"}},
    {"midstream, the responder first", "OTH", "^dA",
	{"1 0 S>C PA 1 1 200", "2 1 C>S A 1 201 0"}},
    {"midstream reset", "OTH", "R", {"1 0 C>S R 1 - 0"}},
    {"a late SYN turns the roles", "S0", "^D^S",
	{"1 20 S>C PA 1 1 200", "2 21 S>C S 0 - 0 65160 mss1460"}},
    {"flags that exclude each other", "RSTO", "ShAQI",
	{SYN, SYN_ACK, ACK, "4 30 C>S SFA 1 1 0", "5 40 C>S FRA 1 1 0"}},
    {"resent", "S1", "ShADT",
	{SYN, SYN_ACK, ACK, REQUEST, "5 422 C>S PA 1 1 100 502 ipid 9"}},
    {"SYN-ACK resent", "S1", "ShA",
	{SYN, SYN_ACK, "3 1020 S>C SA 0 1 0 65160 mss1460 ipid 9",
	    "4 1021 C>S A 1 1 0"}},
    {"not captured", "S1", "ShADaG",
	{SYN, SYN_ACK, ACK, "4 22 C>S PA 101 1 100", "5 42 S>C A 1 201 0"}},
    {"the end not captured", "S2", "ShAaGF",
	{SYN, SYN_ACK, ACK, "4 42 S>C A 1 101 0", "5 60 C>S FA 101 1 0"}},
    {"the end not captured, quiet", "S3", "ShAaGf",
	{SYN, SYN_ACK, ACK, "4 42 S>C A 1 101 0", "5 60 S>C FA 1 101 0"}},
    {"ACK captured before its data", "S1", "ShAaD",
	{SYN, SYN_ACK, ACK, "4 22 S>C A 1 101 0", "5 22.001 C>S PA 1 1 100"}},
    {"zero window, ten times", "S1", "ShADaww",
	{SYN, SYN_ACK, ACK, REQUEST, "5 42 S>C A 1 101 0 0 ipid 1",
	    "6 52 S>C A 1 101 0 0 ipid 2", "7 62 S>C A 1 101 0 0 ipid 3",
	    "8 72 S>C A 1 101 0 0 ipid 4", "9 82 S>C A 1 101 0 0 ipid 5",
	    "10 92 S>C A 1 101 0 0 ipid 6", "11 102 S>C A 1 101 0 0 ipid 7",
	    "12 112 S>C A 1 101 0 0 ipid 8", "13 122 S>C A 1 101 0 0 ipid 9",
	    "14 132 S>C A 1 101 0 0 ipid 10"}},
};

static const struct play_setting settings[] = {
    {.isn = {0x2b7c01e5, 0x9d3f6a48}},
    {.isn = {0xffffffff, 0xfffffffe}, .swapped = true},
};

START_TEST(test_story)
{
	const struct story *t = &stories[_i / 2];
	struct play play;
	size_t i;

	play_init(&play, &settings[_i % 2]);
	for (i = 0; i < STORY_ROWS && t->row[i] != NULL; i++)
		play_line(&play, t->row[i]);
	play_end(&play);
	ck_assert_msg(play.reports_n == 1, "%s: connections", t->name);
	ck_assert_msg(
	    strcmp(play.report[0]->zeek_history, t->history) == 0 &&
		strcmp(play.report[0]->zeek_conn_state, t->state) == 0,
	    "%s: %s %s, expected %s %s", t->name,
	    play.report[0]->zeek_conn_state, play.report[0]->zeek_history,
	    t->state, t->history);
	play_fini(&play);
}
END_TEST

/* What has no room is told, not forgotten. */
START_TEST(test_room)
{
	struct flow_key key = {.version = 4};
	struct segment seg = {.flags = FLAG_RST, .wnd = 1};
	struct obs o = {.seg = &seg, .rst = true, .x = SERVER, .y = CLIENT};
	struct conn_report r = {.zeek_conn_state = NULL};
	struct limits limits;
	struct conn c;
	size_t i;

	limits_init(&limits);
	conn_init(&c, &key, &limits, 0);
	for (i = 1; i < 2 * ZEEK_LETTERS; i++) {
		zeek_observe(&c, &o);
		c.last_frame = i;
		seg.seq++;
	}
	zeek_report(&c, &r);
	ck_assert_str_eq(r.zeek_history, "^rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrx");
	zeek_flip(&c.zeek);
	zeek_report(&c, &r);
	ck_assert_str_eq(r.zeek_history, "^RRRRRRRRRRRRRRRRRRRRRRRRRRRRRRX");
	conn_fini(&c);
}
END_TEST

START_TEST(test_bad_checksum)
{
	struct flow_key key = {.version = 4};
	struct segment seg = {.flags = FLAG_ACK, .wnd = 1};
	struct obs o = {.seg = &seg, .has_a = true, .bad = true};
	struct conn_report r = {.zeek_conn_state = NULL};
	struct limits limits;
	struct conn c;
	int i;

	o.x = CLIENT;
	o.y = SERVER;
	limits_init(&limits);
	conn_init(&c, &key, &limits, 0);
	for (i = 0; i < 100; i++)
		zeek_observe(&c, &o);
	zeek_report(&c, &r);
	ck_assert_str_eq(r.zeek_history, "CCC");
	ck_assert_str_eq(r.zeek_conn_state, "OTH");
	conn_fini(&c);
}
END_TEST

static Suite *
zeek_suite(void)
{
	Suite *s = suite_create("zeek");
	TCase *tc = tcase_create("stories");

	tcase_add_loop_test(
	    tc, test_story, 0, (int)(sizeof(stories) / sizeof(stories[0])) * 2);
	tcase_add_test(tc, test_room);
	tcase_add_test(tc, test_bad_checksum);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(zeek_suite());
}
