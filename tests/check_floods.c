/*
 * check_floods.c - traffic made to exhaust: whatever comes, memory stays below
 * a ceiling that depends on bounds and not on the input, work grows as the
 * input does, and counts stay exact (R1.33 to R1.36, R2.13, R2.14).
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/constants.h"
#include "engine/analyzer.h"
#include "support/run_suite.h"

#if defined(HAVE_MALLINFO2) && !defined(__SANITIZE_ADDRESS__)
#include <malloc.h>
#define MEMORY_IS_KNOWN 1
#else
#define MEMORY_IS_KNOWN 0
#endif

#define KIB 1024u
#define MIB ((size_t)1 << 20)
#define START_NS (INT64_C(1768469400) * NS_PER_S)
#define CONNS 2000
/* A quarter of the input costs a quarter, give or take a noisy machine. */
#define QUARTER 4
#define NOISE 2.5
/* CPU time below which nothing can be said, seconds */
#define TOO_SHORT 0.02

struct flood {
	struct analyzer *analyzer;
	struct segment seg;
	uint64_t frames, attributed;
	uint64_t connections, evicted, packets, details;
	uint64_t count[ANOMALY_COUNT];
	uint64_t order; /* a sum over which connections ended, one by one */
	bool holes_merged;
	size_t most; /* bytes allocated at once */
};

/* One kind of traffic, and what it may cost. */
struct flood_case {
	const char *name;
	void (*send)(struct flood *f, uint32_t i); /* the i-th of n */
	uint32_t n;
	size_t ceiling; /* bytes */
	uint32_t
	    connections_each; /* of so many calls comes a connection; 0: 1 */
};

static int
on_connection(void *arg, struct conn_report *r)
{
	struct flood *f = arg;

	f->connections++;
	f->evicted += r->evicted;
	f->holes_merged = f->holes_merged || r->holes_merged;
	f->details += r->events_n;
	f->order = (f->order + r->number + r->continues * 7 + r->evicted) *
		   UINT64_C(0x9e3779b97f4a7c15);
	for (int i = 0; i < 2; i++)
		f->packets +=
		    r->side[i].packets + r->side[i].capture_duplicates;
	for (int k = 0; k < ANOMALY_COUNT; k++)
		f->count[k] += r->kind_count[k];
	return 0;
}

static size_t
allocated(void)
{
#if MEMORY_IS_KNOWN
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
#else
	return 0;
#endif
}

/* The next segment of tuple k, from side 0 or 1. */
static struct segment *
segment_from(struct flood *f, uint32_t k, unsigned side)
{
	struct segment *s = &f->seg;

	*s = (struct segment){
	    .frame_no = ++f->frames,
	    .ts_ns = START_NS + (int64_t)f->frames * 10 * NS_PER_US,
	    .dir = (uint8_t)side,
	    .ttl = 60,
	    .wnd = 65535,
	    .header_bytes = 20,
	    .flags = FLAG_ACK,
	    .key.version = 4,
	    .key.port = {(uint16_t)(1024 + k % 60000), 80},
	};
	s->key.addr[0][0] = s->key.addr[1][0] = 10;
	s->key.addr[0][1] = 1;
	s->key.addr[0][2] = (uint8_t)(k / 60000 >> 8);
	s->key.addr[0][3] = (uint8_t)(k / 60000);
	s->key.addr[1][1] = 2;
	return s;
}

static void
feed(struct flood *f)
{
	struct segment *s = &f->seg;

	s->ip_bytes = 40 + s->len;
	s->payload_hash = s->len > 0 ? 1 + s->seq : 0;
	s->header_hash = s->seq * 2654435761u ^ s->ack << 13 ^
			 (uint32_t)s->flags << 3 ^ s->wnd ^
			 (uint32_t)f->frames << 7;
	if (analyzer_segment(f->analyzer, s) == ANALYZER_ATTRIBUTED)
		f->attributed++;
	if (f->frames % 512 == 0 && allocated() > f->most)
		f->most = allocated();
}

static void
send(struct flood *f, uint32_t k, unsigned side, uint16_t flags, uint32_t seq,
    uint32_t ack, uint32_t len)
{
	struct segment *s = segment_from(f, k, side);

	s->flags = flags;
	s->seq = seq;
	s->ack = ack;
	s->len = len;
	if (len > 0)
		s->payload_cap = 0; /* cut off by the snaplen */
	feed(f);
}

/* A connection with windows of a gigabyte. */
static void
open_once(struct flood *f, uint32_t i)
{
	if (i > 0)
		return;
	for (unsigned side = 0; side < 2; side++) {
		struct segment *s = segment_from(f, 0, side);

		s->flags = side == 0 ? FLAG_SYN : FLAG_SYN | FLAG_ACK;
		s->seq = side == 0 ? 1000 : 5000;
		s->ack = side == 0 ? 0 : 1001;
		s->opt.has = OPT_WSCALE;
		s->opt.wscale = 14;
		feed(f);
	}
	send(f, 0, 0, FLAG_ACK, 1001, 5001, 0);
}

/* --- the floods ---------------------------------------------------------- */

static void
send_syns(struct flood *f, uint32_t i)
{
	send(f, i, 0, FLAG_SYN, i * 7919, 0, 0);
}

static void
send_half_open(struct flood *f, uint32_t i)
{
	send(f, i, 0, FLAG_SYN, 1000, 0, 0);
	send(f, i, 1, FLAG_SYN | FLAG_ACK, 5000, 1001, 0);
}

static void
send_idle(struct flood *f, uint32_t i)
{
	send_half_open(f, i);
	send(f, i, 0, FLAG_ACK, 1001, 5001, 0);
	send(f, i, 0, FLAG_ACK, 1001, 5001, 100);
}

static void
send_resets(struct flood *f, uint32_t i)
{
	send(f, i, 1, FLAG_RST, i, 0, 0);
}

/* Every second segment is missing. */
static void
send_holes(struct flood *f, uint32_t i)
{
	open_once(f, i);
	send(f, 0, 0, FLAG_ACK, 1011 + i * 20, 5001, 10);
}

/* Data, and ACKs that stay behind with four blocks of chance. */
static void
send_sacks(struct flood *f, uint32_t i)
{
	struct segment *s;
	uint32_t at = 1001 + i * 100;

	open_once(f, i);
	send(f, 0, 0, FLAG_ACK, at, 5001, 100);
	s = segment_from(f, 0, 1);
	s->seq = 5001;
	s->ack = 1001;
	s->opt.has = OPT_SACK;
	s->opt.sack_n = SACK_BLOCKS;
	for (uint32_t k = 0; k < SACK_BLOCKS; k++) {
		uint32_t left = at - (i * 2654435761u + k * 40503u) % 60000;

		s->opt.sack[k][0] = left;
		s->opt.sack[k][1] = left + 1 + (i + k) % 90;
	}
	feed(f);
}

/* Segments of some bytes that begin one byte after each other. */
static void
send_overlaps(struct flood *f, uint32_t i)
{
	open_once(f, i);
	send(f, 0, 0, FLAG_ACK, 1001 + i % 5000, 5001, 3 + i % 7);
}

/* The same from both sides. */
static void
send_overlaps_both(struct flood *f, uint32_t i)
{
	uint32_t at = i / 2 % 5000;

	open_once(f, i);
	if (i % 2 == 0)
		send(f, 0, 0, FLAG_ACK, 1001 + at, 5001, 3 + i % 7);
	else
		send(f, 0, 1, FLAG_ACK, 5001 + at, 1001, 3 + i % 7);
}

/* Opened, closed and opened again, always on one tuple. */
static void
send_reuse(struct flood *f, uint32_t i)
{
	uint32_t isn = i * 100000;

	send(f, 0, 0, FLAG_SYN, isn, 0, 0);
	send(f, 0, 1, FLAG_SYN | FLAG_ACK, isn + 7, isn + 1, 0);
	send(f, 0, 0, FLAG_ACK, isn + 1, isn + 8, 0);
	send(f, 0, 0, FLAG_FIN | FLAG_ACK, isn + 1, isn + 8, 0);
	send(f, 0, 1, FLAG_FIN | FLAG_ACK, isn + 8, isn + 2, 0);
	send(f, 0, 0, FLAG_ACK, isn + 2, isn + 9, 0);
}

/* Segments sent again and again, and the ACKs of one who misses one. */
static void
send_events(struct flood *f, uint32_t i)
{
	open_once(f, i);
	if (i % 3 == 0)
		send(f, 0, 0, FLAG_ACK, 1001, 5001, 100);
	else if (i % 3 == 1)
		send(f, 0, 0, FLAG_ACK, 1101 + i % 500 * 100, 5001, 100);
	else
		send(f, 0, 1, FLAG_ACK, 5001, 1001, 0);
}

/* Segments beyond any window, each somewhere else. */
static void
send_wild(struct flood *f, uint32_t i)
{
	open_once(f, i);
	send(f, 0, 0, FLAG_ACK, 0x60000000 + i * 300, 5001, 100);
}

static uint32_t
chance(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Anything, mostly near to what would come next. */
static void
send_chance(struct flood *f, uint32_t i)
{
	uint32_t r = (i + 1) * 2654435761u, at = 1001 + i * 20;
	struct segment *s;

	open_once(f, i);
	s = segment_from(f, 0, chance(&r) & 1);
	s->flags =
	    (uint16_t)(chance(&r) % 8 == 0 ? chance(&r) & 0x1f : FLAG_ACK);
	s->flags &= (uint16_t) ~(chance(&r) % 8 != 0 ? FLAG_RST : 0);
	s->seq = (s->dir == 0 ? at : 5001) + chance(&r) % 3000 - 1000;
	s->ack = (s->dir == 0 ? 5001 : at) + chance(&r) % 3000 - 2000;
	s->len = chance(&r) % 3 == 0 ? 0 : chance(&r) % 1500;
	s->wnd = (uint16_t)(chance(&r) % 3 == 0 ? 0 : chance(&r));
	s->ts_ns += (int64_t)(chance(&r) % 5000) * NS_PER_US;
	s->checksum = chance(&r) % 16 == 0 ? CHECKSUM_BAD : CHECKSUM_GOOD;
	if (chance(&r) % 2 == 0) {
		s->opt.has = OPT_TIMESTAMPS | OPT_SACK;
		s->opt.tsval = i / 4 + chance(&r) % 4;
		s->opt.tsecr = i / 4;
		s->opt.sack_n = 1;
		s->opt.sack[0][0] = s->ack + chance(&r) % 4000 - 1000;
		s->opt.sack[0][1] = s->opt.sack[0][0] + chance(&r) % 900;
	}
	feed(f);
}

/* SYNs into a connection, each with other numbers. */
static void
send_pended(struct flood *f, uint32_t i)
{
	open_once(f, i);
	send(f, 0, 0, FLAG_SYN, i * 104729, 0, 0);
	if (i % 5 == 0)
		send(f, 0, 1, FLAG_ACK, 5001, 1001, 0);
}

/* SYNs answered and asked again: states go forth and back. */
static void
send_states(struct flood *f, uint32_t i)
{
	send(f, 0, 0, FLAG_SYN, 1000, 0, 0);
	send(f, 0, 1, FLAG_SYN | FLAG_ACK, 5000, 1001, 0);
	(void)i;
}

/* Zero windows, probes and openings. */
static void
send_windows(struct flood *f, uint32_t i)
{
	struct segment *s;

	open_once(f, i);
	send(f, 0, 0, FLAG_ACK, 1001 + i, 5001, 1);
	s = segment_from(f, 0, 1);
	s->seq = 5001;
	s->ack = 1002 + i;
	s->wnd = i % 2 == 0 ? 0 : 1000;
	feed(f);
}

/* Both sides talk; their beginnings were not captured. */
static void
send_midstream(struct flood *f, uint32_t i)
{
	send(f, i, 0, FLAG_ACK, 1001, 5001, 100);
	send(f, i, 1, FLAG_ACK, 5001, 1101, 100);
}

static const struct flood_case cases[] = {
    {"SYNs of distinct tuples", send_syns, 300000, 24 * MIB, 1},
    {"half-open connections", send_half_open, 80000, 24 * MIB, 1},
    {"idle connections", send_idle, 60000, 24 * MIB, 1},
    {"resets of unknown tuples", send_resets, 200000, 24 * MIB, 1},
    {"holes", send_holes, 200000, 2 * MIB, 0},
    {"SACK blocks", send_sacks, 60000, 2 * MIB, 0},
    {"overlaps", send_overlaps, 100000, 2 * MIB, 0},
    {"overlaps on both sides", send_overlaps_both, 100000, 2 * MIB, 0},
    {"reuse of one tuple", send_reuse, 100000, 2 * MIB, 1},
    {"events", send_events, 200000, 2 * MIB, 0},
    {"SYNs into a connection", send_pended, 100000, 2 * MIB, 0},
    {"states forth and back", send_states, 100000, 2 * MIB, 0},
    {"zero windows", send_windows, 100000, 2 * MIB, 0},
    {"segments out of the window", send_wild, 100000, 2 * MIB, 0},
    {"segments of chance", send_chance, 60000, 2 * MIB, 0},
};

/* So many of them live at once, as many have their full size. */
#define MANY 20000
#define MANY_AWAKE 500
static const struct flood_case many = {"connections from the middle",
    send_midstream, MANY, MANY_AWAKE * 12 * KIB + MANY * 3 * KIB / 2, 1};

/* --- tests ---------------------------------------------------------------- */

static struct limits
small_table(void)
{
	struct limits limits;

	limits_init(&limits);
	limits.conns = CONNS;
	limits.tombstones = CONNS;
	return limits;
}

static void
flood_run_keyed(struct flood *f, const struct flood_case *k, uint32_t n,
    const struct hash_key *hash, const struct limits *limits)
{
	struct analyzer_options o = {
	    .hash = hash,
	    .observer =
		{
		    .wants = WANT_EVENTS | WANT_TRANSITIONS,
		    .on_connection = on_connection,
		    .arg = f,
		},
	};
	size_t before = allocated();

	memset(f, 0, sizeof(*f));
	o.limits = *limits;
	f->analyzer = analyzer_new(&o);
	ck_assert_ptr_nonnull(f->analyzer);
	for (uint32_t i = 0; i < n; i++)
		k->send(f, i);
	ck_assert_int_eq(analyzer_finish(f->analyzer), ANALYZER_ATTRIBUTED);
	analyzer_free(f->analyzer);
	f->most = f->most > before ? f->most - before : 0;
}

static void
flood_run(struct flood *f, const struct flood_case *k, uint32_t n)
{
	const struct limits limits = small_table();

	flood_run_keyed(f, k, n, NULL, &limits);
}

/* Nothing is lost from the counts, and memory has a ceiling. */
START_TEST(test_bounded)
{
	const struct flood_case *k = &cases[_i];
	struct flood f;

	flood_run(&f, k, k->n);
	ck_assert_msg(f.attributed == f.frames && f.packets == f.frames,
	    "%s: %llu frames, %llu in reports", k->name,
	    (unsigned long long)f.frames, (unsigned long long)f.packets);
	if (k->connections_each > 0)
		ck_assert_uint_eq(f.connections, k->n / k->connections_each);
	ck_assert_msg(
	    f.most <= k->ceiling, "%s: %zu KiB at once", k->name, f.most >> 10);
	/* R1.35: details of a kind are bounded, its count is not */
	ck_assert_uint_le(f.details / f.connections, 32 * ANOMALY_COUNT);
}
END_TEST

static double
cpu_seconds(const struct flood_case *k, uint32_t n)
{
	struct timespec a, b;
	struct flood f;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	flood_run(&f, k, n);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	return (double)(b.tv_sec - a.tv_sec) +
	       (double)(b.tv_nsec - a.tv_nsec) / NS_PER_S;
}

/*
 * Four times the input takes four times as long, where quadratic work would
 * take sixteen times. The shortest of some runs is the one least disturbed.
 */
START_TEST(test_linear)
{
	const struct flood_case *k = &cases[_i];
	double whole = 1e9, part = 1e9;

	for (int tries = 0; tries < 4; tries++) {
		double t = cpu_seconds(k, k->n / QUARTER);

		part = t < part ? t : part;
		t = cpu_seconds(k, k->n);
		whole = t < whole ? t : whole;
		if (whole <= QUARTER * NOISE * part || whole < TOO_SHORT)
			return;
	}
	ck_abort_msg("%s: %.0f ms for %u, %.0f ms for %u", k->name, part * 1000,
	    k->n / QUARTER, whole * 1000, k->n);
}
END_TEST

/* What was given up is said. */
START_TEST(test_said)
{
	struct flood f;

	flood_run(&f, &cases[0], 5000);
	ck_assert_uint_eq(f.evicted, 5000 - CONNS);
	flood_run(&f, &cases[4], 5000);
	ck_assert(f.holes_merged);
	flood_run(&f, &cases[9], 5000);
	ck_assert_uint_gt(f.count[ANOMALY_DUP_ACK], 32);
}
END_TEST

/* Which connections are evicted, and when, does not depend on the hash. */
START_TEST(test_any_key)
{
	const struct flood_case *k = &cases[_i];
	const struct limits limits = small_table();
	struct hash_key drawn;
	struct flood f, g;

	if (k->connections_each == 0)
		return;
	hash_key_draw(&drawn);
	flood_run(&f, k, 20000);
	flood_run_keyed(&g, k, 20000, &drawn, &limits);
	ck_assert_uint_eq(f.connections, g.connections);
	ck_assert_uint_eq(f.order, g.order);
}
END_TEST

/* K_AWAKE: those that are silent are packed. */
START_TEST(test_packed)
{
	struct limits limits;
	struct flood f;

	limits_init(&limits);
	limits.awake = MANY_AWAKE;
	flood_run_keyed(&f, &many, many.n, NULL, &limits);
	ck_assert_uint_eq(f.connections, many.n);
	ck_assert_uint_eq(f.evicted, 0);
	ck_assert_msg(f.most <= many.ceiling, "%zu KiB at once", f.most >> 10);
	if (f.most == 0)
		return; /* what is allocated is not known here */
	limits.awake = many.n;
	flood_run_keyed(&f, &many, many.n, NULL, &limits);
	ck_assert_uint_gt(f.most, 2 * many.ceiling);
}
END_TEST

static Suite *
floods_suite(void)
{
	Suite *s = suite_create("floods");
	TCase *tc = tcase_create("ceilings");

	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(tc, test_bounded, 0, ROWS(cases));
	tcase_add_test(tc, test_said);
	tcase_add_test(tc, test_packed);
	tcase_add_loop_test(tc, test_any_key, 0, ROWS(cases));
	suite_add_tcase(s, tc);
	tc = tcase_create("work");
	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(tc, test_linear, 0, ROWS(cases));
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(floods_suite());
}
