/*
 * event_text.c - events in words: their evidence, by kind, one by one.
 */
#include "report/event_text.h"

#include <inttypes.h>
#include <string.h>

#include "report/conn_text.h"
#include "report/text_format.h"
#include "report/text_table.h"

#define FRAMES_SHOWN 5
#define EVIDENCE_LEAST 40

/* What a value says about a rule that was broken. */
enum part {
	PART_OTHER,
	PART_EXPECTED,
	PART_SEEN
};

/* The word is what the value is, where both parts stand side by side. */
static const struct {
	enum part part;
	const char *word;
} parts[EVIDENCE_COUNT] = {
    [EVIDENCE_WANT] = {PART_EXPECTED, "ack"},
    [EVIDENCE_EXPECTED] = {PART_EXPECTED, "seq"},
    [EVIDENCE_NEED] = {PART_EXPECTED, "at least"},
    [EVIDENCE_CHECK_WANT] = {PART_EXPECTED, "checksum"},
    [EVIDENCE_MAX_END] = {PART_EXPECTED, "at most ack"},
    [EVIDENCE_MSS] = {PART_EXPECTED, "at most MSS"},
    [EVIDENCE_OLD_ISN] = {PART_EXPECTED, "first number"},
    [EVIDENCE_OLD_MAX] = {PART_EXPECTED, "seq beyond"},
    [EVIDENCE_TS_RECENT] = {PART_EXPECTED, "at least timestamp"},
    [EVIDENCE_TTL_USUAL] = {PART_EXPECTED, "TTL"},
    [EVIDENCE_ACK] = {PART_SEEN, "ack"},
    [EVIDENCE_SEQ] = {PART_SEEN, "seq"},
    [EVIDENCE_HAVE] = {PART_SEEN, "bytes"},
    [EVIDENCE_GOT] = {PART_SEEN, "checksum"},
    [EVIDENCE_LEN] = {PART_SEEN, "data bytes"},
    [EVIDENCE_NEW_ISN] = {PART_SEEN, "first number"},
    [EVIDENCE_SYN_SEQ] = {PART_SEEN, "seq"},
    [EVIDENCE_TSVAL] = {PART_SEEN, "timestamp"},
    [EVIDENCE_TTL] = {PART_SEEN, "TTL"},
    [EVIDENCE_FLAGS] = {PART_SEEN, "flags"},
    [EVIDENCE_BITS] = {PART_SEEN, "bits"},
    [EVIDENCE_OPTION] = {PART_SEEN, "option"},
};

/* The key without its unit and with spaces: "silence_ms" is "silence". */
static void
say_key(struct page *p, const struct evidence_field *f)
{
	static const char *const suffixes[] = {"_ms", "_bytes"};
	size_t n = strlen(f->key);

	for (size_t i = 0; i < 2; i++) {
		size_t k = strlen(suffixes[i]);

		if (n > k && strcmp(f->key + n - k, suffixes[i]) == 0)
			n -= k;
	}
	for (size_t i = 0; i < n; i++)
		page_say(p, "%c", f->key[i] == '_' ? ' ' : f->key[i]);
}

static bool
is_hexadecimal(uint8_t key)
{
	return key == EVIDENCE_FLAGS || key == EVIDENCE_BITS ||
	       key == EVIDENCE_GOT || key == EVIDENCE_CHECK_WANT;
}

static void
say_count(struct page *p, const struct evidence *v, const char *key)
{
	if (is_hexadecimal(v->key))
		page_say(p, "0x%03" PRIx64, (uint64_t)v->v);
	else
		page_say(p, "%s%s", format_integer(v->v).s,
		    strstr(key, "_bytes") != NULL ? " bytes" : "");
}

/* Bytes of the capture are quoted, an address is not. */
static void
say_text(struct page *p, const struct event *e, uint8_t key)
{
	const char *quote = key == EVIDENCE_FROM_ADDRESS ? "" : "\"";

	page_say(p, "%s", quote);
	page_say_foreign(p, e->text != NULL ? e->text : "");
	page_say(p, "%s", quote);
}

void
event_say_value(struct page *p, const struct event *e, const struct evidence *v)
{
	const struct evidence_field *f = &evidence_table[v->key];

	switch (f->unit) {
	case UNIT_FRAME:
		if (v->v > 0)
			page_say(p, "%" PRId64, v->v);
		else
			page_say(p, "-");
		break;
	case UNIT_NS:
		page_say(p, "%s", format_duration(v->v).s);
		break;
	case UNIT_WORD:
		page_say(p, "%s",
		    v->v > 0 && v->v < WORD_COUNT ? word_name((enum word)v->v)
						  : "-");
		break;
	case UNIT_RANGE:
	case UNIT_RANGE_PEER:
		page_say(p, "[%" PRId64 ", %" PRId64 ")", v->v, v->v2);
		break;
	case UNIT_TEXT:
		say_text(p, e, v->key);
		break;
	case UNIT_COUNT:
		say_count(p, v, f->key);
		break;
	default: /* sequence numbers stay as they are searched for */
		page_say(p, "%" PRId64, v->v);
		break;
	}
}

/* With its key before it. */
static void
say_value(struct page *p, const struct event *e, const struct evidence *v)
{
	const struct evidence_field *f = &evidence_table[v->key];

	say_key(p, f);
	if (f->unit == UNIT_BOOL) {
		page_say(p, v->v ? "" : ": no");
		return;
	}
	page_say(p, " ");
	event_say_value(p, e, v);
}

/* Whether an evidence value names the frame already. */
static bool
is_named(const struct event *e, uint64_t frame_no)
{
	for (unsigned i = 0; i < e->evidence_n; i++)
		if (evidence_table[e->evidence[i].key].unit == UNIT_FRAME &&
		    (uint64_t)e->evidence[i].v == frame_no)
			return true;
	return frame_no == e->frame_no;
}

void
event_say_evidence(struct page *p, const struct event *e)
{
	const char *separator = "";
	uint64_t frames[EVENT_FRAMES];
	unsigned n = 0;

	for (unsigned i = 0; i < e->evidence_n; i++) {
		page_say(p, "%s", separator);
		say_value(p, e, &e->evidence[i]);
		separator = ", ";
	}
	for (unsigned i = 0; i < e->frames_n; i++)
		if (!is_named(e, e->frames[i]))
			frames[n++] = e->frames[i];
	if (n > 0) {
		page_say(p, "%ssee ", separator);
		page_say_frames(p, frames, n, n);
		separator = "; ";
	}
	if (e->revised_n > 0) {
		page_say(p, "%sfirst taken for ", separator);
		for (unsigned i = 0; i < e->revised_n; i++)
			page_say(p, "%s%s", i > 0 ? ", then " : "",
			    anomaly_table[e->revised_from[i]].name);
	}
}

static void
say_part(
    struct page *p, const struct event *e, enum part part, const char *word)
{
	const char *separator = word;

	for (unsigned i = 0; i < e->evidence_n; i++) {
		const struct evidence *v = &e->evidence[i];

		if (parts[v->key].part != part)
			continue;
		page_say(p, "%s %s ", separator, parts[v->key].word);
		event_say_value(p, e, v);
		separator = ",";
	}
}

static bool
has_part(const struct event *e, enum part part)
{
	for (unsigned i = 0; i < e->evidence_n; i++)
		if (parts[e->evidence[i].key].part == part)
			return true;
	return false;
}

bool
event_say_expectation(struct page *p, const struct event *e)
{
	if (!has_part(e, PART_EXPECTED) || !has_part(e, PART_SEEN))
		return false;
	say_part(p, e, PART_EXPECTED, "Expected:");
	say_part(p, e, PART_SEEN, "; seen:");
	return true;
}

/* All events of one kind. */
struct group {
	enum anomaly_kind kind;
	enum severity severity; /* worst of them */
	uint64_t frames[FRAMES_SHOWN];
	unsigned frames_n;
};

static struct group
group_of(const struct conn_report *r, enum anomaly_kind kind)
{
	struct group g = {.kind = kind, .severity = SEVERITY_INFO};
	bool any = false;

	for (uint32_t i = 0; i < r->events_n; i++) {
		const struct event *e = &r->event[i];

		if (e->kind != kind)
			continue;
		any = true;
		if (e->severity > g.severity)
			g.severity = (enum severity)e->severity;
		if (g.frames_n < FRAMES_SHOWN)
			g.frames[g.frames_n++] = e->frame_no;
	}
	if (!any)
		g.severity = anomaly_table[kind].severity;
	return g;
}

static void
add_group(struct page *p, struct table *t, const struct conn_report *r,
    const struct group *g)
{
	table_cell(t, STYLE_PLAIN, "%s", anomaly_table[g->kind].name);
	table_cell(t, style_of_severity(g->severity), "%s",
	    severity_name(g->severity));
	table_cell(
	    t, STYLE_PLAIN, "%s", format_count(r->kind_count[g->kind]).s);
	page_say_frames(p, g->frames, g->frames_n, r->kind_count[g->kind]);
	table_cell(t, STYLE_PLAIN, "%s", text_get(&p->line));
	text_clear(&p->line);
}

void
event_print_kinds(struct page *p, const struct conn_report *r, unsigned indent)
{
	static const struct table_column columns[] = {
	    {.head = "event"},
	    {.head = "severity"},
	    {.head = "count", .right = true},
	    {.head = "where", .overflow = OVERFLOW_WRAP},
	};
	struct table t;

	table_init(&t, columns, sizeof(columns) / sizeof(columns[0]));
	t.indent = indent;
	t.headless = true;
	for (int s = SEVERITY_COUNT - 1; s >= 0; s--)
		for (int k = 0; k < ANOMALY_COUNT; k++) {
			struct group g;

			if (r->kind_count[k] == 0)
				continue;
			g = group_of(r, (enum anomaly_kind)k);
			if ((int)g.severity == s)
				add_group(p, &t, r, &g);
		}
	table_print(p, &t);
	table_fini(&t);
}

static void
add_event(struct page *p, struct table *t, const struct conn_report *r,
    const struct event *e)
{
	const struct anomaly *a = &anomaly_table[e->kind];

	table_cell(t, STYLE_PLAIN, "%" PRIu64, e->frame_no);
	table_cell(
	    t, STYLE_PLAIN, "%s", format_moment(e->ts_ns - r->first_ns).s);
	table_cell(t, STYLE_PLAIN, "%s", side_name((enum side)e->from));
	table_cell(t, style_of_severity((enum severity)e->severity), "%s",
	    severity_name((enum severity)e->severity));
	table_cell(t, STYLE_PLAIN, "%s", a->name);
	page_say(p, "%s, %s, %s", a->rule, blame_name((enum blame)e->blame),
	    confidence_name((enum confidence)e->confidence));
	if (e->evidence_n + e->frames_n + e->revised_n > 0) {
		page_say(p, ": ");
		event_say_evidence(p, e);
	}
	table_cell(t, STYLE_PLAIN, "%s", text_get(&p->line));
	text_clear(&p->line);
}

/* Kinds of which more were counted than kept. */
static void
print_surplus(struct page *p, const struct conn_report *r, const bool *kinds,
    const uint32_t *kept, unsigned indent)
{
	for (int k = 0; k < ANOMALY_COUNT; k++) {
		if ((kinds != NULL && !kinds[k]) || r->kind_count[k] <= kept[k])
			continue;
		page_say(p, "%s more of %s; --max-events 0 keeps all",
		    format_count(r->kind_count[k] - kept[k]).s,
		    anomaly_table[k].name);
		page_end(p, indent, indent, STYLE_PLAIN);
	}
}

void
event_print_all(struct page *p, const struct conn_report *r, const bool *kinds,
    unsigned indent)
{
	static const struct table_column columns[] = {
	    {.head = "frame", .right = true},
	    {.head = "time", .right = true},
	    {.head = "from"},
	    {.head = "severity"},
	    {.head = "event"},
	    {.head = "rule, blame, confidence: evidence",
		.overflow = OVERFLOW_WRAP,
		.least = EVIDENCE_LEAST},
	};
	enum {
		COLUMNS = sizeof(columns) / sizeof(columns[0])
	};
	uint32_t kept[ANOMALY_COUNT] = {0};
	struct table t;

	table_init(&t, columns, COLUMNS);
	t.indent = indent;
	t.below = indent + 4;
	for (uint32_t i = 0; i < r->events_n; i++) {
		const struct event *e = &r->event[i];

		if (kinds != NULL && !kinds[e->kind])
			continue;
		kept[e->kind]++;
		add_event(p, &t, r, e);
	}
	if (table_width(&t) > p->width)
		t.column[COLUMNS - 1].line = 1;
	if (t.cells_n > 0)
		table_print(p, &t);
	table_fini(&t);
	print_surplus(p, r, kinds, kept, indent);
}
