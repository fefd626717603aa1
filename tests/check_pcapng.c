/*
 * check_pcapng.c - what of a pcapng stream libpcap gets to see.
 */
#include "input/pcapng.h"

#include <string.h>

#include "support/frame_text.h"
#include "support/run_suite.h"

#define STREAM_MAX 4096

/* Blocks in little and in big endian order. */
#define SECTION_LE \
	"0a0d0d0a 1c000000 4d3c2b1a 01000000 ffffffffffffffff 1c000000 "
#define SECTION_BE \
	"0a0d0d0a 0000001c 1a2b3c4d 00010000 ffffffffffffffff 0000001c "
#define IF_LE(link, snaplen) \
	"01000000 14000000 " link " 0000 " snaplen " 14000000 "
#define IF_BE(link, snaplen) \
	"00000001 00000014 " link " 0000 " snaplen " 00000014 "
#define PACKET_LE(interface) \
	"06000000 24000000 " interface " Z*8 04000000 3c000000 01020304 " \
	"24000000 "
#define PACKET_BE(interface) \
	"00000006 00000024 " interface " Z*8 00000004 0000003c 01020304 " \
	"00000024 "
#define SIMPLE_LE "03000000 14000000 3c000000 01020304 14000000 "
#define OLD_BE(interface) \
	"00000002 00000024 " interface " 0000 Z*8 00000004 0000003c 01020304 " \
	"00000024 "
#define NAMES_LE "04000000 10000000 00000000 10000000 "
#define EMPTY_LE "63000000 0c000000 0c000000 "

static const struct {
	const char *name, *stream, *expected;
	unsigned links_n;
	uint16_t links[8];
	uint32_t snaplen;
} rows[] = {
    {"one interface",
	SECTION_LE IF_LE("0100", "60000000") PACKET_LE("00000000"),
	SECTION_LE IF_LE("0100", "00000000") PACKET_LE("00000000"), 1, {1},
	0x60},
    {"three",
	SECTION_LE IF_LE("0100", "60000000") IF_LE("7100", "80000000") IF_LE(
	    "1401", "40000000") PACKET_LE("00000000") PACKET_LE("01000000")
	    PACKET_LE("02000000") PACKET_LE("01000000") PACKET_LE("00000000"),
	SECTION_LE IF_LE("0100", "00000000") IF_LE("0100", "00000000") IF_LE(
	    "0100", "00000000") PACKET_LE("00000000") PACKET_LE("01000000")
	    PACKET_LE("02000000") PACKET_LE("01000000") PACKET_LE("00000000"),
	5, {1, 113, 276, 113, 1}, 0x80},
    {"big endian, later interface, old packets",
	SECTION_BE IF_BE("0071", "00000060") OLD_BE("0000")
	    IF_BE("0001", "00000000") OLD_BE("0001") PACKET_BE("00000001"),
	SECTION_BE IF_BE("0071", "00000000") OLD_BE("0000")
	    IF_BE("0071", "00000000") OLD_BE("0001") PACKET_BE("00000001"),
	3, {113, 1, 1}, 0},
    {"other blocks",
	SECTION_LE NAMES_LE EMPTY_LE IF_LE("0100", "60000000")
	    EMPTY_LE SIMPLE_LE NAMES_LE SIMPLE_LE,
	SECTION_LE NAMES_LE EMPTY_LE IF_LE("0100", "00000000")
	    EMPTY_LE SIMPLE_LE NAMES_LE SIMPLE_LE,
	2, {1, 1}, 0x60},
    {"a section begins anew",
	SECTION_LE IF_LE("0100", "60000000") IF_LE("7100", "60000000")
	    PACKET_LE("01000000") SECTION_LE IF_LE("6500", "60000000")
		PACKET_LE("00000000"),
	SECTION_LE IF_LE("0100", "00000000") IF_LE("0100", "00000000")
	    PACKET_LE("01000000") SECTION_LE IF_LE("0100", "00000000")
		PACKET_LE("00000000"),
	2, {113, 101}, 0x60},
    {"no such interface",
	SECTION_LE IF_LE("0100", "60000000") PACKET_LE("07000000"),
	SECTION_LE IF_LE("0100", "00000000") PACKET_LE("07000000"), 1, {1},
	0x60},
    {"broken length",
	SECTION_LE IF_LE("0100", "60000000") "06000000 08000000 " IF_LE(
	    "7100", "60000000"),
	SECTION_LE IF_LE("0100", "00000000") "06000000 08000000 " IF_LE(
	    "7100", "60000000"),
	0, {0}, 0x60},
    {"short interface",
	SECTION_LE "01000000 0c000000 0c000000 " IF_LE("0100", "60000000")
	    PACKET_LE("00000000"),
	SECTION_LE "01000000 0c000000 0c000000 " IF_LE("0100", "00000000")
	    PACKET_LE("00000000"),
	1, {1}, 0x60},
};

static const size_t pieces[] = {1, 3, 7, 16, 100, STREAM_MAX};

START_TEST(pass)
{
	uint8_t stream[STREAM_MAX], expected[STREAM_MAX], got[STREAM_MAX];
	size_t n = frame_write(stream, sizeof(stream), rows[_i].stream);
	size_t want_n =
	    frame_write(expected, sizeof(expected), rows[_i].expected);

	ck_assert_uint_eq(n, want_n);
	for (int p = 0; p < ROWS(pieces); p++) {
		struct pcapng *g = pcapng_new();

		ck_assert_ptr_nonnull(g);
		memcpy(got, stream, n);
		for (size_t at = 0; at < n; at += pieces[p])
			ck_assert(pcapng_pass(g, got + at,
			    n - at < pieces[p] ? n - at : pieces[p]));
		ck_assert_msg(
		    memcmp(got, expected, n) == 0, "%s", rows[_i].name);
		ck_assert_uint_eq(pcapng_snaplen(g), rows[_i].snaplen);
		for (unsigned k = 0; k < rows[_i].links_n; k++)
			ck_assert_uint_eq(
			    pcapng_next_link(g), rows[_i].links[k]);
		/* beyond the last packet: that of the file */
		ck_assert_uint_eq(pcapng_next_link(g), pcapng_first_link(g));
		pcapng_free(g);
	}
}
END_TEST

/* Packets are asked for while others come. */
START_TEST(interleaved)
{
	static const char *const blocks[] = {
	    PACKET_LE("00000000"), PACKET_LE("01000000")};
	uint8_t p[256];
	struct pcapng *g = pcapng_new();
	size_t n = frame_write(p, sizeof(p),
	    SECTION_LE IF_LE("0100", "00000000") IF_LE("7100", "00000000"));
	unsigned given = 0, taken = 0;

	ck_assert(pcapng_pass(g, p, n));
	ck_assert_uint_eq(pcapng_interfaces(g), 2);
	ck_assert_uint_eq(pcapng_link(g, 1), 113);
	while (taken < 2000) {
		if (given < 2000 && given - taken < 5 + taken % 40) {
			unsigned which = given / 3 % 2;

			n = frame_write(p, sizeof(p), blocks[which]);
			ck_assert(pcapng_pass(g, p, n));
			given++;
			continue;
		}
		ck_assert_uint_eq(
		    pcapng_next_link(g), taken / 3 % 2 == 0 ? 1 : 113);
		taken++;
	}
	pcapng_free(g);
}
END_TEST

/* The resolution of any interface counts. */
START_TEST(resolution)
{
	static const struct {
		const char *head;
		bool nanoseconds;
	} cases[] = {
	    {SECTION_LE IF_LE("0100", "00000000"), false},
	    {SECTION_LE "01000000 20000000 0100 0000 00000000 0900 0100 "
			"09000000 00000000 20000000",
		true},
	    {SECTION_LE IF_LE("0100", "00000000") NAMES_LE
		"01000000 20000000 7100 0000 00000000 0900 0100 09000000 "
		"00000000 20000000",
		true},
	    {SECTION_LE "01000000 20000000 0100 0000 00000000 0900 0100 "
			"06000000 00000000 20000000",
		false},
	    {SECTION_LE "01000000 20000000 0100 0000 00000000 0900 0100",
		false},
	};
	uint8_t p[512];

	for (int i = 0; i < ROWS(cases); i++) {
		size_t n = frame_write(p, sizeof(p), cases[i].head);

		ck_assert_int_eq(
		    pcapng_nanoseconds(p, n), cases[i].nanoseconds);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("pcapng");
	TCase *c = tcase_create("blocks");

	tcase_add_loop_test(c, pass, 0, ROWS(rows));
	tcase_add_test(c, interleaved);
	tcase_add_test(c, resolution);
	suite_add_tcase(s, c);
	return run_suite(s);
}
