/*
 * check_fanout.c - hosts that do the same to many others (R5.17, R5.21).
 */
#include "engine/fanout.h"

#include <stdlib.h>

#include "base/constants.h"
#include "support/run_suite.h"

/* 10.0.0.9, which sends as dir 0, and the other end. */
static struct flow_key
key_to(uint8_t host, uint16_t port)
{
	return (struct flow_key){
	    .addr = {{10, 0, 0, 9}, {192, 0, 2, host}},
	    .port = {40000, port},
	    .version = 4,
	};
}

static struct fanout *
fanout(void)
{
	struct fanout *f = fanout_new();

	if (f == NULL)
		abort();
	return f;
}

static void
note(struct fanout *f, enum fanout_kind kind, uint8_t host, uint16_t port)
{
	struct flow_key key = key_to(host, port);

	fanout_note(f, kind, &key, 0);
}

static bool
wide(const struct fanout *f, enum fanout_kind kind)
{
	struct flow_key key = key_to(1, 1);

	return fanout_wide(f, kind, &key, 0);
}

START_TEST(test_ports_make_a_scan)
{
	struct fanout *f = fanout();
	uint16_t port;

	ck_assert(!wide(f, FANOUT_SYN_SCAN));
	for (port = 1; port < FANOUT_WIDE; port++) {
		note(f, FANOUT_SYN_SCAN, 1, port);
		note(f, FANOUT_SYN_SCAN, 1, port);
	}
	ck_assert(!wide(f, FANOUT_SYN_SCAN));
	note(f, FANOUT_SYN_SCAN, 1, FANOUT_WIDE);
	ck_assert(wide(f, FANOUT_SYN_SCAN));
	ck_assert(!wide(f, FANOUT_RST_ONLY));
	fanout_free(f);
}
END_TEST

START_TEST(test_hosts_make_backscatter)
{
	struct fanout *f = fanout();
	uint8_t i;

	for (i = 1; i <= 2 * FANOUT_WIDE; i++)
		note(f, FANOUT_RST_ONLY, 1, i);
	ck_assert(!wide(f, FANOUT_RST_ONLY));
	for (i = 1; i <= FANOUT_WIDE; i++)
		note(f, FANOUT_RST_ONLY, i, 80);
	ck_assert(wide(f, FANOUT_RST_ONLY));
	ck_assert(!wide(f, FANOUT_SYN_ACK_ONLY));
	fanout_free(f);
}
END_TEST

START_TEST(test_the_other_end_did_nothing)
{
	struct fanout *f = fanout();
	struct flow_key key = key_to(1, 1);
	uint8_t i;

	for (i = 1; i <= FANOUT_WIDE; i++)
		note(f, FANOUT_RST_ONLY, i, 1);
	ck_assert(!fanout_wide(f, FANOUT_RST_ONLY, &key, 1));
	key.version = 6;
	ck_assert(!fanout_wide(f, FANOUT_RST_ONLY, &key, 0));
	fanout_free(f);
}
END_TEST

/* More hosts than it keeps: those that it knows stay known. */
START_TEST(test_full)
{
	struct fanout *f = fanout();
	unsigned i;

	for (i = 1; i <= FANOUT_WIDE; i++)
		note(f, FANOUT_RST_ONLY, (uint8_t)i, 80);
	for (i = 0; i < 100000; i++) {
		struct flow_key key = key_to(1, 80);

		key.addr[0][1] = (uint8_t)(i >> 16);
		key.addr[0][2] = (uint8_t)(i >> 8);
		key.addr[0][3] = (uint8_t)i;
		fanout_note(f, FANOUT_SYN_ACK_ONLY, &key, 0);
		ck_assert(!fanout_wide(f, FANOUT_SYN_ACK_ONLY, &key, 0));
	}
	ck_assert(wide(f, FANOUT_RST_ONLY));
	fanout_free(f);
}
END_TEST

static Suite *
fanout_suite(void)
{
	Suite *s = suite_create("fanout");
	TCase *tc = tcase_create("R5.17, R5.21");

	tcase_add_test(tc, test_ports_make_a_scan);
	tcase_add_test(tc, test_hosts_make_backscatter);
	tcase_add_test(tc, test_the_other_end_did_nothing);
	tcase_add_test(tc, test_full);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(fanout_suite());
}
