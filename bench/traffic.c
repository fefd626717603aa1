/*
 * traffic.c - connections that open, exchange requests and responses, close.
 */
#include <stdlib.h>
#include <string.h>

#include "schedule.h"
#include "traffic.h"

#define MS 1000000u /* nanoseconds */
#define START_NS UINT64_C(1700000000000000000)
#define SEGMENT_NS (12 * 1000u)   /* between segments of one flight */
#define CLIENT_TRIP_NS (12u * MS) /* tap, client, tap */
#define SERVER_TRIP_NS (8u * MS)  /* tap, server, tap */
#define DELAYED_ACK_NS (1u * MS)
#define RTO_NS (220u * MS)
#define FLIGHT_MAX 32  /* segments */
#define ROUNDS_LOSSY 3 /* later resends always arrive */
#define DUP_ACKS 3
#define WINDOW 2048 /* scaled by 7 bits */

/* Both ends are included; even odds for each value. */
struct range {
	unsigned min, max;
};

/* A row says what its connections do; shares are in thousandths. */
struct traffic_kind {
	const char *name;
	struct range exchanges; /* a connection; none: endless */
	struct range request_bytes;
	struct range response_segments; /* none: only acknowledged */
	unsigned mss;
	unsigned start_us; /* from one connection's start to the next */
	unsigned pause_ms; /* before a request */
	bool unanswered;   /* nothing but a SYN */
	bool together;     /* responses wait until all have started */
	bool has_timestamps;
	unsigned ipv6;
	unsigned lost_after;  /* captured, but never received */
	unsigned lost_before; /* not even captured */
	unsigned swapped;     /* with the next segment */
	unsigned needless;    /* flights of which a segment is sent twice */
	unsigned refused;
	unsigned reset; /* instead of closing */
};

static const struct traffic_kind kinds[] = {
    {.name = "bulk",
	.request_bytes = {200, 200},
	.response_segments = {256, 256},
	.mss = 1448,
	.start_us = 500,
	.has_timestamps = true},
    {.name = "mixed",
	.exchanges = {1, 6},
	.request_bytes = {100, 600},
	.response_segments = {1, 20},
	.mss = 1448,
	.start_us = 1000,
	.pause_ms = 30,
	.has_timestamps = true,
	.ipv6 = 250,
	.lost_after = 8,
	.lost_before = 2,
	.swapped = 4,
	.needless = 4,
	.refused = 20,
	.reset = 50},
    {.name = "smallpkts", .request_bytes = {6, 6}, .mss = 1460, .start_us = 20},
    {.name = "manyflows",
	.exchanges = {1, 1},
	.request_bytes = {60, 360},
	.response_segments = {1, 1},
	.mss = 400,
	.start_us = 2,
	.together = true,
	.has_timestamps = true},
    {.name = "synflood",
	.mss = 1460,
	.start_us = 2,
	.unanswered = true,
	.has_timestamps = true},
    {.name = "storm",
	.exchanges = {2, 4},
	.request_bytes = {100, 600},
	.response_segments = {40, 200},
	.mss = 1448,
	.start_us = 2000,
	.pause_ms = 5,
	.has_timestamps = true,
	.lost_after = 80,
	.lost_before = 20,
	.swapped = 80,
	.needless = 100},
};

enum stage {
	OPENING,
	ASKING,
	ANSWERING,
	CLOSING
};

struct connection {
	uint64_t random;
	uint32_t seq[2];       /* next to send */
	uint32_t ts_recent[2]; /* to echo, by who echoes */
	uint16_t ip_id[2];
	uint16_t exchanges; /* left */
	uint16_t segments;  /* of the response, left */
	uint8_t stage;      /* enum stage */
};

struct traffic {
	const struct traffic_kind *k;
	struct connection *c; /* owned */
	uint32_t n;
	uint32_t started;
	uint64_t packets; /* wanted of an endless kind */
	struct schedule schedule;
	struct capture *out; /* borrowed */
	bool failed;         /* no memory */
};

/* Segments of one side that are on their way together. */
struct flight {
	enum side from;
	unsigned n;
	uint32_t start; /* sequence number of the first */
	unsigned bytes; /* of each */
	uint32_t have;  /* bit i: segment i was received */
	unsigned next;  /* the first that was not */
	unsigned owed;  /* received in order since the last ACK */
	bool quiet;     /* acknowledged by the data that follows */
	unsigned dup_acks;
};

/* splitmix64 */
static uint64_t
random_next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static bool
happens(struct connection *c, unsigned thousandths)
{
	return thousandths > 0 && random_next(&c->random) % 1000 < thousandths;
}

static unsigned
pick(struct connection *c, struct range r)
{
	return r.min +
	       (unsigned)(random_next(&c->random) % (r.max - r.min + 1));
}

static uint32_t
ts_clock(uint64_t at_ns)
{
	return (uint32_t)(at_ns / MS);
}

static void
plan(struct traffic *t, const struct planned *p)
{
	if (!schedule_add(&t->schedule, p))
		t->failed = true;
}

static void
plan_turn(struct traffic *t, const struct connection *c, uint64_t at_ns)
{
	plan(t, &(struct planned){.frame = {.at_ns = at_ns,
				      .connection = (uint32_t)(c - t->c)},
		    .turn = true});
}

/* A segment as side from sends it at this time, with all but its payload. */
static struct frame
segment(const struct traffic *t, struct connection *c, enum side from,
    unsigned flags, uint64_t at_ns)
{
	uint32_t number = (uint32_t)(c - t->c);

	return (struct frame){.at_ns = at_ns,
	    .connection = number,
	    .ipv6 = number * UINT64_C(2654435761) % 1000 < t->k->ipv6,
	    .from = (uint8_t)from,
	    .flags = (uint8_t)flags,
	    .seq = c->seq[from],
	    .ack = c->seq[!from],
	    .ip_id = c->ip_id[from]++,
	    .window = WINDOW,
	    .has_timestamps = t->k->has_timestamps,
	    .ts_val = ts_clock(at_ns),
	    .ts_echo = c->ts_recent[from]};
}

/* Send a segment without payload that always arrives. */
static void
send_control(struct traffic *t, struct connection *c, enum side from,
    unsigned flags, uint64_t at_ns)
{
	struct frame f = segment(t, c, from, flags, at_ns);

	if (flags & (SYN | FIN))
		c->seq[from]++;
	if (flags & RST)
		f.has_timestamps = false;
	c->ts_recent[!from] = f.ts_val;
	plan(t, &(struct planned){.frame = f});
}

static uint64_t
trip_ns(enum side to)
{
	return to == CLIENT ? CLIENT_TRIP_NS : SERVER_TRIP_NS;
}

static uint32_t
flight_seq(const struct flight *g, unsigned i)
{
	return g->start + i * g->bytes;
}

/* SACK blocks: the one that holds segment latest first, then the others. */
static void
add_sack(const struct flight *g, unsigned latest, struct frame *f)
{
	unsigned i, end;

	for (end = g->n; end > g->next && f->sack_n < FRAME_SACK_MAX; end = i) {
		i = end - 1;
		if (!(g->have >> i & 1))
			continue;
		while (i > g->next && g->have >> (i - 1) & 1)
			i--;
		f->sack[f->sack_n][0] = flight_seq(g, i);
		f->sack[f->sack_n][1] = flight_seq(g, end);
		if (i <= latest && latest < end && f->sack_n > 0) {
			uint32_t left = f->sack[0][0], right = f->sack[0][1];

			f->sack[0][0] = flight_seq(g, i);
			f->sack[0][1] = flight_seq(g, end);
			f->sack[f->sack_n][0] = left;
			f->sack[f->sack_n][1] = right;
		}
		f->sack_n++;
	}
}

static void
send_ack(struct traffic *t, struct connection *c, struct flight *g,
    unsigned latest, bool needless, uint64_t at_ns)
{
	struct frame f = segment(t, c, !g->from, ACK, at_ns);

	f.ack = flight_seq(g, g->next);
	if (needless) {
		f.sack[0][0] = flight_seq(g, latest);
		f.sack[0][1] = flight_seq(g, latest + 1);
		f.sack_n = 1;
	}
	add_sack(g, latest, &f);
	plan(t, &(struct planned){.frame = f});
	g->owed = 0;
}

/* Segment i of g, with this time stamp, passed the tap and arrived. */
static void
receive(struct traffic *t, struct connection *c, struct flight *g, unsigned i,
    const struct frame *f)
{
	uint64_t at_ns = f->at_ns + trip_ns(!g->from);
	bool needless = (g->have >> i & 1) != 0;
	bool holes;

	g->have |= UINT32_C(1) << i;
	if (i == g->next)
		c->ts_recent[!g->from] = f->ts_val;
	holes = i != g->next;
	while (g->next < g->n && g->have >> g->next & 1) {
		holes |= g->next != i; /* one is filled */
		g->next++;
	}
	if (holes || needless) {
		g->dup_acks += i > g->next;
		send_ack(t, c, g, i, needless, at_ns);
	} else if (++g->owed == 2) {
		send_ack(t, c, g, i, false, at_ns);
	} else if (g->next == g->n && !g->quiet) {
		send_ack(t, c, g, i, false, at_ns + DELAYED_ACK_NS);
	}
}

/*
 * Send the segments whose bits are in which, from this time on. Returns when
 * the tap sees the last answer.
 */
static uint64_t
send_segments(struct traffic *t, struct connection *c, struct flight *g,
    uint32_t which, bool lossy, uint64_t at_ns)
{
	const struct traffic_kind *k = t->k;
	struct frame f[FLIGHT_MAX];
	unsigned index[FLIGHT_MAX];
	unsigned n = 0;

	for (unsigned i = 0; i < g->n; i++) {
		if (!(which >> i & 1))
			continue;
		f[n] = segment(t, c, g->from, i + 1 == g->n ? ACK | PSH : ACK,
		    at_ns + n * SEGMENT_NS);
		f[n].seq = flight_seq(g, i);
		f[n].payload_bytes = (uint16_t)g->bytes;
		index[n++] = i;
	}
	for (unsigned j = 0; j + 1 < n; j++) {
		if (lossy && happens(c, k->swapped)) {
			struct frame later = f[j];
			unsigned i = index[j];

			later.at_ns = f[j + 1].at_ns;
			f[j + 1].at_ns = f[j].at_ns;
			f[j] = f[j + 1];
			f[j + 1] = later;
			index[j] = index[j + 1];
			index[j + 1] = i;
			j++;
		}
	}
	for (unsigned j = 0; j < n; j++) {
		if (lossy && happens(c, k->lost_before))
			continue;
		plan(t, &(struct planned){.frame = f[j]});
		if (!lossy || !happens(c, k->lost_after))
			receive(t, c, g, index[j], &f[j]);
	}
	return at_ns + n * SEGMENT_NS + trip_ns(!g->from) + DELAYED_ACK_NS;
}

/* Send g and repeat what is lost. Returns when the last answer is seen. */
static uint64_t
send_flight(
    struct traffic *t, struct connection *c, struct flight *g, uint64_t at_ns)
{
	uint32_t all = UINT32_MAX >> (32 - g->n);
	uint64_t end_ns = send_segments(t, c, g, all, true, at_ns);

	for (unsigned round = 1; g->next < g->n; round++) {
		if (round == 1 && g->dup_acks >= DUP_ACKS)
			end_ns += trip_ns(g->from);
		else
			end_ns += (uint64_t)RTO_NS << (round - 1);
		end_ns = send_segments(
		    t, c, g, all & ~g->have, round < ROUNDS_LOSSY, end_ns);
	}
	if (happens(c, t->k->needless))
		end_ns = send_segments(t, c, g, 1, false, end_ns + RTO_NS);
	c->seq[g->from] = flight_seq(g, g->n);
	return end_ns;
}

static void
open_connection(struct traffic *t, struct connection *c, uint64_t at_ns)
{
	const struct traffic_kind *k = t->k;

	send_control(t, c, CLIENT, SYN, at_ns);
	if (k->unanswered)
		return;
	at_ns += SERVER_TRIP_NS;
	if (happens(c, k->refused)) {
		c->seq[SERVER] = 0;
		send_control(t, c, SERVER, RST | ACK, at_ns);
		return;
	}
	send_control(t, c, SERVER, SYN | ACK, at_ns);
	at_ns += CLIENT_TRIP_NS;
	send_control(t, c, CLIENT, ACK, at_ns);
	c->stage = ASKING;
	plan_turn(t, c, at_ns + SEGMENT_NS);
}

static void
ask(struct traffic *t, struct connection *c, uint64_t at_ns)
{
	const struct traffic_kind *k = t->k;
	struct flight g = {.from = CLIENT,
	    .n = 1,
	    .start = c->seq[CLIENT],
	    .bytes = pick(c, k->request_bytes)};

	if (k->exchanges.max == 0 ? t->out->packets >= t->packets
				  : c->exchanges-- == 0) {
		c->stage = CLOSING;
		plan_turn(t, c, at_ns);
		return;
	}
	c->segments = (uint16_t)pick(c, k->response_segments);
	g.quiet = c->segments > 0;
	at_ns = send_flight(t, c, &g, at_ns);
	if (k->together)
		at_ns += (uint64_t)t->n * k->start_us * 1000;
	c->stage = c->segments > 0 ? ANSWERING : ASKING;
	plan_turn(t, c, at_ns);
}

/* One flight of the response. */
static void
answer(struct traffic *t, struct connection *c, uint64_t at_ns)
{
	struct flight g = {.from = SERVER,
	    .n = c->segments < FLIGHT_MAX ? c->segments : FLIGHT_MAX,
	    .start = c->seq[SERVER],
	    .bytes = t->k->mss};

	c->segments = (uint16_t)(c->segments - g.n);
	at_ns = send_flight(t, c, &g, at_ns);
	if (c->segments > 0) {
		at_ns += SERVER_TRIP_NS;
	} else {
		c->stage = ASKING;
		at_ns += (uint64_t)t->k->pause_ms * MS;
	}
	plan_turn(t, c, at_ns);
}

static void
close_connection(struct traffic *t, struct connection *c, uint64_t at_ns)
{
	if (happens(c, t->k->reset)) {
		send_control(t, c, CLIENT, RST | ACK, at_ns);
		return;
	}
	send_control(t, c, CLIENT, FIN | ACK, at_ns);
	at_ns += SERVER_TRIP_NS;
	send_control(t, c, SERVER, FIN | ACK, at_ns);
	at_ns += CLIENT_TRIP_NS;
	send_control(t, c, CLIENT, ACK, at_ns);
}

static void
take_turn(struct traffic *t, struct connection *c, uint64_t at_ns)
{
	static void (*const stages[])(
	    struct traffic *, struct connection *, uint64_t) = {
	    [OPENING] = open_connection,
	    [ASKING] = ask,
	    [ANSWERING] = answer,
	    [CLOSING] = close_connection,
	};

	stages[c->stage](t, c, at_ns);
}

static uint64_t
start_ns(const struct traffic *t)
{
	if (t->started == t->n)
		return UINT64_MAX;
	return START_NS + (uint64_t)t->started * t->k->start_us * 1000;
}

static void
start_connection(struct traffic *t, uint64_t at_ns)
{
	struct connection *c = &t->c[t->started];

	c->random = t->started++;
	c->seq[CLIENT] = (uint32_t)random_next(&c->random);
	c->seq[SERVER] = (uint32_t)random_next(&c->random);
	c->ip_id[CLIENT] = (uint16_t)random_next(&c->random);
	c->ip_id[SERVER] = (uint16_t)random_next(&c->random);
	c->exchanges = (uint16_t)pick(c, t->k->exchanges);
	take_turn(t, c, at_ns);
}

const struct traffic_kind *
traffic_kind(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

const char *
traffic_kind_name(unsigned i)
{
	return i < sizeof(kinds) / sizeof(kinds[0]) ? kinds[i].name : NULL;
}

bool
traffic_is_endless(const struct traffic_kind *k)
{
	return k->exchanges.max == 0 && !k->unanswered;
}

bool
traffic_write(const struct traffic_kind *k, uint32_t connections,
    uint64_t packets, struct capture *out)
{
	struct traffic t = {
	    .k = k, .n = connections, .packets = packets, .out = out};
	struct planned p;

	t.c = calloc(connections, sizeof(*t.c));
	t.failed = t.c == NULL;
	while (!t.failed) {
		if (start_ns(&t) <= schedule_due(&t.schedule)) {
			if (t.started == t.n)
				break;
			start_connection(&t, start_ns(&t));
			continue;
		}
		p = schedule_take(&t.schedule);
		if (p.turn)
			take_turn(&t, &t.c[p.frame.connection], p.frame.at_ns);
		else
			capture_write(out, &p.frame);
	}
	schedule_fini(&t.schedule);
	free(t.c);
	return !t.failed;
}
