/*
 * page_json.c - what the page of --format=html shows of a connection, as JSON.
 * page/page.js reads it.
 */
#include "report/page_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report/conn_json.h"
#include "report/conn_text.h"
#include "report/head_json.h"

#define ROW_TEXT 512

void
page_row_write(struct json_writer *w, const struct conn_report *r, bool detail)
{
	cJSON *o = json_object(w), *kinds;

	json_add_unsigned(w, o, "number", r->number);
	json_add_text(w, o, "client", conn_endpoint(r, CLIENT).s);
	json_add_text(w, o, "server", conn_endpoint(r, SERVER).s);
	json_add_unsigned(w, o, "frame", r->first_frame);
	json_add_time(w, o, "time", r->first_ns, w->nanoseconds);
	json_add_ms(w, o, "lasted", r->last_ns - r->first_ns);
	if (r->handshake.connect_time_ns.has)
		json_add_ms(w, o, "connect", r->handshake.connect_time_ns.v);
	else
		json_add_null(w, o, "connect");
	json_add_unsigned(w, o, "sent", r->side[CLIENT].unique_bytes);
	json_add_unsigned(w, o, "received", r->side[SERVER].unique_bytes);
	json_add_unsigned(w, o, "resent",
	    r->side[CLIENT].retransmitted_packets +
		r->side[SERVER].retransmitted_packets);
	json_add_name(w, o, "end", conn_end(r));
	json_add_name(w, o, "verdict", verdict_name(r->verdict.id));
	json_add_name(w, o, "severity", severity_name(r->verdict.severity));
	json_add_name(w, o, "worst", severity_name(r->worst));
	json_add_text(w, o, "sentence", r->verdict.sentence);
	kinds = json_add_array(w, o, "kinds");
	for (unsigned i = 0; i < ANOMALY_COUNT; i++)
		if (r->kind_count[i] > 0)
			json_add_name(w, kinds, NULL, anomaly_table[i].name);
	json_add_bool(w, o, "detail", detail);
	json_emit(w, o);
}

/*
 * A segment is ten numbers: frame, nanoseconds after the first, side, flags,
 * seq, ack, len, window, RTT_UNIT_NS of the round trip it ended, and bits: 1
 * placed, 2 copy, 4 event, 8 segments before it were left out.
 */
static void
write_segment(struct json_writer *w, const struct trace_segment *s,
    int64_t first_ns, bool first)
{
	char text[ROW_TEXT];
	unsigned bits = (s->placed ? 1u : 0) | (s->copy ? 2u : 0) |
			(s->event ? 4u : 0) | (s->skipped > 0 ? 8u : 0);

	snprintf(text, sizeof(text),
	    "%s%" PRIu64 ",%" PRId64 ",%u,%u,%" PRId64 ",%" PRId64 ",%" PRIu32
	    ",%" PRIu32 ",%" PRIu32 ",%u",
	    first ? "" : ",", s->frame_no, s->ts_ns - first_ns, s->side,
	    s->flags, s->placed ? s->seq : 0,
	    s->placed && s->flags & FLAG_ACK ? s->ack : 0, s->len,
	    s->placed ? s->wnd : 0, s->rtt, bits);
	json_literal(w, text);
}

/* A block is three numbers: which segment, left and right edge. */
static void
write_blocks(struct json_writer *w, const struct trace *t)
{
	const char *separator = "";
	char text[ROW_TEXT];

	for (uint32_t i = 0; i < t->n; i++) {
		const struct trace_segment *s = &t->v[i];

		for (uint32_t k = s->sack; k < s->sack + s->sack_n; k++) {
			snprintf(text, sizeof(text),
			    "%s%" PRIu32 ",%" PRId64 ",%" PRId64, separator, i,
			    t->sack[k][0], t->sack[k][1]);
			json_literal(w, text);
			separator = ",";
		}
	}
}

static void
write_trace(struct json_writer *w, const struct conn_report *r, uint32_t most)
{
	struct trace *t = r->trace;
	char text[ROW_TEXT];

	trace_thin(t, most);
	snprintf(text, sizeof(text), "{\"dropped\":%" PRIu64 ",\"segments\":[",
	    t->dropped);
	json_literal(w, text);
	for (uint32_t i = 0; i < t->n; i++)
		write_segment(w, &t->v[i], r->first_ns, i == 0);
	json_literal(w, "],\"sack\":[");
	write_blocks(w, t);
	json_literal(w, "]}");
}

void
page_detail_write(
    struct json_writer *w, const struct conn_report *r, uint32_t most)
{
	json_literal(w, "{\"connection\":");
	conn_json_write(w, r, false);
	json_literal(w, ",\"trace\":");
	if (r->trace != NULL)
		write_trace(w, r, most);
	else
		json_literal(w, "null");
	json_literal(w, "}");
}

void
page_head_write(struct json_writer *w, const struct report_head *head,
    const struct page_totals *totals)
{
	cJSON *o = json_object(w), *rules;

	generator_json_add(w, o, head);
	captures_json_add(w, o, head);
	packets_json_add(w, json_add_object(w, o, "packets"), head->packets);
	summary_json_add(w, json_add_object(w, o, "summary"), head);
	if (head->has_time)
		json_add_time(
		    w, o, "first_time", head->first_ns, w->nanoseconds);
	else
		json_add_null(w, o, "first_time");
	json_add_unsigned(w, o, "rows", totals->rows);
	json_add_unsigned(w, o, "details", totals->details);
	json_add_unsigned(w, o, "reported", totals->connections);
	rules = json_add_object(w, o, "kinds");
	for (unsigned i = 0; i < ANOMALY_COUNT; i++)
		json_add_name(
		    w, rules, anomaly_table[i].name, anomaly_table[i].text);
	json_emit(w, o);
}
