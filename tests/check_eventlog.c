/*
 * check_eventlog.c - events that are revised (R8.30) and bounded (R1.35).
 */
#include "engine/eventlog.h"

#include <stdlib.h>
#include <string.h>

#include "support/run_suite.h"

#define NAMED "name"

/* Where events go whose detail is not kept. */
static struct event spare;

/* An event about a frame, final at once if ref is NULL. */
static struct event *
raise_at(struct eventlog *l, enum anomaly_kind kind, uint64_t frame_no,
    struct event_ref *ref)
{
	struct event *e = eventlog_raise(l, kind, ref);

	e->frame_no = frame_no;
	return e;
}

/* As raise_at(), with a text that the log must free or hand on. */
static void
raise_named(struct eventlog *l, enum anomaly_kind kind, uint64_t frame_no,
    struct event_ref *ref)
{
	struct event *e = raise_at(l, kind, frame_no, ref);

	e->text = malloc(sizeof(NAMED));
	ck_assert_ptr_nonnull(e->text);
	memcpy(e->text, NAMED, sizeof(NAMED));
}

static void
release(struct event *event, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		free(event[i].text);
	free(event);
}

START_TEST(test_raise)
{
	struct event_ref ref;
	struct eventlog l;
	struct event *e;

	eventlog_init(&l, 32, true, &spare);
	e = eventlog_raise(&l, ANOMALY_RETRANSMISSION_RTO, &ref);
	ck_assert_uint_eq(e->kind, ANOMALY_RETRANSMISSION_RTO);
	ck_assert_uint_eq(e->severity, SEVERITY_WARN);
	ck_assert_uint_eq(e->blame, BLAME_NETWORK);
	ck_assert_uint_eq(e->confidence, CONFIDENCE_CERTAIN);
	ck_assert_uint_eq(e->evidence_n, 0);
	ck_assert_uint_eq(e->frames_n, 0);
	ck_assert_uint_eq(e->revised_n, 0);
	ck_assert_ptr_eq(eventlog_get(&l, &ref), e);
	ck_assert_uint_ne(ref.serial, 0);
	ck_assert_uint_eq(l.count[ANOMALY_RETRANSMISSION_RTO], 1);
	eventlog_fini(&l);
}
END_TEST

/* A name holds although others come, and never names another event. */
START_TEST(test_refs)
{
	struct event_ref none = {.serial = 0}, ref[50], again;
	struct eventlog l;

	eventlog_init(&l, 32, true, &spare);
	ck_assert_ptr_null(eventlog_get(&l, &none));
	for (uint32_t i = 0; i < 50; i++)
		raise_at(&l, ANOMALY_GAP, i + 1, &ref[i]);
	for (uint32_t i = 0; i < 50; i++)
		ck_assert_uint_eq(eventlog_get(&l, &ref[i])->frame_no, i + 1);
	again = ref[7];
	eventlog_retract(&l, &ref[7]);
	raise_at(&l, ANOMALY_GAP, 99, &ref[7]);
	ck_assert_ptr_null(eventlog_get(&l, &again));
	ck_assert_uint_eq(eventlog_get(&l, &ref[7])->frame_no, 99);
	ck_assert_uint_eq(l.count[ANOMALY_GAP], 50);
	eventlog_fini(&l);
}
END_TEST

START_TEST(test_revise)
{
	struct event_ref ref;
	struct eventlog l;
	struct event *e;

	eventlog_init(&l, 32, true, &spare);
	e = raise_at(&l, ANOMALY_GAP, 4, &ref);
	e->confidence = CONFIDENCE_POSSIBLE;
	event_set(e, EVIDENCE_BYTES, 77);
	eventlog_revise(&l, &ref, ANOMALY_LOSS_UPSTREAM);
	e = eventlog_revise(&l, &ref, ANOMALY_CAPTURE_GAP);
	ck_assert_ptr_eq(e, eventlog_get(&l, &ref));
	ck_assert_uint_eq(e->kind, ANOMALY_CAPTURE_GAP);
	ck_assert_uint_eq(e->severity, SEVERITY_WARN);
	ck_assert_uint_eq(e->blame, BLAME_CAPTURE);
	ck_assert_uint_eq(e->confidence, CONFIDENCE_CERTAIN);
	ck_assert_uint_eq(e->frame_no, 4);
	ck_assert_int_eq(event_get(e, EVIDENCE_BYTES)->v, 77);
	ck_assert_uint_eq(e->revised_n, 2);
	ck_assert_uint_eq(e->revised_from[0], ANOMALY_GAP);
	ck_assert_uint_eq(e->revised_from[1], ANOMALY_LOSS_UPSTREAM);
	ck_assert_uint_eq(l.count[ANOMALY_GAP], 0);
	ck_assert_uint_eq(l.count[ANOMALY_LOSS_UPSTREAM], 0);
	ck_assert_uint_eq(l.count[ANOMALY_CAPTURE_GAP], 1);
	eventlog_fini(&l);
}
END_TEST

/* The oldest kinds stay when there are too many. */
START_TEST(test_revise_often)
{
	struct event_ref ref;
	struct eventlog l;
	struct event *e;

	eventlog_init(&l, 32, true, &spare);
	e = eventlog_raise(&l, ANOMALY_GAP, &ref);
	for (int i = 0; i < 5; i++) {
		eventlog_revise(&l, &ref, ANOMALY_OUT_OF_ORDER);
		e = eventlog_revise(&l, &ref, ANOMALY_LOSS_UPSTREAM);
	}
	ck_assert_uint_eq(e->revised_n, EVENT_REVISIONS);
	ck_assert_uint_eq(e->revised_from[0], ANOMALY_GAP);
	ck_assert_uint_eq(e->revised_from[3], ANOMALY_OUT_OF_ORDER);
	ck_assert_uint_eq(e->kind, ANOMALY_LOSS_UPSTREAM);
	ck_assert_uint_eq(l.count[ANOMALY_LOSS_UPSTREAM], 1);
	ck_assert_uint_eq(l.count[ANOMALY_OUT_OF_ORDER], 0);
	eventlog_fini(&l);
}
END_TEST

START_TEST(test_retract)
{
	struct event_ref ref;
	struct eventlog l;
	struct event *event;
	uint32_t n;

	eventlog_init(&l, 32, true, &spare);
	raise_named(&l, ANOMALY_GAP, 1, NULL);
	raise_named(&l, ANOMALY_DUP_ACK, 2, &ref);
	raise_named(&l, ANOMALY_GAP, 3, NULL);
	eventlog_retract(&l, &ref);
	ck_assert_ptr_null(eventlog_get(&l, &ref));
	ck_assert_uint_eq(l.count[ANOMALY_DUP_ACK], 0);
	event = eventlog_take(&l, &n);
	ck_assert_uint_eq(n, 2);
	ck_assert_uint_eq(event[0].frame_no, 1);
	ck_assert_uint_eq(event[1].frame_no, 3);
	ck_assert_str_eq(event[1].text, NAMED);
	release(event, n);
	eventlog_fini(&l);
}
END_TEST

START_TEST(test_order)
{
	/* frame, then rule: R6.15, R6.34, R6.35, R6.42 */
	static const struct {
		uint64_t frame_no;
		enum anomaly_kind kind;
	} want[] = {
	    {3, ANOMALY_WINDOW_UPDATE},
	    {7, ANOMALY_RETRANSMISSION_UNCLASSIFIED},
	    {7, ANOMALY_DUP_ACK},
	    {7, ANOMALY_DSACK},
	    {7, ANOMALY_WINDOW_UPDATE},
	    {9, ANOMALY_RETRANSMISSION_UNCLASSIFIED},
	};
	static const int order[] = {4, 0, 5, 3, 1, 2};
	struct event *event;
	struct eventlog l;
	uint32_t n;

	eventlog_init(&l, 32, true, &spare);
	for (int i = 0; i < ROWS(order); i++)
		raise_at(
		    &l, want[order[i]].kind, want[order[i]].frame_no, NULL);
	event = eventlog_take(&l, &n);
	ck_assert_uint_eq(n, ROWS(want));
	for (uint32_t i = 0; i < n; i++) {
		ck_assert_uint_eq(event[i].frame_no, want[i].frame_no);
		ck_assert_uint_eq(event[i].kind, want[i].kind);
	}
	release(event, n);
	eventlog_fini(&l);
}
END_TEST

START_TEST(test_take)
{
	struct event_ref ref;
	struct event *event;
	struct eventlog l;
	uint32_t n = 7;

	eventlog_init(&l, 32, true, &spare);
	ck_assert_ptr_null(eventlog_take(&l, &n));
	ck_assert_uint_eq(n, 0);
	raise_named(&l, ANOMALY_GAP, 1, &ref);
	event = eventlog_take(&l, &n);
	ck_assert_uint_eq(n, 1);
	release(event, n);
	ck_assert_ptr_null(eventlog_get(&l, &ref));
	ck_assert_uint_eq(l.count[ANOMALY_GAP], 1);
	ck_assert_ptr_null(eventlog_take(&l, &n));
	ck_assert_uint_eq(n, 0);
	eventlog_fini(&l);
}
END_TEST

/* R1.35: of frames 1 to raised, these stay. */
static const struct bound {
	uint32_t keep, raised, first, last;
} bounds[] = {
    {32, 31, 31, 0}, {32, 32, 32, 0}, {32, 33, 16, 16}, {32, 500, 16, 16},
    {4, 100, 2, 2}, {5, 100, 2, 3}, {1, 100, 0, 1},
    {0, 500, 500, 0}, /* no bound */
};

/* The frames of one kind that were kept, against a row of the table. */
static void
check_kept(const struct event *event, uint32_t n, enum anomaly_kind kind,
    const struct bound *b)
{
	uint32_t seen = 0;

	for (uint32_t i = 0; i < n; i++) {
		uint64_t want = seen + 1;

		if (event[i].kind != kind)
			continue;
		if (seen >= b->first)
			want += b->raised - b->first - b->last;
		ck_assert_uint_eq(event[i].frame_no, want);
		ck_assert_str_eq(event[i].text, NAMED);
		seen++;
	}
	ck_assert_uint_eq(seen, b->first + b->last);
}

/* Two kinds, each with its own bound; one is final at once. */
START_TEST(test_bound)
{
	const struct bound *b = &bounds[_i];
	struct event_ref ref;
	struct eventlog l;
	struct event *event;
	uint32_t n;

	eventlog_init(&l, b->keep, true, &spare);
	for (uint32_t i = 1; i <= b->raised; i++) {
		raise_named(&l, ANOMALY_DUP_ACK, i, NULL);
		raise_named(&l, ANOMALY_GAP, i, &ref);
		eventlog_settle(&l, &ref);
		if (b->keep > 0)
			ck_assert_uint_le(l.n, 2 * b->keep + 2);
	}
	ck_assert_uint_eq(l.count[ANOMALY_DUP_ACK], b->raised);
	ck_assert_uint_eq(l.count[ANOMALY_GAP], b->raised);
	event = eventlog_take(&l, &n);
	check_kept(event, n, ANOMALY_DUP_ACK, b);
	check_kept(event, n, ANOMALY_GAP, b);
	release(event, n);
	eventlog_fini(&l);
}
END_TEST

/* What is pending can be revised however many come after it. */
START_TEST(test_pending)
{
	static const struct bound bound = {4, 100, 2, 2};
	struct event_ref ref[100];
	struct event *event;
	struct eventlog l;
	uint32_t i, n;

	eventlog_init(&l, bound.keep, true, &spare);
	for (i = 0; i < 100; i++)
		raise_named(&l, ANOMALY_GAP, i + 1, &ref[i]);
	for (i = 0; i < 100; i++)
		ck_assert_ptr_nonnull(eventlog_get(&l, &ref[i]));
	for (i = 0; i < 100; i++) {
		eventlog_revise(&l, &ref[i], ANOMALY_OUT_OF_ORDER);
		if (i % 2 == 0)
			eventlog_settle(&l, &ref[i]);
	}
	ck_assert_uint_eq(l.count[ANOMALY_GAP], 0);
	ck_assert_uint_eq(l.count[ANOMALY_OUT_OF_ORDER], 100);
	event = eventlog_take(&l, &n);
	ck_assert_uint_eq(n, 4);
	ck_assert_uint_eq(event[0].frame_no, 1);
	ck_assert_uint_eq(event[3].frame_no, 100);
	for (i = 0; i < n; i++)
		ck_assert_uint_eq(event[i].revised_from[0], ANOMALY_GAP);
	release(event, n);
	eventlog_fini(&l);
}
END_TEST

/* Counts stay exact for events whose detail is gone. */
START_TEST(test_dropped)
{
	struct event_ref ref[10];
	struct eventlog l;
	struct event *e;

	eventlog_init(&l, 2, true, &spare);
	for (uint32_t i = 0; i < 10; i++) {
		raise_named(&l, ANOMALY_GAP, i + 1, &ref[i]);
		eventlog_settle(&l, &ref[i]);
	}
	ck_assert_ptr_null(eventlog_get(&l, &ref[5]));
	e = eventlog_revise(&l, &ref[5], ANOMALY_OUT_OF_ORDER);
	ck_assert_ptr_eq(e, &spare);
	ck_assert_uint_eq(e->kind, ANOMALY_OUT_OF_ORDER);
	eventlog_retract(&l, &ref[6]);
	ck_assert_uint_eq(l.count[ANOMALY_GAP], 8);
	ck_assert_uint_eq(l.count[ANOMALY_OUT_OF_ORDER], 1);
	eventlog_retract(&l, &ref[5]);
	ck_assert_uint_eq(l.count[ANOMALY_OUT_OF_ORDER], 0);
	eventlog_fini(&l);
}
END_TEST

START_TEST(test_no_details)
{
	struct event_ref ref;
	struct eventlog l;
	struct event *e;
	uint32_t n;

	eventlog_init(&l, 32, false, &spare);
	for (uint32_t i = 0; i < 40; i++)
		raise_named(&l, ANOMALY_DUP_ACK, i + 1, NULL);
	raise_named(&l, ANOMALY_GAP, 50, &ref);
	ck_assert_ptr_null(eventlog_get(&l, &ref));
	e = eventlog_revise(&l, &ref, ANOMALY_CAPTURE_GAP);
	ck_assert_uint_eq(e->kind, ANOMALY_CAPTURE_GAP);
	ck_assert_ptr_null(e->text);
	eventlog_settle(&l, &ref);
	ck_assert_uint_eq(l.count[ANOMALY_DUP_ACK], 40);
	ck_assert_uint_eq(l.count[ANOMALY_GAP], 0);
	ck_assert_uint_eq(l.count[ANOMALY_CAPTURE_GAP], 1);
	eventlog_retract(&l, &ref);
	ck_assert_uint_eq(l.count[ANOMALY_CAPTURE_GAP], 0);
	ck_assert_ptr_null(eventlog_take(&l, &n));
	ck_assert_uint_eq(n, 0);
	eventlog_fini(&l);
}
END_TEST

START_TEST(test_flip)
{
	struct event_ref ref[2];
	struct eventlog l;

	eventlog_init(&l, 32, true, &spare);
	raise_at(&l, ANOMALY_GAP, 1, &ref[0])->from = CLIENT;
	raise_at(&l, ANOMALY_DUP_ACK, 2, &ref[1])->from = SERVER;
	eventlog_settle(&l, &ref[1]);
	eventlog_flip(&l);
	ck_assert_uint_eq(eventlog_get(&l, &ref[0])->from, SERVER);
	ck_assert_uint_eq(eventlog_get(&l, &ref[1])->from, CLIENT);
	eventlog_flip(&l);
	ck_assert_uint_eq(eventlog_get(&l, &ref[0])->from, CLIENT);
	eventlog_fini(&l);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("eventlog");
	TCase *t;

	t = tcase_create("life");
	tcase_add_test(t, test_raise);
	tcase_add_test(t, test_refs);
	tcase_add_test(t, test_revise);
	tcase_add_test(t, test_revise_often);
	tcase_add_test(t, test_retract);
	tcase_add_test(t, test_flip);
	suite_add_tcase(s, t);
	t = tcase_create("list");
	tcase_add_test(t, test_order);
	tcase_add_test(t, test_take);
	suite_add_tcase(s, t);
	t = tcase_create("R1.35 bound");
	tcase_add_loop_test(t, test_bound, 0, ROWS(bounds));
	tcase_add_test(t, test_pending);
	tcase_add_test(t, test_dropped);
	tcase_add_test(t, test_no_details);
	suite_add_tcase(s, t);
	return run_suite(s);
}
