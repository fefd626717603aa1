/*
 * check_anomaly.c - every row of the catalogue is complete (R6.0).
 */
#include "words/anomaly.h"

#include <stdio.h>
#include <string.h>

#include "support/name_checks.h"
#include "support/run_suite.h"

START_TEST(test_row)
{
	const struct anomaly *a = &anomaly_table[_i];

	ck_assert_ptr_nonnull(a->name);
	ck_assert_msg(name_is_joined_by(a->name, '-'), "name \"%s\"", a->name);
	ck_assert_int_lt(a->severity, SEVERITY_COUNT);
	ck_assert_int_lt(a->blame, BLAME_COUNT);
	ck_assert_int_le(a->group, GROUP_G3);
	ck_assert_ptr_nonnull(a->rfc);
	ck_assert_msg(a->rfc[0] == '\0' || strncmp(a->rfc, "RFC ", 4) == 0,
	    "%s: reference \"%s\"", a->name, a->rfc);
}
END_TEST

/* One sentence, as a passive observer may claim it. */
START_TEST(test_sentence)
{
	const struct anomaly *a = &anomaly_table[_i];
	size_t len;

	ck_assert_ptr_nonnull(a->text);
	len = strlen(a->text);
	ck_assert_uint_gt(len, 20);
	ck_assert_msg(a->text[0] >= 'A' && a->text[0] <= 'Z', "%s", a->text);
	ck_assert_msg(a->text[len - 1] == '.', "%s", a->text);
}
END_TEST

START_TEST(test_rule)
{
	const struct anomaly *a = &anomaly_table[_i];
	unsigned section, number;
	char rest;

	ck_assert_int_eq(
	    sscanf(a->rule, "R%u.%u%c", &section, &number, &rest), 2);
	if (a->rule_no != 0) {
		ck_assert_uint_eq(section, 6);
		ck_assert_uint_eq(number, a->rule_no);
	} else {
		/* the one event that no row of section 6 defines */
		ck_assert_int_eq(_i, ANOMALY_SYN_PROXIED);
		ck_assert_str_eq(a->rule, "R5.8");
	}
}
END_TEST

/* The groups are spans of rules, and never hold one outside of its span. */
START_TEST(test_group)
{
	static const struct {
		uint16_t first, last;
	} spans[] = {
	    [GROUP_NONE] = {0, UINT16_MAX},
	    [GROUP_G1] = {10, 26},
	    [GROUP_G2] = {30, 62},
	    [GROUP_G3] = {50, 56},
	};
	const struct anomaly *a = &anomaly_table[_i];

	ck_assert_uint_ge(a->rule_no, spans[a->group].first);
	ck_assert_uint_le(a->rule_no, spans[a->group].last);
}
END_TEST

START_TEST(test_find)
{
	enum anomaly_kind kind = ANOMALY_COUNT;

	/* finding each name at its own place also proves that it is unique */
	ck_assert(anomaly_find(anomaly_table[_i].name, &kind));
	ck_assert_int_eq(kind, _i);
}
END_TEST

START_TEST(test_find_none)
{
	static const char *const strangers[] = {
	    "", "rs", "rst-", "RST", "stretch-ack", "no such kind"};
	enum anomaly_kind kind = ANOMALY_STALL;

	ck_assert(!anomaly_find(strangers[_i], &kind));
	ck_assert_int_eq(kind, ANOMALY_STALL);
}
END_TEST

START_TEST(test_severity)
{
	static const char *const names[] = {"info", "note", "warn", "error"};
	enum severity s;

	for (int i = 0; i < SEVERITY_COUNT; i++) {
		ck_assert_str_eq(severity_name((enum severity)i), names[i]);
		ck_assert(severity_find(names[i], &s));
		ck_assert_int_eq(s, i);
	}
	ck_assert(!severity_find("warning", &s));
	ck_assert(!severity_find("", &s));
}
END_TEST

START_TEST(test_blame)
{
	static const char *const names[] = {
	    "sender", "receiver", "network", "capture"};

	for (int i = 0; i < BLAME_COUNT; i++)
		ck_assert_str_eq(blame_name((enum blame)i), names[i]);
}
END_TEST

START_TEST(test_confidence)
{
	static const char *const names[] = {"possible", "probable", "certain"};

	for (int i = 0; i < CONFIDENCE_COUNT; i++)
		ck_assert_str_eq(confidence_name((enum confidence)i), names[i]);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("anomaly");
	TCase *t = tcase_create("R6.0 catalogue");

	tcase_add_loop_test(t, test_row, 0, ANOMALY_COUNT);
	tcase_add_loop_test(t, test_sentence, 0, ANOMALY_COUNT);
	tcase_add_loop_test(t, test_rule, 0, ANOMALY_COUNT);
	suite_add_tcase(s, t);
	t = tcase_create("R1.41 groups");
	tcase_add_loop_test(t, test_group, 0, ANOMALY_COUNT);
	suite_add_tcase(s, t);
	t = tcase_create("find");
	tcase_add_loop_test(t, test_find, 0, ANOMALY_COUNT);
	tcase_add_loop_test(t, test_find_none, 0, 6);
	suite_add_tcase(s, t);
	t = tcase_create("names");
	tcase_add_test(t, test_severity);
	tcase_add_test(t, test_blame);
	tcase_add_test(t, test_confidence);
	suite_add_tcase(s, t);
	return run_suite(s);
}
