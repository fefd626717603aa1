/*
 * check_tombs.c - records that go on after they timed out (R2.14).
 */
#include "engine/tombs.h"

#include <string.h>

#include "base/constants.h"
#include "support/run_suite.h"
#include "support/scenario.h"

static struct flow_key
key_of(uint16_t port)
{
	struct flow_key k = {.version = 4, .port = {80, port}};

	memcpy(k.addr[0], (uint8_t[]){10, 0, 0, 1}, 4);
	memcpy(k.addr[1], (uint8_t[]){10, 1, 0, 0}, 4);
	return k;
}

/* The end of a connection: its sides had come to 1000 and 5000. */
static void
conn_ending(struct conn *c, const struct limits *limits)
{
	const struct flow_key key = key_of(7);

	conn_init(c, &key, limits, 0);
	c->number = 1;
	c->client_dir = 1;
	c->ep[CLIENT].max_end = UINT64_C(0x300000000) + 1000;
	c->ep[SERVER].max_end = UINT64_C(0x300000000) + 5000;
	c->ep[SERVER].has_ack = true;
}

static const struct {
	const char *name;
	uint16_t key;
	uint8_t dir;
	uint32_t seq;
	bool fits;
} followers[] = {
    {"goes on", 7, 1, 1000, true},
    {"goes on, the other side", 7, 0, 5000, true},
    {"sends again", 7, 1, 1, true},
    {"before, at the border", 7, 1, 1000u - K_BACK_WINDOW, true},
    {"before the border", 7, 1, 999u - K_BACK_WINDOW, false},
    {"beyond, at the border", 7, 1, 1000 + K_BACK_WINDOW, true},
    {"beyond the border", 7, 1, 1001 + K_BACK_WINDOW, false},
    {"far away", 7, 0, 0x80000000u, false},
    {"another tuple", 8, 1, 1000, false},
};

START_TEST(test_tombstone)
{
	struct segment seg = {.key = key_of(followers[_i].key),
	    .dir = followers[_i].dir,
	    .seq = followers[_i].seq,
	    .flags = FLAG_ACK};
	const struct tombstone *tomb;
	struct tombstone left;
	struct tombs t = {0};
	struct limits limits;
	struct conn c;

	limits_init(&limits);
	ck_assert_ptr_null(tombs_find(&t, &seg));
	conn_ending(&c, &limits);
	ck_assert(tomb_of_conn(&c, &left));
	tombs_bury(&t, &limits, &left);
	conn_fini(&c);
	tomb = tombs_find(&t, &seg);
	ck_assert_msg(
	    (tomb != NULL) == followers[_i].fits, "%s", followers[_i].name);
	if (tomb != NULL) {
		ck_assert_uint_eq(tomb->number, 1);
		ck_assert_uint_eq(tomb->client_dir, 1);
		/* nobody else continues it */
		ck_assert_ptr_null(tombs_find(&t, &seg));
	}
	tombs_fini(&t);
}
END_TEST

/* Nothing to continue, or nothing to be remembered. */
START_TEST(test_no_tombstone)
{
	struct segment seg = {
	    .key = key_of(7), .dir = 1, .seq = 1000, .flags = FLAG_ACK};
	struct tombs t = {0};
	struct tombstone left;
	struct limits limits;
	struct conn c;

	limits_init(&limits);
	conn_ending(&c, &limits);
	limits.tombstones = 0;
	ck_assert(tomb_of_conn(&c, &left));
	tombs_bury(&t, &limits, &left);
	c.ep[SERVER].has_ack = false;
	ck_assert(!tomb_of_conn(&c, &left));
	conn_fini(&c);
	ck_assert_ptr_null(tombs_find(&t, &seg));
	tombs_fini(&t);
}
END_TEST

/* The roles go on, whatever the ports say. */
START_TEST(test_continued)
{
	/* the first one is told in brief, or not */
	struct play_setting setting = {.isn = {1000, 2000}, .briefly = _i > 0};
	uint32_t reported = setting.briefly ? 1 : 2;
	struct play p;

	play_init(&p, &setting);
	play_next(&p, "0  S>C S  0 - 0 mss1460");
	play_next(&p, "20 C>S SA 0 1 0 mss1460");
	play_next(&p, "21 S>C A  1 1 0 64240");
	play_next(&p, "30 S>C PA 1 1 100 64240");
	play_next(&p, "50 C>S A  1 101 0 64240");
	play_next(&p, "9001000 C>S PA 1 101 100");
	play_end(&p);
	ck_assert_uint_eq(p.reports_n, reported);
	ck_assert_uint_eq(p.report[1]->continues, 1);
	if (!setting.briefly)
		ck_assert_uint_eq(p.report[0]->continues, 0);
	ck_assert_str_eq(reuse_name(p.report[1]->reuse), "timeout");
	ck_assert_uint_eq(p.report[1]->side[CLIENT].port, 80);
	play_fini(&p);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("tombs");
	TCase *tc = tcase_create("R2.14 tombstones");

	tcase_add_loop_test(tc, test_tombstone, 0, ROWS(followers));
	tcase_add_test(tc, test_no_tombstone);
	tcase_add_loop_test(tc, test_continued, 0, 2);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
