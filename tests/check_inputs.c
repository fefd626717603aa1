/*
 * check_inputs.c - compressed captures, several interfaces, many files.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input/reader.h"
#include "support/capture_file.h"
#include "support/pack.h"
#include "support/reader_open.h"
#include "support/run_suite.h"

#define SECTION "0a0d0d0a 1c000000 4d3c2b1a 01000000 ffffffffffffffff 1c000000 "
#define INTERFACE(link, snaplen) \
	"01000000 14000000 " link " 0000 " snaplen " 14000000 "
#define SIMPLE "03000000 14000000 04000000 01020304 14000000 "
#define PACKET(interface) \
	"06000000 24000000 " interface " Z*8 04000000 3c000000 01020304 " \
	"24000000 "

/* Compressed inputs: a whole capture, and what is no capture. */
static const char *const formats[] = {"gzip", "zstd", "lz4", "xz"};

/* Write c again, compressed, and keep the first `keep` bytes; 0: all. */
static bool
compress_capture(struct capture *c, const char *format, size_t keep)
{
	static uint8_t plain[65536], packed[65536];
	size_t n;
	FILE *f = fopen(c->path, "rb");

	ck_assert_ptr_nonnull(f);
	n = fread(plain, 1, sizeof(plain), f);
	fclose(f);
	n = pack_member(format, packed, sizeof(packed), plain, n);
	if (n == 0)
		return false;
	f = fopen(c->path, "wb");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(
	    fwrite(packed, 1, keep == 0 ? n : keep, f), keep == 0 ? n : keep);
	ck_assert_int_eq(fclose(f), 0);
	return true;
}

#define MANY 40
#define MANY_CUT 5

/*
 * More files than are kept open, given in no order: some overlap the next,
 * some are compressed, one is cut off, one has interfaces, one is empty.
 */
static void
many_write(struct capture *c, unsigned k)
{
	uint32_t at = 1000 + (k * 17 % MANY) * 10;
	const uint32_t seconds[] = {
	    at, at + 3, at + 6, at + (k % 4 == 0 ? 25 : 9)};

	if (k == 7) {
		capture_create(c, "a.pcapng");
		capture_text(c,
		    SECTION INTERFACE("0100", "60000000")
			INTERFACE("7100", "80000000") PACKET("00000000") PACKET(
			    "01000000") PACKET("00000000") PACKET("00000000"));
		capture_done(c);
		return;
	}
	pcap_write(c, "a.pcap", seconds, k == 9 ? 0 : 4);
	if (k == MANY_CUT)
		ck_assert_int_eq(truncate(c->path, 24 + 76 + 76 + 20), 0);
	else if (k % 3 == 0)
		(void)compress_capture(c, formats[k / 3 % 4], 0);
}

START_TEST(many)
{
	static struct capture files[MANY];
	const char *paths[MANY];
	uint64_t read[MANY] = {0};
	int64_t last = INT64_MIN;
	char err[512] = "";
	struct reader *r;
	struct packet p;
	unsigned n = 0;

	for (unsigned k = 0; k < MANY; k++) {
		many_write(&files[k], k);
		paths[k] = files[k].path;
	}
	r = reader_open(paths, MANY, NULL, err, sizeof(err));
	ck_assert_msg(r != NULL, "%s", err);
	/* nothing was handed out yet */
	ck_assert_uint_eq(reader_info(r, 3)->packets, 0);
	while (reader_next(r, &p) == READER_PACKET) {
		unsigned file_no;
		uint64_t number;

		ck_assert_uint_eq(p.frame_no, ++n);
		ck_assert_int_ge(p.ts_ns, last);
		last = p.ts_ns;
		ck_assert_uint_eq(p.file_frame_no, ++read[p.file_no]);
		ck_assert(origins_find(
		    reader_origins(r), p.frame_no, &file_no, &number));
		ck_assert_uint_eq(file_no, p.file_no);
		ck_assert_uint_eq(number, p.file_frame_no);
		if (p.file_no == 7)
			ck_assert_int_eq(
			    p.link_type, p.file_frame_no == 2 ? 113 : 1);
		else
			ck_assert_uint_eq(p.data[59], 59);
	}
	ck_assert_uint_eq(n, 4 * (MANY - 2) + 2);
	for (unsigned k = 0; k < MANY; k++) {
		const struct capture_info *info = reader_info(r, k);

		ck_assert_uint_eq(info->packets, read[k]);
		ck_assert_uint_eq(read[k], k == MANY_CUT ? 2 : k == 9 ? 0 : 4);
		ck_assert_int_eq(info->complete, k != MANY_CUT);
		capture_remove(&files[k]);
	}
	reader_close(r);
}
END_TEST

START_TEST(compressed)
{
	static const uint32_t seconds[] = {1, 2, 3};
	struct capture c;
	struct reader *r;
	struct packet p;
	unsigned n = 0;

	pcap_write(&c, "a.pcap", seconds, 3);
	if (!compress_capture(&c, formats[_i], 0)) {
		capture_remove(&c);
		return;
	}
	r = reader_open_one(c.path, NULL);
	ck_assert_str_eq(reader_info(r, 0)->format, "pcap");
	ck_assert_str_eq(reader_info(r, 0)->compression, formats[_i]);
	while (reader_next(r, &p) == READER_PACKET)
		n++;
	ck_assert_uint_eq(n, 3);
	ck_assert(reader_info(r, 0)->complete);
	ck_assert_ptr_null(reader_info(r, 0)->error);
	reader_close(r);
	capture_remove(&c);
}
END_TEST

/* Packets before the end of a cut stream are read, and the end is told. */
START_TEST(compressed_cut)
{
	static const uint32_t seconds[] = {1, 2, 3};
	struct capture c;
	struct reader *r;
	struct packet p;
	char expected[128];
	uint64_t n = 0;
	struct stat st;

	pcap_write(&c, "a.pcap", seconds, 3);
	if (!compress_capture(&c, "gzip", 0)) {
		capture_remove(&c);
		return;
	}
	ck_assert_int_eq(stat(c.path, &st), 0);
	/* all data, but the trailer of 8 bytes is not whole */
	ck_assert_int_eq(truncate(c.path, st.st_size - 1 - _i), 0);
	r = reader_open_one(c.path, NULL);
	while (reader_next(r, &p) == READER_PACKET)
		n++;
	ck_assert_uint_eq(n, 3);
	ck_assert(!reader_info(r, 0)->complete);
	snprintf(expected, sizeof(expected),
	    "cut off in packet %u: the gzip data end too early",
	    (unsigned)n + 1);
	ck_assert_str_eq(reader_info(r, 0)->error, expected);
	reader_close(r);
	capture_remove(&c);
}
END_TEST

/* Compressed, but not a capture, or damaged before the first packet. */
START_TEST(compressed_refused)
{
	static const char *const heads[] = {"1f8b 0801 Z*20",
	    "28b52ffd ff Z*20", "04224d18 ff Z*20", "fd377a585a00 Z*20"};
	char message[128];
	struct capture c;

	capture_create(&c, "a.pcap");
	capture_text(&c, "68656c6c6f Z*100");
	capture_done(&c);
	if (compress_capture(&c, formats[_i], 0)) {
		reader_check_refused(
		    c.path, NULL, "not a capture file that libpcap");
		snprintf(message, sizeof(message),
		    "unreadable: the %s data are damaged", formats[_i]);
	} else {
		snprintf(message, sizeof(message),
		    "compressed with %s, which this build cannot read; try: ",
		    formats[_i]);
	}
	capture_remove(&c);
	capture_create(&c, "a.pcap");
	capture_text(&c, heads[_i]);
	capture_done(&c);
	reader_check_refused(c.path, NULL, message);
	capture_remove(&c);
}
END_TEST

/* Interfaces that differ: each packet has the link type of its own. */
START_TEST(interfaces)
{
	static const int links[] = {147, 12, 1, 12};
	struct capture c;
	struct reader *r;
	struct packet p;

	capture_create(&c, "a.pcapng");
	capture_text(&c,
	    SECTION INTERFACE("9300", "60000000") INTERFACE("6500", "80000000")
		PACKET("00000000") PACKET("01000000") INTERFACE(
		    "0100", "ffff0000") PACKET("02000000") PACKET("01000000"));
	capture_done(&c);
	r = reader_open_one(c.path, _i == 0 ? NULL : "greater 2");
	ck_assert_int_eq(reader_info(r, 0)->snaplen, 65535);
	for (unsigned i = 0; i < 4; i++) {
		ck_assert_int_eq(reader_next(r, &p), READER_PACKET);
		ck_assert_int_eq(p.link_type, links[i]);
		ck_assert_uint_eq(p.cap_len, 4);
	}
	ck_assert_int_eq(reader_next(r, &p), READER_END);
	ck_assert(reader_info(r, 0)->complete);
	ck_assert_str_eq(reader_info(r, 0)->link_name, "USER0, RAW, EN10MB");
	reader_close(r);
	capture_remove(&c);
}
END_TEST

/* Without one that can be decoded there is nothing to do. */
START_TEST(interfaces_unsupported)
{
	struct capture c;

	capture_create(&c, "a.pcapng");
	capture_text(&c, SECTION INTERFACE("9300", "60000000")
			     INTERFACE("9400", "80000000") PACKET("00000000"));
	capture_done(&c);
	reader_check_refused(
	    c.path, NULL, "link type USER0 (147) is not supported");
	capture_remove(&c);
}
END_TEST

/* A filter that has no meaning for a later interface. */
START_TEST(interfaces_filter)
{
	struct capture c;
	struct reader *r;
	struct packet p;

	capture_create(&c, "a.pcapng");
	capture_text(&c,
	    SECTION INTERFACE("0100", "60000000") INTERFACE("6500", "80000000")
		PACKET("00000000") PACKET("01000000") PACKET("00000000"));
	capture_done(&c);
	r = reader_open_one(c.path, "ether broadcast");
	ck_assert_int_eq(reader_next(r, &p), READER_FILTERED);
	ck_assert_int_eq(reader_next(r, &p), READER_END);
	ck_assert_int_eq(reader_next(r, &p), READER_END);
	ck_assert(!reader_info(r, 0)->complete);
	ck_assert_msg(
	    strncmp(reader_info(r, 0)->error,
		"unreadable in packet 2: filter \"ether broadcast\": ", 49) ==
		0,
	    "%s", reader_info(r, 0)->error);
	reader_close(r);
	capture_remove(&c);
}
END_TEST

/*
 * What a filter means is found out when the capture is opened, for every
 * interface and for reading again: later names cannot be looked up.
 */
START_TEST(interfaces_filter_early)
{
	char expression[] = "greater 2";
	struct capture c;
	struct reader *first, *again;
	const char *path;
	char err[512];
	struct packet p;

	capture_create(&c, "a.pcapng");
	capture_text(&c,
	    SECTION INTERFACE("0100", "60000000") INTERFACE("6500", "80000000")
		PACKET("00000000") PACKET("01000000") PACKET("00000000"));
	capture_done(&c);
	path = c.path;
	first = reader_open_one(c.path, expression);
	strcpy(expression, "no name");
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(reader_next(first, &p), READER_PACKET);
	ck_assert_int_eq(reader_next(first, &p), READER_END);
	ck_assert_ptr_null(reader_info(first, 0)->error);
	again = reader_open_again(first, &path, err, sizeof(err));
	ck_assert_msg(again != NULL, "%s", err);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(reader_next(again, &p), READER_PACKET);
	ck_assert_int_eq(reader_next(again, &p), READER_END);
	ck_assert_ptr_null(reader_info(again, 0)->error);
	reader_close(again);
	reader_close(first);
	capture_remove(&c);
}
END_TEST

/* Sections have interfaces of their own; libpcap wants one byte order. */
START_TEST(sections)
{
	static const char *const second[] = {
	    SECTION INTERFACE("6500", "60000000") PACKET("00000000"),
	    "0a0d0d0a 0000001c 1a2b3c4d 00010000 ffffffffffffffff 0000001c "
	    "00000001 00000014 0065 0000 00000060 00000014 "};
	struct capture c;
	struct reader *r;
	struct packet p;

	capture_create(&c, "a.pcapng");
	capture_text(
	    &c, SECTION INTERFACE("0100", "60000000") PACKET("00000000"));
	capture_text(&c, second[_i]);
	capture_done(&c);
	r = reader_open_one(c.path, NULL);
	ck_assert_int_eq(reader_next(r, &p), READER_PACKET);
	ck_assert_int_eq(p.link_type, 1);
	if (_i == 0) {
		ck_assert_int_eq(reader_next(r, &p), READER_PACKET);
		ck_assert_int_eq(p.link_type, 12);
	}
	ck_assert_int_eq(reader_next(r, &p), READER_END);
	ck_assert(reader_info(r, 0)->complete == (_i == 0));
	if (_i == 1)
		ck_assert_str_eq(reader_info(r, 0)->error,
		    "unreadable in packet 2: a section in another byte order, "
		    "which libpcap does not read; editcap rewrites the file");
	reader_close(r);
	capture_remove(&c);
}
END_TEST

/* Simple packets have no time, which is not the year 1970. */
START_TEST(simple_packets)
{
	struct capture c;
	struct reader *r;
	struct packet p;

	capture_create(&c, "a.pcapng");
	capture_text(&c, SECTION INTERFACE("0100", "60000000")
			     PACKET("00000000") SIMPLE SIMPLE);
	capture_done(&c);
	r = reader_open_one(c.path, NULL);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(reader_next(r, &p), READER_PACKET);
	ck_assert_int_eq(reader_next(r, &p), READER_END);
	ck_assert(reader_info(r, 0)->complete);
	ck_assert_uint_eq(reader_info(r, 0)->untimed, 2);
	reader_close(r);
	capture_remove(&c);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("inputs");
	TCase *c = tcase_create("compressed");

	tcase_add_loop_test(c, compressed, 0, ROWS(formats));
	tcase_add_loop_test(c, compressed_cut, 0, 8);
	tcase_add_loop_test(c, compressed_refused, 0, ROWS(formats));
	suite_add_tcase(s, c);
	c = tcase_create("interfaces");
	tcase_add_loop_test(c, interfaces, 0, 2);
	tcase_add_test(c, interfaces_filter);
	tcase_add_test(c, interfaces_filter_early);
	tcase_add_loop_test(c, sections, 0, 2);
	tcase_add_test(c, simple_packets);
	tcase_add_test(c, interfaces_unsupported);
	suite_add_tcase(s, c);
	c = tcase_create("files");
	tcase_add_test(c, many);
	suite_add_tcase(s, c);
	return run_suite(s);
}
