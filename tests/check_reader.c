/*
 * check_reader.c - captures as one stream of packets.
 */
#include "input/reader.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/capture_file.h"
#include "support/frame_text.h"
#include "support/reader_open.h"
#include "support/run_suite.h"

#define SECOND INT64_C(1000000000)

/* Each format of pcap: byte order and resolution. */
START_TEST(pcap_kinds)
{
	const struct pcap_kind kind = {_i & 1, (_i & 2) != 0, 1};
	struct capture c;
	struct reader *r;
	struct packet p;
	const struct capture_info *info;

	capture_create(&c, "a.pcap");
	pcap_header(&c, &kind);
	pcap_packet(&c, 1000, 123456, 60, 1500);
	pcap_packet(&c, 1001, 999999, 1, 1);
	capture_done(&c);
	r = reader_open_one(c.path, NULL);
	info = reader_info(r, 0);
	ck_assert_uint_eq(reader_inputs(r), 1);
	ck_assert_str_eq(info->path, c.path);
	ck_assert_str_eq(info->format, "pcap");
	ck_assert_str_eq(info->compression, "none");
	ck_assert_str_eq(info->link_name, "EN10MB");
	ck_assert_str_eq(info->link_description, "Ethernet");
	ck_assert_int_eq(info->link_type, 1);
	ck_assert_int_eq(info->snaplen, 2000);
	ck_assert_int_eq(info->nanoseconds, kind.nanoseconds);
	ck_assert(!info->has_time);
	ck_assert(!info->complete);

	ck_assert_int_eq(reader_next(r, &p), READER_PACKET);
	ck_assert_uint_eq(p.frame_no, 1);
	ck_assert_uint_eq(p.file_frame_no, 1);
	ck_assert_uint_eq(p.file_no, 0);
	ck_assert_int_eq(p.link_type, 1);
	ck_assert_int_eq(
	    p.ts_ns, 1000 * SECOND + (kind.nanoseconds ? 123456 : 123456000));
	ck_assert_uint_eq(p.cap_len, 60);
	ck_assert_uint_eq(p.wire_len, 1500);
	ck_assert_uint_eq(p.data[59], 59);
	ck_assert_int_eq(reader_next(r, &p), READER_PACKET);
	ck_assert_uint_eq(p.frame_no, 2);
	ck_assert_int_eq(reader_next(r, &p), READER_END);
	ck_assert_int_eq(reader_next(r, &p), READER_END);

	ck_assert_uint_eq(info->packets, 2);
	ck_assert_uint_eq(info->bytes, 1501);
	ck_assert(info->has_time);
	ck_assert_int_eq(info->first_ns,
	    1000 * SECOND + (kind.nanoseconds ? 123456 : 123456000));
	ck_assert_int_eq(info->last_ns,
	    1001 * SECOND + (kind.nanoseconds ? 999999 : 999999000));
	ck_assert(info->complete);
	ck_assert_ptr_null(info->error);
	reader_close(r);
	capture_remove(&c);
}
END_TEST

/* A section header, an interface with a time resolution, one packet. */
static void
pcapng_write(struct capture *c, const char *name, bool big, unsigned resolution,
    uint64_t time)
{
	capture_create(c, name);
	c->big = big;
	capture_put32(c, 0x0a0d0d0a);
	capture_put32(c, 28);
	capture_put32(c, 0x1a2b3c4d);
	capture_put32(c, big ? 0x00010000 : 1); /* version 1.0 */
	capture_put32(c, 0xffffffff);
	capture_put32(c, 0xffffffff);
	capture_put32(c, 28);
	/* name resolution, to be stepped over */
	capture_put32(c, 4);
	capture_put32(c, 16);
	capture_put32(c, 0);
	capture_put32(c, 16);
	capture_put32(c, 1);
	capture_put32(c, resolution == 0 ? 20 : 40);
	capture_put16(c, 1);
	capture_put16(c, 0);
	capture_put32(c, 1000);
	if (resolution != 0) {
		capture_put16(c, 2); /* if_name, padded */
		capture_put16(c, 2);
		capture_text(c, "6c6f 0000");
		capture_put16(c, 9);
		capture_put16(c, 1);
		capture_text(c, "");
		putc((int)resolution, c->f);
		capture_text(c, "000000");
		capture_put32(c, 0);
	}
	capture_put32(c, resolution == 0 ? 20 : 40);
	capture_put32(c, 6);
	capture_put32(c, 36);
	capture_put32(c, 0);
	capture_put32(c, (uint32_t)(time >> 32));
	capture_put32(c, (uint32_t)time);
	capture_put32(c, 4);
	capture_put32(c, 60);
	capture_text(c, "01020304");
	capture_put32(c, 36);
	capture_done(c);
}

static const struct {
	unsigned resolution; /* if_tsresol, 0: none */
	uint64_t time;
	int64_t ts_ns;
	bool nanoseconds;
} resolutions[] = {
    {0, 1500000, 1500000000, false},
    {6, 1500000, 1500000000, false},
    {3, 1500, 1500000000, false},
    {9, 1500000001, 1500000001, true},
    {0x8a, 1536, 1500000000, false}, /* 2^-10 s */
    {0x9e, 1u << 29, 500000000, true},
};

START_TEST(pcapng)
{
	struct capture c;
	struct reader *r;
	struct packet p;
	const struct capture_info *info;

	for (unsigned big = 0; big < 2; big++) {
		pcapng_write(&c, "a.pcapng", big == 1,
		    resolutions[_i].resolution, resolutions[_i].time);
		r = reader_open_one(c.path, NULL);
		info = reader_info(r, 0);
		ck_assert_str_eq(info->format, "pcapng");
		ck_assert_int_eq(
		    info->nanoseconds, resolutions[_i].nanoseconds);
		ck_assert_int_eq(info->snaplen, 1000);
		ck_assert_int_eq(reader_next(r, &p), READER_PACKET);
		ck_assert_int_eq(p.ts_ns, resolutions[_i].ts_ns);
		ck_assert_uint_eq(p.cap_len, 4);
		ck_assert_uint_eq(p.wire_len, 60);
		ck_assert_int_eq(reader_next(r, &p), READER_END);
		ck_assert(info->complete);
		reader_close(r);
		capture_remove(&c);
	}
}
END_TEST

/* Times that a file can hold and we cannot (PACKET_TIME_MAX), and others. */
START_TEST(odd_times)
{
	static const struct {
		uint32_t seconds, fraction;
		int64_t ts_ns;
	} rows[] = {
	    {0, 0, 0}, {0xffffffff, 0, 4294967295 * SECOND}, /* the year 2106 */
	    {0x80000000, 1, 2147483648 * SECOND + 1000},
	    {5, 3000000, 8 * SECOND}, /* more than a second of microseconds */
	};
	static const struct pcap_kind kind = {false, false, 1};
	struct capture c;
	struct reader *r;
	struct packet p;

	capture_create(&c, "a.pcap");
	pcap_header(&c, &kind);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		pcap_packet(&c, rows[i].seconds, rows[i].fraction, 1, 1);
	capture_done(&c);
	r = reader_open_one(c.path, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ck_assert_int_eq(reader_next(r, &p), READER_PACKET);
		ck_assert_int_eq(p.ts_ns, rows[i].ts_ns);
	}
	ck_assert_int_eq(reader_info(r, 0)->first_ns, 0);
	ck_assert_int_eq(reader_info(r, 0)->last_ns, 4294967295 * SECOND);
	reader_close(r);
	capture_remove(&c);
	/* pcapng holds 64 bits of any unit */
	pcapng_write(&c, "b.pcapng", false, 3, UINT64_MAX);
	r = reader_open_one(c.path, NULL);
	ck_assert_int_eq(reader_next(r, &p), READER_PACKET);
	ck_assert_int_eq(p.ts_ns, PACKET_TIME_MAX);
	reader_close(r);
	capture_remove(&c);
}
END_TEST

/* Filtered packets are counted and numbered as all others. */
START_TEST(filter)
{
	static const struct pcap_kind kind = {false, false, 1};
	struct capture c;
	struct reader *r;
	struct packet p;

	capture_create(&c, "a.pcap");
	pcap_header(&c, &kind);
	pcap_packet(&c, 1, 0, 60, 60);
	pcap_packet(&c, 2, 0, 60, 600);
	pcap_packet(&c, 3, 0, 60, 60);
	capture_done(&c);
	r = reader_open_one(c.path, "greater 100");
	ck_assert_int_eq(reader_next(r, &p), READER_FILTERED);
	ck_assert_uint_eq(p.frame_no, 1);
	ck_assert_int_eq(reader_next(r, &p), READER_PACKET);
	ck_assert_uint_eq(p.frame_no, 2);
	ck_assert_int_eq(reader_next(r, &p), READER_FILTERED);
	ck_assert_uint_eq(p.frame_no, 3);
	ck_assert_int_eq(reader_next(r, &p), READER_END);
	ck_assert_uint_eq(reader_info(r, 0)->packets, 3);
	ck_assert_uint_eq(reader_info(r, 0)->bytes, 720);
	reader_close(r);
	reader_check_refused(c.path, "tcp prot 80", "filter \"tcp prot 80\": ");
	capture_remove(&c);
}
END_TEST

/* Several files, by the second of each packet, and the order that results. */
static const struct {
	const char *name;
	uint32_t seconds[3][4]; /* 0 ends */
	const char *order;      /* file and packet in it */
} merges[] = {
    {"one after the other", {{1, 2, 3}, {4, 5}, {6}},
	"1.1 1.2 1.3 2.1 2.2 3.1"},
    {"given backwards", {{6, 7}, {4, 5}, {1, 2}}, "3.1 3.2 2.1 2.2 1.1 1.2"},
    {"interleaved", {{1, 3, 5}, {2, 4, 6}}, "1.1 2.1 1.2 2.2 1.3 2.3"},
    {"equal times", {{1, 2}, {1, 2}, {1, 2}}, "1.1 2.1 3.1 1.2 2.2 3.2"},
    {"one empty", {{2, 3}, {0}, {1, 4}}, "3.1 1.1 1.2 3.2"},
    {"backwards within a file", {{5, 1, 6}, {2, 3}}, "2.1 2.2 1.1 1.2 1.3"},
    {"alone, backwards", {{5, 1, 3, 2}}, "1.1 1.2 1.3 1.4"},
};

START_TEST(merge)
{
	const char *paths[3];
	struct capture files[3];
	size_t n = 0;
	char err[512] = "", order[256] = "";
	struct reader *r;
	struct packet p;
	uint64_t frames = 0;

	for (n = 0; n < 3 && (n == 0 || merges[_i].seconds[n][0] != 0 ||
				 merges[_i].seconds[2][0] != 0);
	     n++) {
		unsigned k = 0;

		while (k < 4 && merges[_i].seconds[n][k] != 0)
			k++;
		pcap_write(&files[n], "a.pcap", merges[_i].seconds[n], k);
		paths[n] = files[n].path;
	}
	r = reader_open(paths, n, NULL, err, sizeof(err));
	ck_assert_msg(r != NULL, "%s", err);
	ck_assert_uint_eq(reader_inputs(r), n);
	while (reader_next(r, &p) != READER_END) {
		size_t used = strlen(order);

		ck_assert_uint_eq(p.frame_no, ++frames);
		ck_assert_int_eq(p.ts_ns,
		    SECOND *
			merges[_i].seconds[p.file_no][p.file_frame_no - 1]);
		ck_assert_uint_eq(p.data[59], 59);
		snprintf(order + used, sizeof(order) - used, "%s%u.%u",
		    used == 0 ? "" : " ", p.file_no + 1,
		    (unsigned)p.file_frame_no);
	}
	ck_assert_str_eq(order, merges[_i].order);
	for (size_t i = 0; i < n; i++) {
		ck_assert(reader_info(r, i)->complete);
		ck_assert_str_eq(reader_info(r, i)->path, paths[i]);
		capture_remove(&files[i]);
	}
	reader_close(r);
}
END_TEST

/* A file that ends in the middle of a packet, beside a whole one. */
START_TEST(cut_off)
{
	static const uint32_t seconds[] = {1, 3, 5}, others[] = {2, 4, 6};
	struct capture a, b;
	const char *paths[2];
	char err[512] = "";
	struct reader *r;
	struct packet p;
	unsigned n = 0;
	const struct capture_info *info;

	pcap_write(&a, "a.pcap", seconds, 3);
	pcap_write(&b, "b.pcap", others, 3);
	/* 24 bytes of header, 76 a packet: cut in the second one */
	ck_assert_int_eq(truncate(a.path, 24 + 76 + _i), 0);
	paths[0] = a.path;
	paths[1] = b.path;
	r = reader_open(paths, 2, NULL, err, sizeof(err));
	ck_assert_msg(r != NULL, "%s", err);
	while (reader_next(r, &p) != READER_END)
		n++;
	ck_assert_uint_eq(n, 4);
	info = reader_info(r, 0);
	ck_assert_uint_eq(info->packets, 1);
	if (_i == 0) {
		ck_assert(info->complete);
	} else {
		ck_assert(!info->complete);
		ck_assert_ptr_nonnull(info->error);
		ck_assert_msg(
		    strncmp(info->error, "cut off in packet 2: ", 21) == 0,
		    "%s", info->error);
	}
	ck_assert(reader_info(r, 1)->complete);
	reader_close(r);
	capture_remove(&a);
	capture_remove(&b);
}
END_TEST

START_TEST(corrupt)
{
	static const struct pcap_kind kind = {false, false, 1};
	struct capture c;
	struct reader *r;
	struct packet p;

	capture_create(&c, "a.pcap");
	pcap_header(&c, &kind);
	pcap_packet(&c, 1, 0, 60, 60);
	capture_text(&c, "00000000 00000000 ffffffff ffffffff");
	capture_done(&c);
	r = reader_open_one(c.path, NULL);
	ck_assert_int_eq(reader_next(r, &p), READER_PACKET);
	ck_assert_int_eq(reader_next(r, &p), READER_END);
	ck_assert_int_eq(reader_next(r, &p), READER_END);
	ck_assert(!reader_info(r, 0)->complete);
	ck_assert_msg(strncmp(reader_info(r, 0)->error,
			  "unreadable in packet 2: ", 24) == 0,
	    "%s", reader_info(r, 0)->error);
	reader_close(r);
	capture_remove(&c);
}
END_TEST

/* Contents that are refused when opened. */
static const struct {
	const char *content, *message;
} refused[] = {
    {"", "empty file"},
    {"68656c6c6f20776f726c640a Z*100",
	"not a capture file that libpcap reads (pcap, pcapng)"},
    {"00", "not a capture file that libpcap reads (pcap, pcapng)"},
    {"d4c3b2a1 0200", "truncated dump file"},
    {"425a6839 Z*20", "compressed with bzip2, which is not supported; try: "
		      "bzip2 -dc FILE | "},
    {"d4c3b2a1 0200 0400 Z*8 ffff0000 88000000",
	"link type LTALK (114) is not supported"},
};

START_TEST(refuse)
{
	struct capture c;

	capture_create(&c, "x.pcap");
	capture_text(&c, refused[_i].content);
	/* row with a link type: LocalTalk */
	if (strstr(refused[_i].message, "LTALK") != NULL) {
		fseek(c.f, 20, SEEK_SET);
		capture_put32(&c, 114);
	}
	capture_done(&c);
	reader_check_refused(c.path, NULL, refused[_i].message);
	capture_remove(&c);
}
END_TEST

START_TEST(no_file)
{
	const char *twice[] = {"-", "-"};
	char err[512] = "";

	reader_check_refused("no/such.pcap", NULL, "no such file");
	reader_check_refused(".", NULL, "is a directory");
	if (geteuid() != 0) {
		struct capture c;

		capture_create(&c, "x.pcap");
		capture_text(&c, "00");
		capture_done(&c);
		ck_assert_int_eq(chmod(c.path, 0), 0);
		reader_check_refused(c.path, NULL, "permission denied");
		capture_remove(&c);
	}
	/* "-" as the second of two would wait for a terminal */
	ck_assert_int_eq(close(STDIN_FILENO), 0);
	ck_assert_int_eq(open("/dev/null", O_RDONLY), STDIN_FILENO);
	ck_assert_ptr_null(reader_open(twice, 1, NULL, err, sizeof(err)));
	ck_assert_str_eq(err, "standard input: empty file");
}
END_TEST

/* A capture through a pipe, byte for byte the same. */
START_TEST(standard_input)
{
	static const uint32_t seconds[] = {1, 2, 3};
	const char *paths[] = {"-", "-"};
	struct capture c;
	struct reader *r;
	struct packet p;
	unsigned n = 0;
	char err[512] = "", bytes[1024];
	int ends[2];
	FILE *f;
	size_t got;

	pcap_write(&c, "a.pcap", seconds, 3);
	ck_assert_int_eq(pipe(ends), 0);
	f = fopen(c.path, "rb");
	ck_assert_ptr_nonnull(f);
	got = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	ck_assert_int_eq(write(ends[1], bytes, got), (ssize_t)got);
	close(ends[1]);
	ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	r = reader_open(paths, 1, NULL, err, sizeof(err));
	ck_assert_msg(r != NULL, "%s", err);
	ck_assert_str_eq(reader_info(r, 0)->path, "-");
	while (reader_next(r, &p) == READER_PACKET)
		n++;
	ck_assert_uint_eq(n, 3);
	ck_assert(reader_info(r, 0)->complete);
	reader_close(r);
	capture_remove(&c);
}
END_TEST

START_TEST(standard_input_twice)
{
	static const uint32_t seconds[] = {1};
	const char *paths[] = {"-", "-"};
	char err[512] = "";
	struct capture c;

	pcap_write(&c, "a.pcap", seconds, 1);
	ck_assert_ptr_nonnull(freopen(c.path, "rb", stdin));
	ck_assert_ptr_null(reader_open(paths, 2, NULL, err, sizeof(err)));
	ck_assert_str_eq(err, "standard input can be read only once");
	capture_remove(&c);
}
END_TEST

START_TEST(stop)
{
	static const uint32_t seconds[] = {1, 2, 3};
	struct capture c;
	struct reader *r;
	struct packet p;

	pcap_write(&c, "a.pcap", seconds, 3);
	r = reader_open_one(c.path, NULL);
	ck_assert_int_eq(reader_next(r, &p), READER_PACKET);
	reader_stop(r, "stopped");
	ck_assert_int_eq(reader_next(r, &p), READER_END);
	ck_assert(!reader_info(r, 0)->complete);
	ck_assert_str_eq(reader_info(r, 0)->error, "stopped");
	reader_close(r);
	r = reader_open_one(c.path, NULL);
	while (reader_next(r, &p) != READER_END)
		;
	reader_stop(r, "stopped");
	ck_assert(reader_info(r, 0)->complete);
	ck_assert_ptr_null(reader_info(r, 0)->error);
	reader_close(r);
	capture_remove(&c);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("reader");
	TCase *c = tcase_create("formats");

	tcase_add_loop_test(c, pcap_kinds, 0, 4);
	tcase_add_loop_test(c, pcapng, 0, ROWS(resolutions));
	tcase_add_test(c, odd_times);
	tcase_add_test(c, filter);
	suite_add_tcase(s, c);
	c = tcase_create("several");
	tcase_add_loop_test(c, merge, 0, ROWS(merges));
	tcase_add_loop_test(c, cut_off, 0, 76);
	tcase_add_test(c, stop);
	suite_add_tcase(s, c);
	c = tcase_create("refusals");
	tcase_add_test(c, corrupt);
	tcase_add_loop_test(c, refuse, 0, ROWS(refused));
	tcase_add_test(c, no_file);
	tcase_add_test(c, standard_input);
	tcase_add_test(c, standard_input_twice);
	suite_add_tcase(s, c);
	return run_suite(s);
}
