/*
 * check_conn_json.c - one connection as JSON.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/constants.h"
#include "invariants.h"
#include "json_path.h"
#include "render_report.h"
#include "run_suite.h"
#include "sample_report.h"

/* The line of one connection, without what stands around it; frees r. */
static char *
render_one(struct conn_report *r, bool nanoseconds)
{
	const struct report_options o = {.nanoseconds = nanoseconds};
	char *text = render_report(&reporter_ndjson, &o, &r, 1);
	char *line = strchr(text, '\n') + 1;

	memmove(text, line, strlen(line) + 1);
	return text;
}

/* The same, parsed; only the first line. */
static cJSON *
parse_one(struct conn_report *r)
{
	char *text = render_one(r, true);
	cJSON *root;

	*strchr(text, '\n') = '\0';
	root = json_parse(text);
	free(text);
	return root;
}

static const struct {
	const char *path, *want;
} sample_values[] = {
    {"record", "\"connection\""},
    {"number", "1"},
    {"community_id", "\"1:XCf5pFlWIMf3gOA01EOg1SXHUTY=\""},
    {"ip_version", "4"},
    {"encapsulation", "[\"vlan\"]"},
    {"reuse", "null"},
    {"continues", "null"},
    {"other_encap_frames", "[]"},
    {"filters.wireshark",
	"\"(ip.addr eq 192.0.2.10 and ip.addr eq 198.51.100.34) and "
	"(tcp.port eq 43210 and tcp.port eq 443)\""},
    {"filters.pcap", "\"vlan and host 192.0.2.10 and host 198.51.100.34 and "
		     "tcp port 43210 and tcp port 443\""},
    {"client", "{\"address\":\"192.0.2.10\",\"port\":43210,"
	       "\"certainty\":\"certain\"}"},
    {"server", "{\"address\":\"198.51.100.34\",\"port\":443,"
	       "\"certainty\":\"certain\"}"},
    {"first_time", "\"2026-11-22T10:00:00.123456789Z\""},
    {"last_time", "\"2026-11-22T10:00:00.435456789Z\""},
    {"duration_ms", "312"},
    {"verdict.id", "\"loss-downstream\""},
    {"verdict.rule", "\"R9.10\""},
    {"verdict.frames", "[4,5]"},
    {"verdict.also",
	"[{\"id\":\"ok-notes\",\"rule\":\"R9.20\",\"severity\":\"note\","
	"\"sentence\":\"Closed by the client.\",\"frames\":[9]}]"},
    {"worst_severity", "\"warn\""},
    {"handshake.outcome", "\"complete\""},
    {"handshake.steps.0",
	"{\"step\":\"syn\",\"time_ms\":0,\"from\":\"client\",\"flags\":\"SYN\","
	"\"frame\":1,\"seq\":305419896,\"seq_rel\":0,\"len_bytes\":0,"
	"\"window\":64240,\"retransmissions\":0,\"proof_frame\":2,"
	"\"ack\":null,\"ack_rel\":null}"},
    {"handshake.steps.1",
	"{\"step\":\"syn-ack\",\"time_ms\":20,\"from\":\"server\","
	"\"flags\":\"SYN,ACK\",\"frame\":2,\"seq\":2271560481,\"seq_rel\":0,"
	"\"len_bytes\":0,\"window\":65160,\"retransmissions\":0,"
	"\"proof_frame\":3,\"ack\":305419897,\"ack_rel\":1}"},
    {"handshake.server_half_ms", "20"},
    {"handshake.tap", "\"near-client\""},
    {"handshake.syn_retries", "0"},
    {"handshake.syn_ack_retries", "0"},
    {"handshake.client_half_inflated", "false"},
    {"options.client",
	"{\"mss\":1460,\"window_scale\":7,\"sack_permitted\":true,"
	"\"timestamps\":false,\"fast_open\":false,\"mptcp\":false,"
	"\"ecn\":false}"},
    {"teardown.close", "\"graceful-client-first\""},
    {"teardown.segments", "4"},
    {"teardown.steps.3.proof_frame", "null"},
    {"teardown.total_ms", "22"},
    {"teardown.time_wait",
	"[{\"holder\":\"client\",\"enter_time_ms\":311,\"enter_frame\":11,"
	"\"confirmed_frame\":12,\"fin_retransmissions\":0,"
	"\"other_segments\":0,\"reuse_after_ms\":4879,"
	"\"reuse_class\":\"<60s\"}]"},
    {"teardown.unacked_bytes", "{\"client\":0,\"server\":0}"},
    {"states.server.5",
	"{\"state\":\"CLOSED\",\"time_ms\":312,\"presumed\":true,\"frame\":12,"
	"\"revoked_frame\":null,\"confirmed_frame\":null,\"rule\":\"R3.41\"}"},
    {"sides.client.loss", "{\"downstream\":0.5,\"upstream\":0,\"capture\":0}"},
    {"sides.client.window", "{\"min\":64256,\"max\":65160,\"scale\":7}"},
    {"sides.server.rtt_ms",
	"{\"samples\":2,\"method\":\"ack\",\"min\":1.000001,\"p50\":1.000001,"
	"\"p90\":1.1,\"p99\":1.1,\"max\":1.1,\"smoothed\":1.0125,"
	"\"p50_nodelack\":null}"},
    {"event_counts", "{\"retransmission-rto\":1,\"dup-ack\":1}"},
    {"events.0",
	"{\"kind\":\"retransmission-rto\",\"rule\":\"R6.10\","
	"\"severity\":\"warn\",\"blame\":\"network\","
	"\"confidence\":\"probable\",\"frame\":5,"
	"\"time\":\"2026-11-22T10:00:00.375456789Z\",\"at_ms\":252,"
	"\"from\":\"client\",\"frames\":[4,6],"
	"\"revised_from\":[\"retransmission-unclassified\"],"
	"\"evidence\":{\"original_frame\":4,\"kind\":\"rto\","
	"\"cause\":\"loss-downstream\",\"range\":[1,101],\"silence_ms\":230,"
	"\"rto_est_ms\":200.000001,\"backoff\":1}}"},
    {"events.1.evidence", "{\"n\":1,\"ack\":201}"},
};

START_TEST(whole_connection)
{
	cJSON *root = parse_one(sample_report());

	assert_json(root, sample_values[_i].path, sample_values[_i].want);
	cJSON_Delete(root);
}
END_TEST

#define BARE_SIDE(packets, bytes, payload) \
	"{\"packets\":" packets ",\"bytes\":" bytes \
	",\"payload_bytes\":" payload ",\"unique_bytes\":" payload \
	",\"data_packets\":" packets ",\"retransmitted_packets\":0," \
	"\"retransmitted_bytes\":0,\"out_of_order\":0,\"duplicate_acks\":0," \
	"\"stretch_acks\":0,\"capture_duplicates\":0," \
	"\"zero_window_ms\":null,\"max_flight_bytes\":null," \
	"\"idle_ms\":null,\"throughput_bps\":null,\"goodput_bps\":null," \
	"\"isn\":null," \
	"\"window\":{\"min\":null,\"max\":null,\"scale\":null}," \
	"\"rtt_ms\":{\"samples\":0,\"method\":null,\"min\":null," \
	"\"p50\":null,\"p90\":null,\"p99\":null,\"max\":null," \
	"\"smoothed\":null,\"p50_nodelack\":null}," \
	"\"loss\":{\"downstream\":null,\"upstream\":null,\"capture\":null}}"

#define BARE_OPTIONS \
	"{\"mss\":null,\"window_scale\":null,\"sack_permitted\":null," \
	"\"timestamps\":null,\"fast_open\":null,\"mptcp\":null,\"ecn\":null}"

static const char bare_line[] =
    "{\"record\":\"connection\",\"number\":7,\"first_frame\":13,"
    "\"last_frame\":13,\"evicted\":false,\"one_way\":false,"
    "\"history_truncated\":false,\"holes_merged\":false,"
    "\"community_id\":\"1:GTB8Xq9MVF/w2rrhZHwx+GS//"
    "lY=\",\"ip_version\":6,\"encapsulation\":[],"
    "\"vni\":null,\"reuse\":null,\"continues\":null,\"other_encap_frames\":[],"
    "\"zeek\":{\"conn_state\":null,\"history\":null},"
    "\"filters\":{\"wireshark\":\"(ipv6.addr eq 2001:db8::1 and "
    "ipv6.addr eq 2001:db8::2) and (tcp.port eq 50000 and "
    "tcp.port eq 40000)\",\"pcap\":\"host 2001:db8::1 and "
    "host 2001:db8::2 and tcp port 50000 and tcp port 40000\"},"
    "\"client\":{\"address\":\"2001:db8::1\",\"port\":50000,"
    "\"certainty\":\"possible\"},"
    "\"server\":{\"address\":\"2001:db8::2\",\"port\":40000,"
    "\"certainty\":\"possible\"},"
    "\"first_time\":\"2026-11-22T10:00:00.123456Z\","
    "\"last_time\":\"2026-11-22T10:00:00.123456Z\",\"duration_ms\":0,"
    "\"verdict\":{\"id\":\"ok\",\"rule\":\"R9.21\",\"severity\":\"info\","
    "\"sentence\":\"ok\",\"frames\":[],\"also\":[]},"
    "\"worst_severity\":\"info\","
    "\"handshake\":{\"outcome\":\"midstream\",\"steps\":[],"
    "\"server_half_ms\":null,\"server_half_low_ms\":null,"
    "\"client_half_ms\":null,\"irtt_ms\":null,\"connect_time_ms\":null,"
    "\"first_data_client_ms\":null,\"first_data_server_ms\":null,"
    "\"ttfb_ms\":null,\"server_think_ms\":null,"
    "\"first_attempt_frame\":null,\"tfo\":null,\"sub\":null,"
    "\"refusing_frame\":null,\"refusing_ttl_match\":null,"
    "\"syn_retries\":null,\"syn_ack_retries\":null,"
    "\"client_half_inflated\":null,\"tap\":null},"
    "\"options\":{\"client\":" BARE_OPTIONS ",\"server\":" BARE_OPTIONS "},"
    "\"teardown\":{\"close\":\"active-at-end\",\"segments\":null,"
    "\"steps\":[],\"total_ms\":null,\"f1_f2_ms\":null,\"f2_f3_ms\":null,"
    "\"f3_f4_ms\":null,\"data_to_rst_ms\":null,"
    "\"idle_before_rst_ms\":null,\"unread_bytes\":null,\"sub\":null,"
    "\"time_wait\":[],\"unacked_bytes\":{\"client\":null,\"server\":null},"
    "\"after_bytes\":{\"client\":null,\"server\":null},"
    "\"resetter\":null},"
    "\"sides\":{\"client\":" BARE_SIDE(
	"1", "70", "10") ",\"server\":" BARE_SIDE("0", "0",
	"0") "},"
	     "\"event_counts\":{},\"states\":{\"client\":[],\"server\":[]},"
	     "\"events\":[]}\n";

START_TEST(unknown_is_null)
{
	char *text = render_one(sample_bare_report(7), false);

	strchr(text, '\n')[1] = '\0';
	ck_assert_str_eq(text, bare_line);
	free(text);
}
END_TEST

START_TEST(filters_only_where_they_match)
{
	struct conn_report *r = sample_report();
	cJSON *root;

	r->encap_n = 2;
	r->encap[1] = ENCAP_VXLAN;
	r->tunnel = 1; /* VNI 0 */
	root = parse_one(r);
	assert_json(root, "encapsulation", "[\"vlan\",\"vxlan\"]");
	assert_json(root, "vni", "0");
	assert_json(root, "filters.pcap", "null");
	cJSON_Delete(root);
}
END_TEST

static const struct {
	struct maybe after_ns;
	const char *want;
} reuse_rows[] = {
    {{0, false}, "\"never\""},
    {{0, true}, "\"<60s\""},
    {{60 * NS_PER_S - 1, true}, "\"<60s\""},
    {{60 * NS_PER_S, true}, "\"60-240s\""},
    {{240 * NS_PER_S, true}, "\"60-240s\""},
    {{240 * NS_PER_S + 1, true}, "\">240s\""},
};

START_TEST(R3_64_class_of_reuse)
{
	struct conn_report *r = sample_report();
	cJSON *root;

	r->teardown.time_wait[0].reuse_after_ns = reuse_rows[_i].after_ns;
	root = parse_one(r);
	assert_json(
	    root, "teardown.time_wait.0.reuse_class", reuse_rows[_i].want);
	cJSON_Delete(root);
}
END_TEST

#define ALL (FLAG_AE | FLAG_CWR | FLAG_ECE)

/* Bits of SYN and SYN-ACK. */
static const struct {
	unsigned syn, syn_ack;
	const char *client, *server;
} ecn_rows[] = {
    {0, 0, "false", "false"},
    {FLAG_ECE | FLAG_CWR, FLAG_ECE, "true", "true"},
    {FLAG_ECE | FLAG_CWR, 0, "true", "false"},
    {FLAG_ECE | FLAG_CWR, FLAG_ECE | FLAG_CWR, "true", "false"},
    {ALL, FLAG_CWR, "true", "true"},
    {ALL, FLAG_AE, "true", "true"},
    {ALL, FLAG_ECE, "true", "true"},
    {ALL, 0, "true", "false"},
    {ALL, ALL, "true", "false"},
    {FLAG_ECE, 0, "false", "false"},
};

START_TEST(ecn_of_each_side)
{
	struct conn_report *r = sample_report();
	cJSON *root;

	r->handshake.step[0].flags |= (uint16_t)ecn_rows[_i].syn;
	r->handshake.step[1].flags |= (uint16_t)ecn_rows[_i].syn_ack;
	root = parse_one(r);
	assert_json(root, "options.client.ecn", ecn_rows[_i].client);
	assert_json(root, "options.server.ecn", ecn_rows[_i].server);
	cJSON_Delete(root);
}
END_TEST

START_TEST(options_behind_a_cut_are_unknown)
{
	struct conn_report *r = sample_report();
	cJSON *root;

	r->side[CLIENT].options.has = OPT_MSS | OPT_SACK_PERMITTED;
	r->side[CLIENT].options.cut = true;
	root = parse_one(r);
	assert_json(root, "options.client",
	    "{\"mss\":1460,\"window_scale\":null,\"sack_permitted\":true,"
	    "\"timestamps\":null,\"fast_open\":null,\"mptcp\":null,"
	    "\"ecn\":false}");
	cJSON_Delete(root);
}
END_TEST

START_TEST(evidence_by_unit)
{
	struct conn_report *r = sample_report();
	struct event *e = &r->event[1];
	cJSON *root;

	e->evidence_n = 0;
	event_set(e, EVIDENCE_ORIGINAL_FRAME, 0);
	event_set(e, EVIDENCE_PROOF, WORD_NONE);
	event_set(e, EVIDENCE_DT, -1500);
	event_set(e, EVIDENCE_FIN, 1);
	event_set(e, EVIDENCE_TSVAL, UINT32_MAX);
	event_set(e, EVIDENCE_SEQ, -1);
	event_set_range(e, EVIDENCE_BLOCK, -5, INT64_C(5000000000));
	event_set(e, EVIDENCE_TEXT, 0);
	e->text = strdup("\x01\"\xff\x7f\\");
	root = parse_one(r);
	assert_json(root, "events.1.evidence",
	    "{\"original_frame\":null,\"proof\":null,\"dt_ms\":-0.0015,"
	    "\"fin\":true,\"tsval\":4294967295,\"seq\":-1,"
	    "\"block\":[-5,5000000000],"
	    "\"text\":\"\\u0001\\\"\xc3\xbf\x7f\\\\\"}");
	cJSON_Delete(root);
}
END_TEST

/* What acts on a terminal is escaped, though JSON does not ask for it. */
START_TEST(no_control_characters)
{
	struct conn_report *r = sample_report();
	struct event *e = &r->event[1];
	const struct report_options no_options = {.top = 0};
	char *text;

	e->evidence_n = 0;
	event_set(e, EVIDENCE_TEXT, 0);
	e->text = strdup("\x1b\x7f\x80\x9b\x9f\xa0\xff\xc2");
	text = render_report(&reporter_json, &no_options, &r, 1);
	ck_assert_ptr_nonnull(
	    strstr(text, "\"text\":\"\\u001b\\u007f\\u0080\\u009b\\u009f"
			 "\xc2\xa0\xc3\xbf\xc3\x82\"}"));
	ck_assert_ptr_null(text_wrong(text, strlen(text)));
	free(text);
}
END_TEST

START_TEST(joined_midstream_is_presumed)
{
	struct conn_report *r = sample_report();
	cJSON *root;

	r->transition[0].state = STATE_MID;
	r->transition[0].frame_no = 0;
	r->transition[2].revoked_frame = 4;
	root = parse_one(r);
	assert_json(root, "states.client.0.state", "\"ESTABLISHED\"");
	assert_json(root, "states.client.0.presumed", "true");
	assert_json(root, "states.client.0.frame", "null");
	assert_json(root, "states.client.1.revoked_frame", "4");
	cJSON_Delete(root);
}
END_TEST

START_TEST(numbers_are_exact)
{
	struct conn_report *r = sample_report();
	char *text;

	r->side[CLIENT].bytes = UINT64_MAX;
	r->handshake.irtt_ns = maybe_of(300000);
	r->handshake.connect_time_ns = maybe_of(INT64_MAX);
	r->side[SERVER].loss_upstream = maybe_of(12345);
	text = render_one(r, true);
	ck_assert_ptr_nonnull(strstr(text, "\"bytes\":18446744073709551615,"));
	ck_assert_ptr_nonnull(strstr(text, "\"irtt_ms\":0.3,"));
	ck_assert_ptr_nonnull(
	    strstr(text, "\"connect_time_ms\":9223372036854.775807,"));
	ck_assert_ptr_nonnull(strstr(text, "\"upstream\":0.012345,"));
	free(text);
}
END_TEST

START_TEST(foreign_sentence_is_utf8)
{
	struct conn_report *r = sample_report();
	cJSON *root;

	snprintf(r->verdict.sentence, sizeof(r->verdict.sentence),
	    "a \"b\" \xe2\x80 \xe2\x80\xa6\n");
	root = parse_one(r);
	assert_json(root, "verdict.sentence",
	    "\"a \\\"b\\\" \xef\xbf\xbd\xef\xbf\xbd \xe2\x80\xa6\\n\"");
	cJSON_Delete(root);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("conn_json");
	TCase *t = tcase_create("connection");

	tcase_add_loop_test(t, whole_connection, 0, ROWS(sample_values));
	tcase_add_test(t, unknown_is_null);
	tcase_add_test(t, filters_only_where_they_match);
	tcase_add_loop_test(t, R3_64_class_of_reuse, 0, ROWS(reuse_rows));
	tcase_add_loop_test(t, ecn_of_each_side, 0, ROWS(ecn_rows));
	tcase_add_test(t, options_behind_a_cut_are_unknown);
	tcase_add_test(t, evidence_by_unit);
	tcase_add_test(t, no_control_characters);
	tcase_add_test(t, joined_midstream_is_presumed);
	tcase_add_test(t, numbers_are_exact);
	tcase_add_test(t, foreign_sentence_is_utf8);
	suite_add_tcase(s, t);
	return run_suite(s);
}
