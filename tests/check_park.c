/*
 * check_park.c - what is read of a parked connection is what was noted.
 */
#include "engine/park.h"

#include <string.h>

#include "support/run_suite.h"

#define MOST 1000
#define CONNECTIONS 400

/* A sequence of numbers, the same in every run. */
static uint64_t drawn;

static uint32_t
draw(void)
{
	drawn = drawn * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (uint32_t)(drawn >> 33);
}

static bool
one_in(unsigned n)
{
	return draw() % n == 0;
}

/* What one side would send next. */
struct sender {
	uint32_t next, acked, tsval;
	uint16_t ip_id;
	uint8_t ttl, ecn;
	bool fin;
};

struct talk {
	struct segment last;
	struct sender side[2];
	unsigned version, client;
	bool stamps;
};

/* Fields that anything may stand in. */
static void
fill_header(struct segment *seg, struct talk *t, unsigned dir)
{
	struct sender *s = &t->side[dir];

	seg->dir = (uint8_t)dir;
	seg->key = t->last.key;
	seg->frame_no = t->last.frame_no + (one_in(9) ? draw() : draw() % 300);
	seg->ts_ns = t->last.ts_ns + (one_in(3)      ? draw() % 999
					 : one_in(9) ? (int64_t)draw() << 8
						     : draw() % 99 * 1000);
	if (one_in(20))
		s->ttl = (uint8_t)draw();
	if (one_in(20))
		s->ecn = draw() % 4;
	s->ip_id = (uint16_t)(one_in(10) ? draw() : s->ip_id + 1u);
	s->tsval += one_in(9) ? draw() - 0x20000000u : draw() % 70;
	seg->ttl = s->ttl;
	seg->ecn = s->ecn;
	seg->has_ip_id = t->version == 4;
	seg->ip_id = t->version == 4 ? s->ip_id : 0;
	seg->dont_fragment = !one_in(7);
	seg->checksum = one_in(9)   ? CHECKSUM_UNKNOWN
			: one_in(5) ? CHECKSUM_PARTIAL
				    : CHECKSUM_GOOD;
	seg->wnd = (uint16_t)(one_in(3) ? draw() : 501);
	seg->header_hash = draw();
	seg->seq = s->next;
	seg->header_bytes = t->stamps ? 32 : 20;
	if (t->stamps) {
		seg->opt.has = OPT_TIMESTAMPS;
		seg->opt.tsval = s->tsval;
		seg->opt.tsecr = one_in(5) ? draw() : t->side[!dir].tsval;
	}
}

static void
fill_syn(struct segment *seg, struct talk *t, unsigned dir)
{
	fill_header(seg, t, dir);
	seg->seq = draw();
	seg->flags = FLAG_SYN;
	seg->opt.has |= one_in(2) ? OPT_MSS | OPT_WSCALE : OPT_SACK_PERMITTED;
	if (seg->opt.has & OPT_MSS) {
		seg->opt.mss = (uint16_t)draw();
		seg->opt.wscale = (uint8_t)draw();
	}
	if (dir != t->client) {
		seg->flags |= FLAG_ACK;
		seg->ack = t->side[!dir].next;
	} else {
		seg->ack = one_in(4) ? draw() : 0;
	}
}

static void
fill_payload(struct segment *seg)
{
	uint32_t i;

	seg->len = seg->payload_cap = one_in(5) ? 1 + draw() % 30 : draw();
	seg->len = seg->payload_cap = seg->len % 65000;
	seg->flags |=
	    one_in(3) && (seg->len < 2 || seg->len > 6) ? 0 : FLAG_PSH;
	if (seg->len == 0)
		return;
	seg->payload_hash = (uint64_t)draw() << 32 ^ draw();
	for (i = 0; i < SEGMENT_HEAD && i < seg->len; i++)
		seg->head[i] = (uint8_t)draw();
}

static void
fill_next(struct segment *seg, struct talk *t, unsigned dir, bool third)
{
	struct sender *s = &t->side[dir], *peer = &t->side[!dir];

	fill_header(seg, t, dir);
	seg->flags = FLAG_ACK | (one_in(20) ? FLAG_ECE : 0);
	seg->ack = peer->next;
	if (!third && one_in(5))
		seg->ack = s->acked + draw() % (peer->next - s->acked + 1);
	if (!s->fin && one_in(2))
		fill_payload(seg);
	if (!s->fin && one_in(200)) {
		seg->flags |= FLAG_FIN;
		s->fin = true;
	}
}

/* What seg means for what comes after it. */
static void
take(struct talk *t, struct segment *seg)
{
	struct sender *s = &t->side[seg->dir];

	seg->ip_bytes =
	    seg->len + seg->header_bytes + (t->version == 4 ? 20 : 40);
	s->next = seg->seq + seg->len + segment_has(seg, FLAG_SYN) +
		  segment_has(seg, FLAG_FIN);
	s->acked = seg->ack;
	t->last = *seg;
}

static void
talk_begin(struct talk *t)
{
	memset(t, 0, sizeof(*t));
	t->version = one_in(2) ? 4 : 6;
	t->client = draw() % 2;
	t->stamps = one_in(2);
	t->last.key.version = (uint16_t)t->version;
	t->last.key.port[0] = (uint16_t)draw();
	t->last.frame_no = one_in(2) ? draw() : (uint64_t)draw() << 14;
	t->last.ts_ns = one_in(9) ? -5 : 1700000000000000000;
	t->side[0].tsval = draw();
	t->side[1].tsval = draw();
}

static struct blocks pool; /* empty between the tests */

/* Up to MOST segments of one connection, as many as can be parked. */
static unsigned
park_many(struct parked *p, struct segment *seg)
{
	struct talk t;
	unsigned n;

	talk_begin(&t);
	memset(seg, 0, MOST * sizeof(*seg));
	fill_syn(&seg[0], &t, t.client);
	take(&t, &seg[0]);
	ck_assert(park_may_begin(&seg[0]));
	park_begin(p, &seg[0]);
	for (n = 1; n < MOST; n++) {
		unsigned dir = n == 1   ? !t.client
			       : n == 2 ? t.client
					: draw() % 2;

		if (n == 1)
			fill_syn(&seg[n], &t, dir);
		else
			fill_next(&seg[n], &t, dir, n == 2);
		take(&t, &seg[n]);
		if (!park_add(p, &seg[n], &pool))
			break;
		ck_assert_int_eq(park_last_t(p), seg[n].ts_ns);
	}
	return n;
}

START_TEST(test_round_trip)
{
	static struct segment seg[MOST];
	unsigned i, k, n, most = 0;
	struct park_reader r;
	struct parked p;

	drawn = 1;
	for (k = 0; k < CONNECTIONS; k++) {
		n = park_many(&p, seg);
		most = n > most ? n : most;
		park_read(&r, &p, &seg[0].key);
		for (i = 0; i < n; i++) {
			ck_assert_mem_eq(&r.seg, &seg[i], sizeof(r.seg));
			ck_assert(park_next(&r) == (i + 1 < n));
		}
		park_fini(&p, &pool);
	}
	ck_assert_uint_gt(most, 40);
	ck_assert_uint_lt(most, MOST); /* its memory is bounded */
	blocks_fini(&pool);
}
END_TEST

static Suite *
park_suite(void)
{
	Suite *s = suite_create("park");
	TCase *tc = tcase_create("R1.39");

	tcase_add_test(tc, test_round_trip);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(park_suite());
}
