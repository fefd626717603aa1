/*
 * check_ranges.c - sets of intervals, by hand and against a bitmap (R1.34).
 */
#include "base/ranges.h"

#include <stdio.h>
#include <string.h>

#include "support/run_suite.h"

#define NO_BOUND 1000

/* The whole set as text: "2-4 9-12". */
static const char *
show(const struct ranges *s, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (uint32_t i = 0; i < s->n && used < size; i++)
		used += (size_t)snprintf(buf + used, size - used, "%s%llu-%llu",
		    i ? " " : "", (unsigned long long)s->v[i].l,
		    (unsigned long long)s->v[i].r);
	return buf;
}

/* Fill an empty set from such a text. */
static void
fill(struct ranges *s, const char *text)
{
	unsigned long long l, r;
	int used;

	while (sscanf(text, "%llu-%llu%n", &l, &r, &used) == 2) {
		ck_assert_int_eq(ranges_add(s, l, r), (int64_t)(r - l));
		text += used;
	}
}

struct change {
	const char *before;
	uint64_t l, r;
	int64_t bytes;
	const char *after;
};

static const struct change adds[] = {
    {"", 5, 5, 0, ""},
    {"", 6, 5, 0, ""},
    {"", 5, 9, 4, "5-9"},
    {"5-9", 5, 9, 0, "5-9"},
    {"5-9", 6, 8, 0, "5-9"},
    {"5-9", 1, 3, 2, "1-3 5-9"},
    {"5-9", 11, 12, 1, "5-9 11-12"},
    {"5-9", 9, 12, 3, "5-12"}, /* touching ranges are one */
    {"5-9", 1, 5, 4, "1-9"},
    {"5-9", 3, 7, 2, "3-9"},
    {"5-9", 7, 13, 4, "5-13"},
    {"5-9", 1, 20, 15, "1-20"},
    {"1-2 4-6 9-12", 6, 9, 3, "1-2 4-12"},
    {"1-2 4-6 9-12", 2, 4, 2, "1-6 9-12"},
    {"1-2 4-6 9-12", 0, 20, 14, "0-20"},
    {"1-2 4-6 9-12", 5, 10, 3, "1-2 4-12"},
    {"1-2 4-6 9-12", 7, 8, 1, "1-2 4-6 7-8 9-12"},
};

START_TEST(test_add)
{
	const struct change *c = &adds[_i];
	struct ranges s;
	char buf[200];

	ranges_init(&s, NO_BOUND);
	fill(&s, c->before);
	ck_assert_int_eq(ranges_add(&s, c->l, c->r), c->bytes);
	ck_assert_str_eq(show(&s, buf, sizeof(buf)), c->after);
	ck_assert(!s.merged);
	ranges_fini(&s);
}
END_TEST

static const struct change prunes[] = {
    {"", 0, 0, 0, ""},
    {"5-9 12-20", 5, 0, 0, "5-9 12-20"},
    {"5-9 12-20", 7, 0, 0, "7-9 12-20"},
    {"5-9 12-20", 9, 0, 0, "12-20"},
    {"5-9 12-20", 19, 0, 0, "19-20"},
    {"5-9 12-20", 20, 0, 0, ""},
};

START_TEST(test_prune)
{
	const struct change *c = &prunes[_i];
	struct ranges s;
	char buf[200];

	ranges_init(&s, NO_BOUND);
	fill(&s, c->before);
	ranges_prune(&s, c->l);
	ck_assert_str_eq(show(&s, buf, sizeof(buf)), c->after);
	ranges_fini(&s);
}
END_TEST

static const struct {
	uint64_t l, r, overlap;
	bool cover;
} questions[] = {
    {5, 9, 4, true},
    {6, 8, 2, true},
    {9, 12, 0, false},
    {8, 13, 2, false},
    {0, 100, 12, false},
    {4, 9, 4, false},
    {5, 10, 4, false},
    {12, 20, 8, true},
    {30, 40, 0, false},
    {10, 10, 0, true},
    {7, 6, 0, true},
};

START_TEST(test_questions)
{
	struct ranges s;
	uint64_t l = questions[_i].l, r = questions[_i].r;

	ranges_init(&s, NO_BOUND);
	fill(&s, "5-9 12-20");
	ck_assert_uint_eq(ranges_overlap(&s, l, r), questions[_i].overlap);
	ck_assert_int_eq(ranges_cover(&s, l, r), questions[_i].cover);
	ck_assert_uint_eq(ranges_bytes(&s), 12);
	ck_assert_uint_eq(ranges_high(&s), 20);
	ranges_fini(&s);
}
END_TEST

START_TEST(test_empty)
{
	struct ranges s;

	ranges_init(&s, 1);
	ck_assert_uint_eq(ranges_bytes(&s), 0);
	ck_assert_uint_eq(ranges_high(&s), 0);
	ck_assert_uint_eq(ranges_overlap(&s, 0, UINT64_MAX), 0);
	ck_assert(!ranges_cover(&s, 0, 1));
	ranges_fini(&s);
}
END_TEST

static const struct {
	const char *before; /* three ranges, the bound */
	uint64_t l, r;
	const char *after;
} overflows[] = {
    {"10-20 30-40 60-70", 90, 95, "10-40 60-70 90-95"},
    {"10-20 30-40 60-70", 45, 46, "10-20 30-46 60-70"},
    {"10-20 30-40 60-70", 1, 2, "1-20 30-40 60-70"},
    {"10-20 30-40 60-70", 40, 41, "10-20 30-41 60-70"}, /* fits */
};

START_TEST(test_overflow)
{
	struct ranges s;
	char buf[200];

	ranges_init(&s, 3);
	fill(&s, overflows[_i].before);
	ck_assert(!s.merged);
	ranges_add(&s, overflows[_i].l, overflows[_i].r);
	ck_assert_str_eq(show(&s, buf, sizeof(buf)), overflows[_i].after);
	ck_assert_int_eq(s.merged, _i != 3);
	ranges_fini(&s);
}
END_TEST

/* The model: one flag per byte of a small space. */
#define SPACE 256

struct model {
	bool in[SPACE];
};

static uint64_t
model_count(const struct model *m, uint64_t l, uint64_t r)
{
	uint64_t n = 0;

	for (uint64_t i = l; i < r; i++)
		n += m->in[i];
	return n;
}

static void
model_set(struct model *m, uint64_t l, uint64_t r, bool in)
{
	for (uint64_t i = l; i < r; i++)
		m->in[i] = in;
}

/* A fixed generator, so that a failing step can be found again. */
static uint32_t
next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* The set holds what the model holds, in as few ranges as possible. */
static bool
same(const struct ranges *s, const struct model *m)
{
	uint32_t n = 0;

	for (uint64_t i = 0; i < SPACE; i++) {
		if (ranges_cover(s, i, i + 1) != m->in[i])
			return false;
		n += m->in[i] && (i == 0 || !m->in[i - 1]);
	}
	return s->n == n && ranges_bytes(s) == model_count(m, 0, SPACE);
}

static bool
holds_all(const struct ranges *s, const struct model *m)
{
	for (uint64_t i = 0; i < SPACE; i++)
		if (m->in[i] && !ranges_cover(s, i, i + 1))
			return false;
	return true;
}

static void
random_step(struct ranges *s, struct model *m, uint32_t *seed)
{
	uint64_t l = next_random(seed) % SPACE;
	uint64_t r = l + next_random(seed) % (SPACE - l + 1);
	uint64_t in;

	if (next_random(seed) % 4 != 0 && r - l > 20)
		r = l + 20;
	in = model_count(m, l, r);
	ck_assert_uint_eq(ranges_overlap(s, l, r), in);
	ck_assert_int_eq(ranges_cover(s, l, r), in == r - l);
	if (next_random(seed) % 8 == 0) {
		ranges_prune(s, l / 2);
		model_set(m, 0, l / 2, false);
	} else {
		ck_assert_int_eq(ranges_add(s, l, r), (int64_t)(r - l - in));
		model_set(m, l, r, true);
	}
}

START_TEST(test_bitmap)
{
	uint32_t seed = (uint32_t)_i + 1;
	struct model m = {0};
	struct ranges s;

	ranges_init(&s, NO_BOUND);
	for (int step = 0; step < 500; step++) {
		random_step(&s, &m, &seed);
		ck_assert_msg(same(&s, &m), "step %d", step);
	}
	ck_assert(!s.merged);
	ranges_fini(&s);
}
END_TEST

/* A bounded set may hold more than was added, never less. */
START_TEST(test_bounded_bitmap)
{
	uint32_t seed = (uint32_t)_i + 1000;
	struct model m = {0};
	struct ranges s;

	ranges_init(&s, 5);
	for (int step = 0; step < 60; step++) {
		uint64_t l = next_random(&seed) % (SPACE - 8);
		uint64_t r = l + 1 + next_random(&seed) % 4;

		ranges_add(&s, l, r);
		model_set(&m, l, r, true);
		ck_assert_uint_le(s.n, 5);
		ck_assert(holds_all(&s, &m));
	}
	ck_assert(s.merged);
	ranges_fini(&s);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ranges");
	TCase *t;

	t = tcase_create("add");
	tcase_add_loop_test(t, test_add, 0, ROWS(adds));
	suite_add_tcase(s, t);
	t = tcase_create("remove");
	suite_add_tcase(s, t);
	t = tcase_create("prune");
	tcase_add_loop_test(t, test_prune, 0, ROWS(prunes));
	suite_add_tcase(s, t);
	t = tcase_create("questions");
	tcase_add_loop_test(t, test_questions, 0, ROWS(questions));
	tcase_add_test(t, test_empty);
	suite_add_tcase(s, t);
	t = tcase_create("R1.34 bound");
	tcase_add_loop_test(t, test_overflow, 0, ROWS(overflows));
	tcase_add_loop_test(t, test_bounded_bitmap, 0, 10);
	suite_add_tcase(s, t);
	t = tcase_create("bitmap");
	tcase_add_loop_test(t, test_bitmap, 0, 10);
	suite_add_tcase(s, t);
	return run_suite(s);
}
