/*
 * scenario.c - from rows of text to segments.
 */
#include "scenario.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"

#define START_NS ((int64_t)1768469400 * 1000000000)
#define PAYLOAD_MAX 1460
#define LINE_MAX_BYTES 160

/* Section 10: what a row omits. */
static const struct {
	uint16_t port, wnd;
	uint8_t ttl;
} host[2] = {
    [CLIENT] = {43210, 502, 60},
    [SERVER] = {80, 509, 52},
};

static const struct {
	char letter;
	uint16_t flag;
} flag_letters[] = {
    {'S', FLAG_SYN},
    {'A', FLAG_ACK},
    {'P', FLAG_PSH},
    {'F', FLAG_FIN},
    {'R', FLAG_RST},
    {'U', FLAG_URG},
    {'E', FLAG_ECE},
    {'W', FLAG_CWR},
    {'N', FLAG_AE},
};

/* One row while it becomes a segment. */
struct row {
	const struct play_setting *setting;
	const char *line;
	char *rest; /* of strtok_r() */
	enum side from;
	int64_t rel; /* sequence number from the ISN */
	uint16_t client_port;
	bool is_other; /* other bytes than usual, from other_from on */
	uint32_t other_from;
	struct segment seg;
	uint8_t payload[PAYLOAD_MAX];
};

static char *
row_word(struct row *r)
{
	return strtok_r(NULL, " ", &r->rest);
}

static char *
row_need(struct row *r)
{
	char *word = row_word(r);

	if (word == NULL)
		ck_abort_msg("row ends too early: %s", r->line);
	return word;
}

static uint32_t
row_number(const struct row *r, const char *word)
{
	char *end;
	unsigned long v = strtoul(word, &end, 10);

	if (end == word || *end != '\0' || v > UINT32_MAX)
		ck_abort_msg("\"%s\" is no number: %s", word, r->line);
	return (uint32_t)v;
}

/* "30.003" as nanoseconds. */
static int64_t
row_time(const struct row *r, const char *word)
{
	int64_t ns = 0, unit = 1000000;
	const char *dot = strchr(word, '.');

	for (; *word >= '0' && *word <= '9'; word++)
		ns = ns * 10 + (*word - '0');
	ns *= unit;
	if (dot == word)
		for (word++; *word >= '0' && *word <= '9'; word++)
			ns += (*word - '0') * (unit /= 10);
	if (*word != '\0' || unit == 0)
		ck_abort_msg("bad time: %s", r->line);
	return ns;
}

/* A number of the space that begins at isn. */
static uint32_t
row_seq(const struct row *r, const char *word, uint32_t isn)
{
	static const char new_isn[] = "new-isn";
	size_t n = sizeof(new_isn) - 1;

	if (strcmp(word, "-") == 0)
		return 0;
	if (word[0] == '=')
		return row_number(r, word + 1);
	if (strncmp(word, new_isn, n) != 0)
		return isn + row_number(r, word);
	word += n;
	return r->setting->new_isn + (*word ? row_number(r, word + 1) : 0);
}

static void
row_flags(struct row *r, const char *word)
{
	size_t n = sizeof(flag_letters) / sizeof(flag_letters[0]), i;

	for (; *word != '\0'; word++) {
		for (i = 0; i < n && flag_letters[i].letter != *word; i++)
			;
		if (i == n)
			ck_abort_msg("unknown flag: %s", r->line);
		r->seg.flags |= flag_letters[i].flag;
	}
}

/* "2001-3001", of the peer's bytes. */
static void
row_sack(struct row *r, const char *word)
{
	struct tcp_options *opt = &r->seg.opt;
	uint32_t isn = r->setting->isn[!r->from];
	unsigned left, right;

	if (sscanf(word, "%u-%u", &left, &right) != 2)
		ck_abort_msg("bad sack: %s", r->line);
	opt->has |= OPT_SACK;
	opt->sack[opt->sack_n][0] = isn + left;
	opt->sack[opt->sack_n][1] = isn + right;
	opt->sack_n++;
}

static void
row_option(struct row *r, const char *word)
{
	struct segment *seg = &r->seg;

	if (strncmp(word, "mss", 3) == 0) {
		seg->opt.has |= OPT_MSS;
		seg->opt.mss = (uint16_t)row_number(r, word + 3);
	} else if (strncmp(word, "ws", 2) == 0) {
		seg->opt.has |= OPT_WSCALE;
		seg->opt.wscale = (uint8_t)row_number(r, word + 2);
	} else if (strcmp(word, "sackok") == 0) {
		seg->opt.has |= OPT_SACK_PERMITTED;
	} else if (strcmp(word, "sack") == 0) {
		row_sack(r, row_need(r));
	} else if (strcmp(word, "ttl") == 0) {
		seg->ttl = (uint8_t)row_number(r, row_need(r));
	} else if (strcmp(word, "ipid") == 0) {
		seg->ip_id = (uint16_t)row_number(r, row_need(r));
	} else if (strcmp(word, "ts") == 0) {
		seg->opt.has |= OPT_TIMESTAMPS;
		seg->opt.tsval = row_number(r, row_need(r));
		seg->opt.tsecr = row_number(r, row_need(r));
	} else if (strcmp(word, "cookie") == 0) {
		seg->opt.has |= OPT_FAST_OPEN;
		seg->opt.tfo_len = (uint8_t)row_number(r, row_need(r));
	} else if (strcmp(word, "port") == 0) {
		r->client_port = (uint16_t)row_number(r, row_need(r));
	} else if (strcmp(word, "vni") == 0) {
		seg->key.tunnel = row_number(r, row_need(r)) + 1;
	} else if (strcmp(word, "other") == 0) {
		r->other_from = row_number(r, row_need(r));
		r->is_other = true;
	} else if (strcmp(word, "ect0") == 0) {
		seg->ecn = 2;
	} else if (strcmp(word, "ect1") == 0) {
		seg->ecn = 1;
	} else if (strcmp(word, "ce") == 0) {
		seg->ecn = 3;
	} else if (strcmp(word, "gre") == 0) {
		seg->encap_n = 1;
		seg->encap[0] = ENCAP_GRE;
	} else if (strcmp(word, "badsum") == 0) {
		seg->checksum = CHECKSUM_BAD;
		/* neither zero nor off by the same as another */
		seg->checksum_got = 0x1234;
		seg->checksum_want = (uint16_t)(0x4321 + 7 * seg->frame_no);
	} else {
		ck_abort_msg("unknown option \"%s\": %s", word, r->line);
	}
}

/* Addresses 10.0.0.1 and 10.0.0.2, in canonical order (R2.1). */
static void
row_key(struct row *r)
{
	enum side low = r->setting->swapped ? SERVER : CLIENT;
	struct flow_key *key = &r->seg.key;
	int i;

	key->version = 4;
	for (i = 0; i < 2; i++) {
		memcpy(
		    key->addr[i], (uint8_t[]){10, 0, 0, (uint8_t)(i + 1)}, 4);
		key->port[i] = (i == 0) == (low == CLIENT) ? r->client_port
							   : host[SERVER].port;
	}
	r->seg.dir = r->from != low;
}

/* A byte tells its place in the stream, so that resends are equal. */
static void
row_payload(struct row *r)
{
	struct segment *seg = &r->seg;
	uint32_t i;

	if (seg->len > PAYLOAD_MAX)
		ck_abort_msg("too long: %s", r->line);
	if (seg->len == 0)
		return;
	for (i = 0; i < seg->len; i++)
		r->payload[i] = (uint8_t)((r->rel + i) * 31 / 8 + r->from +
					  (r->is_other && i >= r->other_from));
	seg->payload = r->payload;
	seg->payload_cap = seg->len;
	memcpy(seg->head, r->payload,
	    seg->len < SEGMENT_HEAD ? seg->len : SEGMENT_HEAD);
	seg->payload_hash = digest_bytes(r->payload, seg->len).hash;
}

/* Lengths, and a hash over all that a TCP header holds. */
static void
row_header(struct row *r)
{
	struct segment *seg = &r->seg;
	const struct tcp_options *opt = &seg->opt;
	char text[200];
	unsigned i, options = 0;
	int n;

	options += opt->has & OPT_MSS ? 4 : 0;
	options += opt->has & OPT_WSCALE ? 4 : 0;
	options += opt->has & OPT_SACK_PERMITTED ? 4 : 0;
	options += opt->has & OPT_SACK ? 4 + 8u * opt->sack_n : 0;
	options += opt->has & OPT_TIMESTAMPS ? 12 : 0;
	options += opt->has & OPT_FAST_OPEN ? 2u + opt->tfo_len : 0;
	seg->header_bytes = (uint16_t)(20 + options);
	seg->ip_bytes = 20u + seg->header_bytes + seg->len;
	n = snprintf(text, sizeof(text), "%d %u %u %x %u %x %u %u %u %u",
	    r->from, seg->seq, seg->ack, seg->flags, seg->wnd, opt->has,
	    opt->mss, opt->wscale, opt->tsval, opt->tsecr);
	for (i = 0; i < opt->sack_n; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, " %u %u",
		    opt->sack[i][0], opt->sack[i][1]);
	seg->header_hash =
	    (uint32_t)digest_bytes((const uint8_t *)text, (size_t)n).hash;
}

/* The columns up to the length. */
static void
row_columns(struct row *r)
{
	struct segment *seg = &r->seg;
	const uint32_t *isn = r->setting->isn;
	const char *word;

	seg->ts_ns = START_NS + row_time(r, row_need(r));
	word = row_need(r);
	if (strcmp(word, "C>S") != 0 && strcmp(word, "S>C") != 0)
		ck_abort_msg("bad direction: %s", r->line);
	r->from = word[0] == 'C' ? CLIENT : SERVER;
	row_flags(r, row_need(r));
	seg->seq = row_seq(r, row_need(r), isn[r->from]);
	r->rel = (int64_t)(seg->seq - isn[r->from]);
	seg->ack = row_seq(r, row_need(r), isn[!r->from]);
	seg->len = row_number(r, row_need(r));
	seg->wnd = host[r->from].wnd;
	seg->ttl = host[r->from].ttl;
	seg->has_ip_id = true;
	seg->dont_fragment = true;
	seg->checksum = CHECKSUM_GOOD;
}

static const char *
state_text(enum tcp_state state, bool presumed, char *buf, size_t size)
{
	/* R3.3: joined midstream is always in doubt */
	snprintf(buf, size, "%s%s", state_name(state),
	    presumed || state == STATE_MID ? "?" : "");
	return buf;
}

static void
on_states(void *arg, uint64_t frame_no, uint32_t conn_number,
    const enum tcp_state state[2], const bool presumed[2])
{
	struct play *p = arg;
	char c[32], s[32];

	ck_assert_uint_eq(frame_no, p->frames);
	p->conn[frame_no] = conn_number;
	snprintf(p->states[frame_no], PLAY_STATES, "%s / %s",
	    state_text(state[CLIENT], presumed[CLIENT], c, sizeof(c)),
	    state_text(state[SERVER], presumed[SERVER], s, sizeof(s)));
}

static int
on_connection(void *arg, struct conn_report *report)
{
	struct play *p = arg;

	ck_assert_uint_ge(report->number, 1);
	ck_assert_uint_le(report->number, PLAY_CONNS);
	ck_assert_ptr_null(p->report[report->number - 1]);
	p->report[report->number - 1] = conn_report_take(report);
	ck_assert_ptr_nonnull(p->report[report->number - 1]);
	p->reports_n++;
	return 0;
}

static bool
on_brief(void *arg, struct conn_report *brief)
{
	(void)arg;
	(void)brief;
	return true;
}

void
play_init(struct play *p, const struct play_setting *setting)
{
	struct analyzer_options o = {
	    .observer = {
		.wants = WANT_EVENTS | WANT_TRANSITIONS | WANT_TRACE,
		.on_connection = on_connection,
		.on_states = on_states,
		.arg = p,
	    }};

	if (setting->briefly) {
		o.observer.wants = WANT_EVENTS | WANT_TRANSITIONS;
		o.observer.on_states = NULL; /* would want each at once */
		o.observer.on_brief = on_brief;
	}
	memset(p, 0, sizeof(*p));
	p->setting = *setting;
	limits_init(&o.limits);
	if (setting->limits != NULL)
		o.limits = *setting->limits;
	p->analyzer = analyzer_new(&o);
	ck_assert_ptr_nonnull(p->analyzer);
}

void
play_line(struct play *p, const char *line)
{
	struct row r = {.setting = &p->setting,
	    .line = line,
	    .client_port = host[CLIENT].port};
	char buf[LINE_MAX_BYTES], *word;

	ck_assert_uint_lt(strlen(line), sizeof(buf));
	strcpy(buf, line);
	word = strtok_r(buf, " ", &r.rest);
	ck_assert_ptr_nonnull(word);
	ck_assert_uint_lt(p->frames, PLAY_FRAMES);
	r.seg.frame_no = ++p->frames;
	if (row_number(&r, word) != p->frames)
		ck_abort_msg("not row %u: %s", (unsigned)p->frames, line);
	row_columns(&r);
	word = row_word(&r);
	if (word != NULL && word[0] >= '0' && word[0] <= '9') {
		r.seg.wnd = (uint16_t)row_number(&r, word);
		word = row_word(&r);
	}
	for (; word != NULL; word = row_word(&r))
		row_option(&r, word);
	row_key(&r);
	row_payload(&r);
	row_header(&r);
	ck_assert_int_eq(
	    analyzer_segment(p->analyzer, &r.seg), ANALYZER_ATTRIBUTED);
}

void
play_next(struct play *p, const char *format, ...)
{
	char line[LINE_MAX_BYTES];
	va_list ap;
	int n;

	n = snprintf(
	    line, sizeof(line), "%llu ", (unsigned long long)p->frames + 1);
	va_start(ap, format);
	vsnprintf(line + n, sizeof(line) - (size_t)n, format, ap);
	va_end(ap);
	play_line(p, line);
}

void
play_end(struct play *p)
{
	ck_assert_int_eq(analyzer_finish(p->analyzer), ANALYZER_ATTRIBUTED);
}

void
play_fini(struct play *p)
{
	int i;

	for (i = 0; i < PLAY_CONNS; i++)
		conn_report_free(p->report[i]);
	analyzer_free(p->analyzer);
}
