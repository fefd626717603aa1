/*
 * check_tcpopt.c - TCP options, well-formed, malformed (R6.3) and cut (R1.7).
 */
#include "input/tcpopt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/frame_text.h"
#include "support/run_suite.h"

/* Append one item to a list in text. */
static void
note(char *text, size_t size, const char *item)
{
	size_t used = strlen(text);

	snprintf(text + used, size - used, "%s%s", used == 0 ? "" : " ", item);
}

/* Everything that was parsed, as text. */
static void
show(const struct tcp_options *o, char *text, size_t size)
{
	char item[64];

	text[0] = '\0';
#define ITEM(bit, ...) \
	if ((o->has & (bit)) != 0) { \
		snprintf(item, sizeof(item), __VA_ARGS__); \
		note(text, size, item); \
	}
	ITEM(OPT_MSS, "mss=%u", o->mss)
	ITEM(OPT_WSCALE, "wscale=%u", o->wscale)
	ITEM(OPT_SACK_PERMITTED, "sackok")
	ITEM(OPT_SACK, "sack")
	for (unsigned i = 0; i < o->sack_n; i++) {
		snprintf(
		    item, sizeof(item), "%x-%x", o->sack[i][0], o->sack[i][1]);
		note(text, size, item);
	}
	ITEM(OPT_TIMESTAMPS, "ts=%x/%x", o->tsval, o->tsecr)
	ITEM(OPT_FAST_OPEN, "tfo=%u", o->tfo_len)
	ITEM(OPT_USER_TIMEOUT, "uto")
	ITEM(OPT_MD5, "md5")
	ITEM(OPT_AO, "ao")
	ITEM(OPT_MPTCP, "mptcp")
	ITEM(OPT_ACCECN, "accecn")
#undef ITEM
	if (o->bad_kind != 0) {
		snprintf(
		    item, sizeof(item), "bad=%u/%u", o->bad_kind, o->bad_len);
		note(text, size, item);
	}
	if (o->cut)
		note(text, size, "cut");
}

/* Parse an exact copy, so that a read past its end is seen. */
static void
parse(const uint8_t *p, size_t have, size_t want, char *text, size_t size)
{
	struct tcp_options o;
	uint8_t *copy = malloc(have + 1);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy + 1, p, have);
	memset(&o, 0x5a, sizeof(o));
	tcpopt_parse(&o, copy + 1, (uint32_t)have, (uint32_t)want);
	free(copy);
	show(&o, text, size);
}

static const struct {
	const char *bytes, *result;
} areas[] = {
    {"", ""},
    {"00 00 00 00", ""},
    {"01 01 01 00", ""},
    {"00 02 04 05 b4", ""}, /* nothing counts after the end of list */
    {"02 04 05b4", "mss=1460"},
    {"02 04 0000", "mss=0"},
    {"01 03 03 07", "wscale=7"},
    {"03 03 ff 00", "wscale=255"},
    {"04 02 01 01", "sackok"},
    {"02 04 05b4 04 02 08 0a 0000000b 00000000 01 03 03 0e",
	"mss=1460 wscale=14 sackok ts=b/0"},
    {"02 04 05b4 01 03 03 08 01 01 04 02", "mss=1460 wscale=8 sackok"},
    {"02 04 05b4 01 03 03 06 01 01 08 0a 0000000b 00000000 04 02 00 00",
	"mss=1460 wscale=6 sackok ts=b/0"},
    {"01 01 08 0a 00000007 00000009", "ts=7/9"},
    {"02 04 05b4 01 01 04 02 01 03 03 07", "mss=1460 wscale=7 sackok"},
    {"02 04 05b4 01 03 03 06 04 02 08 0a 0000000b 0000000c",
	"mss=1460 wscale=6 sackok ts=b/c"},
    /* much like the usual ones */
    {"02 04 05b4 04 02 08 0a 0000000b 00000000 03 03 01 0e",
	"mss=1460 wscale=1 sackok ts=b/0 bad=14/0"},
    {"02 04 05b4 04 02 08 0b 0000000b 00000000 01 03 03 0e",
	"mss=1460 sackok bad=8/11"},
    {"02 04 05b4 01 03 03 08 01 01 04 03", "mss=1460 wscale=8 bad=4/3"},
    {"02 04 05b4 01 03 03 06 01 01 08 0a 0000000b 00000000 04 02 01 02",
	"mss=1460 wscale=6 sackok ts=b/0 bad=2/0"},
    {"01 01 08 0a 00000007 00000009 01 01 04 02", "sackok ts=7/9"},
    {"01 01 08 0a ffffffff 00000001", "ts=ffffffff/1"},
    {"01 01 05 0a 00000010 00000020", "sack 10-20"},
    {"05 22 00000001 00000002 00000003 00000004 00000005 00000006 00000007 "
     "00000008",
	"sack 1-2 3-4 5-6 7-8"},
    {"05 12 00000001 00000002 00000003 00000004 01 01", "sack 1-2 3-4"},
    {"22 02", "tfo=0"},
    {"22 06 01020304", "tfo=4"},
    {"22 12 P*16 01 01", "tfo=16"},
    {"fe 04 f989", "tfo=0"},
    {"fd 08 f989 01020304", "tfo=4"},
    {"fe 06 1234 0102", ""}, /* another experiment */
    {"1c 04 8005", "uto"},
    {"13 12 Z*16", "md5"},
    {"1d 10 0102 Z*12", "ao"},
    {"1e 0c 00 81 P*8", "mptcp"},
    {"1e 03 80 01", "mptcp"},
    {"ac 0b P*9 01", "accecn"},
    {"ae 02 01 01", "accecn"},
    {"fa 04 0000 02 04 05b4", "mss=1460"}, /* unknown ones are skipped */
    {"02 04 05b4 02 04 0218", "mss=536"},  /* of two, the later one */
    /* R6.3: length 0 or 1, or beyond the header */
    {"02 00 05b4", "bad=2/0"},
    {"02 01 05b4", "bad=2/1"},
    {"fa 00 0000", "bad=250/0"},
    {"02 05 05b4", "bad=2/5"},
    {"01 01 01 02", "bad=2/0"},
    {"01 01 01 ff", "bad=255/0"},
    {"04 02 08 0a 00000001", "sackok bad=8/10"},
    /* R6.3: wrong size; what follows is unknown */
    {"02 03 05 04 02", "bad=2/3"},
    {"02 05 05b400 04 02", "bad=2/5"},
    {"03 02 04 02", "bad=3/2"},
    {"03 04 0707", "bad=3/4"},
    {"04 03 00 01", "bad=4/3"},
    {"08 09 P*7", "bad=8/9"},
    {"08 0b P*9", "bad=8/11"},
    {"05 02", "bad=5/2"},
    {"05 09 P*7", "bad=5/9"},
    {"05 0b P*9 01", "bad=5/11"},
    {"05 24 P*34", "bad=5/36"},
    {"02 04 05b4 04 02 03 04 0000 02 04 0218", "mss=1460 sackok bad=3/4"},
    /* wrong sizes of others are not believed, and nothing more */
    {"22 03 00 01", ""},
    {"22 04 0102", ""},
    {"22 07 P*5 01", ""},
    {"22 14 P*18", ""},
    {"fe 03 f9 01", ""},
    {"fe 06 f989 0102", ""},
    {"1c 03 80 01", ""},
    {"13 11 Z*15 01", ""},
    {"1d 03 01 01", ""},
    {"1e 02 01 01", ""},
    {"ac 04 0102", ""},
    {"ac 0e Z*12", ""},
};

START_TEST(whole)
{
	uint8_t bytes[64];
	size_t n = frame_write(bytes, sizeof(bytes), areas[_i].bytes);
	char text[256];

	parse(bytes, n, n, text, sizeof(text));
	ck_assert_str_eq(text, areas[_i].result);
}
END_TEST

/*
 * R1.7: with the rest of the area lost to the snaplen, an option is reported
 * as if whole, or is unknown; nothing is ever taken for a lie.
 */
START_TEST(cut)
{
	static const struct {
		size_t have;
		const char *result;
	} rows[] = {
	    {0, "cut"},
	    {1, "cut"},
	    {2, "cut"},
	    {3, "cut"},
	    {4, "mss=1460 cut"},
	    {5, "mss=1460 cut"},
	    {6, "mss=1460 sackok cut"},
	    {7, "mss=1460 sackok cut"},
	    {8, "mss=1460 sackok cut"},
	    {15, "mss=1460 sackok cut"},
	    {16, "mss=1460 sackok ts=7/9 cut"},
	    {17, "mss=1460 sackok ts=7/9 cut"},
	    {19, "mss=1460 sackok ts=7/9 cut"},
	    {20, "mss=1460 wscale=7 sackok ts=7/9"},
	};
	uint8_t bytes[64];
	size_t n = frame_write(bytes, sizeof(bytes),
	    "02 04 05b4 04 02 08 0a 00000007 00000009 01 03 03 07");
	char text[256];

	ck_assert_uint_eq(n, 20);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		parse(bytes, rows[i].have, n, text, sizeof(text));
		ck_assert_str_eq(text, rows[i].result);
	}
}
END_TEST

START_TEST(cut_edges)
{
	uint8_t bytes[64];
	char text[256];
	size_t n;

	/* After the end of list nothing is missing. */
	n = frame_write(bytes, sizeof(bytes), "04 02 00");
	parse(bytes, n, 8, text, sizeof(text));
	ck_assert_str_eq(text, "sackok");
	/* A length that not even the whole area could hold is a lie. */
	n = frame_write(bytes, sizeof(bytes), "08 0a 0000");
	parse(bytes, n, 8, text, sizeof(text));
	ck_assert_str_eq(text, "bad=8/10");
	/* More captured than the header claims: the header wins. */
	n = frame_write(bytes, sizeof(bytes), "04 02 02 04 05b4");
	parse(bytes, n, 2, text, sizeof(text));
	ck_assert_str_eq(text, "sackok");
}
END_TEST

START_TEST(iterator)
{
	uint8_t bytes[64];
	size_t n = frame_write(
	    bytes, sizeof(bytes), "01 02 04 05b4 01 01 fa 03 77 04 02 00");
	struct tcpopt_iter it;
	struct tcpopt o;

	tcpopt_begin(&it, bytes, (uint32_t)n, (uint32_t)n);
	ck_assert(tcpopt_next(&it, &o));
	ck_assert_uint_eq(o.kind, 2);
	ck_assert_uint_eq(o.len, 4);
	ck_assert_ptr_eq(o.data, bytes + 3);
	ck_assert(tcpopt_next(&it, &o));
	ck_assert_uint_eq(o.kind, 250);
	ck_assert_uint_eq(o.len, 3);
	ck_assert_uint_eq(*o.data, 0x77);
	ck_assert(tcpopt_next(&it, &o));
	ck_assert_uint_eq(o.kind, 4);
	ck_assert_uint_eq(o.len, 2);
	ck_assert(!tcpopt_next(&it, &o));
	ck_assert(!tcpopt_next(&it, &o));
	ck_assert(!it.cut);
	ck_assert_uint_eq(it.bad_kind, 0);
	tcpopt_begin(&it, NULL, 0, 0);
	ck_assert(!tcpopt_next(&it, &o));
	ck_assert(!it.cut);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("tcpopt");
	TCase *c = tcase_create("R6.3");

	tcase_add_loop_test(c, whole, 0, ROWS(areas));
	tcase_add_test(c, iterator);
	suite_add_tcase(s, c);
	c = tcase_create("R1.7");
	tcase_add_test(c, cut);
	tcase_add_test(c, cut_edges);
	suite_add_tcase(s, c);
	return run_suite(s);
}
