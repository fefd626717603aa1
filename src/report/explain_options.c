/*
 * explain_options.c - options of SYN and SYN-ACK in words.
 */
#include <inttypes.h>

#include "report/explain.h"
#include "report/text_format.h"

/* Bytes that a peer may send without an MSS option (RFC 9293 3.7.1). */
#define MSS_DEFAULT_IPV4 536
#define MSS_DEFAULT_IPV6 1220
#define SHIFT_MAX 14 /* RFC 7323 2.3 */

/* The first item stands beside the label. */
static void
end_item(struct story *t, enum style style)
{
	story_end(t, t->label, style);
	t->label = "";
}

static void
print_mss(struct story *t, const struct step *s)
{
	const struct tcp_options *o = &s->opt;

	if (o->has & OPT_MSS)
		page_say(t->p,
		    "MSS %u: it accepts up to %s bytes of data in a "
		    "segment",
		    (unsigned)o->mss, format_count(o->mss).s);
	else if (o->cut || o->bad_kind != 0)
		return;
	else
		page_say(t->p,
		    "no MSS: its peer may send at most %u bytes of "
		    "data in a segment",
		    t->r->version == 6 ? MSS_DEFAULT_IPV6 : MSS_DEFAULT_IPV4);
	end_item(t, STYLE_PLAIN);
}

static void
print_scale(struct story *t, const struct tcp_options *o)
{
	unsigned shift = o->wscale > SHIFT_MAX ? SHIFT_MAX : o->wscale;

	page_say(t->p,
	    "window scale %u: later windows count in units of %s "
	    "byte%s",
	    (unsigned)o->wscale, format_count(UINT64_C(1) << shift).s,
	    shift == 0 ? "" : "s");
	end_item(t, STYLE_PLAIN);
}

static void
print_timestamps(struct story *t, const struct step *s)
{
	page_say(t->p, "timestamps: its clock reads %" PRIu32, s->opt.tsval);
	if (s->flags & FLAG_ACK)
		page_say(t->p, ", it last saw %" PRIu32, s->opt.tsecr);
	end_item(t, STYLE_PLAIN);
}

static void
print_fast_open(struct story *t, const struct step *s)
{
	if (s->opt.tfo_len == 0)
		page_say(t->p, "fast open: it asks for a cookie");
	else
		page_say(t->p, "fast open: a cookie of %u bytes",
		    (unsigned)s->opt.tfo_len);
	end_item(t, STYLE_PLAIN);
}

/* Options that one line without numbers explains. */
static void
print_plain(struct story *t, uint16_t has)
{
	static const struct {
		uint16_t bit;
		const char *text;
	} rows[] = {
	    {OPT_SACK_PERMITTED,
		"SACK permitted: it understands reports of what arrived "
		"beyond a hole"},
	    {OPT_USER_TIMEOUT, "user timeout: how long it will wait for an "
			       "acknowledgement (RFC 5482)"},
	    {OPT_MD5, "MD5 signature (RFC 2385)"},
	    {OPT_AO, "authentication (RFC 5925)"},
	    {OPT_MPTCP, "multipath TCP (RFC 8684)"},
	    {OPT_ACCECN, "accurate ECN (RFC 9768)"},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (has & rows[i].bit) {
			page_say(t->p, "%s", rows[i].text);
			end_item(t, STYLE_PLAIN);
		}
}

/* ECN is asked for by flags (RFC 3168 6.1.1). */
static void
print_ecn(struct story *t, const struct step *s)
{
	unsigned ecn = s->flags & (FLAG_ECE | FLAG_CWR | FLAG_AE);

	if (ecn == (FLAG_ECE | FLAG_CWR) && !(s->flags & FLAG_ACK))
		page_say(t->p, "ECE and CWR flags: it offers ECN");
	else if (ecn == FLAG_ECE && (s->flags & FLAG_ACK))
		page_say(t->p, "ECE flag: it agrees to ECN");
	else
		return;
	end_item(t, STYLE_PLAIN);
}

void
story_options(struct story *t, const struct step *s)
{
	const struct tcp_options *o = &s->opt;

	if (!(s->flags & FLAG_SYN))
		return;
	t->label = "options";
	print_mss(t, s);
	if (o->has & OPT_WSCALE)
		print_scale(t, o);
	if (o->has & OPT_TIMESTAMPS)
		print_timestamps(t, s);
	if (o->has & OPT_FAST_OPEN)
		print_fast_open(t, s);
	print_plain(t, o->has);
	print_ecn(t, s);
	if (o->bad_kind != 0) {
		page_say(t->p,
		    "option %u with the impossible length %u: what "
		    "follows it is unknown",
		    (unsigned)o->bad_kind, (unsigned)o->bad_len);
		end_item(t, STYLE_WARN);
	}
	if (o->cut) {
		page_say(t->p, "the capture cut the options: the rest is "
			       "unknown");
		end_item(t, STYLE_WARN);
	}
}

void
story_agreement(
    struct story *t, const struct step *syn, const struct step *syn_ack)
{
	static const struct {
		uint16_t bit;
		const char *name;
	} rows[] = {
	    {OPT_WSCALE, "window scaling"},
	    {OPT_SACK_PERMITTED, "SACK"},
	    {OPT_TIMESTAMPS, "timestamps"},
	};

	if (syn == NULL || syn_ack == NULL || syn->opt.cut ||
	    syn_ack->opt.cut || syn->opt.bad_kind != 0 ||
	    syn_ack->opt.bad_kind != 0)
		return;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned by = (syn->opt.has & rows[i].bit ? 1u : 0) |
			      (syn_ack->opt.has & rows[i].bit ? 2u : 0);

		page_say(t->p, "%s%s ", i > 0 ? ", " : "", rows[i].name);
		if (by == 1 || by == 2)
			page_say(t->p, "no (only the %s has it)",
			    by == 1 ? "SYN" : "SYN-ACK");
		else
			page_say(t->p, by == 3 ? "yes" : "no");
	}
	story_end(t, "in effect", STYLE_PLAIN);
}
