/*
 * finding.c - what many connections show together.
 */
#include "model/finding.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "model/report.h"

#define EXAMPLES 2 /* connections of a finding that stand for the others */
#define ROOM_FIRST 32
#define OTHERS_FIRST 4
#define KEY_WORDS (sizeof(struct finding_key) / 8 + 1)

static const struct {
	const char *name, *meaning;
	unsigned parts;
	enum finding_other other;
	uint32_t connections, others;
} rules[FINDING_COUNT] = {
#define FINDING(id, word, common, apart, least, least_others, text) \
	[FINDING_##id] = {.name = word, \
	    .meaning = text, \
	    .parts = common, \
	    .other = apart, \
	    .connections = least, \
	    .others = least_others},
#include "model/finding.def"
#undef FINDING
};

const char *
finding_name(enum finding_id id)
{
	assert(id < FINDING_COUNT);
	return rules[id].name;
}

const char *
finding_meaning(enum finding_id id)
{
	assert(id < FINDING_COUNT);
	return rules[id].meaning;
}

enum finding_other
finding_other(enum finding_id id)
{
	assert(id < FINDING_COUNT);
	return rules[id].other;
}

/* --- which connections fit ---------------------------------------------- */

static bool
fits_refused(const struct conn_report *r)
{
	return r->verdict.id == VERDICT_REFUSED;
}

/* A capture that ends too early makes the verdict a note. */
static bool
fits_silent(const struct conn_report *r)
{
	return r->verdict.id == VERDICT_NO_ANSWER &&
	       conn_report_needs_attention(r);
}

static bool
fits_half_open(const struct conn_report *r)
{
	return r->verdict.id == VERDICT_HALF_OPEN &&
	       conn_report_needs_attention(r);
}

static bool
fits_flood(const struct conn_report *r)
{
	return fits_half_open(r) && r->handshake.outcome == OUTCOME_HALF_OPEN;
}

static bool
fits_failed_open(const struct conn_report *r)
{
	return fits_refused(r) || fits_silent(r) || fits_half_open(r);
}

static bool
fits_forged_reset(const struct conn_report *r)
{
	return r->verdict.id == VERDICT_RESET_INJECTED;
}

static bool
fits_reset(const struct conn_report *r)
{
	return (r->verdict.id == VERDICT_RESET_BY_CLIENT ||
		   r->verdict.id == VERDICT_RESET_BY_SERVER) &&
	       r->teardown.has_resetter;
}

static bool
is_loss(const struct verdict *v)
{
	return v->severity >= SEVERITY_WARN &&
	       (v->id == VERDICT_LOSS_DOWNSTREAM ||
		   v->id == VERDICT_LOSS_UPSTREAM);
}

static bool
fits_loss(const struct conn_report *r)
{
	for (unsigned i = 0; i < r->also_n; i++)
		if (is_loss(&r->also[i]))
			return true;
	return is_loss(&r->verdict);
}

static bool
fits_reuse(const struct conn_report *r)
{
	return r->kind_count[ANOMALY_TW_REUSE_UNSAFE] > 0;
}

static bool
fits_one_way(const struct conn_report *r)
{
	return r->one_way;
}

static bool
fits_capture_loss(const struct conn_report *r)
{
	return r->kind_count[ANOMALY_CAPTURE_GAP] > 0;
}

static bool
fits_event(const struct conn_report *r)
{
	return (r->verdict.id == VERDICT_ATTENTION ||
		   r->verdict.id == VERDICT_SECURITY) &&
	       conn_report_needs_attention(r) && r->events_n > 0;
}

/* Whatever is serious and has no finding of its own. */
static bool
fits_verdict(const struct conn_report *r)
{
	return conn_report_needs_attention(r) && !fits_failed_open(r) &&
	       !fits_forged_reset(r) && !fits_reset(r) &&
	       !is_loss(&r->verdict) && !fits_event(r) && !r->one_way &&
	       r->verdict.id != VERDICT_REUSE;
}

static bool
fits_slow_server(const struct conn_report *r)
{
	return r->verdict.id == VERDICT_SERVER_SLOW;
}

static bool
fits_backscatter(const struct conn_report *r)
{
	return r->handshake.outcome == OUTCOME_STRAY &&
	       r->side[CLIENT].packets == 0;
}

static bool (*const fits[FINDING_COUNT])(const struct conn_report *r) = {
    [FINDING_OPENS_FAIL] = fits_failed_open,
    [FINDING_PORT_SCAN] = fits_failed_open,
    [FINDING_SYN_FLOOD] = fits_flood,
    [FINDING_SERVER_REFUSES] = fits_refused,
    [FINDING_SERVER_SILENT] = fits_silent,
    [FINDING_HALF_OPEN] = fits_half_open,
    [FINDING_FORGED_RESETS] = fits_forged_reset,
    [FINDING_HOST_RESETS] = fits_reset,
    [FINDING_PATH_LOSES] = fits_loss,
    [FINDING_CLIENT_LOSES] = fits_loss,
    [FINDING_PORT_REUSE] = fits_reuse,
    [FINDING_CAPTURE_ONE_WAY] = fits_one_way,
    [FINDING_CAPTURE_LOSES] = fits_capture_loss,
    [FINDING_SAME_EVENT] = fits_event,
    [FINDING_SAME_VERDICT] = fits_verdict,
    [FINDING_SERVER_SLOW] = fits_slow_server,
    [FINDING_BACKSCATTER] = fits_backscatter,
};

/* The same answer as all of them together, at once for most connections. */
static bool
fits_nothing(const struct conn_report *r)
{
	return r->uneventful && r->also_n == 0 && !r->one_way &&
	       (r->verdict.id == VERDICT_OK ||
		   r->verdict.id == VERDICT_CLIENT_SLOW ||
		   r->verdict.id == VERDICT_NO_ANSWER) &&
	       !conn_report_needs_attention(r) &&
	       r->handshake.outcome != OUTCOME_STRAY;
}

/* --- keys ---------------------------------------------------------------- */

/* The kind of its worst event, of equals the first in the catalogue. */
static enum anomaly_kind
worst_kind(const struct conn_report *r)
{
	const struct event *worst = &r->event[0];

	for (uint32_t i = 1; i < r->events_n; i++) {
		const struct event *e = &r->event[i];

		if (e->severity > worst->severity ||
		    (e->severity == worst->severity && e->kind < worst->kind))
			worst = e;
	}
	return worst->kind;
}

static void
key_add_address(struct finding_key *k, const struct conn_report *r, enum side s)
{
	k->parts |= s == CLIENT ? PART_CLIENT : PART_SERVER;
	k->version = r->version;
	memcpy(k->addr[s], r->side[s].addr, sizeof(k->addr[s]));
}

static void
key_add_port(struct finding_key *k, const struct conn_report *r)
{
	k->parts |= PART_PORT;
	k->port = r->side[SERVER].port;
}

static struct finding_key
key_of(enum finding_id id, const struct conn_report *r)
{
	unsigned parts = rules[id].parts;
	struct finding_key k;

	memset(&k, 0, sizeof(k)); /* compared as bytes */
	k.id = (uint8_t)id;
	if (parts & PART_CLIENT)
		key_add_address(&k, r, CLIENT);
	if (parts & PART_SERVER)
		key_add_address(&k, r, SERVER);
	if (parts & PART_PORT)
		key_add_port(&k, r);
	if (parts & PART_RESETTER) {
		key_add_address(&k, r, r->teardown.resetter);
		if (r->teardown.resetter == SERVER)
			key_add_port(&k, r);
	}
	if (parts & PART_KIND)
		k.what = (uint8_t)worst_kind(r);
	if (parts & PART_VERDICT)
		k.what = (uint8_t)r->verdict.id;
	return k;
}

/* --- the table ----------------------------------------------------------- */

void
findings_init(struct findings *f, const struct hash_key *hash)
{
	*f = (struct findings){.hash = hash};
}

void
findings_fini(struct findings *f)
{
	for (size_t i = 0; i < f->room; i++)
		free(f->slot[i].other);
	free(f->slot);
	free(f->list);
	*f = (struct findings){0};
}

static size_t
slot_of(const struct findings *f, const struct finding_key *k)
{
	uint64_t w[KEY_WORDS] = {0};

	memcpy(w, k, sizeof(*k));
	return hash_words(f->hash, w, KEY_WORDS) & (f->room - 1);
}

static bool
is_free(const struct finding *g)
{
	return g->connections == 0;
}

/* The group with this key, or the free slot for it. */
static struct finding *
find(const struct findings *f, const struct finding_key *k)
{
	size_t i = slot_of(f, k);

	while (!is_free(&f->slot[i]) &&
	       memcmp(&f->slot[i].key, k, sizeof(*k)) != 0)
		i = (i + 1) & (f->room - 1);
	return &f->slot[i];
}

/* A table of room slots with the groups of more than least connections. */
static bool
rebuild(struct findings *f, size_t room, uint64_t least)
{
	struct findings was = *f;

	f->slot = calloc(room, sizeof(*f->slot));
	if (f->slot == NULL) {
		f->slot = was.slot;
		return false;
	}
	f->room = room;
	f->least = least;
	f->n = 0;
	for (size_t i = 0; i < was.room; i++) {
		const struct finding *g = &was.slot[i];

		if (g->connections > least) {
			*find(f, &g->key) = *g;
			f->n++;
		} else {
			free(g->other);
		}
	}
	free(was.slot);
	return true;
}

/* Forget the smallest groups until half of them are gone. */
static bool
make_room(struct findings *f)
{
	uint64_t least = f->least;
	size_t kept;

	do {
		kept = 0;
		least++;
		for (size_t i = 0; i < f->room; i++)
			kept += f->slot[i].connections > least;
	} while (kept > FINDINGS_MAX / 2);
	return rebuild(f, f->room, least);
}

/* Room for one more, so that at most half of the slots are taken. */
static bool
reserve(struct findings *f)
{
	if (f->n >= FINDINGS_MAX)
		return make_room(f);
	if (2 * (f->n + 1) <= f->room)
		return true;
	return rebuild(f, f->room == 0 ? ROOM_FIRST : 2 * f->room, f->least);
}

/* --- sums ---------------------------------------------------------------- */

/* What is told apart, as a hash; the address behind it in *addr. */
static uint64_t
other_of(
    enum finding_other other, const struct conn_report *r, const uint8_t **addr)
{
	enum side s = SERVER;
	uint8_t port[2] = {(uint8_t)(r->side[SERVER].port >> 8),
	    (uint8_t)r->side[SERVER].port};

	if (other == OTHER_CLIENTS)
		s = CLIENT;
	else if (other == OTHER_PEERS)
		s = !r->teardown.resetter;
	*addr = r->side[s].addr;
	if (other == OTHER_PORTS)
		return digest_bytes(port, sizeof(port)).hash;
	return digest_bytes(r->side[s].addr, sizeof(r->side[s].addr)).hash;
}

static bool
add_other(struct finding *g, const struct conn_report *r)
{
	enum finding_other other = rules[g->key.id].other;
	const uint8_t *addr;
	uint64_t hash;

	if (other == OTHER_NOTHING || g->others_n == FINDING_OTHERS)
		return true;
	hash = other_of(other, r, &addr);
	for (unsigned i = 0; i < g->others_n; i++)
		if (g->other[i] == hash)
			return true;
	/* room is made at powers of two from OTHERS_FIRST on */
	if (g->others_n == 0 || (g->others_n >= OTHERS_FIRST &&
				    (g->others_n & (g->others_n - 1)) == 0)) {
		size_t n =
		    g->others_n == 0 ? OTHERS_FIRST : 2 * (size_t)g->others_n;
		uint64_t *v = realloc(g->other, n * sizeof(*v));

		if (v == NULL)
			return false;
		g->other = v;
	}
	if (g->others_n == 0)
		memcpy(g->peer, addr, sizeof(g->peer));
	g->other[g->others_n++] = hash;
	return true;
}

/* Keep the connections that appeared first, whenever they end. */
static void
add_first(struct finding *g, const struct conn_report *r)
{
	unsigned i = g->first_n;

	if (i == FINDING_FIRST && r->number > g->first_number[i - 1])
		return;
	if (i == FINDING_FIRST)
		i--;
	else
		g->first_n++;
	for (; i > 0 && g->first_number[i - 1] > r->number; i--) {
		g->first_number[i] = g->first_number[i - 1];
		g->first_frame[i] = g->first_frame[i - 1];
	}
	g->first_number[i] = r->number;
	g->first_frame[i] = r->first_frame;
}

static bool
add_to(struct finding *g, const struct conn_report *r)
{
	if (g->connections++ == 0) {
		g->first_ns = r->first_ns;
		g->last_ns = r->last_ns;
	}
	if (r->first_ns < g->first_ns)
		g->first_ns = r->first_ns;
	if (r->last_ns > g->last_ns)
		g->last_ns = r->last_ns;
	if (r->verdict.severity > g->severity)
		g->severity = r->verdict.severity;
	g->refused += fits_refused(r);
	g->unanswered += fits_silent(r);
	g->unfinished += fits_half_open(r);
	for (unsigned s = CLIENT; s <= SERVER; s++) {
		g->data_packets[s] += r->side[s].data_packets;
		g->resent_packets[s] += r->side[s].retransmitted_packets;
	}
	add_first(g, r);
	return add_other(g, r);
}

static bool
is_worth_telling(const struct finding *g)
{
	return g->connections >= rules[g->key.id].connections &&
	       g->others_n >= rules[g->key.id].others;
}

/* Whether the connection says more than that it is one of them. */
static bool
stands_out(const struct conn_report *r)
{
	for (unsigned i = 0; i < r->also_n; i++)
		if (r->also[i].severity > r->verdict.severity)
			return true;
	return false;
}

bool
findings_add(struct findings *f, const struct conn_report *r)
{
	bool alike = false;

	if (r->judged_frame != 0) /* told once, by another record (R2.3) */
		return false;
	if (fits_nothing(r))
		return false;
	for (int id = 0; id < FINDING_COUNT && !f->failed; id++) {
		struct finding_key k;
		struct finding *g;

		if (!fits[id](r))
			continue;
		f->failed = !reserve(f);
		if (f->failed)
			break;
		k = key_of((enum finding_id)id, r);
		g = find(f, &k);
		if (is_free(g)) {
			*g = (struct finding){.key = k};
			f->n++;
		}
		f->failed = !add_to(g, r);
		alike |= is_worth_telling(g) && g->first_n > EXAMPLES &&
			 r->number > g->first_number[EXAMPLES - 1];
	}
	return alike && !stands_out(r);
}

/* --- the result ---------------------------------------------------------- */

/* Which findings tell of the same connections in fewer words. */
static const struct {
	enum finding_id id, wider;
} covers[] = {
    {FINDING_PORT_SCAN, FINDING_OPENS_FAIL},
    {FINDING_SERVER_REFUSES, FINDING_OPENS_FAIL},
    {FINDING_SERVER_REFUSES, FINDING_PORT_SCAN},
    {FINDING_SERVER_SILENT, FINDING_OPENS_FAIL},
    {FINDING_SERVER_SILENT, FINDING_PORT_SCAN},
    {FINDING_HALF_OPEN, FINDING_OPENS_FAIL},
    {FINDING_HALF_OPEN, FINDING_PORT_SCAN},
    {FINDING_HALF_OPEN, FINDING_SYN_FLOOD},
    {FINDING_PATH_LOSES, FINDING_CLIENT_LOSES},
};

/* Whether g tells the address of side s, as its key or as its only other. */
static bool
knows_address(const struct finding *g, enum side s, const uint8_t **addr)
{
	unsigned part = s == CLIENT ? PART_CLIENT : PART_SERVER;
	enum finding_other only = s == CLIENT ? OTHER_CLIENTS : OTHER_SERVERS;

	*addr = g->key.parts & part ? g->key.addr[s] : g->peer;
	return g->key.parts & part ||
	       (rules[g->key.id].other == only && g->others_n == 1);
}

/* The wider finding to which all connections of g belong too, or NULL. */
static const struct finding *
find_wider(
    const struct findings *f, const struct finding *g, enum finding_id wider)
{
	unsigned parts = rules[wider].parts;
	struct finding_key k;
	const struct finding *w;

	memset(&k, 0, sizeof(k));
	k.id = (uint8_t)wider;
	k.parts = (uint8_t)parts;
	k.version = g->key.version;
	k.port = parts & PART_PORT ? g->key.port : 0;
	for (unsigned s = CLIENT; s <= SERVER; s++) {
		const uint8_t *addr;

		if (!(parts & (s == CLIENT ? PART_CLIENT : PART_SERVER)))
			continue;
		if (!knows_address(g, (enum side)s, &addr))
			return NULL;
		memcpy(k.addr[s], addr, sizeof(k.addr[s]));
	}
	w = find(f, &k);
	return is_free(w) ? NULL : w;
}

static bool
is_covered(const struct findings *f, const struct finding *g)
{
	for (size_t i = 0; i < sizeof(covers) / sizeof(covers[0]); i++) {
		const struct finding *w;

		if (covers[i].id != g->key.id)
			continue;
		w = find_wider(f, g, covers[i].wider);
		if (w != NULL && is_worth_telling(w))
			return true;
	}
	return false;
}

static int
compare_keys(const struct finding_key *a, const struct finding_key *b)
{
	int addr;

	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	addr = memcmp(a->addr, b->addr, sizeof(a->addr));
	if (addr != 0)
		return addr;
	if (a->port != b->port)
		return a->port < b->port ? -1 : 1;
	return (a->what > b->what) - (a->what < b->what);
}

static int
compare(const void *a, const void *b)
{
	const struct finding *x = *(const struct finding *const *)a;
	const struct finding *y = *(const struct finding *const *)b;

	if (x->severity != y->severity)
		return x->severity > y->severity ? -1 : 1;
	if (x->connections != y->connections)
		return x->connections > y->connections ? -1 : 1;
	return compare_keys(&x->key, &y->key);
}

void
findings_settle(struct findings *f)
{
	if (f->slot == NULL || f->list != NULL)
		return;
	f->list = calloc(f->n + 1, sizeof(*f->list));
	if (f->list == NULL) {
		f->failed = true;
		return;
	}
	for (size_t i = 0; i < f->room; i++) {
		struct finding *g = &f->slot[i];

		g->shown =
		    !is_free(g) && is_worth_telling(g) && !is_covered(f, g);
		if (g->shown)
			f->list[f->list_n++] = g;
	}
	if (f->list_n > 1)
		qsort(f->list, f->list_n, sizeof(*f->list), compare);
}

const struct finding *
findings_of(const struct findings *f, const struct conn_report *r)
{
	if (f->list_n == 0 || r->judged_frame != 0)
		return NULL;
	for (int id = 0; id < FINDING_COUNT; id++) {
		struct finding_key k;
		const struct finding *g;

		if (!fits[id](r))
			continue;
		k = key_of((enum finding_id)id, r);
		g = find(f, &k);
		if (g->shown)
			return g;
	}
	return NULL;
}

bool
findings_stand_for(const struct findings *f, const struct conn_report *r)
{
	const struct finding *g = findings_of(f, r);

	if (g == NULL || stands_out(r))
		return false;
	for (unsigned i = 0; i < EXAMPLES && i < g->first_n; i++)
		if (g->first_number[i] == r->number)
			return false;
	return true;
}

bool
findings_cut(const struct findings *f)
{
	return f->least > 0 || f->failed;
}
