/*
 * check_schema.c - the shipped schema says what the tables of the program say,
 * and the reporters keep to it.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "json_path.h"
#include "render_report.h"
#include "run_suite.h"
#include "sample_report.h"

#define PATH_BYTES 4096
#define SKIPPED 77 /* the validator's status without its library */

static const char *
source_folder(void)
{
	const char *folder = getenv("srcdir");

	return folder != NULL ? folder : ".";
}

/* The schema, parsed. The caller's. */
static cJSON *
load_schema(void)
{
	static char text[1 << 20];
	char path[PATH_BYTES];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/share/tcpconn-analyze.schema.json",
	    source_folder());
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "cannot read %s", path);
	n = fread(text, 1, sizeof(text) - 1, f);
	ck_assert(feof(f));
	fclose(f);
	text[n] = '\0';
	return json_parse(text);
}

static const char *
kind_at(unsigned i)
{
	return anomaly_table[i].name;
}

static const char *
severity_at(unsigned i)
{
	return severity_name(i);
}

static const char *
blame_at(unsigned i)
{
	return blame_name(i);
}

static const char *
confidence_at(unsigned i)
{
	return confidence_name(i);
}

static const char *
outcome_at(unsigned i)
{
	return outcome_name(i);
}

static const char *
close_at(unsigned i)
{
	return close_name(i);
}

static const char *
finding_at(unsigned i)
{
	return finding_name(i);
}

static const char *
verdict_at(unsigned i)
{
	return verdict_name(i);
}

static const char *
reason_at(unsigned i)
{
	return reason_name(i);
}

static const char *
step_at(unsigned i)
{
	return step_name(i);
}

static const char *
tap_at(unsigned i)
{
	return tap_name(i);
}

static const char *
reuse_at(unsigned i)
{
	return reuse_name(i);
}

static const char *
encap_at(unsigned i)
{
	return encap_name(i);
}

/* WORD_NONE is written as null. */
static const char *
word_at(unsigned i)
{
	return i == WORD_NONE ? NULL : word_name(i);
}

/* STATE_MID is written as ESTABLISHED. */
static const char *
state_at(unsigned i)
{
	return i == STATE_MID ? NULL : state_name(i);
}

/* A definition of the schema, and the table that it repeats; NULL is left out.
 */
static const struct {
	const char *name;
	unsigned n;
	const char *(*at)(unsigned i);
} enums[] = {
    {"kind", ANOMALY_COUNT, kind_at},
    {"severity", SEVERITY_COUNT, severity_at},
    {"blame", BLAME_COUNT, blame_at},
    {"confidence", CONFIDENCE_COUNT, confidence_at},
    {"outcome", OUTCOME_COUNT, outcome_at},
    {"close", CLOSE_COUNT, close_at},
    {"verdict_id", VERDICT_COUNT, verdict_at},
    {"finding_id", FINDING_COUNT, finding_at},
    {"reason", REASON_COUNT, reason_at},
    {"step_id", STEP_ID_COUNT, step_at},
    {"tap", TAP_AT_SERVER + 1, tap_at},
    {"reuse", REUSE_TIMEOUT + 1, reuse_at},
    {"encapsulation", ENCAP_COUNT, encap_at},
    {"word", WORD_COUNT, word_at},
    {"state", STATE_COUNT, state_at},
};

START_TEST(enumerations)
{
	cJSON *schema = load_schema();
	char path[PATH_BYTES];
	const cJSON *item;

	snprintf(path, sizeof(path), "$defs.%s.enum", enums[_i].name);
	item = json_at(schema, path);
	ck_assert_msg(item != NULL, "no %s", path);
	item = item->child;
	for (unsigned i = 0; i < enums[_i].n; i++) {
		const char *name = enums[_i].at(i);

		if (name == NULL)
			continue;
		ck_assert_msg(item != NULL, "%s lacks %s", path, name);
		ck_assert_str_eq(item->valuestring, name);
		item = item->next;
	}
	ck_assert_ptr_null(item);
	cJSON_Delete(schema);
}
END_TEST

START_TEST(evidence_keys_and_units)
{
	static const char *const units[] = {
	    [UNIT_FRAME] = "frame",
	    [UNIT_COUNT] = "count",
	    [UNIT_NS] = "ns",
	    [UNIT_BOOL] = "bool",
	    [UNIT_WORD] = "word",
	    [UNIT_REL] = "rel",
	    [UNIT_REL_PEER] = "rel_peer",
	    [UNIT_RAW] = "raw",
	    [UNIT_RANGE] = "range",
	    [UNIT_RANGE_PEER] = "range_peer",
	    [UNIT_TEXT] = "text",
	};
	cJSON *schema = load_schema();
	const cJSON *item = json_at(schema, "$defs.evidence.properties");

	item = item->child;
	for (unsigned i = 0; i < EVIDENCE_COUNT; i++) {
		const struct evidence_field *f = &evidence_table[i];
		char unit[PATH_BYTES];

		ck_assert_msg(item != NULL, "no evidence %s", f->key);
		ck_assert_str_eq(item->string, f->key);
		snprintf(
		    unit, sizeof(unit), "\"#/$defs/unit_%s\"", units[f->unit]);
		assert_json(item, "$ref", unit);
		item = item->next;
	}
	ck_assert_ptr_null(item);
	cJSON_Delete(schema);
}
END_TEST

/* One event of each kind, with each evidence in one of them. */
static void
give_every_kind(struct conn_report *r)
{
	free(r->event);
	r->events_n = ANOMALY_COUNT;
	r->event = calloc(ANOMALY_COUNT, sizeof(*r->event));
	for (unsigned i = 0; i < ANOMALY_COUNT; i++) {
		struct event *e = &r->event[i];

		e->kind = (uint8_t)(i == ANOMALY_GAP ? 0 : i);
		e->frame_no = i + 1;
		e->ts_ns = r->first_ns;
		e->revised_n = 1;
		e->revised_from[0] = ANOMALY_GAP;
		for (unsigned k = i; k < EVIDENCE_COUNT; k += ANOMALY_COUNT)
			event_set(e, k, 1);
		r->kind_count[e->kind]++;
	}
}

/* Everything that the model can hold, once. */
static struct conn_report *
every_word(uint32_t number)
{
	struct conn_report *r = sample_report();

	r->number = number;
	r->handshake.outcome = number % OUTCOME_COUNT;
	r->teardown.close = number % CLOSE_COUNT;
	r->verdict.id = number % VERDICT_COUNT;
	r->handshake.tap = number % (TAP_AT_SERVER + 1);
	r->reuse = number % (REUSE_TIMEOUT + 1);
	r->encap[0] = (uint8_t)(1 + number % (ENCAP_COUNT - 1));
	r->transition[0].state = (uint8_t)(number % STATE_COUNT);
	r->teardown.step[3].id = number % STEP_ID_COUNT;
	r->continues = number - 1;
	r->teardown.has_resetter = true;
	r->handshake.refusing_ttl_match = maybe_of(0);
	give_every_kind(r);
	return r;
}

static int
run_validator(const char *document)
{
	char command[2 * PATH_BYTES];
	int status;

	snprintf(command, sizeof(command),
	    "/usr/bin/python3 '%s/tests/validate_schema.py' '%s'",
	    source_folder(), document);
	status = system(command);
	ck_assert(status != -1 && WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
assert_valid(const char *text)
{
	char path[] = "check_schema.XXXXXX";
	int fd = mkstemp(path), status;
	size_t n = strlen(text);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, n), (ssize_t)n);
	close(fd);
	status = run_validator(path);
	unlink(path);
	if (status == SKIPPED || status == 127)
		fprintf(stderr, "not validated: no python3-jsonschema\n");
	else
		ck_assert_int_eq(status, 0);
}

START_TEST(reports_are_valid)
{
	enum {
		REPORTS = 30
	};
	const struct report_options o = {.nanoseconds = true};
	struct conn_report *list[REPORTS];
	char *text;

	for (uint32_t i = 0; i < REPORTS - 1; i++)
		list[i] = every_word(i + 1);
	list[REPORTS - 1] = sample_bare_report(REPORTS);
	text = render_report(
	    _i == 0 ? &reporter_json : &reporter_ndjson, &o, list, REPORTS);
	assert_valid(text);
	free(text);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("schema");
	TCase *t = tcase_create("schema");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, enumerations, 0, ROWS(enums));
	tcase_add_test(t, evidence_keys_and_units);
	tcase_add_loop_test(t, reports_are_valid, 0, 2);
	suite_add_tcase(s, t);
	return run_suite(s);
}
