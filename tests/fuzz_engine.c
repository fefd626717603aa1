/*
 * fuzz_engine.c - the engine and the reports, fed with segments that a
 * compact language makes.
 *
 *   byte 0   settings, see engine_begin()
 *   then     segments: a byte that says who sends and which of these follow,
 *            in this order:
 *              FLAGS     the control bits; otherwise a pure ACK
 *              SEQ, ACK  difference from what would come next
 *              SIZE      length and time since the segment before
 *              OPTIONS   which of time stamps, SACK, ... it has
 *
 * What is not said is as in an orderly connection, so that few bytes lead far.
 */
#include <string.h>

#include "base/bytes.h"
#include "base/constants.h"
#include "engine/analyzer.h"
#include "report/reporter.h"
#include "support/fuzz.h"
#include "support/invariants.h"
#include "words/packet.h"

enum {
	HAS_SIDE = 0x01,
	HAS_TUPLE = 0x06,
	HAS_FLAGS = 0x08,
	HAS_SEQ = 0x10,
	HAS_ACK = 0x20,
	HAS_SIZE = 0x40,
	HAS_OPTIONS = 0x80,
};

enum {
	OPTION_STAMPS = 0x01,
	OPTION_SACK = 0x02,
	OPTION_WINDOW = 0x04,
	OPTION_SYN = 0x08,
	OPTION_FAULT = 0x10,
	OPTION_IP = 0x20,
	OPTION_ICMP = 0x40,
	OPTION_FAST_OPEN = 0x80,
};

#define TUPLES 4
#define SEGMENTS_MAX 2000
#define PAYLOAD_MAX 65536
#define START_NS (INT64_C(1768469400) * NS_PER_S)

const char *const fuzz_more_inputs = NULL;

/* What both hosts of a tuple would send next. */
struct talk {
	uint32_t next[2], stamp[2];
};

struct engine {
	struct analyzer *analyzer;
	struct talk talk[TUPLES];
	struct segment seg; /* the next one */
	const struct reporter *reporter;
	struct report_options options;
	void *report;
	FILE *out;
	char *text;
	size_t text_n;
	struct summary summary;
	struct packet_counts counts;
	uint64_t packets; /* that the connections say they have */
};

static const uint8_t payload[PAYLOAD_MAX];

static int
on_connection(void *arg, struct conn_report *r)
{
	struct engine *e = arg;

	for (int i = 0; i < 2; i++) {
		const struct side_report *s = &r->side[i];

		e->packets += s->packets + s->capture_duplicates;
		FUZZ_REQUIRE(s->unique_bytes <= s->payload_bytes);
		FUZZ_REQUIRE(s->retransmitted_packets <= s->packets);
		FUZZ_REQUIRE(s->retransmitted_bytes <= s->payload_bytes);
	}
	FUZZ_REQUIRE(r->first_frame >= 1 && r->first_frame <= r->last_frame);
	FUZZ_REQUIRE(r->last_frame <= e->counts.total);
	for (uint32_t i = 0; i < r->events_n; i++) {
		FUZZ_REQUIRE(r->kind_count[r->event[i].kind] > 0);
		FUZZ_REQUIRE(r->event[i].frame_no <= e->counts.total);
		FUZZ_REQUIRE(
		    i == 0 || r->event[i - 1].frame_no <= r->event[i].frame_no);
	}
	summary_add(&e->summary, r);
	conn_report_say(r);
	return e->reporter->connection(e->report, r);
}

static struct report_head
engine_head(const struct engine *e)
{
	return (struct report_head){
	    .version = "0",
	    .packets = &e->counts,
	    .summary = &e->summary,
	    .connections_reported = e->summary.connections,
	    .first_ns = START_NS,
	    .last_ns = e->seg.ts_ns,
	    .has_time = true,
	};
}

static void
engine_begin(struct engine *e, uint8_t settings)
{
	static const struct reporter *const reporters[] = {
	    &reporter_json, &reporter_csv, &reporter_ndjson, &reporter_text};
	struct analyzer_options o = {
	    .observer =
		{
		    .wants = WANT_EVENTS | WANT_TRANSITIONS | WANT_TRACE,
		    .on_connection = on_connection,
		    .arg = e,
		},
	};
	bool all = settings >> 6 == 3;
	struct report_head head;

	memset(e, 0, sizeof(*e));
	limits_init(&o.limits);
	if ((settings & 1) != 0)
		for (size_t i = 0; i < limit_table_n; i++)
			memcpy((char *)&o.limits + limit_table[i].offset,
			    &limit_table[i].min, sizeof(uint64_t));
	if ((settings & 2) != 0)
		o.limits.events = 0;
	for (uint32_t i = 0; i < TUPLES; i++) {
		e->talk[i].next[0] =
		    (settings & 4) != 0 ? UINT32_MAX - 700 * i : 1000 * i;
		e->talk[i].next[1] =
		    (settings & 8) != 0 ? 0x7ffff000 + 9 * i : 0x90000000 + i;
	}
	e->seg.ts_ns = START_NS;
	e->out = open_memstream(&e->text, &e->text_n);
	FUZZ_REQUIRE(e->out != NULL);
	summary_init(&e->summary, &hash_key_fixed);
	e->options = (struct report_options){
	    .events = all,
	    .explain = all,
	    .states = all,
	    .color = all,
	    .utf8 = (settings & 16) != 0,
	    .width = 100,
	};
	e->reporter = reporters[settings >> 6];
	e->report = e->reporter->open(e->out, &e->options);
	e->analyzer = analyzer_new(&o);
	FUZZ_REQUIRE(e->report != NULL && e->analyzer != NULL);
	head = engine_head(e);
	if (e->reporter->begin != NULL)
		FUZZ_REQUIRE(e->reporter->begin(e->report, &head) == 0);
}

static void
engine_end(struct engine *e)
{
	struct report_head head;
	const char *wrong;

	FUZZ_REQUIRE(analyzer_finish(e->analyzer) == ANALYZER_ATTRIBUTED);
	FUZZ_REQUIRE(e->packets == e->counts.analysed);
	head = engine_head(e);
	FUZZ_REQUIRE(e->reporter->finish(e->report, &head) == 0);
	e->reporter->free(e->report);
	analyzer_free(e->analyzer);
	summary_fini(&e->summary);
	FUZZ_REQUIRE(fclose(e->out) == 0);
	wrong = e->reporter == &reporter_json ? json_wrong(e->text)
					      : text_wrong(e->text, e->text_n);
	if (wrong != NULL)
		fprintf(stderr, "%s\n", wrong);
	FUZZ_REQUIRE(wrong == NULL);
	free(e->text);
}

/* A signed number in a byte: 6 bits, and a factor. */
static uint32_t
difference(uint8_t b)
{
	static const uint32_t factor[] = {1, 100, 1460, 0x2000001};

	return (uint32_t)((int32_t)(b >> 2) - 32) * factor[b & 3];
}

static uint32_t
length(uint8_t b)
{
	static const uint32_t lengths[] = {
	    0, 1, 10, 100, 536, 1460, 2920, 65000};

	return lengths[b & 7];
}

static int64_t
pause_ns(uint8_t b)
{
	static const int64_t pauses[] = {0, 1, NS_PER_US, 20 * NS_PER_US,
	    500 * NS_PER_US, NS_PER_MS, 3 * NS_PER_MS, 10 * NS_PER_MS,
	    20 * NS_PER_MS, 40 * NS_PER_MS, 100 * NS_PER_MS, 200 * NS_PER_MS,
	    250 * NS_PER_MS, 400 * NS_PER_MS, 1 * NS_PER_S, 2 * NS_PER_S,
	    4 * NS_PER_S, 8 * NS_PER_S, 30 * NS_PER_S, 60 * NS_PER_S,
	    75 * NS_PER_S, 250 * NS_PER_S, 301 * NS_PER_S, 7200 * NS_PER_S,
	    9001 * NS_PER_S, 1000000 * NS_PER_S, -NS_PER_US, -NS_PER_MS,
	    -NS_PER_S, -1000 * NS_PER_S, INT64_MAX, INT64_MIN};

	return pauses[b >> 3];
}

/* The reader lets through what lies within PACKET_TIME_MAX. */
static int64_t
later(int64_t t, int64_t ns)
{
	if (ns == INT64_MIN)
		return -PACKET_TIME_MAX;
	if (ns > PACKET_TIME_MAX || t + ns > PACKET_TIME_MAX)
		return PACKET_TIME_MAX;
	return t + ns < -PACKET_TIME_MAX ? -PACKET_TIME_MAX : t + ns;
}

static void
add_sack(struct segment *s, struct bytes *in, uint32_t ack)
{
	uint8_t n = bytes_u8(in) % (SACK_BLOCKS + 1);

	s->opt.has |= OPT_SACK;
	s->opt.sack_n = n;
	for (uint8_t i = 0; i < n; i++) {
		uint32_t left = ack + difference(bytes_u8(in));

		s->opt.sack[i][0] = left;
		s->opt.sack[i][1] = left + difference(bytes_u8(in));
	}
}

static void
add_syn_options(struct segment *s, uint8_t b)
{
	static const uint16_t mss[] = {1460, 536, 0, 65535};

	if ((b & 1) != 0)
		s->opt.has |= OPT_MSS;
	if ((b & 2) != 0)
		s->opt.has |= OPT_WSCALE;
	if ((b & 4) != 0)
		s->opt.has |= OPT_SACK_PERMITTED;
	if ((b & 8) != 0)
		s->opt.has |= OPT_MPTCP | OPT_ACCECN | OPT_USER_TIMEOUT;
	s->opt.mss = mss[b >> 4 & 3];
	s->opt.wscale = (b & 0x40) != 0 ? 255 : b >> 5;
}

static void
add_fault(struct segment *s, uint8_t b)
{
	s->checksum = b & 3;
	s->checksum_got = b;
	s->checksum_want = (uint16_t)(b * 77);
	s->len_guessed = (b & 8) != 0;
	s->opt.cut = (b & 16) != 0;
	s->opt.bad_kind = (b & 32) != 0 ? 4 : 0;
	s->urg = (b & 64) != 0 ? 10 : 0;
	if ((b & 128) != 0)
		s->fault = 1 + b % 3;
}

static void
add_options(struct engine *e, struct bytes *in, uint8_t what)
{
	struct segment *s = &e->seg;
	uint8_t b;

	if ((what & OPTION_STAMPS) != 0) {
		s->opt.has |= OPT_TIMESTAMPS;
		b = bytes_u8(in);
		s->opt.tsval += difference((uint8_t)(b | 0x80));
	}
	if ((what & OPTION_SACK) != 0)
		add_sack(s, in, s->ack);
	if ((what & OPTION_WINDOW) != 0)
		s->wnd = (uint16_t)(bytes_u8(in) * 257);
	if ((what & OPTION_SYN) != 0)
		add_syn_options(s, bytes_u8(in));
	if ((what & OPTION_FAULT) != 0)
		add_fault(s, bytes_u8(in));
	if ((what & OPTION_IP) != 0) {
		b = bytes_u8(in);
		s->ttl = b & 1 ? 64 : b;
		s->ip_id = b;
		s->ecn = b & 3;
		s->vlan_id = b >> 4;
	}
	if ((what & OPTION_FAST_OPEN) != 0) {
		s->opt.has |= OPT_FAST_OPEN;
		s->opt.tfo_len = bytes_u8(in);
	}
}

/* 10.0.0.1 and 10.0.0.2; tuple 3 is the host with itself. */
static void
set_key(struct segment *s, unsigned tuple)
{
	s->key.version = 4;
	for (int i = 0; i < 2; i++) {
		s->key.addr[i][0] = 10;
		s->key.addr[i][3] = tuple == 3 ? 1 : (uint8_t)(1 + i);
		s->key.port[i] = tuple == 3 ? 80
				 : i == 0   ? (uint16_t)(40000 + tuple)
					    : 80;
	}
}

static void
seg_finish(struct segment *s, uint8_t flavour)
{
	s->header_bytes = (uint16_t)(20 + (s->opt.has != 0 ? 12 : 0));
	s->ip_bytes = 20u + s->header_bytes + s->len;
	s->payload = payload;
	s->payload_cap = s->len > PAYLOAD_MAX ? PAYLOAD_MAX : s->len;
	s->payload_hash = s->len > 0 ? 1u + s->seq + flavour : 0;
	s->header_hash = s->seq * 2654435761u ^ s->ack << 20 ^
			 (uint32_t)s->flags << 8 ^ s->wnd ^ s->opt.has ^
			 s->opt.tsval << 12;
	s->has_ip_id = true;
}

/* The engine's answer enters the counts as the program does it. */
static void
engine_feed(struct engine *e, bool icmp, uint8_t b)
{
	const struct segment *s = &e->seg;
	const struct icmp_error error = {
	    .frame_no = s->frame_no,
	    .ts_ns = s->ts_ns,
	    .key = s->key,
	    .dir = s->dir,
	    .version = 4,
	    .type = b & 7,
	    .code = b >> 3 & 15,
	    .mtu = (uint32_t)b * 64,
	    .seq = s->seq,
	};
	enum analyzer_result r;

	e->counts.total++;
	if (icmp) {
		r = analyzer_icmp(e->analyzer, &error);
		FUZZ_REQUIRE(
		    r == ANALYZER_ATTRIBUTED || r == ANALYZER_UNATTRIBUTED);
		e->counts.reason[REASON_ICMP]++;
		return;
	}
	r = analyzer_segment(e->analyzer, s);
	FUZZ_REQUIRE(r == ANALYZER_ATTRIBUTED ||
		     (r == ANALYZER_UNATTRIBUTED && s->fault != FAULT_NONE));
	if (r == ANALYZER_ATTRIBUTED)
		e->counts.analysed++;
	else
		e->counts.reason[REASON_MALFORMED_TCP]++;
}

static void
engine_step(struct engine *e, struct bytes *in)
{
	uint8_t what = bytes_u8(in), options = 0, flavour = 0;
	unsigned side = what & HAS_SIDE,
		 tuple = (unsigned)(what & HAS_TUPLE) >> 1;
	struct talk *t = &e->talk[tuple];
	int64_t now = e->seg.ts_ns;
	struct segment *s = &e->seg;
	uint32_t end;

	*s = (struct segment){
	    .frame_no = e->counts.total + 1,
	    .dir = (uint8_t)side,
	    .seq = t->next[side],
	    .ack = t->next[!side],
	    .flags = FLAG_ACK,
	    .wnd = 500,
	    .ttl = 60,
	    .opt.tsval = (uint32_t)(now / NS_PER_MS),
	    .opt.tsecr = t->stamp[!side],
	};
	set_key(s, tuple);
	if ((what & HAS_FLAGS) != 0)
		s->flags = bytes_u8(in);
	if ((what & HAS_SEQ) != 0)
		s->seq += difference(bytes_u8(in));
	if ((what & HAS_ACK) != 0)
		s->ack += difference(bytes_u8(in));
	if ((what & HAS_SIZE) != 0) {
		uint8_t b = bytes_u8(in);

		s->len = length(b);
		now = later(now, pause_ns(b));
	}
	if ((what & HAS_OPTIONS) != 0) {
		options = bytes_u8(in);
		add_options(e, in, options);
	}
	if ((options & (OPTION_ICMP | OPTION_FAULT)) != 0)
		flavour = bytes_u8(in);
	s->ts_ns = now;
	seg_finish(s, flavour);
	engine_feed(e, (options & OPTION_ICMP) != 0, flavour);
	end = s->seq + s->len + ((s->flags & FLAG_SYN) != 0) +
	      ((s->flags & FLAG_FIN) != 0);
	if ((what & HAS_SEQ) == 0 && (options & OPTION_ICMP) == 0)
		t->next[side] = end;
	t->stamp[side] = s->opt.tsval;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_of(data, size);
	struct engine e;

	if (size < 2)
		return 0;
	engine_begin(&e, bytes_u8(&in));
	while (bytes_left(&in) > 0 && e.counts.total < SEGMENTS_MAX)
		engine_step(&e, &in);
	engine_end(&e);
	return 0;
}
