/*
 * check_known.c - feedback that passed the tap before its sender (R1.42).
 */
#include "engine/known.h"

#include "base/constants.h"
#include "support/run_suite.h"

#define MS NS_PER_MS
#define HALF (20 * MS) /* the shortest way from the tap to X and back */
#define KNOWN_MAX 64

/* Feedback of Y at t, with TSval. */
static struct feedback_wait
stamped(uint64_t una, int64_t t, uint32_t tsval)
{
	return (struct feedback_wait){
	    .fb = {.una = una}, .t = t, .tsval = tsval, .by_ts = true};
}

/* The same of a Y without time stamps. */
static struct feedback_wait
plain(uint64_t una, int64_t t)
{
	return (struct feedback_wait){.fb = {.una = una}, .t = t};
}

static void
push(struct known *k, struct feedback_wait w)
{
	known_push(k, &w, 0);
}

/* Three ACKs whose TSvals wrap, and which of them X has. */
static const struct {
	int64_t tx;
	uint32_t tsecr;
	uint64_t una;
	uint32_t waiting;
} echoes[] = {
    {11 * MS, UINT32_MAX - 11, 0, 3},
    {900 * MS, UINT32_MAX - 11, 0, 3}, /* however late: X had none */
    {11 * MS, UINT32_MAX - 10, 101, 2},
    {11 * MS, UINT32_MAX, 101, 2},
    {11 * MS, 1, 101, 2},
    {11 * MS, 2, 201, 1},
    {11 * MS, 4, 201, 1},
    {11 * MS, 5, 301, 0},
    {11 * MS, 77, 301, 0},
};

START_TEST(test_by_echo)
{
	struct known k;

	known_init(&k, KNOWN_MAX);
	push(&k, stamped(101, 1 * MS, UINT32_MAX - 10));
	push(&k, stamped(201, 2 * MS, 2));
	push(&k, stamped(301, 3 * MS, 5));
	known_advance(&k, echoes[_i].tx, true, echoes[_i].tsecr, HALF);
	ck_assert_uint_eq(k.now.una, echoes[_i].una);
	ck_assert_uint_eq(k.n, echoes[_i].waiting);
	ck_assert_uint_eq(known_latest(&k)->una, 301);
	known_fini(&k);
}
END_TEST

/* 0.95 of the way must have passed. */
static const struct {
	int64_t tx, half;
	uint64_t una;
} ways[] = {
    {0, HALF, 0},
    {1 * MS + 19 * MS - 1, HALF, 0},
    {1 * MS + 19 * MS, HALF, 101},
    {2 * MS + 19 * MS - 1, HALF, 101},
    {2 * MS + 19 * MS, HALF, 201},
    {900 * MS, HALF, 201},
    {1 * MS, 0, 101}, /* the way is unknown: at once */
    {2 * MS, 0, 201},
};

START_TEST(test_by_way)
{
	struct known k;

	known_init(&k, KNOWN_MAX);
	push(&k, plain(101, 1 * MS));
	push(&k, plain(201, 2 * MS));
	known_advance(&k, ways[_i].tx, false, 0, ways[_i].half);
	ck_assert_uint_eq(k.now.una, ways[_i].una);
	known_fini(&k);
}
END_TEST

/* The way decides where either of the two has no time stamp. */
START_TEST(test_mixed)
{
	struct known k;

	known_init(&k, KNOWN_MAX);
	push(&k, stamped(101, 1 * MS, 500));
	push(&k, plain(201, 2 * MS));
	known_advance(&k, 10 * MS, true, 600, HALF);
	ck_assert_uint_eq(k.now.una, 101);
	known_advance(&k, 21 * MS, true, 600, HALF);
	ck_assert_uint_eq(k.now.una, 201);
	push(&k, stamped(301, 30 * MS, 700));
	known_advance(&k, 48 * MS, false, 0, HALF);
	ck_assert_uint_eq(k.now.una, 201);
	known_advance(&k, 49 * MS, false, 0, HALF);
	ck_assert_uint_eq(k.now.una, 301);
	known_fini(&k);
}
END_TEST

/* Nothing waits: what is known stays known. */
START_TEST(test_rest)
{
	struct known k;

	known_init(&k, KNOWN_MAX);
	ck_assert_uint_eq(known_latest(&k)->una, 0);
	known_advance(&k, 10 * MS, true, 5, HALF);
	ck_assert_uint_eq(k.now.una, 0);
	push(&k, plain(101, 1 * MS));
	known_advance(&k, 60 * MS, false, 0, HALF);
	known_advance(&k, 61 * MS, false, 0, HALF);
	ck_assert_uint_eq(k.now.una, 101);
	ck_assert_uint_eq(known_latest(&k)->una, 101);
	known_fini(&k);
}
END_TEST

/* Whether two ACKs become one, the later. */
static const struct merging {
	int64_t dt;
	bool by_ts[2];
	uint32_t tsval[2];
	uint32_t n;
} mergings[] = {
    {1 * MS - 1, {false, false}, {0, 0}, 1},
    {1 * MS, {false, false}, {0, 0}, 2},
    {1 * MS - 1, {true, true}, {7, 8}, 2}, /* another echo tells */
    {9 * MS, {true, true}, {7, 7}, 1},     /* one echo tells of both */
    {1 * MS - 1, {true, false}, {7, 7}, 2},
    {1 * MS - 1, {false, true}, {7, 7}, 2},
};

START_TEST(test_merging)
{
	const struct merging *m = &mergings[_i];
	struct known k;

	known_init(&k, KNOWN_MAX);
	for (int i = 0; i < 2; i++) {
		struct feedback_wait w = plain(i ? 201 : 101, i ? m->dt : 0);

		w.by_ts = m->by_ts[i];
		w.tsval = m->tsval[i];
		known_push(&k, &w, 1 * MS);
	}
	ck_assert_uint_eq(k.n, m->n);
	ck_assert_uint_eq(known_latest(&k)->una, 201);
	/* never known too early */
	known_advance(&k, HALF - MS, false, 0, HALF);
	ck_assert_uint_eq(k.now.una, m->n == 1 ? 0 : 101);
	known_fini(&k);
}
END_TEST

/* K_KNOWN: a full queue thins out, the newest is never lost. */
START_TEST(test_bound)
{
	struct known k;
	uint32_t i;

	known_init(&k, 8);
	for (i = 1; i <= 40; i++) {
		push(&k, stamped(100 * i + 1, (int64_t)i * MS, i));
		ck_assert_uint_le(k.n, 8);
		ck_assert_uint_ge(k.n, i < 4 ? i : 4);
		ck_assert_uint_eq(known_latest(&k)->una, 100 * i + 1);
	}
	/* what is known comes in steps, late at most, never early */
	for (i = 1; i <= 40; i++) {
		known_advance(&k, 41 * MS, true, i, HALF);
		ck_assert_uint_le(k.now.una, 100 * i + 1);
		if (i >= 32)
			ck_assert_uint_gt(k.now.una, 1);
	}
	ck_assert_uint_eq(k.now.una, 4001);
	ck_assert_uint_eq(k.n, 0);
	known_fini(&k);
}
END_TEST

/* All of the effects become known together. */
START_TEST(test_effects)
{
	struct feedback_wait w = stamped(101, 1 * MS, 5);
	struct known k;

	w.fb.sack_high = 901;
	w.fb.plain_dup = 101;
	w.fb.rack_t = 77;
	w.fb.progress_t = 88;
	w.fb.dup_cnt = 3;
	w.fb.dsacks = 2;
	w.fb.once_n = 4;
	w.fb.undo_n = 5;
	known_init(&k, KNOWN_MAX);
	push(&k, w);
	known_advance(&k, 2 * MS, true, 5, HALF);
	ck_assert_uint_eq(k.now.una, 101);
	ck_assert_uint_eq(k.now.sack_high, 901);
	ck_assert_uint_eq(k.now.plain_dup, 101);
	ck_assert_int_eq(k.now.rack_t, 77);
	ck_assert_int_eq(k.now.progress_t, 88);
	ck_assert_uint_eq(k.now.dup_cnt, 3);
	ck_assert_uint_eq(k.now.dsacks, 2);
	known_fini(&k);
}
END_TEST

/* --- against a model -------------------------------------------------- */

#define MODEL_STEPS 400

static uint64_t
next_random(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return *seed >> 33;
}

/* The newest of w[from] to w[n - 1] that X has makes all before it known. */
static uint32_t
model_advance(const struct feedback_wait *w, uint32_t from, uint32_t n,
    int64_t tx, bool has_ts, uint32_t tsecr)
{
	while (n > from) {
		const struct feedback_wait *newest = &w[n - 1];

		if (has_ts && newest->by_ts ? newest->tsval <= tsecr
					    : tx - newest->t >= HALF * 19 / 20)
			break;
		n--;
	}
	return n;
}

/* With _i odd some stamps run backwards, or some entries have none. */
START_TEST(test_model)
{
	struct feedback_wait w[MODEL_STEPS];
	uint64_t seed = (uint64_t)_i + 1;
	uint32_t known = 0, n = 0;
	int64_t t = 0;
	struct known k;

	known_init(&k, 2 * MODEL_STEPS);
	while (n < MODEL_STEPS) {
		bool has_ts = next_random(&seed) % 8 != 0;
		uint32_t tsecr, before = known;

		t += (int64_t)(next_random(&seed) % (2 * (uint64_t)MS));
		w[n] = stamped(n + 1, t, 100 + 2 * n);
		if (_i % 4 == 1 && next_random(&seed) % 8 == 0)
			w[n].tsval -= 15;
		if (_i % 4 == 3 && next_random(&seed) % 8 == 0)
			w[n] = plain(n + 1, t);
		push(&k, w[n]);
		n++;
		if (next_random(&seed) % 3 != 0)
			continue;
		tsecr = 100 + 2 * known + (uint32_t)next_random(&seed) % 9;
		known_advance(&k, t, has_ts, tsecr, HALF);
		known = model_advance(w, known, n, t, has_ts, tsecr);
		ck_assert_uint_eq(k.n, n - known);
		if (known > before)
			ck_assert_uint_eq(k.now.una, known);
		ck_assert_uint_eq(known_latest(&k)->una, n);
	}
	ck_assert_uint_gt(known, MODEL_STEPS / 2);
	known_fini(&k);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("known");
	TCase *t;

	t = tcase_create("when");
	tcase_add_loop_test(t, test_by_echo, 0, ROWS(echoes));
	tcase_add_loop_test(t, test_by_way, 0, ROWS(ways));
	tcase_add_test(t, test_mixed);
	tcase_add_test(t, test_rest);
	suite_add_tcase(s, t);
	t = tcase_create("what");
	tcase_add_loop_test(t, test_merging, 0, ROWS(mergings));
	tcase_add_test(t, test_bound);
	tcase_add_test(t, test_effects);
	suite_add_tcase(s, t);
	t = tcase_create("model");
	tcase_add_loop_test(t, test_model, 0, 200);
	suite_add_tcase(s, t);
	return run_suite(s);
}
