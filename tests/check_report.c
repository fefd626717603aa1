/*
 * check_report.c - names, sums and selection of connection reports.
 */
#include "model/report.h"

#include "base/limits.h"
#include "model/selection.h"
#include "model/summary.h"
#include "support/name_checks.h"
#include "support/run_suite.h"

/* Every list of names, reached through one kind of function. */
static const char *
name_of_outcome(int i)
{
	return outcome_name((enum outcome)i);
}

static const char *
name_of_close(int i)
{
	return close_name((enum close_outcome)i);
}

static const char *
name_of_verdict(int i)
{
	return verdict_name((enum verdict_id)i);
}

static const char *
name_of_tap(int i)
{
	return tap_name((enum tap)i);
}

static const char *
name_of_reuse(int i)
{
	return reuse_name((enum reuse)i);
}

static const char *
name_of_step(int i)
{
	return step_name((enum step_id)i);
}

static const char *
name_of_encap(int i)
{
	return encap_name((enum encap)i);
}

static const struct {
	const char *list;
	const char *(*name)(int i);
	int n, unnamed; /* entries, and those at the start without a name */
} lists[] = {
    {"outcome", name_of_outcome, OUTCOME_COUNT, 0},
    {"close", name_of_close, CLOSE_COUNT, 0},
    {"verdict", name_of_verdict, VERDICT_COUNT, 0},
    {"tap", name_of_tap, TAP_AT_SERVER + 1, 1},
    {"reuse", name_of_reuse, REUSE_TIMEOUT + 1, 1},
    {"step", name_of_step, STEP_ID_COUNT, 0},
    {"encapsulation", name_of_encap, ENCAP_COUNT, 1},
};

#define LONGEST_LIST 64

START_TEST(test_names)
{
	const char *names[LONGEST_LIST];
	int n = lists[_i].n;

	ck_assert_int_le(n, LONGEST_LIST);
	for (int i = 0; i < n; i++)
		names[i] = lists[_i].name(i);
	for (int i = 0; i < n; i++) {
		if (i < lists[_i].unnamed) {
			ck_assert_ptr_null(names[i]);
			continue;
		}
		ck_assert_msg(names[i] != NULL, "%s %d", lists[_i].list, i);
		ck_assert_msg(name_is_joined_by(names[i], '-'), "%s \"%s\"",
		    lists[_i].list, names[i]);
		assert_unique(names, n, i);
	}
}
END_TEST

START_TEST(test_labels)
{
	for (int i = 0; i < OUTCOME_COUNT; i++)
		ck_assert_str_ne(outcome_label((enum outcome)i), "");
	for (int i = 0; i < CLOSE_COUNT; i++)
		ck_assert_str_ne(close_label((enum close_outcome)i), "");
}
END_TEST

/* A close is judged only where a connection came about (section 7). */
START_TEST(test_opened)
{
	ck_assert(outcome_opened(OUTCOME_COMPLETE));
	ck_assert(outcome_opened(OUTCOME_MIDSTREAM));
	ck_assert(!outcome_opened(OUTCOME_REFUSED_RST));
	ck_assert(!outcome_opened(OUTCOME_NO_ANSWER));
	ck_assert(!outcome_opened(OUTCOME_STRAY));
}
END_TEST

START_TEST(test_verdict)
{
	enum verdict_id v = (enum verdict_id)_i;

	/* one says that the judgement stands elsewhere */
	if (v == VERDICT_OTHER_ENCAPSULATION)
		ck_assert_str_eq(verdict_rule(v), "R2.3");
	else
		ck_assert_int_eq(strncmp(verdict_rule(v), "R9.", 3), 0);
	ck_assert_int_lt(verdict_severity(v), SEVERITY_COUNT);
}
END_TEST

/* Names of RFC 9293; the presumed ESTABLISHED has no name of its own. */
START_TEST(test_states)
{
	const char *names[STATE_COUNT];

	for (int i = 0; i < STATE_COUNT; i++) {
		names[i] = state_name((enum tcp_state)i);
		ck_assert_ptr_nonnull(names[i]);
	}
	ck_assert_str_eq(names[STATE_MID], names[STATE_ESTABLISHED]);
	names[STATE_MID] = NULL;
	for (int i = 0; i < STATE_COUNT; i++)
		assert_unique(names, STATE_COUNT, i);
}
END_TEST

START_TEST(test_limit)
{
	const struct limit_row *row = &limit_table[_i];
	struct limits l;

	limits_init(&l);
	ck_assert_int_eq(strncmp(row->name, "K_", 2), 0);
	ck_assert_uint_le(row->min, row->value);
	ck_assert_uint_le(row->value, row->max);
	ck_assert_str_ne(row->text, "");
	ck_assert_uint_eq(row->offset, (size_t)_i * sizeof(uint64_t));
	ck_assert_mem_eq(
	    (const char *)&l + row->offset, &row->value, sizeof(uint64_t));
	for (int i = 0; i < _i; i++)
		ck_assert_str_ne(row->name, limit_table[i].name);
}
END_TEST

START_TEST(test_attention)
{
	struct conn_report r = {0};

	for (int i = 0; i < SEVERITY_COUNT; i++) {
		r.verdict.severity = (enum severity)i;
		ck_assert_int_eq(
		    conn_report_needs_attention(&r), i >= SEVERITY_WARN);
	}
}
END_TEST

static const struct conn_report two[] = {
    {
	.number = 1,
	.verdict = {.id = VERDICT_OK, .severity = SEVERITY_INFO},
	.handshake = {.outcome = OUTCOME_COMPLETE,
	    .connect_time_ns = {.v = 2000000, .has = true}},
	.teardown = {.close = CLOSE_SIMULTANEOUS},
	.kind_count = {[ANOMALY_DUP_ACK] = 3, [ANOMALY_KEEP_ALIVE] = 1},
    },
    {
	.number = 2,
	.verdict = {.id = VERDICT_REFUSED, .severity = SEVERITY_WARN},
	.evicted = true,
	.handshake = {.outcome = OUTCOME_REFUSED_RST},
	.kind_count = {[ANOMALY_DUP_ACK] = 2, [ANOMALY_RST] = 1},
    },
};

/* The sums of the two above. */
static const struct summary sums = {
    .connections = 2,
    .needs_attention = 1,
    .evicted = 1,
    .by_outcome = {[OUTCOME_COMPLETE] = 1, [OUTCOME_REFUSED_RST] = 1},
    .by_close = {[CLOSE_SIMULTANEOUS] = 1, [CLOSE_NONE] = 1},
    .by_verdict = {[VERDICT_OK] = 1, [VERDICT_REFUSED] = 1},
    .kind_count =
	{[ANOMALY_DUP_ACK] = 5, [ANOMALY_KEEP_ALIVE] = 1, [ANOMALY_RST] = 1},
    .kind_connections =
	{[ANOMALY_DUP_ACK] = 2, [ANOMALY_KEEP_ALIVE] = 1, [ANOMALY_RST] = 1},
};

START_TEST(test_summary)
{
	struct summary s;
	int64_t ns = 0;

	summary_init(&s, &hash_key_fixed);
	for (int i = 0; i < ROWS(two); i++)
		summary_add(&s, &two[i]);
	ck_assert_mem_eq(&s, &sums, offsetof(struct summary, connect_time));
	ck_assert_uint_eq(s.connect_time.n, 1); /* unknown is no sample */
	ck_assert(tally_percentile(&s.connect_time, 50, &ns));
	ck_assert_int_eq(ns, 2000000);
	summary_fini(&s);
}
END_TEST

/* What is owned is freed: the sanitizer would tell. */
START_TEST(test_free)
{
	struct conn_report *r = calloc(1, sizeof(*r));

	ck_assert_ptr_nonnull(r);
	r->transition = calloc(2, sizeof(*r->transition));
	r->transitions_n = 2;
	r->event = calloc(2, sizeof(*r->event));
	r->events_n = 2;
	ck_assert_ptr_nonnull(r->event);
	r->event[1].text = malloc(4);
	conn_report_free(r);
	conn_report_free(NULL);
}
END_TEST

static const struct number_range list[] = {{3, 3}, {5, 7}};
static const bool dup_acks[ANOMALY_COUNT] = {[ANOMALY_DUP_ACK] = true};

static const struct {
	struct report_options o;
	uint32_t number;
	enum severity worst;
	bool selected;
} selections[] = {
    {{0}, 1, SEVERITY_INFO, true},
    {{.connections = list, .connections_n = 2}, 2, SEVERITY_INFO, false},
    {{.connections = list, .connections_n = 2}, 3, SEVERITY_INFO, true},
    {{.connections = list, .connections_n = 2}, 4, SEVERITY_INFO, false},
    {{.connections = list, .connections_n = 2}, 5, SEVERITY_INFO, true},
    {{.connections = list, .connections_n = 2}, 7, SEVERITY_INFO, true},
    {{.connections = list, .connections_n = 2}, 8, SEVERITY_INFO, false},
    {{.min_severity = SEVERITY_ERROR}, 1, SEVERITY_INFO, true},
    {{.has_min_severity = true, .min_severity = SEVERITY_WARN}, 1,
	SEVERITY_NOTE, false},
    {{.has_min_severity = true, .min_severity = SEVERITY_WARN}, 1,
	SEVERITY_WARN, true},
    {{.has_min_severity = true, .min_severity = SEVERITY_WARN}, 1,
	SEVERITY_ERROR, true},
    {{.has_min_severity = true,
	 .min_severity = SEVERITY_WARN,
	 .connections = list,
	 .connections_n = 2},
	1, SEVERITY_ERROR, false},
};

START_TEST(test_selects)
{
	struct conn_report r = {0};

	r.number = selections[_i].number;
	r.worst = selections[_i].worst;
	ck_assert_int_eq(
	    report_selects(&selections[_i].o, &r), selections[_i].selected);
}
END_TEST

START_TEST(test_selects_kind)
{
	const struct report_options o = {.kinds = dup_acks};
	struct conn_report r = {0};

	ck_assert(!report_selects(&o, &r));
	r.kind_count[ANOMALY_RST] = 1;
	ck_assert(!report_selects(&o, &r));
	r.kind_count[ANOMALY_DUP_ACK] = 1;
	ck_assert(report_selects(&o, &r));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("report");
	TCase *t = tcase_create("names");

	tcase_add_loop_test(t, test_names, 0, ROWS(lists));
	tcase_add_test(t, test_labels);
	tcase_add_test(t, test_opened);
	tcase_add_test(t, test_states);
	tcase_add_loop_test(t, test_verdict, 0, VERDICT_COUNT);
	tcase_add_loop_test(t, test_limit, 0, (int)limit_table_n);
	suite_add_tcase(s, t);
	t = tcase_create("R9.22 attention");
	tcase_add_test(t, test_attention);
	suite_add_tcase(s, t);
	t = tcase_create("summary");
	tcase_add_test(t, test_summary);
	tcase_add_test(t, test_free);
	suite_add_tcase(s, t);
	t = tcase_create("selection");
	tcase_add_loop_test(t, test_selects, 0, ROWS(selections));
	tcase_add_test(t, test_selects_kind);
	suite_add_tcase(s, t);
	return run_suite(s);
}
