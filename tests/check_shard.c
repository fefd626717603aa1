/*
 * check_shard.c - parts of all connections.
 */
#include "program/shard.h"

#include "support/run_suite.h"

#define FLOWS 20000

static struct flow_key
flow(unsigned i)
{
	struct flow_key key = {.version = 4, .port = {80, (uint16_t)(i / 7)}};

	key.addr[0][0] = 10;
	key.addr[1][0] = 10;
	key.addr[1][3] = (uint8_t)(i % 7);
	return key;
}

static const unsigned numbers[] = {1, 2, 3, 7, 8, 64};

/* Each flow is in one part, and the parts are about as large. */
START_TEST(parts_are_the_whole)
{
	unsigned n = numbers[_i], size[64] = {0};

	for (unsigned i = 0; i < FLOWS; i++) {
		struct flow_key key = flow(i);
		unsigned in = 0;

		for (unsigned k = 1; k <= n; k++) {
			struct shard s = {.k = k, .n = n};

			if (!shard_has(&s, &key))
				continue;
			in++;
			size[k - 1]++;
		}
		ck_assert_uint_eq(in, 1);
	}
	for (unsigned k = 0; k < n; k++) {
		ck_assert_uint_gt(size[k], FLOWS / n * 3 / 4);
		ck_assert_uint_lt(size[k], FLOWS / n * 5 / 4 + 1);
	}
}
END_TEST

/* The same everywhere: these were so when the first reports were merged. */
START_TEST(parts_are_stable)
{
	static const unsigned parts[] = {5, 12, 3, 1, 15, 9, 13, 13};

	for (unsigned i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct flow_key key = flow(i), inside = flow(i);
		struct shard s = {.k = parts[i], .n = 16};

		inside.vlan = 5;
		inside.tunnel = 6;
		ck_assert(shard_has(&s, &key));
		ck_assert(shard_has(&s, &inside));
	}
}
END_TEST

START_TEST(no_parts)
{
	const struct shard none = {0};
	struct flow_key key = flow(1);

	ck_assert(shard_has(&none, &key));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("shard");
	TCase *t = tcase_create("rules");

	tcase_add_loop_test(t, parts_are_the_whole, 0, ROWS(numbers));
	tcase_add_test(t, parts_are_stable);
	tcase_add_test(t, no_parts);
	suite_add_tcase(s, t);
	return run_suite(s);
}
