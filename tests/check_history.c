/*
 * check_history.c - what one direction has sent (R1.28, R1.33), by hand and
 * against a model that knows every byte.
 */
#include "engine/history.h"

#include <stdio.h>
#include <string.h>

#include "support/run_suite.h"

#define NO_BOUND 100000
#define SHOWN 400

static struct sent
entry(uint64_t frame_no)
{
	return (struct sent){
	    .frame_no = frame_no & SENT_FRAMES, .tx = 1, .whole = true};
}

static uint64_t
start_of(const struct history *h, uint32_t i)
{
	return history_start(h, history_at(h, i));
}

static uint64_t
end_of(const struct history *h, uint32_t i)
{
	return history_end(h, history_at(h, i));
}

static void
add(struct history *h, uint64_t s, uint64_t e)
{
	struct sent new = entry(s);
	const struct sent *at = history_insert(h, s, e, &new);

	ck_assert_ptr_nonnull(at);
	ck_assert_uint_eq(history_start(h, at), s);
	ck_assert_uint_eq(history_end(h, at), e);
}

/* Fill h from text such as "2-4 9-12". */
static void
fill(struct history *h, const char *text)
{
	unsigned long long s, e;
	int used;

	while (sscanf(text, "%llu-%llu%n", &s, &e, &used) == 2) {
		add(h, s, e);
		text += used;
	}
}

/* The ranges of h, in its order. */
static const char *
show(const struct history *h, char buf[SHOWN])
{
	size_t used = 0;

	buf[0] = '\0';
	for (uint32_t i = 0; i < h->n && used < SHOWN; i++)
		used +=
		    (size_t)snprintf(buf + used, SHOWN - used, "%s%llu-%llu",
			i ? " " : "", (unsigned long long)start_of(h, i),
			(unsigned long long)end_of(h, i));
	return buf;
}

static const struct {
	const char *added, *sorted;
} inserts[] = {
    {"", ""},
    {"5-9", "5-9"},
    {"5-9 9-12", "5-9 9-12"}, /* neighbours stay two */
    {"9-12 5-9", "5-9 9-12"},
    {"5-9 20-25 12-15", "5-9 12-15 20-25"},
    {"7-8 5-6 3-4 1-2 9-10 8-9", "1-2 3-4 5-6 7-8 8-9 9-10"},
};

/* As acks.c finds them: entries that end at una or below are acknowledged. */
static void
ack_up_to(struct history *h, uint64_t una)
{
	uint32_t i = h->acked;

	while (i < h->n && history_end(h, history_at(h, i)) <= una)
		i++;
	history_acked(h, i);
}

START_TEST(test_insert)
{
	struct history h;
	char buf[SHOWN];

	history_init(&h, NO_BOUND);
	fill(&h, inserts[_i].added);
	ck_assert_str_eq(show(&h, buf), inserts[_i].sorted);
	ck_assert(!h.truncated);
	history_fini(&h);
}
END_TEST

/* The first entry that ends above seq. */
static const struct {
	uint64_t seq;
	uint32_t i;
} finds[] = {
    {0, 0},
    {5, 0},
    {8, 0},
    {9, 1},
    {11, 1},
    {12, 2},
    {17, 2},
    {20, 2},
    {24, 2},
    {25, 3},
    {UINT64_MAX, 3},
};

START_TEST(test_find)
{
	struct history h;

	history_init(&h, NO_BOUND);
	ck_assert_uint_eq(history_find(&h, finds[_i].seq), 0);
	fill(&h, "5-9 9-12 20-25");
	ck_assert_uint_eq(history_find(&h, finds[_i].seq), finds[_i].i);
	history_fini(&h);
}
END_TEST

static const struct {
	uint64_t s, e;
	const char *after; /* of 5-9 9-12 20-25 */
} splits[] = {
    {5, 9, "5-9 9-12 20-25"},
    {1, 30, "5-9 9-12 20-25"},
    {6, 8, "5-6 6-8 8-9 9-12 20-25"},
    {5, 7, "5-7 7-9 9-12 20-25"},
    {7, 10, "5-7 7-9 9-10 10-12 20-25"},
    {11, 21, "5-9 9-11 11-12 20-21 21-25"},
    {12, 20, "5-9 9-12 20-25"},
    {15, 16, "5-9 9-12 20-25"},
};

START_TEST(test_split)
{
	struct history h;
	char buf[SHOWN];

	history_init(&h, NO_BOUND);
	fill(&h, "5-9 9-12 20-25");
	ck_assert(history_split(&h, splits[_i].s, splits[_i].e));
	ck_assert_str_eq(show(&h, buf), splits[_i].after);
	history_fini(&h);
}
END_TEST

/* The parts keep their facts, but the hash and the FIN are of the whole. */
START_TEST(test_split_facts)
{
	struct sent e = entry(100);
	struct history h;

	e.tx = 3;
	e.tsval = 77;
	e.t_first = 1000;
	e.t_last = 2000;
	e.fin = e.sacked = e.resent = true;
	history_init(&h, NO_BOUND);
	ck_assert_ptr_nonnull(history_insert(&h, 100, 201, &e));
	ck_assert(history_split(&h, 150, 201));
	ck_assert_uint_eq(h.n, 2);
	for (uint32_t i = 0; i < 2; i++) {
		const struct sent *part = history_at(&h, i);

		ck_assert_uint_eq(part->tx, 3);
		ck_assert_uint_eq(part->tsval, 77);
		ck_assert_int_eq(part->t_first, 1000);
		ck_assert_int_eq(part->t_last, 2000);
		ck_assert_uint_eq(part->frame_no, 100);
		ck_assert(part->sacked && part->resent && !part->whole);
		ck_assert_int_eq(part->fin, i == 1);
	}
	history_fini(&h);
}
END_TEST

/* R1.28: acknowledged entries form a tail of 64. */
START_TEST(test_tail)
{
	struct history h;

	history_init(&h, NO_BOUND);
	for (uint64_t i = 0; i < 200; i++)
		add(&h, i * 10, i * 10 + 10);
	ack_up_to(&h, 640);
	ck_assert_uint_eq(h.n, 200);
	ck_assert_uint_eq(start_of(&h, 0), 0);
	ack_up_to(&h, 659); /* half of an entry is not acknowledged */
	ck_assert_uint_eq(h.n, 199);
	ck_assert_uint_eq(start_of(&h, 0), 10);
	ack_up_to(&h, 1500);
	ck_assert_uint_eq(h.n, HISTORY_TAIL + 50);
	ck_assert_uint_eq(h.acked, HISTORY_TAIL);
	ck_assert_uint_eq(start_of(&h, 0), 860);
	ack_up_to(&h, 100); /* an older ACK changes nothing */
	ck_assert_uint_eq(h.n, HISTORY_TAIL + 50);
	ack_up_to(&h, 5000);
	ck_assert_uint_eq(h.n, HISTORY_TAIL);
	ck_assert_uint_eq(start_of(&h, 0), 1360);
	ck_assert(!h.truncated);
	history_fini(&h);
}
END_TEST

/* Offsets of 64 bits, and nothing kept that no window reaches. */
START_TEST(test_reach)
{
	const uint64_t far = UINT64_C(5) << 32;
	struct history h;

	history_init(&h, NO_BOUND);
	add(&h, far, far + 10);
	add(&h, far + HISTORY_REACH - 10, far + HISTORY_REACH);
	ck_assert_uint_eq(h.n, 2);
	ck_assert_uint_eq(history_find(&h, far), 0);
	ck_assert_uint_eq(history_find(&h, far + 10), 1);
	ck_assert_uint_eq(history_find(&h, 10), 0);
	ack_up_to(&h, far + 10);
	add(&h, far + HISTORY_REACH, far + HISTORY_REACH + 1);
	ck_assert_uint_eq(h.n, 2);
	ck_assert(!h.truncated); /* it was acknowledged */
	add(&h, far + 3 * HISTORY_REACH, far + 3 * HISTORY_REACH + 1);
	ck_assert_uint_eq(h.n, 1);
	ck_assert(h.truncated);
	ck_assert_uint_eq(start_of(&h, 0), far + 3 * HISTORY_REACH);
	history_clear(&h);
	add(&h, 5, 6);
	ck_assert_uint_eq(end_of(&h, 0), 6);
	history_fini(&h);
}
END_TEST

/* R1.33: the oldest SACKed entry goes first, else the oldest. */
static const struct {
	const char *sacked, *more, *after;
} overflows[] = {
    {"", "", "10-20 20-30 30-40 40-50"},
    {"", "50-60", "20-30 30-40 40-50 50-60"},
    {"", "50-60 60-70", "30-40 40-50 50-60 60-70"},
    {"30-40", "50-60", "10-20 20-30 40-50 50-60"},
    {"20-30 40-50", "50-60", "10-20 30-40 40-50 50-60"},
    {"20-30 40-50", "50-60 60-70", "10-20 30-40 50-60 60-70"},
    {"20-30 40-50", "50-60 60-70 70-80", "30-40 50-60 60-70 70-80"},
    {"10-20", "0-10", "0-10 20-30 30-40 40-50"},
};

/* Folded and unfolded, entries are what they were; even ones fold alike. */
START_TEST(test_fold)
{
	struct sent was[4], e;
	struct history h;
	uint32_t i;

	history_init(&h, NO_BOUND);
	h.top = 0xfffffff0;
	for (i = 0; i < 4; i++) {
		uint64_t s = h.top + (i == 3 ? 7 : 0);

		e = entry(i + 1);
		e.t_first = (int64_t)i * 1000;
		e.t_last = i == 2 ? INT64_MIN : e.t_first;
		e.hashed = i == 1 ? 0 : 10;
		ck_assert_ptr_nonnull(history_insert(&h, s, s + 10, &e));
	}
	for (i = 0; i < 4; i++)
		was[i] = *history_at(&h, i);
	history_fold(&h);
	ck_assert_uint_eq(history_at(&h, 2)->s, 0);
	ck_assert_uint_eq(history_at(&h, 2)->e, history_at(&h, 1)->e);
	ck_assert_int_eq(history_at(&h, 1)->t_last, 0);
	ck_assert_uint_eq(history_at(&h, 2)->hashed, 0);
	history_unfold(&h);
	for (i = 0; i < 4; i++)
		ck_assert_mem_eq(history_at(&h, i), &was[i], sizeof(e));
	history_fini(&h);
}
END_TEST

START_TEST(test_overflow)
{
	unsigned long long s, e;
	struct history h;
	char buf[SHOWN];
	const char *text = overflows[_i].sacked;
	int used;

	history_init(&h, 4);
	fill(&h, "10-20 20-30 30-40 40-50");
	while (sscanf(text, "%llu-%llu%n", &s, &e, &used) == 2) {
		history_at(&h, history_find(&h, s))->sacked = true;
		text += used;
	}
	ck_assert(!h.truncated);
	fill(&h, overflows[_i].more);
	ck_assert_str_eq(show(&h, buf), overflows[_i].after);
	ck_assert_int_eq(h.truncated, overflows[_i].more[0] != '\0');
	history_fini(&h);
}
END_TEST

/* Acknowledged entries do not count, and losing them loses nothing due. */
START_TEST(test_bound_counts_open)
{
	struct history h;

	history_init(&h, 4);
	for (uint64_t i = 0; i < 1000; i++) {
		add(&h, i * 10, i * 10 + 10);
		if (i >= 3)
			ack_up_to(&h, (i - 2) * 10);
	}
	ck_assert(!h.truncated);
	ck_assert_uint_eq(start_of(&h, h.n - 4), 9960);
	ck_assert_uint_le(h.n, 4 + HISTORY_TAIL);
	history_fini(&h);
}
END_TEST

/* --- against a model -------------------------------------------------- */

#define SPACE 600

/* Every byte: by whom it was sent, and where entries begin. */
struct model {
	uint64_t owner[SPACE + 1]; /* frame; 0: not sent, or forgotten */
	bool border[SPACE + 1];
};

static uint64_t
next_random(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return *seed >> 33;
}

/* The end of the model's entry that begins at s. */
static uint64_t
model_end(const struct model *m, uint64_t s)
{
	uint64_t e = s + 1;

	while (e < SPACE && m->owner[e] == m->owner[s] && !m->border[e])
		e++;
	return e;
}

/* R1.28: of the entries up to una only the last 64 stay. */
static void
model_ack(struct model *m, uint64_t una)
{
	uint64_t start[SPACE], s, e;
	uint32_t n = 0, i;

	for (s = 0; s < una && s < SPACE; s = e) {
		e = m->owner[s] != 0 ? model_end(m, s) : s + 1;
		if (m->owner[s] != 0 && e <= una)
			start[n++] = s;
	}
	for (i = 0; i + HISTORY_TAIL < n; i++)
		for (s = start[i], e = model_end(m, s); s < e; s++)
			m->owner[s] = 0;
}

/* Not by assertions: there would be too many. */
static bool
is_same(const struct history *h, const struct model *m)
{
	uint64_t s, e;
	uint32_t i = 0;

	for (s = 0; s < SPACE; s = e) {
		const struct sent *at;

		e = s + 1;
		if (m->owner[s] == 0)
			continue;
		e = model_end(m, s);
		if (i == h->n)
			return false;
		at = history_at(h, i);
		if (history_start(h, at) != s || history_end(h, at) != e ||
		    at->frame_no != m->owner[s])
			return false;
		i++;
	}
	return i == h->n;
}

/* Send what is free of some range; returns whether there was any. */
static bool
send_some(struct history *h, struct model *m, uint64_t frame_no, uint64_t *seed)
{
	uint64_t s = next_random(seed) % SPACE, e = s, max;
	struct sent new;

	max = s + 1 + next_random(seed) % 8;
	while (e < max && e < SPACE && m->owner[e] == 0)
		e++;
	if (e == s)
		return false;
	new = entry(frame_no);
	new.sacked = next_random(seed) % 4 == 0;
	ck_assert_ptr_nonnull(history_insert(h, s, e, &new));
	m->border[s] = true;
	for (uint64_t i = s; i < e; i++) {
		m->owner[i] = frame_no;
		if (i > s)
			m->border[i] = false;
	}
	if (e < SPACE)
		m->border[e] = true;
	return true;
}

START_TEST(test_model)
{
	uint64_t seed = (uint64_t)_i + 1, una = 0;
	struct model m = {.border = {false}};
	struct history h;

	history_init(&h, NO_BOUND);
	for (uint64_t step = 1; step <= 1000; step++) {
		uint64_t s = next_random(&seed) % SPACE, what;
		uint64_t e = s + 1 + next_random(&seed) % 20;

		what = next_random(&seed) % 8;
		if (what < 5) {
			send_some(&h, &m, step, &seed);
		} else if (what < 7) {
			if (e > SPACE)
				e = SPACE;
			ck_assert(history_split(&h, s, e));
			m.border[s] = m.border[e] = true;
		} else {
			una += next_random(&seed) % 6;
		}
		ack_up_to(&h, una);
		model_ack(&m, una);
		ck_assert(is_same(&h, &m));
		ck_assert_uint_eq(history_find(&h, SPACE), h.n);
	}
	ck_assert(!h.truncated);
	history_fini(&h);
}
END_TEST

/* Open entries of h, all of which must be whole ones of the model. */
static uint32_t
held_entries(const struct history *h, const struct model *m, uint64_t una)
{
	uint64_t end = 0;
	uint32_t i, held = 0;

	for (i = 0; i < h->n; i++) {
		const struct sent *at = history_at(h, i);

		uint64_t s = history_start(h, at);

		if (s < end || m->owner[s] != at->frame_no ||
		    model_end(m, s) != history_end(h, at))
			ck_abort_msg("entry %u is not as it was sent", i);
		end = history_end(h, at);
		held += end > una;
	}
	return held;
}

static uint32_t
sent_entries(const struct model *m, uint64_t una)
{
	uint64_t s, e;
	uint32_t n = 0;

	for (s = 0; s < SPACE; s = e) {
		e = m->owner[s] != 0 ? model_end(m, s) : s + 1;
		n += m->owner[s] != 0 && e > una;
	}
	return n;
}

/* Full: some entries are gone, which is said; the others are right. */
START_TEST(test_model_bounded)
{
	uint64_t seed = (uint64_t)_i + 1, una = 0;
	struct model m = {.border = {false}};
	struct history h;
	uint32_t held;

	history_init(&h, 8);
	for (uint64_t step = 1; step <= 1500; step++) {
		if (next_random(&seed) % 4 != 0)
			send_some(&h, &m, step, &seed);
		else
			una += next_random(&seed) % 4;
		ack_up_to(&h, una);
		held = held_entries(&h, &m, una);
		ck_assert_uint_le(held, 8);
		ck_assert_uint_le(h.n, 8 + HISTORY_TAIL);
		ck_assert(h.truncated || held == sent_entries(&m, una));
	}
	ck_assert(h.truncated);
	history_fini(&h);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("history");
	TCase *t;

	t = tcase_create("by hand");
	tcase_add_loop_test(t, test_insert, 0, ROWS(inserts));
	tcase_add_loop_test(t, test_find, 0, ROWS(finds));
	tcase_add_loop_test(t, test_split, 0, ROWS(splits));
	tcase_add_test(t, test_split_facts);
	tcase_add_test(t, test_tail);
	tcase_add_test(t, test_reach);
	tcase_add_test(t, test_fold);
	suite_add_tcase(s, t);
	t = tcase_create("R1.33 bound");
	tcase_add_loop_test(t, test_overflow, 0, ROWS(overflows));
	tcase_add_test(t, test_bound_counts_open);
	suite_add_tcase(s, t);
	t = tcase_create("model");
	tcase_add_loop_test(t, test_model, 0, 10);
	tcase_add_loop_test(t, test_model_bounded, 0, 10);
	suite_add_tcase(s, t);
	return run_suite(s);
}
