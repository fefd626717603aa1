/*
 * check_notation.c - how numbers, times, addresses and bytes are written.
 */
#include <check.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "report/notation.h"
#include "run_suite.h"

static const struct {
	int64_t v;
	unsigned places;
	const char *text;
} decimals[] = {
    {0, 0, "0"},
    {0, 6, "0"},
    {1, 6, "0.000001"},
    {300000, 6, "0.3"},
    {1000000, 6, "1"},
    {21000000, 6, "21"},
    {120034000, 6, "120.034"},
    {-1, 6, "-0.000001"},
    {-42, 0, "-42"},
    {-1500000, 6, "-1.5"},
    {1, 18, "0.000000000000000001"},
    {INT64_MAX, 6, "9223372036854.775807"},
    {INT64_MIN, 6, "-9223372036854.775808"},
    {INT64_MIN, 0, "-9223372036854775808"},
};

START_TEST(decimal)
{
	char buf[NOTATION_MAX];

	ck_assert_str_eq(
	    notation_decimal(buf, decimals[_i].v, decimals[_i].places),
	    decimals[_i].text);
}
END_TEST

START_TEST(unsigned_numbers)
{
	char buf[NOTATION_MAX];

	ck_assert_str_eq(notation_unsigned(buf, 0), "0");
	ck_assert_str_eq(notation_unsigned(buf, 90), "90");
	ck_assert_str_eq(
	    notation_unsigned(buf, UINT64_MAX), "18446744073709551615");
}
END_TEST

static const struct {
	int64_t ns;
	bool nanoseconds;
	const char *text;
} times[] = {
    {0, false, "1970-01-01T00:00:00.000000Z"},
    {1, true, "1970-01-01T00:00:00.000000001Z"},
    {-1, true, "1969-12-31T23:59:59.999999999Z"},
    {-1, false, "1969-12-31T23:59:59.999999Z"},
    {INT64_C(1795341600123456789), true, "2026-11-22T10:00:00.123456789Z"},
    {INT64_C(1795341600123456789), false, "2026-11-22T10:00:00.123456Z"},
    {INT64_C(1709164800000000000), false, "2024-02-29T00:00:00.000000Z"},
    {INT64_MAX, true, "2262-04-11T23:47:16.854775807Z"},
    {INT64_MIN, true, "1677-09-21T00:12:43.145224192Z"},
};

START_TEST(absolute_times)
{
	char buf[NOTATION_MAX];

	ck_assert_str_eq(
	    notation_time(buf, times[_i].ns, times[_i].nanoseconds),
	    times[_i].text);
}
END_TEST

/* Each day that 64 bits of nanoseconds reach, as the C library has it. */
START_TEST(dates)
{
	const int64_t day_ns = INT64_C(86400000000000);

	for (int64_t day = -106751; day < 106751; day++) {
		time_t second = (time_t)(day * 86400 + 86399);
		char buf[NOTATION_MAX], want[NOTATION_MAX];
		struct tm tm;

		ck_assert_ptr_nonnull(gmtime_r(&second, &tm));
		strftime(want, sizeof(want), "%Y-%m-%dT%H:%M:%S.999999Z", &tm);
		ck_assert_str_eq(
		    notation_time(buf, day * day_ns + (day_ns - 1), false),
		    want);
	}
}
END_TEST

START_TEST(addresses)
{
	const uint8_t v4[16] = {192, 0, 2, 1};
	const uint8_t v6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1};
	char buf[NOTATION_MAX];

	ck_assert_str_eq(notation_address(buf, v4, 4), "192.0.2.1");
	ck_assert_str_eq(notation_address(buf, v6, 6), "2001:db8::1");
}
END_TEST

#define BAD "\xef\xbf\xbd"

static const struct {
	const char *in, *utf8, *bytes;
} strings[] = {
    {"", "", ""},
    {"plain\t\"", "plain\t\"", "plain\t\""},
    {"caf\xe9", "caf" BAD, "caf\xc3\xa9"},
    {"\xc3\xa9", "\xc3\xa9", "\xc3\x83\xc2\xa9"},
    /* overlong, surrogate, beyond U+10FFFF, cut short */
    {"\xc0\x80", BAD BAD, "\xc3\x80\xc2\x80"},
    {"\xed\xa0\x80", BAD BAD BAD, "\xc3\xad\xc2\xa0\xc2\x80"},
    {"\xf4\x90\x80\x80", BAD BAD BAD BAD, "\xc3\xb4\xc2\x90\xc2\x80\xc2\x80"},
    {"\xe2\x82", BAD BAD, "\xc3\xa2\xc2\x82"},
    {"\xe2\x82\xac", "\xe2\x82\xac", "\xc3\xa2\xc2\x82\xc2\xac"},
    {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80",
	"\xc3\xb0\xc2\x9f\xc2\x98\xc2\x80"},
    {"\xff\xfe", BAD BAD, "\xc3\xbf\xc3\xbe"},
};

START_TEST(foreign_bytes)
{
	char out[64];

	notation_utf8(out, strings[_i].in);
	ck_assert_str_eq(out, strings[_i].utf8);
	ck_assert(notation_is_utf8(out));
	ck_assert_int_eq(notation_is_utf8(strings[_i].in),
	    strcmp(strings[_i].in, strings[_i].utf8) == 0);
	notation_bytes(out, strings[_i].in);
	ck_assert_str_eq(out, strings[_i].bytes);
	ck_assert(notation_is_utf8(out));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("notation");
	TCase *t = tcase_create("notation");

	tcase_set_timeout(t, 60);

	tcase_add_loop_test(t, decimal, 0, ROWS(decimals));
	tcase_add_test(t, unsigned_numbers);
	tcase_add_loop_test(t, absolute_times, 0, ROWS(times));
	tcase_add_test(t, dates);
	tcase_add_test(t, addresses);
	tcase_add_loop_test(t, foreign_bytes, 0, ROWS(strings));
	suite_add_tcase(s, t);
	return run_suite(s);
}
