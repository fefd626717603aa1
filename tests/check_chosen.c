/*
 * check_chosen.c - which frames belong to the reported connections.
 */
#include "program/chosen.h"

#include <string.h>

#include "support/run_suite.h"

static struct conn_report
report_of(uint32_t number, uint16_t client_port, uint64_t first, uint64_t last)
{
	struct conn_report r = {.number = number,
	    .version = 4,
	    .first_frame = first,
	    .last_frame = last};

	r.side[CLIENT].addr[0] = 10;
	r.side[SERVER].addr[0] = 9;
	r.side[CLIENT].port = client_port;
	r.side[SERVER].port = 80;
	return r;
}

/* As the decoder has it: the lower endpoint first. */
static struct flow_key
key_of(uint16_t client_port)
{
	struct flow_key key = {.version = 4, .port = {80, client_port}};

	key.addr[0][0] = 9;
	key.addr[1][0] = 10;
	return key;
}

/* Two connections on one tuple, with a third between that is not reported. */
START_TEST(spans_of_a_tuple)
{
	struct chosen *c = chosen_new(SORT_DEFAULT, 0, &hash_key_fixed);
	struct conn_report a = report_of(1, 1000, 5, 9);
	struct conn_report b = report_of(3, 1000, 20, 29);
	struct flow_key key = key_of(1000), other = key_of(1001);
	struct flow_key vlan = key, tunnel = key;

	vlan.vlan = 7;
	tunnel.tunnel = 1;
	ck_assert(chosen_add(c, &b) && chosen_add(c, &a) && chosen_close(c));
	for (uint64_t n = 1; n < 40; n++) {
		bool within = (n >= 5 && n <= 9) || (n >= 20 && n <= 29);

		ck_assert_int_eq(chosen_segment(c, &key, n), within);
		ck_assert_int_eq(chosen_icmp(c, &key), n >= 5);
		ck_assert(!chosen_segment(c, &other, n));
		ck_assert(!chosen_segment(c, &vlan, n));
		ck_assert(!chosen_segment(c, &tunnel, n));
	}
	chosen_free(c);
}
END_TEST

#define REUSES 100000

/* A tuple that is used again and again, every other time reported. */
START_TEST(many_of_a_tuple)
{
	struct chosen *c = chosen_new(SORT_DEFAULT, 0, &hash_key_fixed);
	struct flow_key key = key_of(1000);
	uint32_t wrong = 0;

	for (uint32_t i = REUSES; i > 0; i--) {
		struct conn_report r = report_of(i, 1000, 6 * i, 6 * i + 2);

		wrong += !chosen_add(c, &r);
	}
	for (uint64_t n = 6; n < 6 * (REUSES + 1); n++)
		wrong += !chosen_fragments(c, &key, n, &n, 1);
	ck_assert(chosen_close(c));
	for (uint64_t n = 1; n < 6 * (REUSES + 1); n++) {
		bool within = n >= 6 && n % 6 <= 2;

		wrong += chosen_segment(c, &key, n) != within;
		wrong += chosen_fragment(c, n) != within;
	}
	ck_assert_uint_eq(wrong, 0);
	chosen_free(c);
}
END_TEST

/* Of frames of fragments those of wanted segments, once each. */
START_TEST(fragments)
{
	struct chosen *c = chosen_new(SORT_DEFAULT, 0, &hash_key_fixed);
	struct conn_report a = report_of(1, 1000, 5, 9);
	struct flow_key key = key_of(1000), other = key_of(1001);
	const uint64_t late[] = {7, 8}, early[] = {3, 5}, strange[] = {4, 6};

	ck_assert(chosen_fragments(c, &key, 8, late, 2));
	ck_assert(chosen_fragments(c, &other, 6, strange, 2));
	ck_assert(chosen_fragments(c, &key, 5, early, 2));
	ck_assert(chosen_add(c, &a) && chosen_close(c));
	for (uint64_t n = 1; n < 12; n++)
		ck_assert_int_eq(chosen_fragment(c, n),
		    n == 3 || n == 5 || n == 7 || n == 8);
	chosen_free(c);
}
END_TEST

/* --top: the first ones in the order of the report. */
START_TEST(first_of_many)
{
	struct chosen *c = chosen_new(SORT_DURATION, 2, &hash_key_fixed);

	for (uint16_t i = 0; i < 500; i++) {
		struct conn_report r =
		    report_of(i + 1u, (uint16_t)(1000 + i), 1, 1000);

		r.last_ns = i == 77 || i == 300 ? 500 : i % 50;
		ck_assert(chosen_add(c, &r));
	}
	ck_assert(chosen_close(c));
	for (uint16_t i = 0; i < 500; i++) {
		struct flow_key key = key_of((uint16_t)(1000 + i));

		ck_assert_int_eq(
		    chosen_segment(c, &key, 1), i == 77 || i == 300);
	}
	chosen_free(c);
}
END_TEST

START_TEST(none)
{
	struct chosen *c = chosen_new(SORT_DEFAULT, 0, &hash_key_fixed);
	struct flow_key key = key_of(1);

	ck_assert(chosen_close(c));
	ck_assert(!chosen_segment(c, &key, 1) && !chosen_fragment(c, 1));
	chosen_free(c);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("chosen");
	TCase *t = tcase_create("rules");

	tcase_add_test(t, spans_of_a_tuple);
	tcase_add_test(t, many_of_a_tuple);
	tcase_add_test(t, fragments);
	tcase_add_test(t, first_of_many);
	tcase_add_test(t, none);
	suite_add_tcase(s, t);
	return run_suite(s);
}
