/*
 * check_flow.c - the table of live connections: keys, growth, timeouts
 * (R2.14), eviction (R1.36).
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/constants.h"
#include "base/hash.h"
#include "engine/flow.h"
#include "support/run_suite.h"
#include "support/scenario.h"

#define START_S 1000000

/* --- a table ---------------------------------------------------------- */

struct fixture {
	struct limits limits;
	struct flow_table *t; /* owned */
};

static void
fixture_open(struct fixture *f)
{
	limits_init(&f->limits);
	f->t = flow_new(&f->limits, &hash_key_fixed);
	ck_assert_ptr_nonnull(f->t);
}

/* The i-th of many keys. */
static struct flow_key
key_of(uint32_t i)
{
	struct flow_key k = {.version = 4, .port = {80, 0}};

	memcpy(k.addr[0], (uint8_t[]){10, 0, 0, 1}, 4);
	memcpy(k.addr[1], (uint8_t[]){10, 1, 0, (uint8_t)(i >> 14)}, 4);
	k.port[1] = (uint16_t)(40000 + i % (1u << 14));
	return k;
}

/* A live connection in a flow of its own. */
static struct conn *
conn_of(struct fixture *f, const struct flow_key *key)
{
	struct flow *flow = flow_add(f->t, key);
	struct conn *c = malloc(sizeof(*c));

	ck_assert_ptr_nonnull(flow);
	ck_assert_ptr_nonnull(c);
	conn_init(c, key, &f->limits, 0);
	c->number = flow->number;
	c->flow = flow;
	flow->parked.u.conn = c;
	return c;
}

static struct conn *
conn_add(struct fixture *f, uint32_t i)
{
	struct flow_key k = key_of(i);

	return conn_of(f, &k);
}

/* The connection of a flow, NULL for none. */
static struct conn *
conn_in(const struct flow *flow)
{
	return flow != NULL ? flow->parked.u.conn : NULL;
}

static void
conn_drop(struct fixture *f, struct conn *c)
{
	flow_remove(f->t, c->flow);
	conn_fini(c);
	free(c);
}

/* --- keys (R2.1, R2.2) ------------------------------------------------ */

/* Each differs from the first in one thing only. */
static const struct {
	const char *name;
	struct flow_key key;
} keys[] = {
    {"IPv4", {.version = 4,
		 .addr = {{10, 0, 0, 1}, {10, 0, 0, 2}},
		 .port = {80, 43210}}},
    {"IPv6 with the same bytes", {.version = 6,
				     .addr = {{10, 0, 0, 1}, {10, 0, 0, 2}},
				     .port = {80, 43210}}},
    {"last byte of an IPv6 address",
	{.version = 6,
	    .addr = {{10, 0, 0, 1, [15] = 1}, {10, 0, 0, 2}},
	    .port = {80, 43210}}},
    {"lower address", {.version = 4,
			  .addr = {{10, 0, 0, 0}, {10, 0, 0, 2}},
			  .port = {80, 43210}}},
    {"higher address", {.version = 4,
			   .addr = {{10, 0, 0, 1}, {10, 0, 0, 3}},
			   .port = {80, 43210}}},
    {"lower port", {.version = 4,
		       .addr = {{10, 0, 0, 1}, {10, 0, 0, 2}},
		       .port = {81, 43210}}},
    {"higher port", {.version = 4,
			.addr = {{10, 0, 0, 1}, {10, 0, 0, 2}},
			.port = {80, 43211}}},
    {"ports exchanged", {.version = 4,
			    .addr = {{10, 0, 0, 1}, {10, 0, 0, 2}},
			    .port = {43210, 80}}},
    {"VLAN", {.version = 4,
		 .addr = {{10, 0, 0, 1}, {10, 0, 0, 2}},
		 .port = {80, 43210},
		 .vlan = 7}},
    {"tunnel", {.version = 4,
		   .addr = {{10, 0, 0, 1}, {10, 0, 0, 2}},
		   .port = {80, 43210},
		   .tunnel = 7}},
    {"another tunnel", {.version = 4,
			   .addr = {{10, 0, 0, 1}, {10, 0, 0, 2}},
			   .port = {80, 43210},
			   .tunnel = 0x1000000}},
};

/* Those of keys that are in the table are found, the others not. */
static void
check_keys(const struct fixture *f, struct conn *const *in)
{
	int i;

	for (i = 0; i < ROWS(keys); i++)
		ck_assert_msg(conn_in(flow_lookup(f->t, &keys[i].key)) == in[i],
		    "%s", keys[i].name);
}

START_TEST(test_keys)
{
	struct conn *in[ROWS(keys)] = {NULL};
	struct fixture f;
	int i;

	fixture_open(&f);
	for (i = 0; i < ROWS(keys); i++) {
		check_keys(&f, in);
		in[i] = conn_of(&f, &keys[i].key);
		ck_assert_uint_eq(in[i]->number, (unsigned)i + 1);
	}
	/* take them out in another order */
	for (i = 0; i < ROWS(keys); i++) {
		int j = i * 4 % ROWS(keys);

		check_keys(&f, in);
		conn_drop(&f, in[j]);
		in[j] = NULL;
	}
	check_keys(&f, in);
	flow_free(f.t);
}
END_TEST

/* What flow_expect() found may have ended, and others stand in its place. */
START_TEST(test_expected)
{
	struct flow_key k[3] = {key_of(0), key_of(1), key_of(2)};
	const struct flow_key *const key[3] = {&k[0], &k[1], &k[2]};
	struct flow *likely[3];
	struct conn *c[2];
	struct fixture f;

	fixture_open(&f);
	c[0] = conn_of(&f, key[0]);
	c[1] = conn_of(&f, key[1]);
	flow_expect(f.t, key, 3, likely);
	ck_assert_ptr_eq(likely[0], c[0]->flow);
	ck_assert_ptr_eq(likely[1], c[1]->flow);
	ck_assert_ptr_null(likely[2]);
	ck_assert(flow_is(likely[0], key[0]));
	ck_assert(!flow_is(likely[0], key[1]));
	conn_drop(&f, c[0]);
	ck_assert(!flow_is(likely[0], key[0]));
	c[0] = conn_of(&f, key[2]);
	ck_assert_ptr_eq(c[0]->flow, likely[0]);
	ck_assert(!flow_is(likely[0], key[0]));
	ck_assert(flow_is(likely[1], key[1]));
	flow_free(f.t);
}
END_TEST

/* --- growth, and a model ---------------------------------------------- */

#define MANY 100000u

START_TEST(test_growth)
{
	struct flow **list;
	struct fixture f;
	uint32_t i;

	fixture_open(&f);
	for (i = 0; i < MANY; i++)
		conn_add(&f, i);
	for (i = 0; i < MANY; i++) {
		struct flow_key k = key_of(i);
		struct conn *c = conn_in(flow_lookup(f.t, &k));

		ck_assert_ptr_nonnull(c);
		ck_assert_uint_eq(c->number, i + 1);
	}
	ck_assert_uint_eq(flow_sorted(f.t, &list), MANY);
	for (i = 0; i < MANY; i++)
		ck_assert_uint_eq(list[i]->number, i + 1);
	free(list);
	flow_free(f.t);
}
END_TEST

#define MODEL_KEYS 3000u
#define MODEL_STEPS 40000
#define SEEDS 4

static uint32_t
random_next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* number[i] is that of the connection of key i, 0 for none. */
static void
check_model(struct fixture *f, const uint32_t *number)
{
	struct flow **list;
	uint32_t n = 0, i;

	for (i = 0; i < MODEL_KEYS; i++) {
		struct flow_key k = key_of(i);
		struct conn *c = conn_in(flow_lookup(f->t, &k));

		ck_assert_uint_eq(c != NULL ? c->number : 0, number[i]);
		n += number[i] != 0;
	}
	ck_assert_uint_eq(flow_sorted(f->t, &list), n);
	for (i = 1; i < n; i++)
		ck_assert_uint_lt(list[i - 1]->number, list[i]->number);
	free(list);
}

/* Mostly filling up first, mostly emptying later. */
START_TEST(test_model)
{
	uint32_t number[MODEL_KEYS] = {0}, given = 0;
	uint32_t seed = 0x9e3779b9u * (uint32_t)(_i + 1);
	struct fixture f;
	int step;

	fixture_open(&f);
	for (step = 0; step < MODEL_STEPS; step++) {
		bool fill = step % 10000 < 5000;
		uint32_t i = random_next(&seed) % MODEL_KEYS;
		struct flow_key k = key_of(i);
		struct conn *c = conn_in(flow_lookup(f.t, &k));

		ck_assert_uint_eq(c != NULL ? c->number : 0, number[i]);
		if (random_next(&seed) % 4 == 0)
			fill = !fill;
		if (fill && c == NULL) {
			conn_add(&f, i);
			number[i] = ++given;
		} else if (!fill && c != NULL) {
			conn_drop(&f, c);
			number[i] = 0;
		}
		if (step % 2500 == 0)
			check_model(&f, number);
	}
	check_model(&f, number);
	flow_free(f.t);
}
END_TEST

/* --- timeouts (R2.14) ------------------------------------------------- */

/* The wheel looks into a slot of 16 s when the next one begins. */
#define WHEEL_LATE_S 33

/* A connection, and how long it may be silent after its last row. */
static const struct {
	const char *name;
	const char *row[8];
	int last_ms, limit_s;
} timeouts[] = {
    {"a SYN without answer", {"1 0 C>S S 0 - 0"}, 0, 300},
    {"refused", {"1 0 C>S S 0 - 0", "2 20 S>C RA =0 1 0 0"}, 20, 240},
    {"half-open", {"1 0 C>S S 0 - 0", "2 20 S>C SA 0 1 0"}, 20, 300},
    {"open", {"1 0 C>S S 0 - 0", "2 20 S>C SA 0 1 0", "3 21 C>S A 1 1 0"}, 21,
	9000},
    {"joined in the middle", {"1 0 C>S PA 1 1 100"}, 0, 9000},
    {"half-closed",
	{"1 0 C>S S 0 - 0", "2 20 S>C SA 0 1 0", "3 21 C>S A 1 1 0",
	    "4 30 C>S FA 1 1 0", "5 50 S>C A 1 2 0"},
	50, 9000},
    {"the last FIN is not acknowledged",
	{"1 0 C>S S 0 - 0", "2 20 S>C SA 0 1 0", "3 21 C>S A 1 1 0",
	    "4 30 C>S FA 1 1 0", "5 50 S>C FA 1 2 0"},
	50, 9000},
    {"closed",
	{"1 0 C>S S 0 - 0", "2 20 S>C SA 0 1 0", "3 21 C>S A 1 1 0",
	    "4 30 C>S FA 1 1 0", "5 50 S>C FA 1 2 0", "6 51 C>S A 2 2 0"},
	51, 240},
    {"reset",
	{"1 0 C>S S 0 - 0", "2 20 S>C SA 0 1 0", "3 21 C>S A 1 1 0",
	    "4 30 S>C R 1 - 0 0"},
	30, 240},
};

static void
play_timeout(struct play *p, int i)
{
	struct play_setting setting = {.isn = {1000, 2000}};
	size_t row;

	play_init(p, &setting);
	for (row = 0; row < 8 && timeouts[i].row[row] != NULL; row++)
		play_line(p, timeouts[i].row[row]);
}

/* Another connection shows that it is now t_ms; it takes two packets. */
static void
play_until(struct play *p, long long t_ms)
{
	play_next(p, "%lld C>S S 0 - 0 port 50001", t_ms);
	play_next(p, "%lld C>S S 0 - 0 port 50001", t_ms);
}

START_TEST(test_timeout)
{
	int64_t end = timeouts[_i].last_ms + timeouts[_i].limit_s * 1000LL;
	struct play p;

	play_timeout(&p, _i);
	play_until(&p, end);
	ck_assert_msg(p.reports_n == 0, "%s: too early", timeouts[_i].name);
	play_until(&p, end + WHEEL_LATE_S * 1000);
	ck_assert_msg(p.reports_n == 1, "%s: too late", timeouts[_i].name);
	ck_assert_uint_eq(p.report[0]->number, 1);
	ck_assert(!p.report[0]->evicted);
	play_end(&p);
	play_fini(&p);
}
END_TEST

/* One wrong time stamp ends nothing. */
START_TEST(test_lone_time_stamp)
{
	struct play p;

	play_timeout(&p, _i);
	play_next(&p, "99000000 C>S S 0 - 0 port 50001");
	play_next(&p, "1000 C>S S 0 - 0 port 50002");
	play_next(&p, "1001 C>S A 900 900 0");
	ck_assert_msg(p.reports_n == 0, "%s: too early", timeouts[_i].name);
	ck_assert_uint_eq(p.conn[p.frames], 1);
	play_end(&p);
	play_fini(&p);
}
END_TEST

/* A segment of the tuple itself finds the record, or finds it over. */
START_TEST(test_timeout_is_exact)
{
	int64_t end =
	    timeouts[_i / 2].last_ms + timeouts[_i / 2].limit_s * 1000LL;
	bool over = _i % 2;
	struct play p;

	play_timeout(&p, _i / 2);
	play_next(&p, "%lld%s C>S A 900 900 0", (long long)end,
	    over ? ".000001" : "");
	ck_assert_msg(p.conn[p.frames] == (over ? 2 : 1), "%s: %s",
	    timeouts[_i / 2].name, over ? "too late" : "too early");
	play_end(&p);
	play_fini(&p);
}
END_TEST

/* What comes in time prolongs the record. */
START_TEST(test_timeout_starts_again)
{
	struct play_setting setting = {.isn = {1000, 2000}};
	struct play p;
	int i;

	play_init(&p, &setting);
	for (i = 0; i < 30; i++) {
		play_next(&p, "%d C>S S 0 - 0", i * 290000);
		play_next(&p, "%d C>S S 0 - 0 port 50001", i * 290000 + 1);
	}
	ck_assert_uint_eq(p.reports_n, 0);
	play_end(&p);
	ck_assert_uint_eq(p.reports_n, 2);
	ck_assert_uint_eq(p.report[0]->last_frame, 59);
	play_fini(&p);
}
END_TEST

/* An ICMP error ends a SYN as an RST does. */
START_TEST(test_deadline_refused_by_icmp)
{
	struct fixture f;
	struct conn *c;

	fixture_open(&f);
	c = conn_add(&f, 0);
	c->hs.syn_n = 1;
	c->last_t = START_S * NS_PER_S;
	ck_assert_int_eq(
	    flow_deadline(f.t, c->flow), (START_S + 300) * NS_PER_S);
	c->hs.refused_icmp = true;
	ck_assert_int_eq(
	    flow_deadline(f.t, c->flow), (START_S + 240) * NS_PER_S);
	flow_free(f.t);
}
END_TEST

/* A pause longer than the wheel is round, with every slot in use. */
START_TEST(test_long_pause)
{
	struct fixture f;
	struct conn *c;
	uint32_t i, n = 0;

	fixture_open(&f);
	f.limits.idle_s = 100000000;
	ck_assert_ptr_null(flow_expired(f.t, START_S * NS_PER_S));
	ck_assert_int_gt(flow_due(f.t), START_S * NS_PER_S);
	ck_assert_int_le(flow_due(f.t), (START_S + 16) * NS_PER_S);
	for (i = 0; i < 2000; i++) {
		c = conn_add(&f, i);
		c->hs.syn_n = i % 2;
		c->last_t = (START_S + (int64_t)i * 16) * NS_PER_S;
	}
	while (
	    (c = conn_in(flow_expired(f.t, 2 * START_S * NS_PER_S))) != NULL) {
		ck_assert_uint_eq(c->hs.syn_n, 1);
		conn_drop(&f, c);
		n++;
	}
	ck_assert_uint_eq(n, 1000);
	while ((c = conn_in(flow_expired(f.t, 200 * START_S * NS_PER_S))) !=
	       NULL) {
		ck_assert_uint_eq(c->hs.syn_n, 0);
		conn_drop(&f, c);
		n++;
	}
	ck_assert_uint_eq(n, 2000);
	flow_free(f.t);
}
END_TEST

/* --- eviction (R1.36) ------------------------------------------------- */

enum kind {
	CLOSED,
	UNANSWERED,
	LIVE
};

static struct conn *
conn_make(struct fixture *f, uint32_t i, enum kind kind, int64_t last_t)
{
	struct conn *c = conn_add(f, i);

	c->last_t = last_t;
	c->td.rst_accepted = kind == CLOSED;
	c->hs.syn_n = kind == UNANSWERED;
	return c;
}

START_TEST(test_eviction_order)
{
	/* by what should go first; they are added in another order */
	static const struct {
		enum kind kind;
		int64_t last_t;
	} want[] = {{CLOSED, 20}, {CLOSED, 900}, {UNANSWERED, 10},
	    {UNANSWERED, 800}, {LIVE, 1}, {LIVE, 2}, {LIVE, 700}};
	uint32_t n = ROWS(want), i;
	struct conn *c[ROWS(want)];
	struct fixture f;

	fixture_open(&f);
	f.limits.conns = n;
	for (i = 0; i < n; i++) {
		uint32_t j = i * 3 % n;

		ck_assert_ptr_null(flow_victim(f.t));
		c[j] = conn_make(&f, j, want[j].kind, want[j].last_t);
	}
	for (i = 0; i < n; i++) {
		struct conn *victim = conn_in(flow_victim(f.t));

		ck_assert_msg(victim == c[i], "at place %u", i);
		conn_drop(&f, victim);
		ck_assert_ptr_null(flow_victim(f.t));
		conn_make(&f, n + i, LIVE, 1000 + i);
	}
	flow_free(f.t);
}
END_TEST

/* Large tables choose several at once; some may end before their turn. */
START_TEST(test_eviction_in_advance)
{
	uint32_t n = 640, i, next = 0;
	struct conn *c[640], *victim;
	struct fixture f;

	fixture_open(&f);
	f.limits.conns = n;
	for (i = 0; i < n; i++)
		c[i] = conn_make(&f, i, LIVE, i);
	for (i = 0; i < 100; i++) {
		victim = conn_in(flow_victim(f.t));
		ck_assert_ptr_eq(victim, c[next]);
		next++;
		conn_drop(&f, victim);
		conn_make(&f, n + 2 * i, LIVE, 1000);
		if (i % 3 != 0)
			continue;
		conn_drop(&f, c[next]); /* closed by itself */
		next++;
		conn_make(&f, n + 2 * i + 1, LIVE, 1000);
	}
	flow_free(f.t);
}
END_TEST

START_TEST(test_evicted_report)
{
	struct play_setting setting = {.isn = {1000, 2000}};
	struct limits limits;
	struct play p;

	limits_init(&limits);
	limits.conns = 2;
	setting.limits = &limits;
	play_init(&p, &setting);
	play_next(&p, "0 C>S PA 1 1 100 port 50001");
	play_next(&p, "1 C>S PA 1 1 100 port 50002");
	play_next(&p, "2 C>S PA 101 1 100 port 50001");
	ck_assert_uint_eq(p.reports_n, 0);
	play_next(&p, "3 C>S PA 1 1 100 port 50003");
	ck_assert_uint_eq(p.reports_n, 1);
	ck_assert_ptr_nonnull(p.report[1]);
	ck_assert(p.report[1]->evicted);
	ck_assert_str_eq(close_name(p.report[1]->teardown.close), "evicted");
	play_end(&p);
	ck_assert_uint_eq(p.reports_n, 3);
	ck_assert(!p.report[0]->evicted && !p.report[2]->evicted);
	play_fini(&p);
}
END_TEST

/* R2.12 (g): its last SYN, after a minute of silence, was a new connection. */
START_TEST(test_evicted_with_pended_syn)
{
	struct play_setting setting = {.isn = {1000, 2000}};
	struct limits limits;
	struct play p;

	limits_init(&limits);
	limits.conns = 1;
	setting.limits = &limits;
	play_init(&p, &setting);
	play_next(&p, "0     C>S S  0 - 0");
	play_next(&p, "20    S>C SA 0 1 0");
	play_next(&p, "21    C>S A  1 1 0");
	play_next(&p, "60021 C>S S  9000 - 0");
	play_next(&p, "60022 C>S S  0 - 0 port 50001");
	play_end(&p);
	play_fini(&p);
	ck_assert_uint_eq(p.reports_n, 3);
}
END_TEST

static Suite *
flow_suite(void)
{
	Suite *s = suite_create("flow");
	TCase *tc = tcase_create("table");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_keys);
	tcase_add_test(tc, test_expected);
	tcase_add_test(tc, test_growth);
	tcase_add_loop_test(tc, test_model, 0, SEEDS);
	suite_add_tcase(s, tc);
	tc = tcase_create("R2.14 timeouts");
	tcase_add_loop_test(tc, test_timeout, 0, ROWS(timeouts));
	tcase_add_loop_test(tc, test_lone_time_stamp, 0, ROWS(timeouts));
	tcase_add_loop_test(tc, test_timeout_is_exact, 0, 2 * ROWS(timeouts));
	tcase_add_test(tc, test_timeout_starts_again);
	tcase_add_test(tc, test_deadline_refused_by_icmp);
	tcase_add_test(tc, test_long_pause);
	suite_add_tcase(s, tc);
	tc = tcase_create("R1.36 eviction");
	tcase_add_test(tc, test_eviction_order);
	tcase_add_test(tc, test_eviction_in_advance);
	tcase_add_test(tc, test_evicted_report);
	tcase_add_test(tc, test_evicted_with_pended_syn);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(flow_suite());
}
