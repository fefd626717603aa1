/*
 * check_feed.c - a thread that reads ahead gives what reading on the spot
 * gives, in the same order, and can be stopped at any packet.
 */
#include "program/feed.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "support/capture_file.h"
#include "support/run_suite.h"

#define FRAGMENT_NS 30000000000
#define ROUNDS 40 /* more packets than the batches hold at once */

struct source {
	struct reader *reader;
	struct decoder *decoder;
	struct feed *feed;
};

static const char *
sample_path(char *buf, size_t size, const char *name)
{
	const char *src = getenv("srcdir");

	snprintf(buf, size, "%s/samples/%s", src != NULL ? src : ".", name);
	return buf;
}

/* Open one capture many times over as one observation. */
static void
source_open(struct source *s, const char *name, bool ahead)
{
	static const struct decode_options decode = {
	    .checksum = CHECKSUM_MODE_AUTO,
	    .fragment_timeout_ns = FRAGMENT_NS,
	    .fragment_sets = 16};
	const char *paths[ROUNDS];
	char path[512], err[512];
	struct feed_options o = {.ahead = ahead};
	int i;

	sample_path(path, sizeof(path), name);
	for (i = 0; i < ROUNDS; i++)
		paths[i] = path;
	s->reader = reader_open(paths, ROUNDS, NULL, err, sizeof(err));
	ck_assert_msg(s->reader != NULL, "%s", err);
	s->decoder = decoder_new(&decode);
	ck_assert_ptr_nonnull(s->decoder);
	o.reader = s->reader;
	o.decoder = s->decoder;
	s->feed = feed_new(&o);
	ck_assert_ptr_nonnull(s->feed);
}

static void
source_close(struct source *s)
{
	feed_free(s->feed);
	decoder_free(s->decoder);
	reader_close(s->reader);
}

static void
compare_segments(const struct segment *a, const struct segment *b)
{
	ck_assert_int_eq(a->ts_ns, b->ts_ns);
	ck_assert_mem_eq(&a->key, &b->key, sizeof(a->key));
	ck_assert_uint_eq(a->seq, b->seq);
	ck_assert_uint_eq(a->len, b->len);
	ck_assert_uint_eq(a->payload_hash, b->payload_hash);
	ck_assert_uint_eq(a->payload_cap, b->payload_cap);
	if (a->payload_cap > 0)
		ck_assert_mem_eq(a->payload, b->payload, a->payload_cap);
}

static const char *const samples[] = {"mixed-traffic.pcap",
    "recorded-interactive-loss.pcap", "ip-fragments.pcap",
    "icmp-unreachable.pcap", "e01-client-closes.pcap"};

/* One packet after the other of what comes in batches. */
struct cursor {
	const struct feed_item *item;
	unsigned n, at;
};

static const struct feed_item *
next_item(struct source *s, struct cursor *c)
{
	if (c->at == c->n) {
		c->item = feed_next(s->feed, &c->n);
		c->at = 0;
		if (c->item == NULL) {
			c->n = 0;
			return NULL;
		}
		ck_assert_uint_gt(c->n, 0);
		ck_assert_uint_le(c->n, FEED_BATCH);
	}
	return &c->item[c->at++];
}

START_TEST(test_same_packets)
{
	struct cursor ca = {NULL, 0, 0}, cb = {NULL, 0, 0};
	const struct feed_item *x, *y;
	struct source a, b;
	unsigned n = 0;

	source_open(&a, samples[_i], false);
	source_open(&b, samples[_i], true);
	while ((x = next_item(&a, &ca)) != NULL) {
		y = next_item(&b, &cb);
		ck_assert_ptr_nonnull(y);
		ck_assert_int_eq(x->verdict, y->verdict);
		ck_assert_uint_eq(x->frame_no, y->frame_no);
		ck_assert_uint_eq(x->cap_len, y->cap_len);
		if (x->verdict == DECODE_OK)
			compare_segments(&x->u.seg, &y->u.seg);
		n++;
	}
	ck_assert_ptr_null(next_item(&b, &cb));
	ck_assert_ptr_null(next_item(&b, &cb));
	ck_assert_uint_ge(n, ROUNDS);
	source_close(&a);
	source_close(&b);
}
END_TEST

/* Whenever the caller has had enough, it gets all that was read so far. */
START_TEST(test_stopped)
{
	uint64_t read = 0, got = 0;
	const struct feed_item *item;
	struct source s;
	unsigned n;
	size_t k;
	int i;

	source_open(&s, "mixed-traffic.pcap", _i % 2);
	for (i = 0; i < _i / 2; i++) {
		ck_assert_ptr_nonnull(feed_next(s.feed, &n));
		got += n;
	}
	feed_stop(s.feed);
	while ((item = feed_next(s.feed, &n)) != NULL)
		got += n;
	for (k = 0; k < reader_inputs(s.reader); k++)
		read += reader_info(s.reader, k)->packets;
	/* of merged inputs one packet each waits in the reader */
	ck_assert_uint_le(got, read);
	ck_assert_uint_ge(got + ROUNDS, read);
	source_close(&s);
}
END_TEST

static Suite *
feed_suite(void)
{
	Suite *s = suite_create("feed");
	TCase *tc = tcase_create("ahead");

	tcase_add_loop_test(tc, test_same_packets, 0, ROWS(samples));
	tcase_add_loop_test(tc, test_stopped, 0, 8);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(feed_suite());
}
