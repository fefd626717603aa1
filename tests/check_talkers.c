/*
 * check_talkers.c - hosts by bytes, exact while they fit, bounded beyond.
 */
#include <string.h>

#include "model/talkers.h"
#include "support/run_suite.h"

static void
put_address(uint8_t addr[16], uint32_t host)
{
	memset(addr, 0, 16);
	for (unsigned i = 0; i < 4; i++)
		addr[i] = (uint8_t)(host >> (24 - 8 * i));
}

static void
add(struct talkers *t, uint32_t host, uint64_t sent, uint64_t received)
{
	uint8_t addr[16];

	put_address(addr, host);
	talkers_add(t, addr, 4, 3, sent, received);
}

static uint32_t
host_of(const struct talker *t)
{
	return (uint32_t)t->addr[0] << 24 | (uint32_t)t->addr[1] << 16 |
	       (uint32_t)t->addr[2] << 8 | t->addr[3];
}

START_TEST(sums_and_order)
{
	struct talkers t = {.hash = &hash_key_fixed};
	const struct talker *top[TALKERS_TOP];
	uint8_t addr[16];

	ck_assert_uint_eq(talkers_top(&t, top), 0);
	add(&t, 5, 100, 10);
	add(&t, 9, 50, 60);
	add(&t, 7, 1, 1);
	add(&t, 5, 100, 10);
	put_address(addr, 7);
	talkers_add(&t, addr, 6, 1, 1000, 0);
	ck_assert_uint_eq(talkers_top(&t, top), 4);
	ck_assert_uint_eq(top[0]->version, 6);
	ck_assert_uint_eq(host_of(top[1]), 5);
	ck_assert_uint_eq(top[1]->connections, 2);
	ck_assert_uint_eq(top[1]->packets, 6);
	ck_assert_uint_eq(top[1]->sent_bytes, 200);
	ck_assert_uint_eq(top[1]->received_bytes, 20);
	ck_assert_uint_eq(talker_bytes(top[1]), 220);
	ck_assert_uint_eq(top[1]->uncounted_bytes, 0);
	ck_assert_uint_eq(host_of(top[2]), 9);
	ck_assert_uint_eq(host_of(top[3]), 7);
	talkers_fini(&t);
}
END_TEST

/* Ten are told; equal ones by address, whatever the order they came in. */
START_TEST(first_ten_of_equals)
{
	struct talkers t = {.hash = &hash_key_fixed};
	const struct talker *top[TALKERS_TOP];

	for (uint32_t host = 1000; host > 0; host--)
		add(&t, host, 7, 0);
	add(&t, 500, 1, 0);
	ck_assert_uint_eq(talkers_top(&t, top), TALKERS_TOP);
	ck_assert_uint_eq(host_of(top[0]), 500);
	for (uint32_t i = 1; i < TALKERS_TOP; i++)
		ck_assert_uint_eq(host_of(top[i]), i);
	talkers_fini(&t);
}
END_TEST

/* A flood of forged hosts neither grows the table nor hides the loud. */
START_TEST(flood_is_bounded)
{
	struct talkers t = {.hash = &hash_key_fixed};
	const struct talker *top[TALKERS_TOP];

	for (uint32_t i = 0; i < 5 * TALKERS_MAX; i++) {
		add(&t, 1 << 24 | i, 40, 0);
		if (i % 100 == 0)
			add(&t, 1, 1000, 1000);
	}
	ck_assert_uint_le(t.n, TALKERS_MAX);
	ck_assert_uint_le(t.room, 2 * TALKERS_MAX);
	add(&t, 2, 10, 0);
	add(&t, 2, 5000, 0);
	ck_assert_uint_eq(talkers_top(&t, top), TALKERS_TOP);
	ck_assert_uint_eq(host_of(top[0]), 1);
	ck_assert_uint_eq(
	    talker_bytes(top[0]), (5 * TALKERS_MAX + 99) / 100 * 2000);
	ck_assert_uint_eq(top[0]->uncounted_bytes, 0);
	ck_assert_uint_eq(host_of(top[1]), 2);
	ck_assert_uint_ge(top[1]->uncounted_bytes, 40);
	talkers_fini(&t);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("talkers");
	TCase *t = tcase_create("rules");

	tcase_add_test(t, sums_and_order);
	tcase_add_test(t, first_ten_of_equals);
	tcase_add_test(t, flood_is_bounded);
	suite_add_tcase(s, t);
	return run_suite(s);
}
