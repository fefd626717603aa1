/*
 * check_report_json.c - the documents of json and ndjson: order, records,
 * failure.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/constants.h"
#include "json_path.h"
#include "render_report.h"
#include "report/conn_json.h"
#include "run_suite.h"
#include "sample_report.h"

#define NAME_MAX_LEN 200

/* Four connections that differ in all that --sort knows, as they ended. */
static void
make_four(struct conn_report *list[4])
{
	static const struct {
		uint32_t number;
		enum severity severity;
		int64_t start_ms, lasted_ms;
		uint64_t bytes, retransmitted;
		struct maybe connect_ns;
	} rows[4] = {
	    {3, SEVERITY_INFO, 20, 300, 100, 0, {0, false}},
	    {1, SEVERITY_WARN, 0, 200, 900, 2, {21 * NS_PER_MS, true}},
	    {4, SEVERITY_ERROR, 30, 300, 100, 9, {40 * NS_PER_MS, true}},
	    {2, SEVERITY_WARN, 10, 100, 500, 2, {0, false}},
	};

	for (unsigned i = 0; i < 4; i++) {
		struct conn_report *r = sample_bare_report(rows[i].number);

		r->verdict.severity = rows[i].severity;
		r->first_ns = SAMPLE_START_NS + rows[i].start_ms * NS_PER_MS;
		r->last_ns = r->first_ns + rows[i].lasted_ms * NS_PER_MS;
		r->side[SERVER].bytes = rows[i].bytes;
		r->side[SERVER].retransmitted_packets = rows[i].retransmitted;
		r->handshake.connect_time_ns = rows[i].connect_ns;
		list[i] = r;
	}
}

static const struct {
	enum sort_key sort;
	bool has_top;
	uint64_t top;
	const char *numbers;
} order_rows[] = {
    {SORT_DEFAULT, false, 0, "1 2 3 4 "},
    {SORT_NUMBER, false, 0, "1 2 3 4 "},
    {SORT_SEVERITY, false, 0, "4 1 2 3 "},
    {SORT_START, false, 0, "1 2 3 4 "},
    {SORT_DURATION, false, 0, "3 4 1 2 "},
    {SORT_BYTES, false, 0, "1 2 3 4 "},
    {SORT_RETRANSMISSIONS, false, 0, "4 1 2 3 "},
    {SORT_CONNECT_TIME, false, 0, "4 1 2 3 "},
    {SORT_DURATION, true, 2, "3 4 "},
    {SORT_DEFAULT, true, 1, "1 "},
    {SORT_DEFAULT, true, 9, "1 2 3 4 "},
    {SORT_DEFAULT, true, 0, "1 2 3 4 "},
    {SORT_DEFAULT, false, 1, "1 2 3 4 "},
};

START_TEST(order_and_top)
{
	const struct report_options o = {
	    .sort = order_rows[_i].sort,
	    .has_top = order_rows[_i].has_top,
	    .top = order_rows[_i].top,
	};
	struct conn_report *list[4];
	char numbers[NAME_MAX_LEN] = "", *text;
	const cJSON *c;
	cJSON *root;
	size_t n = 0;

	make_four(list);
	text = render_report(&reporter_json, &o, list, 4);
	root = json_parse(text);
	cJSON_ArrayForEach(c, json_at(root, "connections")) n +=
	    (size_t)snprintf(numbers + n, sizeof(numbers) - n, "%d ",
		json_at(c, "number")->valueint);
	ck_assert_str_eq(numbers, order_rows[_i].numbers);
	assert_json(root, "summary.connections", "4");
	cJSON_Delete(root);
	free(text);
}
END_TEST

/* The records of ndjson in short, numbers of connections in place. */
static void
list_records(char *text, char *out, size_t room)
{
	size_t n = 0;

	for (char *line = strtok(text, "\n"); line != NULL;
	     line = strtok(NULL, "\n")) {
		cJSON *root = json_parse(line);
		const char *name = json_at(root, "record")->valuestring;
		const cJSON *number = json_at(root, "number");

		if (number != NULL)
			n += (size_t)snprintf(
			    out + n, room - n, "%d ", number->valueint);
		else
			n += (size_t)snprintf(out + n, room - n, "%s ", name);
		cJSON_Delete(root);
	}
}

static const struct {
	enum sort_key sort;
	uint64_t top;
	const char *records;
} record_rows[] = {
    {SORT_DEFAULT, 0, "capture 3 1 4 2 summary "},
    {SORT_NUMBER, 0, "capture 1 2 3 4 summary "},
    {SORT_SEVERITY, 3, "capture 4 1 2 summary "},
    {SORT_DEFAULT, 2, "capture 1 2 summary "},
};

START_TEST(records_of_ndjson)
{
	const struct report_options o = {
	    .sort = record_rows[_i].sort,
	    .has_top = true,
	    .top = record_rows[_i].top,
	};
	struct conn_report *list[4];
	char records[NAME_MAX_LEN] = "", *text;

	make_four(list);
	text = render_report(&reporter_ndjson, &o, list, 4);
	list_records(text, records, sizeof(records));
	ck_assert_str_eq(records, record_rows[_i].records);
	free(text);
}
END_TEST

static const struct {
	const char *path, *want;
} head_values[] = {
    {"schema", "\"tcpconn-analyze/1\""},
    {"generator", "{\"name\":\"tcpconn-analyze\",\"version\":\"1.2.3\"}"},
    {"captures",
	"[{\"path\":\"caf\xef\xbf\xbd/\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd.pcap\","
	"\"format\":\"pcap\",\"compression\":\"none\","
	"\"link_type\":\"EN10MB\",\"packets\":14,\"bytes\":1234,"
	"\"complete\":false,\"snaplen\":262144,"
	"\"time_resolution\":\"nanoseconds\","
	"\"first_time\":\"2026-11-22T10:00:00.123456789Z\","
	"\"last_time\":\"2026-11-22T10:00:00.435456790Z\","
	"\"duration_ms\":312.000001,"
	"\"error\":\"\\\"cut\\\"\\\\ at\\tframe 14\"}]"},
    {"packets", "{\"total\":14,\"tcp\":13,\"analysed\":13,\"not_analysed\":"
		"[{\"reason\":\"not-ip\",\"packets\":1,\"first_frame\":14}]}"},
    {"summary",
	"{\"connections\":2,\"needs_attention\":1,\"reported\":2,"
	"\"evicted\":0,\"by_outcome\":{\"midstream\":1,\"complete\":1},"
	"\"by_close\":{\"graceful-client-first\":1,\"active-at-end\":1},"
	"\"by_verdict\":{\"loss-downstream\":1,\"ok\":1},"
	"\"events\":[{\"kind\":\"retransmission-rto\",\"severity\":\"warn\","
	"\"count\":1,\"connections\":1},{\"kind\":\"dup-ack\","
	"\"severity\":\"info\",\"count\":1,\"connections\":1}],"
	"\"connect_time_ms\":{\"count\":1,\"min\":21,\"max\":21,\"p50\":21,"
	"\"p90\":21,\"p99\":21},\"findings\":[],\"findings_complete\":true,"
	"\"top_talkers\":["
	"{\"address\":\"192.0.2.10\",\"connections\":1,\"packets\":12,"
	"\"sent_bytes\":500,\"received_bytes\":412,\"uncounted_bytes\":0,"
	"\"bytes\":912},"
	"{\"address\":\"198.51.100.34\",\"connections\":1,\"packets\":12,"
	"\"sent_bytes\":412,\"received_bytes\":500,\"uncounted_bytes\":0,"
	"\"bytes\":912},"
	"{\"address\":\"2001:db8::1\",\"connections\":1,\"packets\":1,"
	"\"sent_bytes\":70,\"received_bytes\":0,\"uncounted_bytes\":0,"
	"\"bytes\":70},"
	"{\"address\":\"2001:db8::2\",\"connections\":1,\"packets\":1,"
	"\"sent_bytes\":0,\"received_bytes\":70,\"uncounted_bytes\":0,"
	"\"bytes\":70}]}"},
};

START_TEST(what_stands_around)
{
	const struct report_options o = {.nanoseconds = false};
	struct conn_report *list[2] = {sample_report(), sample_bare_report(2)};
	char *text = render_report(&reporter_json, &o, list, 2);
	cJSON *root = json_parse(text);

	assert_json(root, head_values[_i].path, head_values[_i].want);
	cJSON_Delete(root);
	free(text);
}
END_TEST

START_TEST(no_connection)
{
	const struct report_options o = {.sort = SORT_DEFAULT};
	char *text = render_report(&reporter_json, &o, NULL, 0);
	cJSON *root = json_parse(text);

	assert_json(root, "connections", "[]");
	assert_json(root, "summary.by_close", "{}");
	assert_json(root, "summary.connect_time_ms",
	    "{\"count\":0,\"min\":null,\"max\":null,\"p50\":null,"
	    "\"p90\":null,\"p99\":null}");
	cJSON_Delete(root);
	free(text);
}
END_TEST

/* More than stays in memory, ending in reverse order. */
START_TEST(many_connections)
{
	enum {
		MANY = 2500
	};
	const struct report_options o = {.sort = SORT_DEFAULT};
	struct conn_report *list[MANY];
	char *text;
	const cJSON *c;
	cJSON *root;
	int n = 0;

	for (uint32_t i = 0; i < MANY; i++) {
		list[i] = sample_report();
		list[i]->number = MANY - i;
	}
	text = render_report(&reporter_json, &o, list, MANY);
	ck_assert_uint_gt(strlen(text), (size_t)8 << 20);
	root = json_parse(text);
	cJSON_ArrayForEach(c, json_at(root, "connections"))
	    ck_assert_int_eq(json_at(c, "number")->valueint, ++n);
	ck_assert_int_eq(n, MANY);
	cJSON_Delete(root);
	free(text);
}
END_TEST

START_TEST(many_events)
{
	enum {
		MANY = 20000
	};
	const struct report_options o = {.sort = SORT_DEFAULT};
	struct conn_report *r = sample_report();
	char *text, *line;
	cJSON *root;

	free(r->event);
	r->event = calloc(MANY, sizeof(*r->event));
	r->events_n = MANY;
	for (uint32_t i = 0; i < MANY; i++)
		r->event[i].frame_no = i + 1;
	text = render_report(&reporter_ndjson, &o, &r, 1);
	line = strchr(text, '\n') + 1; /* behind that of the capture */
	*strchr(line, '\n') = '\0';
	root = json_parse(line);
	ck_assert_int_eq(cJSON_GetArraySize(json_at(root, "events")), MANY);
	assert_json(root, "events.19999.frame", "20000");
	cJSON_Delete(root);
	free(text);
}
END_TEST

/* Whether a connection can be written in so much memory. */
static bool
enough(size_t bytes)
{
	struct conn_report *r = sample_report();
	struct spool spool;
	struct json_writer w;
	int result;

	spool_init(&spool, 4096);
	json_init(&w, &spool, true);
	w.items.most = bytes;
	conn_json_write(&w, r, true);
	errno = 0;
	result = json_result(&w);
	if (result != 0)
		ck_assert_int_eq(errno, ENOMEM);
	json_fini(&w);
	spool_fini(&spool);
	conn_report_free(r);
	return result == 0;
}

START_TEST(out_of_memory)
{
	size_t bytes = 16;

	while (!enough(bytes))
		bytes += 16;
	ck_assert_uint_gt(bytes, 100 * sizeof(cJSON));
}
END_TEST

START_TEST(full_disk)
{
	const struct reporter *reporter =
	    _i == 0 ? &reporter_json : &reporter_ndjson;
	const struct report_options o = {.sort = SORT_DEFAULT};
	struct summary summary;
	FILE *out = fopen("/dev/full", "w");
	void *state;
	int result = 0;

	if (out == NULL)
		return; /* not every system has such a device */
	summary_init(&summary, &hash_key_fixed);
	state = reporter->open(out, &o);
	for (int i = 0; i < 10 && result == 0; i++) {
		struct conn_report *r = sample_report();

		result = reporter->connection(state, r);
		conn_report_free(r);
	}
	if (result == 0)
		result = render_finish(reporter, state, &summary);
	ck_assert_int_eq(result, -1);
	ck_assert_int_eq(errno, ENOSPC);
	reporter->free(state);
	summary_fini(&summary);
	fclose(out);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("report_json");
	TCase *t = tcase_create("documents");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, order_and_top, 0, ROWS(order_rows));
	tcase_add_loop_test(t, records_of_ndjson, 0, ROWS(record_rows));
	tcase_add_loop_test(t, what_stands_around, 0, ROWS(head_values));
	tcase_add_test(t, no_connection);
	tcase_add_test(t, many_connections);
	tcase_add_test(t, many_events);
	tcase_add_test(t, out_of_memory);
	tcase_add_loop_test(t, full_disk, 0, 2);
	suite_add_tcase(s, t);
	return run_suite(s);
}
