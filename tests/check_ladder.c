/*
 * check_ladder.c - the sequence diagram: what is drawn, what is folded, and
 * that it fits. Expected texts stand in tests/text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/selection.h"
#include "report/ladder.h"
#include "run_suite.h"
#include "scenario.h"
#include "text_run.h"

static const struct play_setting setting = {.isn = {1000, 9000}};

/* A loss in a long transfer, a closed window and a pause, then the close. */
static struct conn_report *
long_transfer(void)
{
	struct conn_report *r;
	struct play play;
	unsigned i;

	play_init(&play, &setting);
	play_next(&play, "0  C>S S  0 - 0 64240 mss1460 ws7 sackok");
	play_next(&play, "20 S>C SA 0 1 0 65160 mss1460 ws7 sackok");
	play_next(&play, "21 C>S A  1 1 0 502");
	for (i = 0; i < 30; i++)
		play_next(
		    &play, "%u C>S A %u 1 1000 502", 30 + i, 1 + 1000 * i);
	play_next(&play, "60 S>C A 1 15001 0 509");
	play_next(&play, "61 S>C A 1 15001 0 509 sack 16001-20001");
	play_next(&play, "62 S>C A 1 15001 0 509 sack 16001-25001");
	play_next(&play, "63 S>C A 1 15001 0 509 sack 16001-30001");
	play_next(&play, "64 C>S A 15001 1 1000 502");
	play_next(&play, "85 S>C A 1 30001 0 0");
	play_next(&play, "900 S>C A 1 30001 0 509");
	play_next(&play, "901 C>S FA 30001 1 0 502");
	play_next(&play, "921 S>C FA 1 30002 0 509");
	play_next(&play, "922 C>S A 30002 2 0 502");
	play_end(&play);
	ck_assert_uint_eq(play.reports_n, 1);
	r = play.report[0];
	play.report[0] = NULL;
	play.reports_n = 0;
	play_fini(&play);
	return r;
}

static const unsigned widths[] = {80, 100, 140};

START_TEST(test_widths)
{
	struct report_options o = text_options(widths[_i]);
	struct text_input in = text_input();
	struct conn_report *r = long_transfer();
	char name[32], *got, *ladder;
	size_t columns = 0;

	o.ladder = true;
	got = text_run(&in, &o, &r, 1);
	ladder = strstr(got, "  Ladder ");
	ck_assert_ptr_nonnull(ladder);
	for (const char *c = ladder; *c != '\0'; c++) {
		columns = *c == '\n' ? 0 : columns + 1;
		ck_assert_uint_le(columns, widths[_i]);
	}
	ladder = strdup(ladder);
	free(got);
	snprintf(name, sizeof(name), "ladder-%u", widths[_i]);
	text_expect(name, ladder);
}
END_TEST

START_TEST(test_utf8)
{
	struct report_options o = text_options(100);
	struct text_input in = text_input();
	struct conn_report *r = long_transfer();
	char *got, *ladder;

	o.ladder = o.utf8 = o.color = true;
	got = text_run(&in, &o, &r, 1);
	ladder = strdup(strstr(got, "Ladder"));
	free(got);
	text_expect("ladder-color", ladder);
}
END_TEST

/* Every segment and every event has its rung; only plain ones are hidden. */
START_TEST(test_rungs)
{
	struct conn_report *r = long_transfer();
	size_t segments = 0, hidden = 0, lost = 0;
	uint32_t events = 0;
	struct ladder l;

	ck_assert(ladder_init(&l, r));
	for (size_t i = 0; i < l.n; i++) {
		const struct rung *g = &l.v[i];

		segments += g->segment != NULL;
		events += g->events_n;
		hidden += !g->shown;
		lost += g->resent_in != 0;
		if (!g->shown)
			for (uint32_t k = 0; k < g->events_n; k++)
				ck_assert_int_eq(
				    r->event[g->event + k].severity,
				    SEVERITY_INFO);
		if (g->segment != NULL && g->segment->frame_no == 19)
			ck_assert_uint_eq(g->resent_in, 38);
	}
	ck_assert_uint_eq(segments, r->trace->n);
	ck_assert_uint_eq(events, r->events_n);
	ck_assert_uint_eq(lost, 1);
	ck_assert_uint_ge(hidden, 10);
	ladder_fini(&l);
	conn_report_free(r);
}
END_TEST

/* A connection that is named is drawn even without a row; others are not. */
START_TEST(test_list)
{
	static const struct number_range list[] = {{1, 1}, {7, 9}};
	struct report_options o = text_options(100);
	struct text_input in = text_input();
	struct conn_report *r = long_transfer();
	char *got;

	o.ladder = true;
	o.ladder_list = list;
	o.ladder_n = 2;
	got = text_run(&in, &o, &r, 1);
	ck_assert_ptr_nonnull(strstr(got, "  Ladder "));
	ck_assert_ptr_nonnull(strstr(
	    got, "\nNothing to draw: no connection 7 to 9 in this report\n"));
	free(got);
	r = long_transfer();
	o.ladder_list = list + 1;
	o.ladder_n = 1;
	got = text_run(&in, &o, &r, 1);
	ck_assert_ptr_null(strstr(got, "  Ladder "));
	free(got);
}
END_TEST

static Suite *
ladder_suite(void)
{
	Suite *s = suite_create("ladder");
	TCase *t = tcase_create("text");

	tcase_add_loop_test(t, test_widths, 0, ROWS(widths));
	tcase_add_test(t, test_utf8);
	tcase_add_test(t, test_list);
	suite_add_tcase(s, t);
	t = tcase_create("plan");
	tcase_add_test(t, test_rungs);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return run_suite(ladder_suite());
}
