/*
 * detail_sides.c - both directions of a connection side by side: what each
 * side sent, its round trips and its losses.
 */
#include <stdio.h>

#include "report/conn_text.h"
#include "report/report_parts.h"
#include "report/text_buffer.h"
#include "report/text_format.h"
#include "report/text_table.h"

static void
add_packets(struct text *s, const struct side_report *x)
{
	text_addf(
	    s, "%s, %s", format_count(x->packets).s, format_bytes(x->bytes).s);
}

static void
add_payload(struct text *s, const struct side_report *x)
{
	text_addf(s, "%s", format_bytes(x->unique_bytes).s);
	if (x->unique_bytes >= 1000)
		text_addf(s, " (%s bytes)", format_count(x->unique_bytes).s);
	if (x->data_packets > 0)
		text_addf(s, " in %s segment%s",
		    format_count(x->data_packets).s,
		    x->data_packets == 1 ? "" : "s");
}

/* What its SYN or SYN-ACK announced. */
static void
add_options(struct text *s, const struct side_report *x)
{
	static const struct {
		unsigned bit;
		const char *word;
	} words[] = {{OPT_SACK_PERMITTED, "SACK"},
	    {OPT_TIMESTAMPS, "time stamps"}, {OPT_FAST_OPEN, "fast open"},
	    {OPT_MPTCP, "MPTCP"}};
	const struct tcp_options *o = &x->options;

	if (!x->has_options)
		return;
	if (o->has & OPT_MSS)
		text_addf(s, "MSS %u", o->mss);
	if (o->has & OPT_WSCALE)
		text_addf(s, "%sscale %u", s->n > 0 ? ", " : "", o->wscale);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (o->has & words[i].bit)
			text_addf(
			    s, "%s%s", s->n > 0 ? ", " : "", words[i].word);
	if (s->n == 0)
		text_add(s, o->cut ? "-" : "none");
}

static void
add_resent(struct text *s, const struct side_report *x)
{
	text_addf(s, "%s", format_count(x->retransmitted_packets).s);
	if (x->retransmitted_bytes > 0)
		text_addf(s, ", %s", format_bytes(x->retransmitted_bytes).s);
}

static void
add_rtt(struct text *s, const struct side_report *x)
{
	const struct rtt_report *rtt = &x->rtt;

	if (rtt->samples == 0) {
		text_add(s, "-");
		return;
	}
	text_addf(s, "%s median, p90 %s", format_maybe_duration(rtt->p50).s,
	    format_maybe_duration(rtt->p90).s);
}

static void
add_rtt_range(struct text *s, const struct side_report *x)
{
	const struct rtt_report *rtt = &x->rtt;

	if (rtt->samples == 0)
		return;
	text_addf(s, "%s to %s, %s sample%s", format_maybe_duration(rtt->min).s,
	    format_maybe_duration(rtt->max).s, format_count(rtt->samples).s,
	    rtt->samples == 1 ? "" : "s");
}

static void
add_loss_network(struct text *s, const struct side_report *x)
{
	/* without data there is nothing whose loss could be measured */
	if (x->data_packets == 0 ||
	    (!x->loss_upstream.has && !x->loss_downstream.has)) {
		text_add(s, "-");
		return;
	}
	text_addf(s, "%s before the tap, %s beyond",
	    format_maybe(x->loss_upstream, format_share).s,
	    format_maybe(x->loss_downstream, format_share).s);
}

static void
add_loss_capture(struct text *s, const struct side_report *x)
{
	text_addf(s, "%s",
	    x->data_packets == 0
		? "-"
		: format_maybe(x->loss_capture, format_share).s);
}

static void
add_nonzero(struct text *s, uint64_t n)
{
	if (n > 0)
		text_addf(s, "%s", format_count(n).s);
}

static void
add_out_of_order(struct text *s, const struct side_report *x)
{
	add_nonzero(s, x->out_of_order);
}

static void
add_duplicate_acks(struct text *s, const struct side_report *x)
{
	add_nonzero(s, x->duplicate_acks);
}

static void
add_copies(struct text *s, const struct side_report *x)
{
	add_nonzero(s, x->capture_duplicates);
}

static void
add_window(struct text *s, const struct side_report *x)
{
	if (!x->window_min.has && !x->window_scale.has)
		return;
	if (x->window_min.has)
		text_addf(
		    s, "%s to ", format_maybe(x->window_min, format_bytes).s);
	text_addf(s, "%s, scale %s",
	    format_maybe(x->window_max, format_bytes).s,
	    format_maybe(x->window_scale, format_count).s);
}

static void
add_zero_window(struct text *s, const struct side_report *x)
{
	if (x->zero_window_ns.has && x->zero_window_ns.v > 0)
		text_addf(s, "%s", format_duration(x->zero_window_ns.v).s);
}

static void
add_flight(struct text *s, const struct side_report *x)
{
	if (x->max_flight_bytes.has)
		text_addf(
		    s, "%s", format_maybe(x->max_flight_bytes, format_bytes).s);
}

static void
add_rate(struct text *s, const struct side_report *x)
{
	if (!x->throughput_bps.has && !x->goodput_bps.has)
		return;
	text_addf(s, "%s, useful %s",
	    format_maybe(x->throughput_bps, format_rate).s,
	    format_maybe(x->goodput_bps, format_rate).s);
}

static void
add_idle(struct text *s, const struct side_report *x)
{
	if (x->idle_ns.has && x->idle_ns.v > 0)
		text_addf(s, "%s", format_duration(x->idle_ns.v).s);
}

/* A row is left out when it says nothing about either side. */
static const struct {
	const char *label;
	void (*add)(struct text *s, const struct side_report *x);
} rows[] = {
    {"packets", add_packets},
    {"options", add_options},
    {"payload", add_payload},
    {"sent again", add_resent},
    {"round trip", add_rtt},
    {"", add_rtt_range},
    {"loss", add_loss_network},
    {"not captured", add_loss_capture},
    {"out of order", add_out_of_order},
    {"duplicate ACKs", add_duplicate_acks},
    {"capture copies", add_copies},
    {"own window", add_window},
    {"window closed", add_zero_window},
    {"most in flight", add_flight},
    {"throughput", add_rate},
    {"idle", add_idle},
};

/* What row says about side; "-" for one that was never seen. */
static void
say_row(struct text *s, size_t row, const struct conn_report *r, enum side side)
{
	text_clear(s);
	if (r->side[side].packets > 0)
		rows[row].add(s, &r->side[side]);
}

static const char *
or_unknown(const struct text *s)
{
	return s->n > 0 ? s->s : "-";
}

/* Columns for the sides from first to last. */
static void
fill(struct page *p, struct table *t, const struct conn_report *r,
    enum side first, enum side last)
{
	struct text s[2];

	text_init(&s[CLIENT]);
	text_init(&s[SERVER]);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		say_row(&s[CLIENT], i, r, CLIENT);
		say_row(&s[SERVER], i, r, SERVER);
		if (s[CLIENT].n == 0 && s[SERVER].n == 0)
			continue;
		table_cell(t, STYLE_PLAIN, "%s", rows[i].label);
		for (unsigned side = first; side <= last; side++)
			table_cell(t, STYLE_PLAIN, "%s", or_unknown(&s[side]));
	}
	p->failed |= s[CLIENT].failed || s[SERVER].failed;
	text_fini(&s[CLIENT]);
	text_fini(&s[SERVER]);
}

/* False, and nothing is printed, when the columns do not fit the page. */
static bool
print_columns(struct page *p, const struct conn_report *r, enum side first,
    enum side last, bool always)
{
	struct table_column columns[3] = {{.head = ""}};
	char heads[2][FORMAT_MAX];
	struct table t;
	bool fits;

	for (unsigned side = first; side <= last; side++) {
		snprintf(heads[side], sizeof(heads[side]), "%s %s %s",
		    side_name(side), page_symbol(p, SYMBOL_ARROW),
		    side_name(!side));
		columns[1 + side - first].head = heads[side];
	}
	table_init(&t, columns, 2 + last - first);
	t.indent = PART_TABLE;
	fill(p, &t, r, first, last);
	fits = always || table_width(&t) <= p->width;
	if (fits)
		table_print(p, &t);
	table_fini(&t);
	return fits;
}

void
detail_print_sides(struct page *p, const struct conn_report *r)
{
	page_say(p, "what each side sent, and what became of it");
	page_end_labelled(p, PART_INDENT, "Traffic", PART_TEXT, STYLE_DIM);
	if (print_columns(p, r, CLIENT, SERVER, false))
		return;
	print_columns(p, r, CLIENT, CLIENT, true);
	print_columns(p, r, SERVER, SERVER, true);
}
