/*
 * report_detail.c - one connection in detail: verdict, handshake, teardown,
 * events and states.
 */
#include <inttypes.h>
#include <stdio.h>

#include "report/conn_text.h"
#include "report/event_text.h"
#include "report/hand_over.h"
#include "report/report_parts.h"
#include "report/state_path.h"
#include "report/text_format.h"

static void
end_part(struct page *p, const char *label)
{
	page_end_labelled(p, PART_INDENT, label, PART_TEXT, STYLE_PLAIN);
}

void
detail_print_heading(struct page *p, const struct conn_report *r)
{
	const char *arrow = page_symbol(p, SYMBOL_ARROW);
	char text[2 * FORMAT_MAX + 32];
	int n;

	n = snprintf(text, sizeof(text), "Connection %" PRIu32 "  %s %s %s",
	    r->number, conn_endpoint(r, CLIENT).s, arrow,
	    conn_endpoint(r, SERVER).s);
	page_newline(p);
	if (n > 0 && text_columns(text) <= p->width) {
		page_rule(p, text);
		return;
	}
	snprintf(text, sizeof(text), "Connection %" PRIu32, r->number);
	page_rule(p, text);
	for (unsigned s = CLIENT; s <= SERVER; s++) {
		page_say(p, "%s", conn_endpoint(r, s).s);
		end_part(p, side_heading(s));
	}
}

static void
print_verdict(struct page *p, const struct verdict *v, const char *label)
{
	enum style style = style_of_severity(v->severity);

	page_say_verdict(p, v);
	page_say(p, " [%s, %s, %s]", severity_name(v->severity),
	    verdict_name(v->id), verdict_rule(v->id));
	page_end_labelled(p, PART_INDENT, label, PART_TEXT,
	    v->id == VERDICT_OK ? STYLE_OK : style);
}

static void
print_observed(struct page *p, const struct conn_report *r, int64_t start_ns)
{
	page_say(p, r->last_frame == r->first_frame ? "frame " : "frames ");
	page_say_frame(p, r->first_frame);
	if (r->last_frame != r->first_frame) {
		page_say(p, " to ");
		page_say_frame(p, r->last_frame);
	}
	page_say(p, ", %s from %s (%s)",
	    format_duration(r->last_ns - r->first_ns).s,
	    format_time(r->first_ns, p->nanoseconds).s,
	    format_offset(r->first_ns - start_ns).s);
	end_part(p, "Observed");
	if (r->certainty == CERTAINTY_CERTAIN)
		return;
	page_say(p, "which side is the client is only %s: no SYN was seen",
	    r->certainty == CERTAINTY_PROBABLE ? "probable" : "possible");
	end_part(p, "Roles");
}

static const char *
reuse_words(enum reuse reuse)
{
	static const char *const words[] = {
	    [REUSE_NONE] = NULL,
	    [REUSE_AFTER_RST] = "the connection before it was reset",
	    [REUSE_NEW_ISN] = "the SYNs before it were never answered",
	    [REUSE_BY_HOLDER] = "the side in TIME-WAIT opened it again",
	    [REUSE_EXPIRED] = "TIME-WAIT had lasted for 240 s or more",
	    [REUSE_TW_TS_GREATER] =
		"out of TIME-WAIT, by a newer time stamp (RFC 6191)",
	    [REUSE_TW_SEQ_GREATER] =
		"out of TIME-WAIT, by a higher sequence number (RFC 6191)",
	    [REUSE_SUPERSEDES] = "one side had forgotten the one before it",
	    [REUSE_TIMEOUT] = "the record before it timed out",
	};

	return words[reuse];
}

/* How far the numbers below can be trusted. */
static void
print_limits(struct page *p, const struct conn_report *r)
{
	if (r->evicted) {
		page_say(p, "more connections than K_CONNS were held: reported "
			    "before its end");
		end_part(p, "Limits");
	}
	if (r->one_way) {
		page_say(p, "only one direction is in the capture");
		end_part(p, "Limits");
	}
	if (r->history_truncated) {
		page_say(p, "more segments than K_SEGS were waiting: some "
			    "resends have no kind");
		end_part(p, "Limits");
	}
	if (r->holes_merged) {
		page_say(p, "more holes than K_HOLES or K_SACK allow: "
			    "neighbours were joined");
		end_part(p, "Limits");
	}
}

static void
print_circumstances(struct page *p, const struct conn_report *r)
{
	if (r->reuse != REUSE_NONE) {
		page_say(p, "the same addresses and ports again: %s",
		    reuse_words(r->reuse));
		end_part(p, "Reuse");
	}
	if (r->continues > 0) {
		page_say(p, "connection %" PRIu32 ", whose record had ended",
		    r->continues);
		end_part(p, "Continues");
	}
	if (r->encap_n > 0) {
		for (unsigned i = 0; i < r->encap_n; i++)
			page_say(p, "%s%s", i > 0 ? " / " : "",
			    encap_name((enum encap)r->encap[i]));
		end_part(p, "Inside");
	}
	if (r->other_encap_n > 0) {
		page_say(p, "the same connection in another encapsulation: ");
		for (unsigned i = 0; i < r->other_encap_n; i++) {
			page_say(p, "%sthe record that begins at frame ",
			    i > 0 ? ", " : "");
			page_say_frame(p, r->other_encap[i]);
		}
		end_part(p, "Also in");
	}
	print_limits(p, r);
}

static void
print_first_data(struct page *p, const struct handshake_report *h)
{
	if (!h->first_data_ns[CLIENT].has && !h->first_data_ns[SERVER].has)
		return;
	page_say(p,
	    "first data of the client after %s, of the server after "
	    "%s",
	    format_maybe_duration(h->first_data_ns[CLIENT]).s,
	    format_maybe_duration(h->first_data_ns[SERVER]).s);
	if (h->ttfb_ns.has)
		page_say(p, "; answer %s after the request",
		    format_duration(h->ttfb_ns.v).s);
	if (h->ttfb_ns.has && h->server_think_ns.has)
		page_say(p, ", of which the server took %s",
		    format_duration(h->server_think_ns.v).s);
	end_part(p, "");
}

static void
print_refusal(struct page *p, const struct handshake_report *h)
{
	if (h->refusing_frame == 0)
		return;
	page_say(p, "refused by frame %" PRIu64, h->refusing_frame);
	if (h->refusing_ttl_match.has)
		page_say(p, "; its TTL %s the server's other packets",
		    h->refusing_ttl_match.v ? "is that of"
					    : "differs from that of");
	end_part(p, "");
}

static void
print_handshake(struct page *p, const struct conn_report *r)
{
	const struct handshake_report *h = &r->handshake;

	page_say(p, "%s", outcome_label(h->outcome));
	if (h->sub != NULL)
		page_say(p, " (%s)", h->sub);
	if (h->tfo != NULL)
		page_say(p, "; fast open %s", h->tfo);
	if (h->first_attempt_frame > 0)
		page_say(p, "; first attempt in frame %" PRIu64,
		    h->first_attempt_frame);
	if (h->steps_n > 0) {
		page_say(p, ": ");
		page_say_steps(p, h->step, h->steps_n);
	}
	end_part(p, "Handshake");
	print_refusal(p, h);
	if (h->steps_n > 1 || h->tap != TAP_UNKNOWN) {
		page_say_timing(p, h);
		end_part(p, "");
	}
	print_first_data(p, h);
}

static void
say_side_bytes(struct page *p, const struct maybe bytes[2])
{
	page_say(p, "client %s, server %s",
	    format_maybe(bytes[CLIENT], format_bytes).s,
	    format_maybe(bytes[SERVER], format_bytes).s);
}

static void
print_reset(struct page *p, const struct teardown_report *t)
{
	if (!t->has_resetter)
		return;
	page_say(p, "reset by the %s", side_name(t->resetter));
	if (t->sub != NULL)
		page_say(p, " (%s)", t->sub);
	page_say(p, ", idle before %s, after last data %s",
	    format_maybe_duration(t->idle_before_rst_ns).s,
	    format_maybe_duration(t->data_to_rst_ns).s);
	end_part(p, "");
	page_say(p,
	    "data of the %s that it had not acknowledged: %s; payload "
	    "before: ",
	    side_name(!t->resetter),
	    format_maybe(t->unread_bytes, format_bytes).s);
	say_side_bytes(p, t->after_bytes);
	end_part(p, "");
}

static void
print_time_wait(struct page *p, const struct time_wait *w)
{
	page_say(p, "TIME-WAIT at the %s since frame %" PRIu64,
	    side_name(w->holder), w->enter_frame);
	if (w->confirmed_frame > 0)
		page_say(
		    p, ", confirmed by frame %" PRIu64, w->confirmed_frame);
	if (w->fin_retransmissions > 0)
		page_say(p, ", FIN resent %s time%s",
		    format_count(w->fin_retransmissions).s,
		    w->fin_retransmissions == 1 ? "" : "s");
	if (w->other_segments > 0)
		page_say(p, ", %s other segment%s",
		    format_count(w->other_segments).s,
		    w->other_segments == 1 ? "" : "s");
	if (w->reuse_after_ns.has)
		page_say(p, "; next SYN after %s",
		    format_duration(w->reuse_after_ns.v).s);
	end_part(p, "");
}

static void
print_teardown(struct page *p, const struct conn_report *r)
{
	const struct teardown_report *t = &r->teardown;

	if (!outcome_opened(r->handshake.outcome))
		return;
	page_say(p, "%s", close_label(t->close));
	if (t->segments > 0)
		page_say(p, ", %u segments", t->segments);
	if (t->total_ns.has)
		page_say(p, " in %s", format_duration(teardown_span(t).v).s);
	if (t->steps_n > 0) {
		page_say(p, ": ");
		page_say_steps(p, t->step, t->steps_n);
	}
	end_part(p, "Teardown");
	print_reset(p, t);
	for (unsigned i = 0; i < t->time_wait_n; i++)
		print_time_wait(p, &t->time_wait[i]);
	if (t->unacked_bytes[CLIENT].has || t->unacked_bytes[SERVER].has) {
		page_say(p, "not acknowledged at the end: ");
		say_side_bytes(p, t->unacked_bytes);
		end_part(p, "");
	}
}

static void
print_path(struct page *p, const struct conn_report *r, enum side side)
{
	struct state_seen last = {0}, next;
	unsigned undone = 0;

	page_say(p, "%s  ", side_name(side));
	for (uint32_t i = 0; i < r->transitions_n; i++) {
		const struct transition *t = &r->transition[i];

		if (t->side != side)
			continue;
		if (t->revoked_frame != 0) {
			undone++;
			continue;
		}
		next = state_path_of(t, r->last_frame);
		if (last.known) {
			state_path_say_next(p, &last, next);
			continue;
		}
		page_say(p, "%s", state_path_text(next).s);
		last = next;
	}
	if (!last.known)
		page_say(p, "-");
	if (undone > 0)
		page_say(p, " (%u undone, see --states)", undone);
	end_part(p, side == CLIENT ? "States" : "");
}

void
detail_print_summary(
    struct page *p, const struct conn_report *r, int64_t start_ns)
{
	print_verdict(p, &r->verdict, "Verdict");
	for (unsigned i = 0; i < r->also_n; i++)
		print_verdict(p, &r->also[i], "also:");
	print_observed(p, r, start_ns);
	print_circumstances(p, r);
}

void
detail_print(struct page *p, const struct conn_report *r)
{
	unsigned kinds = 0;

	print_handshake(p, r);
	print_teardown(p, r);
	print_path(p, r, CLIENT);
	print_path(p, r, SERVER);
	detail_print_sides(p, r);
	for (int k = 0; k < ANOMALY_COUNT; k++)
		kinds += r->kind_count[k] > 0;
	page_say(p, kinds == 0 ? "none" : "by kind, the worst first");
	page_end_labelled(p, PART_INDENT, "Events", PART_TEXT,
	    kinds == 0 ? STYLE_PLAIN : STYLE_DIM);
	if (kinds > 0)
		event_print_kinds(p, r, PART_TABLE);
}

void
detail_print_hand_over(struct page *p, const struct conn_report *r)
{
	char id[COMMUNITY_ID_MAX], filter[HAND_OVER_MAX];
	const char *pcap;

	page_say(p, "Community ID %s", hand_over_community_id(id, r));
	if (r->zeek_conn_state != NULL)
		page_say(p, ", Zeek %s", r->zeek_conn_state);
	if (r->zeek_conn_state != NULL && r->zeek_history[0] != '\0')
		page_say(p, " %s", r->zeek_history);
	end_part(p, "Elsewhere");
	page_say(p, "wireshark: %s", hand_over_wireshark(filter, r));
	end_part(p, "");
	pcap = hand_over_pcap(filter, r);
	page_say(p, "tcpdump: %s", pcap != NULL ? pcap : "-");
	end_part(p, "");
}
