/*
 * check_text_format.c - numbers, times and addresses as people read them;
 * escaping, wrapping, tables.
 */
#include "report/text_format.h"

#include <stdlib.h>
#include <string.h>

#include "report/text_page.h"
#include "report/text_table.h"
#include "support/run_suite.h"

#define US INT64_C(1000)
#define MS (1000 * US)
#define S (1000 * MS)

static const struct {
	struct formatted (*how)(uint64_t v);
	uint64_t v;
	const char *want;
} numbers[] = {
    {format_count, 0, "0"},
    {format_count, 999, "999"},
    {format_count, 2143, "2,143"},
    {format_count, 1000000, "1,000,000"},
    {format_count, UINT64_MAX, "18,446,744,073,709,551,615"},
    {format_bytes, 0, "0 B"},
    {format_bytes, 999, "999 B"},
    {format_bytes, 1000, "1.0 kB"},
    {format_bytes, 1249, "1.2 kB"},
    {format_bytes, 1250, "1.3 kB"},
    {format_bytes, 48300, "48.3 kB"},
    {format_bytes, 99949, "99.9 kB"},
    {format_bytes, 99950, "100 kB"},
    {format_bytes, 999499, "999 kB"},
    {format_bytes, 999500, "1.0 MB"},
    {format_bytes, UINT64_C(4300000000), "4.3 GB"},
    {format_bytes, UINT64_MAX, "18.4 EB"},
    {format_rate, 950, "950 bit/s"},
    {format_rate, 1230000, "1.2 Mbit/s"},
    {format_rate, UINT64_C(2500000000000000), "2,500 Tbit/s"},
    {format_share, 0, "0%"},
    {format_share, 1, "<0.01%"},
    {format_share, 4500, "0.45%"},
    {format_share, 33000, "3.3%"},
    {format_share, 333333, "33%"},
    {format_share, 999999, ">99.9%"},
    {format_share, 1000000, "100%"},
};

START_TEST(test_numbers)
{
	ck_assert_str_eq(numbers[_i].how(numbers[_i].v).s, numbers[_i].want);
}
END_TEST

static const struct {
	struct formatted (*how)(int64_t ns);
	int64_t ns;
	const char *want;
} durations[] = {
    {format_duration, 0, "0 ms"},
    {format_duration, 850, "850 ns"},
    {format_duration, 1 * US, "0.001 ms"},
    {format_duration, 45300, "0.045 ms"},
    {format_duration, 999499, "0.999 ms"},
    {format_duration, 999500, "1.00 ms"},
    {format_duration, 9995 * US, "10.0 ms"},
    {format_duration, 23100 * US, "23.1 ms"},
    {format_duration, 231 * MS, "231 ms"},
    {format_duration, 999500 * US, "1.00 s"},
    {format_duration, 1200 * MS, "1.20 s"},
    {format_duration, 63 * S, "63.0 s"},
    {format_duration, 99949 * MS, "99.9 s"},
    {format_duration, 99950 * MS, "1 min 39 s"},
    {format_duration, 125 * S, "2 min 05 s"},
    {format_duration, 3599 * S, "59 min 59 s"},
    {format_duration, 3 * 3600 * S + 7 * 60 * S, "3 h 07 min"},
    {format_duration, 49 * 3600 * S, "2 d 1 h"},
    {format_duration, -20 * MS, "-20.0 ms"},
    {format_duration, INT64_MIN, "-106751 d 23 h"},
    {format_offset, 120 * MS, "+0.120 s"},
    {format_offset, 3600 * S, "+3,600.000 s"},
    {format_offset, -5 * MS, "-0.005 s"},
    {format_moment, 120004 * US, "+0.120004 s"},
    {format_integer, -1234, "-1,234"},
    {format_integer, INT64_MIN, "-9,223,372,036,854,775,808"},
};

START_TEST(test_durations)
{
	ck_assert_str_eq(
	    durations[_i].how(durations[_i].ns).s, durations[_i].want);
}
END_TEST

START_TEST(test_times)
{
	int64_t ns = INT64_C(1795341600123456789);

	ck_assert_str_eq(
	    format_time(ns, false).s, "2026-11-22 10:00:00.123456 UTC");
	ck_assert_str_eq(
	    format_time(ns, true).s, "2026-11-22 10:00:00.123456789 UTC");
	ck_assert_str_eq(format_clock(ns, false).s, "10:00:00.123456");
	ck_assert_str_eq(
	    format_time(-1, false).s, "1969-12-31 23:59:59.999999 UTC");
}
END_TEST

/* Not known is not zero. */
START_TEST(test_unknown)
{
	struct maybe unknown = {.v = 7, .has = false};

	ck_assert_str_eq(format_maybe(unknown, format_bytes).s, "-");
	ck_assert_str_eq(format_maybe_duration(unknown).s, "-");
	ck_assert_str_eq(format_maybe(maybe_of(0), format_bytes).s, "0 B");
	ck_assert_str_eq(format_maybe_duration(maybe_of(0)).s, "0 ms");
}
END_TEST

START_TEST(test_endpoints)
{
	static const uint8_t v4[16] = {192, 0, 2, 1};
	static const uint8_t v6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1};
	uint8_t longest[16];

	memset(longest, 0xfd, sizeof(longest));
	ck_assert_str_eq(format_endpoint(v4, 4, 80).s, "192.0.2.1:80");
	ck_assert_str_eq(format_endpoint(v6, 6, 443).s, "[2001:db8::1]:443");
	ck_assert_str_eq(format_endpoint(longest, 6, 65535).s,
	    "[fdfd:fdfd:fdfd:fdfd:fdfd:fdfd:fdfd:fdfd]:65535");
}
END_TEST

START_TEST(test_escape)
{
	char every[256];
	struct text t;

	for (unsigned i = 0; i < 255; i++)
		every[i] = (char)(i + 1);
	every[255] = '\0';
	text_init(&t);
	text_escape(&t, every);
	for (size_t i = 0; i < t.n; i++)
		ck_assert(t.s[i] >= ' ' && t.s[i] <= '~');
	text_clear(&t);
	text_escape(&t, "a\\b\n\r\t\033[31m\x7f\xc3\xa9");
	ck_assert_str_eq(
	    text_get(&t), "a\\\\b\\n\\r\\t\\x1b[31m\\x7f\\xc3\\xa9");
	text_fini(&t);
}
END_TEST

START_TEST(test_columns)
{
	ck_assert_uint_eq(text_columns(""), 0);
	ck_assert_uint_eq(text_columns("a \xe2\x86\x92 b"), 5);
	ck_assert_uint_eq(text_fit("a \xe2\x86\x92 b", 3), 5);
	ck_assert_uint_eq(text_fit("abc", 9), 3);
}
END_TEST

/* What a page writes. */
struct sheet {
	struct page p;
	FILE *out;
	char *s;
	size_t n;
};

static void
sheet_init(struct sheet *sheet, unsigned width, bool utf8)
{
	struct report_options o = {.width = width, .utf8 = utf8};

	sheet->out = open_memstream(&sheet->s, &sheet->n);
	ck_assert_ptr_nonnull(sheet->out);
	page_init(&sheet->p, sheet->out, &o);
}

static void
sheet_expect(struct sheet *sheet, const char *want)
{
	fclose(sheet->out);
	ck_assert_str_eq(sheet->s, want);
	free(sheet->s);
	page_fini(&sheet->p);
}

START_TEST(test_wrap)
{
	struct sheet sheet;

	sheet_init(&sheet, 40, false);
	page_say(&sheet.p, "one two three four five six seven eight in "
			   "12.3 ms after frame 7 here and "
			   "averyverylongwordthatdoesnotfitanylineatall, end");
	page_end_labelled(&sheet.p, 2, "Label", 10, STYLE_PLAIN);
	sheet_expect(&sheet,
	    "  Label   one two three four five six\n"
	    "          seven eight in 12.3 ms after\n"
	    "          frame 7 here and\n"
	    "          averyverylongwordthatdoesnotfitanylineata"
	    "ll,\n"
	    "          end\n");
}
END_TEST

static void
fill_table(struct table *t)
{
	static const struct table_column columns[] = {
	    {.head = "No"},
	    {.head = "Size", .right = true},
	    {.head = "What", .overflow = OVERFLOW_CUT, .least = 10},
	};

	table_init(t, columns, 3);
	table_cell(t, STYLE_PLAIN, "%d", 1);
	table_cell(t, STYLE_PLAIN, "%s", "1.2 kB");
	table_cell(t, STYLE_PLAIN, "%s", "ok");
	table_cell(t, STYLE_PLAIN, "%d", 12);
	table_unknown(t);
	table_cell(t, STYLE_PLAIN, "%s", "a text that is wider than this page");
}

START_TEST(test_table)
{
	struct sheet sheet;
	struct table t;

	sheet_init(&sheet, 40, false);
	fill_table(&t);
	ck_assert_uint_eq(table_width(&t), 2 + 2 + 6 + 2 + 10);
	table_print(&sheet.p, &t);
	table_fini(&t);
	sheet_expect(&sheet, "No    Size  What\n"
			     "1   1.2 kB  ok\n"
			     "12       -  a text that is wider than...\n");
}
END_TEST

/* A line below; one that says only "ok" is left out. */
START_TEST(test_table_lines)
{
	struct sheet sheet;
	struct table t;

	sheet_init(&sheet, 40, true);
	fill_table(&t);
	t.column[2].line = 1;
	t.below = 4;
	t.quiet = "ok";
	table_print(&sheet.p, &t);
	table_fini(&t);
	sheet_expect(&sheet, "No    Size\n"
			     "    What\n"
			     "1   1.2 kB\n"
			     "12       -\n"
			     "    a text that is wider than this page\n");
}
END_TEST

START_TEST(test_style)
{
	ck_assert_str_eq(style_on(false, STYLE_ERROR), "");
	ck_assert_str_eq(style_off(false, STYLE_ERROR), "");
	ck_assert_str_eq(
	    style_on(true, style_of_severity(SEVERITY_ERROR)), "\033[31m");
	ck_assert_str_eq(
	    style_on(true, style_of_severity(SEVERITY_WARN)), "\033[33m");
	ck_assert_str_eq(style_off(true, STYLE_ERROR), "\033[0m");
	ck_assert_str_eq(style_off(true, STYLE_PLAIN), "");
	for (int i = 0; i < SYMBOL_COUNT; i++)
		for (const char *c = symbol_text(false, (enum symbol)i);
		     *c != '\0'; c++)
			ck_assert(*c >= ' ' && *c <= '~');
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("text_format");
	TCase *c = tcase_create("INTERFACE 3");

	suite_add_tcase(s, c);
	tcase_add_loop_test(c, test_numbers, 0, ROWS(numbers));
	tcase_add_loop_test(c, test_durations, 0, ROWS(durations));
	tcase_add_test(c, test_times);
	tcase_add_test(c, test_unknown);
	tcase_add_test(c, test_endpoints);
	tcase_add_test(c, test_escape);
	tcase_add_test(c, test_columns);
	tcase_add_test(c, test_wrap);
	tcase_add_test(c, test_table);
	tcase_add_test(c, test_table_lines);
	tcase_add_test(c, test_style);
	return run_suite(s);
}
