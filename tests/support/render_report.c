/*
 * render_report.c - a reporter's output as a string.
 */
#include "render_report.h"

#include <check.h>
#include <stdlib.h>

#include "sample_report.h"

/* The path is Latin-1, the message holds what JSON must escape. */
static char path[] = "caf\xe9/\xc3\xa9\xe2\x82.pcap";
static char link[] = "EN10MB";
static char error[] = "\"cut\"\\ at\tframe 14";

const struct capture_info render_input = {
    .path = path,
    .format = "pcap",
    .compression = "none",
    .link_name = link,
    .link_type = 1,
    .snaplen = 262144,
    .nanoseconds = true,
    .packets = 14,
    .bytes = 1234,
    .has_time = true,
    .first_ns = SAMPLE_START_NS,
    .last_ns = SAMPLE_START_NS + 312000001,
    .complete = false,
    .error = error,
};

static int
tell(int (*what)(void *state, const struct report_head *head), void *state,
    const struct summary *summary)
{
	const struct capture_info *const inputs[] = {&render_input};
	const struct packet_counts packets = {
	    .total = 14,
	    .tcp = 13,
	    .analysed = 13,
	    .reason[REASON_NOT_IP] = 1,
	    .reason_first_frame[REASON_NOT_IP] = 14,
	};
	const struct report_head head = {
	    .version = "1.2.3",
	    .inputs = inputs,
	    .inputs_n = 1,
	    .packets = &packets,
	    .summary = summary,
	    .first_ns = render_input.first_ns,
	    .last_ns = render_input.last_ns,
	    .has_time = true,
	    .connections_reported = summary->connections,
	};

	return what(state, &head);
}

int
render_begin(const struct reporter *reporter, void *state)
{
	struct summary none = {0};

	return reporter->begin != NULL ? tell(reporter->begin, state, &none)
				       : 0;
}

int
render_finish(
    const struct reporter *reporter, void *state, const struct summary *summary)
{
	return tell(reporter->finish, state, summary);
}

char *
render_report(const struct reporter *reporter, const struct report_options *o,
    struct conn_report *const *reports, size_t n)
{
	struct summary summary;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	void *state;

	ck_assert_ptr_nonnull(out);
	state = reporter->open(out, o);
	ck_assert_ptr_nonnull(state);
	ck_assert_int_eq(render_begin(reporter, state), 0);
	summary_init(&summary, &hash_key_fixed);
	for (size_t i = 0; i < n; i++) {
		summary_add(&summary, reports[i]);
		ck_assert_int_eq(reporter->connection(state, reports[i]), 0);
		conn_report_free(reports[i]);
	}
	ck_assert_int_eq(render_finish(reporter, state, &summary), 0);
	reporter->free(state);
	summary_fini(&summary);
	ck_assert_int_eq(fclose(out), 0);
	return text;
}
