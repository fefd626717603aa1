/*
 * check_steady.c - short cuts have the effect of the whole pipeline: the short
 * way of segments in order (steady.h), parked connections (park.h), what is
 * said of those in brief (brief.h), and packed connections (pack.h). Every
 * capture of samples/, and of
 * ../shared where that folder is, is analysed both ways to the same report.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/analyzer.h"
#include "input/decode.h"
#include "input/reader.h"
#include "model/finding.h"
#include "report/reporter.h"
#include "support/each_file.h"
#include "support/run_suite.h"

#define PATH_SIZE 1024
#define FRAGMENT_NS 30000000000

/* A report that grows in memory. */
struct drain {
	FILE *out;
	char *text;
	size_t size;
	void *state;
	struct conn_report brief; /* of the connection that comes; number 0 */
};

static unsigned briefs;

/* Findings make the same of a brief and of the whole. */
static void
check_findings(const struct conn_report *b, const struct conn_report *r)
{
	struct findings of_brief, of_whole;

	findings_init(&of_brief, &hash_key_fixed);
	findings_init(&of_whole, &hash_key_fixed);
	ck_assert_int_eq(
	    findings_add(&of_brief, b), findings_add(&of_whole, r));
	ck_assert_uint_eq(of_brief.n, of_whole.n);
	findings_fini(&of_brief);
	findings_fini(&of_whole);
}

/* What a brief says is what the whole report will say. */
static void
check_brief(const struct conn_report *b, const struct conn_report *r)
{
	enum side x;

	briefs++;
	ck_assert_uint_eq(b->number, r->number);
	ck_assert_int_eq(b->handshake.outcome, r->handshake.outcome);
	ck_assert_int_eq(b->teardown.close, r->teardown.close);
	ck_assert_int_eq(b->verdict.id, r->verdict.id);
	ck_assert_int_eq(b->verdict.severity, r->verdict.severity);
	ck_assert_int_eq(b->worst, r->worst);
	ck_assert_uint_eq(b->also_n, r->also_n);
	ck_assert_int_eq(b->certainty, r->certainty);
	ck_assert_int_eq(b->evicted, r->evicted);
	ck_assert_uint_eq(b->version, r->version);
	ck_assert_uint_eq(b->first_frame, r->first_frame);
	ck_assert_uint_eq(b->last_frame, r->last_frame);
	ck_assert_int_eq(b->first_ns, r->first_ns);
	ck_assert_int_eq(b->last_ns, r->last_ns);
	ck_assert_mem_eq(b->kind_count, r->kind_count, sizeof(r->kind_count));
	for (x = CLIENT; x <= SERVER; x++) {
		const struct side_report *p = &b->side[x], *q = &r->side[x];

		ck_assert_mem_eq(p->addr, q->addr, sizeof(p->addr));
		ck_assert_uint_eq(p->port, q->port);
		ck_assert_uint_eq(p->packets, q->packets);
		ck_assert_uint_eq(p->bytes, q->bytes);
	}
	check_findings(b, r);
}

static bool
on_brief(void *arg, struct conn_report *b)
{
	struct drain *d = arg;

	d->brief = *b;
	return false;
}

static int
on_connection(void *arg, struct conn_report *r)
{
	struct drain *d = arg;

	if (d->brief.number != 0)
		check_brief(&d->brief, r);
	d->brief.number = 0;
	conn_report_say(r);
	return reporter_ndjson.connection(d->state, r);
}

static void
drain_open(struct drain *d)
{
	const struct report_options o = {.sort = SORT_NUMBER};

	memset(d, 0, sizeof(*d));
	d->out = open_memstream(&d->text, &d->size);
	ck_assert_ptr_nonnull(d->out);
	d->state = reporter_ndjson.open(d->out, &o);
	ck_assert_ptr_nonnull(d->state);
}

/* TSvals of SYNs come from another clock than those of what follows. */
static void
other_clock(struct segment *seg)
{
	const uint32_t apart = 0x30000000;

	if (!segment_has(seg, FLAG_SYN))
		return;
	seg->opt.tsval += apart;
	if (segment_has(seg, FLAG_ACK))
		seg->opt.tsecr += apart;
}

/* The tap stands at one host, which leaves checksums to its card. */
static void
offload(struct segment *seg)
{
	if (seg->dir == 0)
		seg->checksum = CHECKSUM_PARTIAL;
}

/* All takes so much longer: pauses become stalls, or somebody thinks. */
static void
slow_down(struct segment *seg)
{
	static const int64_t start = 1700000000000000000; /* of the generator */

	seg->ts_ns = start + (seg->ts_ns - start) * 25;
}

/* IP IDs that skip some values now and then. */
static void
skip_ids(struct segment *seg)
{
	seg->ip_id = (uint16_t)(seg->ip_id + seg->frame_no / 200);
}

static void
leave(struct segment *seg)
{
	(void)seg;
}

/* What becomes of each segment before it is analysed. */
static void (*twist)(struct segment *seg) = leave;
/* Connections held at once (R1.36), and not packed; 0: as usual. */
static uint64_t conns, awake;

static void
run_packets(struct reader *reader, struct decoder *dec, struct analyzer *a)
{
	struct icmp_error icmp;
	struct segment seg;
	struct packet p;

	while (reader_next(reader, &p) != READER_END)
		switch (decode_packet(dec, &p, &seg, &icmp)) {
		case DECODE_OK:
			twist(&seg);
			analyzer_segment(a, &seg);
			break;
		case DECODE_ICMP:
			analyzer_icmp(a, &icmp);
			break;
		default:
			break;
		}
	ck_assert_int_eq(analyzer_finish(a), ANALYZER_ATTRIBUTED);
}

/* Every connection of a capture as JSON; NULL when it cannot be opened. */
static char *
analyse(const char *path, unsigned wants)
{
	const struct decode_options decode = {.checksum = CHECKSUM_MODE_AUTO,
	    .fragment_timeout_ns = FRAGMENT_NS,
	    .fragment_sets = 1024};
	struct analyzer_options o = {
	    .observer = {.wants = wants | WANT_EVENTS | WANT_TRANSITIONS,
		.on_connection = on_connection,
		.on_brief = on_brief}};
	struct hash_key drawn; /* another each time: it changes nothing */
	char err[PATH_SIZE];
	struct reader *reader = reader_open(&path, 1, NULL, err, sizeof(err));
	struct decoder *dec = decoder_new(&decode);
	struct analyzer *a;
	struct drain d;

	if (reader == NULL) {
		decoder_free(dec);
		return NULL;
	}
	drain_open(&d);
	limits_init(&o.limits);
	if (conns > 0)
		o.limits.conns = conns;
	if (awake > 0)
		o.limits.awake = awake;
	hash_key_draw(&drawn);
	o.hash = &drawn;
	o.observer.arg = &d;
	a = analyzer_new(&o);
	ck_assert_ptr_nonnull(a);
	run_packets(reader, dec, a);
	analyzer_free(a);
	decoder_free(dec);
	reader_close(reader);
	reporter_ndjson.free(d.state);
	ck_assert_int_eq(fclose(d.out), 0);
	return d.text;
}

static unsigned compared, differed;

/* Against the whole way. */
static void
compare_to(const char *whole, const char *path, unsigned wants)
{
	char *usual = analyse(path, wants);
	size_t i;

	compared++;
	if (strcmp(whole, usual) != 0) {
		differed++;
		for (i = 0; whole[i] == usual[i]; i++)
			;
		i = i > 60 ? i - 60 : 0;
		fprintf(stderr, "%s:\n  whole  %.160s\n  %s  %.160s\n", path,
		    whole + i, wants ? "packed" : "usual ", usual + i);
	}
	free(usual);
}

static void
compare(const char *path)
{
	char *whole = analyse(path, WANT_WHOLE_WAY);

	if (whole == NULL)
		return;
	compare_to(whole, path, 0);
	compare_to(whole, path, WANT_PACKING);
	awake = 1;
	compare_to(whole, path, 0);
	awake = 0;
	free(whole);
}

/* Some folders hold other files as well. */
static void
compare_capture(const char *path)
{
	if (strstr(path, "cap") != NULL || strstr(path, "dmp") != NULL ||
	    strstr(path, "trace") != NULL)
		compare(path);
}

START_TEST(test_both_ways)
{
	static const char *const folders[] = {
	    "samples", "../shared/truth", "../shared/corpus"};

	compared = differed = briefs = 0;
	each_file(folders[_i], compare_capture);
	if (_i == 0)
		ck_assert_uint_ge(compared, 20);
	if (_i == 0)
		ck_assert_uint_gt(briefs, 0);
	ck_assert_uint_eq(differed, 0);
}
END_TEST

/* Captures made by bench/generate, long enough to become steady. */
START_TEST(test_made)
{
	static const char *const kinds[] = {"bulk 8 3000", "smallpkts 20 3000",
	    "mixed 80 0", "storm 20 0", "synflood 40 0"};
	static void (*const twists[])(struct segment * seg) = {
	    leave, other_clock, offload, slow_down, skip_ids};
	char command[PATH_SIZE];
	int i;

	compared = differed = briefs = 0;
	snprintf(command, sizeof(command),
	    "bench/generate %s check_steady.pcap > check_steady.out",
	    kinds[_i]);
	ck_assert_int_eq(system(command), 0);
	for (i = 0; i < ROWS(twists); i++) {
		twist = twists[i];
		compare("check_steady.pcap");
	}
	twist = leave;
	conns = 4;
	compare("check_steady.pcap");
	conns = 0;
	unlink("check_steady.pcap");
	unlink("check_steady.out");
	ck_assert_int_eq((int)compared, 3 * (ROWS(twists) + 1));
	ck_assert_uint_eq(differed, 0);
	if (strncmp(kinds[_i], "mixed", 5) == 0)
		ck_assert_uint_gt(briefs, 0);
}
END_TEST

static Suite *
steady_suite(void)
{
	Suite *s = suite_create("steady");
	TCase *tc = tcase_create("R1.39");

	tcase_set_timeout(tc, 600);
	tcase_add_loop_test(tc, test_both_ways, 0, 3);
	tcase_add_loop_test(tc, test_made, 0, 5);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(steady_suite());
}
