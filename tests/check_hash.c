/*
 * check_hash.c - tuples made to collide do so under one key only, and those
 * that traffic has by itself collide under none. What counts is how many slots
 * of an open-addressed table are looked at, as flow.c has it.
 */
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "support/run_suite.h"
#include "words/segment.h"

#define TUPLES 4096u
#define SLOTS (2 * TUPLES)
#define KEYS 200

/* Slots looked at while n tuples are entered and then looked up. */
static uint64_t
probes(const struct hash_key *hash, const struct flow_key *key, uint32_t n)
{
	static bool taken[SLOTS];
	uint64_t sum = 0;
	uint32_t i;

	memset(taken, 0, sizeof(taken));
	for (i = 0; i < n; i++) {
		uint32_t at = flow_key_hash(hash, &key[i]) % SLOTS;

		for (sum += 2; taken[at]; sum += 2)
			at = (at + 1) % SLOTS;
		taken[at] = true;
	}
	return sum;
}

/* The i-th key of a series that looks like chance and is always the same. */
static struct hash_key
key_by_number(uint64_t i)
{
	struct hash_key key;
	unsigned k;

	for (k = 0; k < 2 * HASH_WORDS; k++) {
		uint64_t x = (i * 64 + k + 1) * UINT64_C(0x9e3779b97f4a7c15);

		x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
		x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
		key.k[k] = x ^ x >> 31;
	}
	return key;
}

/* --- tuples as they come ------------------------------------------------ */

static struct flow_key
tuple(unsigned version)
{
	struct flow_key k = {.version = (uint16_t)version, .port = {80, 40000}};

	k.addr[0][0] = k.addr[1][0] = 10;
	k.addr[1][1] = 1;
	return k;
}

static struct flow_key
by_port(uint32_t i)
{
	struct flow_key k = tuple(4);

	k.port[1] = (uint16_t)(20000 + i);
	return k;
}

static struct flow_key
by_address(uint32_t i)
{
	struct flow_key k = tuple(4);

	k.addr[1][2] = (uint8_t)(i >> 8);
	k.addr[1][3] = (uint8_t)i;
	return k;
}

/* Ports and addresses count up together, as those of a scan do. */
static struct flow_key
by_both(uint32_t i)
{
	struct flow_key k = by_address(i);

	k.port[0] = (uint16_t)i;
	return k;
}

static struct flow_key
by_address_6(uint32_t i)
{
	struct flow_key k = tuple(6);

	k.addr[1][14] = (uint8_t)(i >> 8);
	k.addr[1][15] = (uint8_t)i;
	return k;
}

static struct flow_key
by_tunnel(uint32_t i)
{
	struct flow_key k = tuple(4);

	k.tunnel = i + 1;
	return k;
}

static struct flow_key
by_vlan(uint32_t i)
{
	struct flow_key k = tuple(6);

	k.vlan = (uint16_t)(i % 4096);
	return k;
}

static struct flow_key (*const series[])(uint32_t i) = {
    by_port, by_address, by_both, by_address_6, by_tunnel, by_vlan};

/* Half full, a table needs 1.5 slots an item where hashes are of chance. */
START_TEST(test_series)
{
	static struct flow_key key[TUPLES];
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < TUPLES; i++)
		key[i] = series[_i](i);
	for (i = 0; i < KEYS; i++) {
		struct hash_key hash = key_by_number(i);
		uint64_t n = probes(&hash, key, TUPLES);

		sum += n;
		ck_assert_msg(n < 2 * 10 * TUPLES, "key %u: %u slots a tuple",
		    i, (unsigned)(n / 2 / TUPLES));
	}
	ck_assert_uint_lt(sum, (uint64_t)KEYS * 2 * 2 * TUPLES);
}
END_TEST

/* --- tuples made to collide --------------------------------------------- */

/* Tuples of one slot under this key, found by trying. */
static void
collide(const struct hash_key *hash, struct flow_key *key, uint32_t n)
{
	struct flow_key k = tuple(4);
	uint32_t found = 0, i;

	for (i = 0; found < n; i++) {
		memcpy(k.addr[1], &i, sizeof(i));
		k.port[1] = (uint16_t)(1 + (i >> 12));
		if (flow_key_hash(hash, &k) % SLOTS == 7)
			key[found++] = k;
	}
}

START_TEST(test_collisions)
{
	static struct flow_key key[TUPLES];
	struct hash_key known = key_by_number(1), other;
	uint32_t i;

	collide(&known, key, TUPLES);
	ck_assert_uint_eq(
	    probes(&known, key, TUPLES), (uint64_t)TUPLES * (TUPLES + 1));
	for (i = 2; i < KEYS; i++) {
		other = key_by_number(i);
		ck_assert_uint_lt(probes(&other, key, TUPLES), 2 * 3 * TUPLES);
	}
	hash_key_draw(&other);
	ck_assert_uint_lt(probes(&other, key, TUPLES), 2 * 3 * TUPLES);
}
END_TEST

/* Every bit of a tuple counts: changing one changes the hash. */
START_TEST(test_bits)
{
	struct flow_key was = tuple(6), now;
	uint32_t bit, same = 0;

	for (bit = 0; bit < 8 * sizeof(was); bit++) {
		now = was;
		((uint8_t *)&now)[bit / 8] ^= (uint8_t)(1 << bit % 8);
		same += flow_key_hash(&hash_key_fixed, &was) ==
			flow_key_hash(&hash_key_fixed, &now);
	}
	ck_assert_uint_eq(same, 0);
}
END_TEST

/* The system's bytes: never the same twice, and all of them. */
START_TEST(test_draw)
{
	struct hash_key a, b;
	unsigned i;

	hash_key_draw(&a);
	hash_key_draw(&b);
#ifdef HAVE_GETENTROPY
	for (i = 0; i < 2 * HASH_WORDS; i++)
		ck_assert_uint_ne(a.k[i], b.k[i]);
#else
	for (i = 0; i < 2 * HASH_WORDS; i++)
		ck_assert_uint_eq(a.k[i], hash_key_fixed.k[i]);
#endif
}
END_TEST

static Suite *
hash_suite(void)
{
	Suite *s = suite_create("hash");
	TCase *tc = tcase_create("slots");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test_series, 0, ROWS(series));
	tcase_add_test(tc, test_collisions);
	tcase_add_test(tc, test_bits);
	tcase_add_test(tc, test_draw);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(hash_suite());
}
