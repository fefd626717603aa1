/*
 * check_event.c - evidence of events and the words it uses (R6.0).
 */
#include "words/event.h"

#include "support/name_checks.h"
#include "support/run_suite.h"

START_TEST(test_set)
{
	struct event e = {0};
	const struct evidence *got;

	event_set(&e, EVIDENCE_BYTES, 1460);
	event_set_range(&e, EVIDENCE_RANGE, 1, 1461);
	event_set(&e, EVIDENCE_DELAY, -5);
	ck_assert_uint_eq(e.evidence_n, 3);
	got = event_get(&e, EVIDENCE_BYTES);
	ck_assert_ptr_nonnull(got);
	ck_assert_int_eq(got->v, 1460);
	ck_assert_int_eq(got->v2, 0);
	got = event_get(&e, EVIDENCE_RANGE);
	ck_assert_ptr_nonnull(got);
	ck_assert_int_eq(got->v, 1);
	ck_assert_int_eq(got->v2, 1461);
	ck_assert_int_eq(event_get(&e, EVIDENCE_DELAY)->v, -5);
	ck_assert_ptr_null(event_get(&e, EVIDENCE_RTT));
}
END_TEST

START_TEST(test_replace)
{
	struct event e = {0};

	event_set_range(&e, EVIDENCE_RANGE, 1, 5);
	event_set(&e, EVIDENCE_BYTES, 4);
	event_set_range(&e, EVIDENCE_RANGE, 2, 9);
	ck_assert_uint_eq(e.evidence_n, 2);
	ck_assert_int_eq(e.evidence[0].key, EVIDENCE_RANGE);
	ck_assert_int_eq(e.evidence[0].v, 2);
	ck_assert_int_eq(e.evidence[0].v2, 9);
	ck_assert_int_eq(e.evidence[1].key, EVIDENCE_BYTES);
	ck_assert_int_eq(e.evidence[1].v, 4);
}
END_TEST

START_TEST(test_full)
{
	struct event e = {0};

	for (int i = 0; i < EVENT_EVIDENCE; i++)
		event_set(&e, (enum evidence_key)i, i);
	event_set(&e, EVIDENCE_CAUSE_FRAME, 1);
	ck_assert_uint_eq(e.evidence_n, EVENT_EVIDENCE);
	ck_assert_ptr_null(event_get(&e, EVIDENCE_CAUSE_FRAME));
	/* what is there can still be replaced */
	event_set(&e, (enum evidence_key)(EVENT_EVIDENCE - 1), 77);
	ck_assert_uint_eq(e.evidence_n, EVENT_EVIDENCE);
	for (int i = 0; i < EVENT_EVIDENCE; i++)
		ck_assert_int_eq(
		    e.evidence[i].v, i == EVENT_EVIDENCE - 1 ? 77 : i);
}
END_TEST

START_TEST(test_cite)
{
	static const uint64_t cited[] = {9, 0, 3, 9, 3, 7, 1, 2, 4, 5};
	static const uint64_t kept[EVENT_FRAMES] = {9, 3, 7, 1, 2, 4};
	struct event e = {.frame_no = 12};

	for (int i = 0; i < ROWS(cited); i++)
		event_cite(&e, cited[i]);
	ck_assert_uint_eq(e.frames_n, EVENT_FRAMES);
	ck_assert_mem_eq(e.frames, kept, sizeof(kept));
}
END_TEST

START_TEST(test_key)
{
	const struct evidence_field *f = &evidence_table[_i];
	const char *keys[EVIDENCE_COUNT];

	for (int i = 0; i < EVIDENCE_COUNT; i++)
		keys[i] = evidence_table[i].key;
	ck_assert_ptr_nonnull(f->key);
	ck_assert_msg(name_is_joined_by(f->key, '_'), "key \"%s\"", f->key);
	ck_assert_int_le(f->unit, UNIT_TEXT);
	assert_unique(keys, EVIDENCE_COUNT, _i);
}
END_TEST

/* Keys say their unit: durations end in _ms, frames in _frame. */
START_TEST(test_unit)
{
	const struct evidence_field *f = &evidence_table[_i];
	size_t len = strlen(f->key);

	ck_assert_int_eq(f->unit == UNIT_NS,
	    len > 3 && strcmp(f->key + len - 3, "_ms") == 0);
	ck_assert_int_eq(f->unit == UNIT_FRAME,
	    len > 6 && strcmp(f->key + len - 6, "_frame") == 0);
}
END_TEST

START_TEST(test_word)
{
	const char *words[WORD_COUNT];

	for (int i = 0; i < WORD_COUNT; i++) {
		words[i] = word_name((enum word)i);
		ck_assert_ptr_nonnull(words[i]);
	}
	if (_i == WORD_NONE)
		ck_assert_str_eq(words[_i], "");
	else
		ck_assert_msg(name_is_joined_by(words[_i], '-'), "word \"%s\"",
		    words[_i]);
	assert_unique(words, WORD_COUNT, _i);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("event");
	TCase *t = tcase_create("evidence");

	tcase_add_test(t, test_set);
	tcase_add_test(t, test_replace);
	tcase_add_test(t, test_full);
	tcase_add_test(t, test_cite);
	suite_add_tcase(s, t);
	t = tcase_create("keys");
	tcase_add_loop_test(t, test_key, 0, EVIDENCE_COUNT);
	tcase_add_loop_test(t, test_unit, 0, EVIDENCE_COUNT);
	suite_add_tcase(s, t);
	t = tcase_create("words");
	tcase_add_loop_test(t, test_word, 0, WORD_COUNT);
	suite_add_tcase(s, t);
	return run_suite(s);
}
