/*
 * check_trace.c - the compact record of segments: numbers, marks, bounds.
 */
#include <string.h>

#include "model/trace.h"
#include "run_suite.h"
#include "scenario.h"

#define MANY 1000

static struct trace_segment
data(uint64_t frame_no)
{
	return (struct trace_segment){.frame_no = frame_no,
	    .ts_ns = (int64_t)frame_no,
	    .seq = (int64_t)(10 * frame_no),
	    .len = 10,
	    .wnd = 100,
	    .flags = FLAG_ACK,
	    .placed = true};
}

/* Segments kept and segments told as skipped are all there were. */
static void
assert_counted(const struct trace *t, uint64_t total)
{
	uint64_t skipped = 0;

	for (uint32_t i = 0; i < t->n; i++)
		skipped += t->v[i].skipped;
	ck_assert_uint_eq(t->n + t->dropped, total);
	ck_assert_uint_eq(skipped + t->behind, t->dropped);
}

START_TEST(test_thinned)
{
	struct trace *t = trace_new(64, NULL);

	for (uint64_t f = 1; f <= MANY; f++) {
		struct trace_segment s = data(f);

		if (f % 100 == 0)
			trace_mark(t, f);
		if (f == 333)
			s.flags |= FLAG_FIN;
		if (f == 555)
			s.wnd = 0;
		trace_add(t, &s, NULL);
	}
	ck_assert_uint_le(t->n, 64);
	assert_counted(t, MANY);
	for (uint64_t f = 100; f <= MANY; f += 100) {
		uint32_t i = trace_find(t, f);

		ck_assert_uint_eq(t->v[i].frame_no, f);
		ck_assert(t->v[i].event);
	}
	ck_assert_uint_eq(t->v[trace_find(t, 333)].frame_no, 333);
	ck_assert_uint_eq(t->v[trace_find(t, 555)].frame_no, 555);
	ck_assert_uint_eq(t->v[0].frame_no, 1);
	trace_free(t);
}
END_TEST

/*
 * Many traces of one pool keep together what it allows, and their first few
 * segments; events hold theirs, closed windows do not.
 */
START_TEST(test_pool)
{
	enum {
		TRACES = 100,
		ALLOWED = 4096,
		FEW = 16
	};
	struct trace_pool *pool = trace_pool_new(ALLOWED);
	struct trace *t[TRACES];
	uint64_t room = 0;

	for (unsigned k = 0; k < TRACES; k++)
		t[k] = trace_new(512, pool);
	trace_pool_release(pool);
	for (uint64_t f = 1; f <= MANY; f++)
		for (unsigned k = 0; k < TRACES; k++) {
			struct trace_segment s = data(f);

			if (k % 2 == 0)
				s.wnd = 0;
			if (f % 250 == 0)
				trace_mark(t[k], f);
			trace_add(t[k], &s, NULL);
		}
	for (unsigned k = 0; k < TRACES; k++) {
		assert_counted(t[k], MANY);
		room += t[k]->cap;
		ck_assert_uint_eq(t[k]->v[0].frame_no, 1);
		for (uint64_t f = 250; f <= MANY; f += 250)
			ck_assert(t[k]->v[trace_find(t[k], f)].event);
	}
	ck_assert_uint_le(room, ALLOWED + FEW * TRACES);
	ck_assert_uint_ge(room, ALLOWED / 2);
	for (unsigned k = 0; k < TRACES; k++)
		trace_free(t[k]);
}
END_TEST

/* A finished trace keeps less when room is scarce, and returns the rest. */
START_TEST(test_end)
{
	struct trace_pool *pool = trace_pool_new(1024);
	struct trace *dull = trace_new(512, pool), *next, *worth;

	for (uint64_t f = 1; f <= 300; f++)
		trace_add(dull, &(struct trace_segment){.frame_no = f}, NULL);
	trace_end(dull, false);
	ck_assert_uint_eq(dull->n, 300);
	ck_assert_uint_eq(dull->cap, 300);
	next = trace_new(512, pool);
	worth = trace_new(512, pool);
	for (uint64_t f = 1; f <= 300; f++) {
		trace_add(next, &(struct trace_segment){.frame_no = f}, NULL);
		trace_add(worth, &(struct trace_segment){.frame_no = f}, NULL);
	}
	trace_end(worth, true);
	trace_end(next, false);
	ck_assert_uint_ge(worth->n, 128);
	ck_assert_uint_le(next->n, 16);
	assert_counted(next, 300);
	trace_free(next);
	trace_free(dull);
	trace_pool_release(pool);
	trace_free(worth);
}
END_TEST

/* When everything has an event nothing is dropped. */
START_TEST(test_all_matter)
{
	struct trace *t = trace_new(16, NULL);

	for (uint64_t f = 1; f <= MANY; f++) {
		struct trace_segment s = data(f);

		trace_mark(t, f);
		trace_add(t, &s, NULL);
	}
	ck_assert_uint_eq(t->n, MANY);
	ck_assert_uint_eq(t->dropped, 0);
	trace_free(t);
}
END_TEST

/* SACK blocks stay with their segments. */
START_TEST(test_sack)
{
	struct trace *t = trace_new(32, NULL);

	for (uint64_t f = 1; f <= MANY; f++) {
		struct trace_segment s = data(f);
		int64_t sack[3][2];

		s.sack_n = f % 4 & 3u;
		for (unsigned i = 0; i < s.sack_n; i++) {
			sack[i][0] = (int64_t)(f * 10 + i);
			sack[i][1] = -(int64_t)(f * 10 + i);
		}
		trace_add(t, &s, s.sack_n > 0 ? sack : NULL);
	}
	for (uint32_t i = 0; i < t->n; i++) {
		const struct trace_segment *s = &t->v[i];

		ck_assert_uint_eq(s->sack_n, s->frame_no % 4);
		for (unsigned k = 0; k < s->sack_n; k++) {
			int64_t want = (int64_t)(s->frame_no * 10 + k);

			ck_assert_int_eq(t->sack[s->sack + k][0], want);
			ck_assert_int_eq(t->sack[s->sack + k][1], -want);
		}
	}
	trace_free(t);
}
END_TEST

/* An event may name a frame before or after it is added, or one of others. */
START_TEST(test_mark)
{
	struct trace *t = trace_new(100, NULL);

	for (uint64_t f = 2; f <= 8; f += 2) {
		struct trace_segment s = data(f);

		if (f == 4)
			trace_mark(t, 4);
		trace_add(t, &s, NULL);
	}
	trace_mark(t, 2);
	trace_mark(t, 5);
	for (uint32_t i = 0; i < t->n; i++)
		ck_assert_int_eq(t->v[i].event, t->v[i].frame_no <= 4);
	ck_assert_uint_eq(trace_find(t, 5), 2);
	ck_assert_uint_eq(trace_find(t, 9), t->n);
	trace_free(t);
}
END_TEST

/* What the engine notes of each segment, relative to the ISNs. */
START_TEST(test_engine)
{
	static const struct play_setting settings[] = {
	    {.isn = {1000, 9000}},
	    {.isn = {0xfffffff0, 0xffffff00}, .swapped = true},
	};
	static const struct {
		int side;
		unsigned flags;
		int64_t seq, ack;
		uint32_t len, wnd, rtt_ms;
		int64_t sack[2];
		bool event;
	} want[] = {
	    {CLIENT, FLAG_SYN, 0, 0, 0, 64240, 0, {0}, false},
	    {SERVER, FLAG_SYN | FLAG_ACK, 0, 1, 0, 65160, 20, {0}, false},
	    {CLIENT, FLAG_ACK, 1, 1, 0, 64256, 1, {0}, false},
	    {CLIENT, FLAG_ACK, 1, 1, 1000, 64256, 0, {0}, false},
	    {CLIENT, FLAG_ACK, 1001, 1, 1000, 64256, 0, {0}, false},
	    {SERVER, FLAG_ACK, 1, 1, 0, 65152, 0, {1001, 2001}, true},
	    {CLIENT, FLAG_ACK, 1, 1, 1000, 64256, 0, {0}, true},
	};
	struct play play;
	const struct trace *t;

	play_init(&play, &settings[_i]);
	play_next(&play, "0  C>S S  0 - 0 64240 mss1460 ws7 sackok");
	play_next(&play, "20 S>C SA 0 1 0 65160 mss1460 ws7 sackok");
	play_next(&play, "21 C>S A  1 1 0 502");
	play_next(&play, "30 C>S A 1 1 1000 502");
	play_next(&play, "31 C>S A 1001 1 1000 502");
	play_next(&play, "51 S>C A  1 1 0 509 sack 1001-2001");
	play_next(&play, "300 C>S A 1 1 1000 502");
	play_end(&play);
	ck_assert_uint_eq(play.reports_n, 1);
	t = play.report[0]->trace;
	ck_assert_ptr_nonnull(t);
	ck_assert_uint_eq(t->n, ROWS(want));
	for (uint32_t i = 0; i < t->n; i++) {
		const struct trace_segment *s = &t->v[i];

		ck_assert_uint_eq(s->frame_no, i + 1);
		ck_assert_int_eq(s->side, want[i].side);
		ck_assert_uint_eq(s->flags, want[i].flags);
		ck_assert(s->placed);
		ck_assert_int_eq(s->seq, want[i].seq);
		if (s->flags & FLAG_ACK)
			ck_assert_int_eq(s->ack, want[i].ack);
		ck_assert_uint_eq(s->len, want[i].len);
		ck_assert_uint_eq(s->wnd, want[i].wnd);
		if (i < 5)
			ck_assert_uint_eq(
			    s->rtt, want[i].rtt_ms * (1000000 / RTT_UNIT_NS));
		ck_assert_uint_eq(s->sack_n, want[i].sack[1] > 0);
		if (s->sack_n > 0)
			ck_assert_mem_eq(t->sack[s->sack], want[i].sack,
			    sizeof(want[i].sack));
		ck_assert_msg(s->event == want[i].event, "frame %u", i + 1);
	}
	play_fini(&play);
}
END_TEST

/* A SYN that another connection began with is not told twice (R2.12). */
START_TEST(test_pended)
{
	static const struct play_setting setting = {
	    .isn = {1000, 9000}, .new_isn = 70000};
	struct play play;
	const struct trace *t;

	play_init(&play, &setting);
	play_next(&play, "0  C>S S  0 - 0 64240 mss1460");
	play_next(&play, "20 S>C SA 0 1 0 65160 mss1460");
	play_next(&play, "21 C>S A  1 1 0");
	play_next(&play, "30 C>S PA 1 1 100");
	play_next(&play, "50 S>C A 1 101 0");
	play_next(&play, "60000 C>S S =555000 - 0 64240 mss1460");
	play_next(&play, "60020 S>C A 1 101 0");
	play_next(&play, "60021 C>S R 101 - 0");
	play_next(&play, "61021 C>S S =555000 - 0 64240 mss1460");
	play_next(&play, "61041 S>C SA new-isn =555001 0 65160 mss1460");
	play_end(&play);
	ck_assert_uint_ge(play.reports_n, 2);
	for (uint32_t k = 0; k < play.reports_n; k++) {
		t = play.report[k]->trace;
		for (uint32_t i = 0; i < t->n; i++) {
			ck_assert_uint_ge(
			    t->v[i].frame_no, play.report[k]->first_frame);
			ck_assert_uint_le(
			    t->v[i].frame_no, play.report[k]->last_frame);
		}
	}
	play_fini(&play);
}
END_TEST

static Suite *
trace_suite(void)
{
	Suite *s = suite_create("trace");
	TCase *t = tcase_create("bounds");

	tcase_add_test(t, test_thinned);
	tcase_add_test(t, test_pool);
	tcase_add_test(t, test_end);
	tcase_add_test(t, test_all_matter);
	tcase_add_test(t, test_sack);
	tcase_add_test(t, test_mark);
	suite_add_tcase(s, t);
	t = tcase_create("engine");
	tcase_add_loop_test(t, test_engine, 0, 2);
	tcase_add_test(t, test_pended);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return run_suite(trace_suite());
}
