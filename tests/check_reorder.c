/*
 * check_reorder.c - packets by time within a window (R1.10).
 */
#include "input/reorder.h"

#include <stdio.h>
#include <string.h>

#include "support/capture_file.h"
#include "support/run_suite.h"

#define SECOND INT64_C(1000000000)

/* Seconds of the packets in the file, and the order that results. */
static const struct {
	const char *name;
	int64_t window_s;
	size_t max_packets, max_bytes;
	uint32_t seconds[10]; /* 0 ends */
	const char *order;    /* numbers in the file */
	uint64_t moved, beyond;
} rows[] = {
    {"in order", 5, 100, 10000, {10, 11, 12, 13}, "1 2 3 4", 0, 0},
    {"two swapped", 5, 100, 10000, {10, 12, 11, 13}, "1 3 2 4", 1, 0},
    {"backwards", 5, 100, 10000, {14, 13, 12, 11, 10}, "5 4 3 2 1", 4, 0},
    {"equal times", 5, 100, 10000, {11, 10, 11, 10}, "2 4 1 3", 2, 0},
    {"at the edge", 5, 100, 10000, {10, 15, 10, 16}, "1 3 2 4", 1, 0},
    {"too late", 5, 100, 10000, {10, 12, 18, 11, 19}, "1 2 4 3 5", 0, 1},
    {"too late for some", 5, 100, 10000, {10, 20, 17, 14, 30}, "1 4 3 2 5", 2,
	0},
    {"no window", 0, 100, 10000, {10, 12, 11, 11, 13}, "1 3 4 2 5", 2, 0},
    {"few packets", 50, 2, 10000, {14, 13, 12, 11, 10}, "2 3 4 5 1", 1, 3},
    {"few bytes", 50, 100, 150, {14, 13, 12, 11, 10}, "3 4 5 2 1", 2, 2},
    {"far away", 5, 100, 10000, {1, 4000000000, 2, 4000000001}, "1 3 2 4", 1,
	0},
};

START_TEST(order)
{
	struct capture c;
	const char *paths[1];
	char err[512] = "", got[128] = "";
	unsigned n = 0;
	struct reader *r;
	struct reorder *q;
	struct packet p;

	while (n < 10 && rows[_i].seconds[n] != 0)
		n++;
	pcap_write(&c, "a.pcap", rows[_i].seconds, n);
	paths[0] = c.path;
	r = reader_open(paths, 1, NULL, err, sizeof(err));
	ck_assert_msg(r != NULL, "%s", err);
	q = reorder_new(r, rows[_i].window_s * SECOND, rows[_i].max_packets,
	    rows[_i].max_bytes);
	ck_assert_ptr_nonnull(q);
	while (reorder_next(q, &p) == READER_PACKET) {
		size_t used = strlen(got);

		ck_assert_uint_eq(p.cap_len, 60);
		ck_assert_uint_eq(p.data[59], 59);
		ck_assert_int_eq(
		    p.ts_ns, SECOND * rows[_i].seconds[p.frame_no - 1]);
		snprintf(got + used, sizeof(got) - used, "%s%u",
		    used == 0 ? "" : " ", (unsigned)p.frame_no);
	}
	ck_assert_int_eq(reorder_next(q, &p), READER_END);
	ck_assert_msg(strcmp(got, rows[_i].order) == 0, "%s: %s, not %s",
	    rows[_i].name, got, rows[_i].order);
	ck_assert_uint_eq(reorder_counts(q).moved, rows[_i].moved);
	ck_assert_uint_eq(reorder_counts(q).beyond, rows[_i].beyond);
	reorder_free(q);
	reader_close(r);
	capture_remove(&c);
}
END_TEST

/* Filtered packets keep their place, and their mark. */
START_TEST(filtered)
{
	static const struct pcap_kind kind = {false, false, 1};
	struct capture c;
	const char *paths[1];
	char err[512] = "";
	struct reader *r;
	struct reorder *q;
	struct packet p;

	capture_create(&c, "a.pcap");
	pcap_header(&c, &kind);
	pcap_packet(&c, 3, 0, 60, 600);
	pcap_packet(&c, 2, 0, 60, 60);
	pcap_packet(&c, 1, 0, 0, 600);
	capture_done(&c);
	paths[0] = c.path;
	r = reader_open(paths, 1, "greater 100", err, sizeof(err));
	ck_assert_msg(r != NULL, "%s", err);
	q = reorder_new(r, 5 * SECOND, 10, 1000);
	ck_assert_int_eq(reorder_next(q, &p), READER_PACKET);
	ck_assert_uint_eq(p.frame_no, 3);
	ck_assert_uint_eq(p.cap_len, 0);
	ck_assert_int_eq(reorder_next(q, &p), READER_FILTERED);
	ck_assert_uint_eq(p.frame_no, 2);
	ck_assert_int_eq(reorder_next(q, &p), READER_PACKET);
	ck_assert_uint_eq(p.frame_no, 1);
	ck_assert_int_eq(reorder_next(q, &p), READER_END);
	reorder_free(q);
	reorder_free(NULL);
	reader_close(r);
	capture_remove(&c);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("reorder");
	TCase *c = tcase_create("R1.10");

	tcase_add_loop_test(c, order, 0, ROWS(rows));
	tcase_add_test(c, filtered);
	suite_add_tcase(s, c);
	return run_suite(s);
}
