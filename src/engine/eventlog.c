/*
 * eventlog.c - storage, revision and bounded detail of events.
 */
#include "engine/eventlog.h"

#include <stdlib.h>
#include <string.h>

/* The last `cap` settled events of one kind, oldest overwritten first. */
struct kind_ring {
	uint32_t cap, n, next;
	struct event_ref ref[];
};

void
eventlog_init(
    struct eventlog *l, uint32_t keep, bool details, struct event *scratch)
{
	memset(l, 0, sizeof(*l));
	l->keep = keep;
	l->details = details;
	l->scratch = scratch;
	l->free_head = UINT32_MAX;
}

void
eventlog_fini(struct eventlog *l)
{
	uint32_t i;

	for (i = 0; i < l->n; i++)
		if (l->v[i].serial != 0)
			free(l->v[i].event.text);
	for (i = 0; l->ring != NULL && i < ANOMALY_COUNT; i++)
		free(l->ring[i]);
	free(l->ring);
	free(l->v);
	memset(l, 0, sizeof(*l));
}

static void
event_defaults(struct event *e, enum anomaly_kind kind)
{
	e->kind = (uint8_t)kind;
	e->severity = (uint8_t)anomaly_table[kind].severity;
	e->blame = (uint8_t)anomaly_table[kind].blame;
	e->confidence = CONFIDENCE_CERTAIN;
}

static struct event *
eventlog_scratch(struct eventlog *l, enum anomaly_kind kind)
{
	free(l->scratch->text);
	memset(l->scratch, 0, sizeof(*l->scratch));
	event_defaults(l->scratch, kind);
	return l->scratch;
}

static struct event_slot *
eventlog_slot(struct eventlog *l, uint32_t *index)
{
	if (l->free_head != UINT32_MAX) {
		*index = l->free_head;
		l->free_head = l->v[*index].next_free;
		return &l->v[*index];
	}
	if (l->n == l->cap) {
		uint32_t cap = l->cap + l->cap / 2 + 1;
		struct event_slot *v = realloc(l->v, cap * sizeof(*v));

		if (v == NULL)
			return NULL;
		l->v = v;
		l->cap = cap;
	}
	*index = l->n++;
	return &l->v[*index];
}

static void
eventlog_free_slot(struct eventlog *l, uint32_t index)
{
	struct event_slot *slot = &l->v[index];

	free(slot->event.text);
	slot->event.text = NULL;
	slot->serial = 0;
	slot->next_free = l->free_head;
	l->free_head = index;
}

struct event *
eventlog_raise(
    struct eventlog *l, enum anomaly_kind kind, struct event_ref *ref)
{
	struct event_ref mine = {.kind = (uint8_t)kind};
	struct event_slot *slot = NULL;

	l->count[kind]++;
	if (l->details)
		slot = eventlog_slot(l, &mine.index);
	if (slot == NULL) {
		if (ref != NULL)
			*ref = mine;
		return eventlog_scratch(l, kind);
	}
	memset(&slot->event, 0, sizeof(slot->event));
	mine.serial = slot->serial = ++l->serial;
	event_defaults(&slot->event, kind);
	if (ref != NULL)
		*ref = mine;
	else
		eventlog_settle(l, &mine);
	/* settling drops older events only, never the newest */
	return &l->v[mine.index].event;
}

struct event *
eventlog_get(struct eventlog *l, const struct event_ref *ref)
{
	if (ref->serial == 0 || ref->index >= l->n ||
	    l->v[ref->index].serial != ref->serial)
		return NULL;
	return &l->v[ref->index].event;
}

struct event *
eventlog_revise(
    struct eventlog *l, struct event_ref *ref, enum anomaly_kind kind)
{
	struct event *e = eventlog_get(l, ref);

	l->count[ref->kind]--;
	l->count[kind]++;
	ref->kind = (uint8_t)kind;
	if (e == NULL)
		return eventlog_scratch(l, kind);
	if (e->revised_n < EVENT_REVISIONS)
		e->revised_from[e->revised_n++] = e->kind;
	event_defaults(e, kind);
	return e;
}

/* The last events of a kind; NULL when memory ran out. */
static struct kind_ring *
eventlog_ring(struct eventlog *l, enum anomaly_kind kind)
{
	uint32_t cap = l->keep - l->keep / 2;
	struct kind_ring *ring;

	if (l->ring == NULL)
		l->ring = calloc(ANOMALY_COUNT, sizeof(*l->ring));
	if (l->ring == NULL || l->ring[kind] != NULL)
		return l->ring == NULL ? NULL : l->ring[kind];
	ring = calloc(1, sizeof(*ring) + cap * sizeof(ring->ref[0]));
	if (ring != NULL)
		ring->cap = cap;
	l->ring[kind] = ring;
	return ring;
}

void
eventlog_settle(struct eventlog *l, struct event_ref *ref)
{
	struct event *e = eventlog_get(l, ref);
	struct kind_ring *ring;

	if (e == NULL || l->keep == 0 || ++l->settled[e->kind] <= l->keep / 2)
		return;
	ring = eventlog_ring(l, (enum anomaly_kind)e->kind);
	if (ring == NULL)
		return;
	if (ring->n == ring->cap) {
		struct event_ref *old = &ring->ref[ring->next];
		struct event *gone = eventlog_get(l, old);

		if (gone != NULL && gone->kind == e->kind)
			eventlog_free_slot(l, old->index);
	} else {
		ring->n++;
	}
	ring->ref[ring->next] = *ref;
	ring->next = (ring->next + 1) % ring->cap;
}

void
eventlog_retract(struct eventlog *l, struct event_ref *ref)
{
	struct event *e = eventlog_get(l, ref);

	l->count[ref->kind]--;
	if (e != NULL)
		eventlog_free_slot(l, ref->index);
	ref->serial = 0;
}

static int
event_order(const void *pa, const void *pb)
{
	const struct event *a = pa, *b = pb;
	unsigned ra = anomaly_table[a->kind].rule_no;
	unsigned rb = anomaly_table[b->kind].rule_no;

	if (a->frame_no != b->frame_no)
		return a->frame_no < b->frame_no ? -1 : 1;
	if (ra != rb)
		return ra < rb ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->evidence_n > 0 && b->evidence_n > 0 &&
	    a->evidence[0].v != b->evidence[0].v)
		return a->evidence[0].v < b->evidence[0].v ? -1 : 1;
	return 0;
}

/* R1.35 on final kinds: the first and last half of each. */
static uint32_t
eventlog_thin(const struct eventlog *l, struct event *out, uint32_t n)
{
	uint32_t total[ANOMALY_COUNT] = {0}, seen[ANOMALY_COUNT] = {0};
	uint32_t half = l->keep / 2, i, kept = 0;

	for (i = 0; i < n; i++)
		total[out[i].kind]++;
	for (i = 0; i < n; i++) {
		unsigned k = out[i].kind;

		seen[k]++;
		if (seen[k] > half && seen[k] + (l->keep - half) <= total[k])
			free(out[i].text);
		else
			out[kept++] = out[i];
	}
	return kept;
}

struct event *
eventlog_take(struct eventlog *l, uint32_t *n)
{
	struct event *out;
	uint32_t i;

	*n = 0;
	if (l->n == 0)
		return NULL;
	out = malloc(l->n * sizeof(*out));
	if (out == NULL)
		return NULL;
	for (i = 0; i < l->n; i++) {
		if (l->v[i].serial == 0)
			continue;
		out[(*n)++] = l->v[i].event;
		l->v[i].serial = 0;
		l->v[i].event.text = NULL;
	}
	l->n = 0;
	l->free_head = UINT32_MAX;
	qsort(out, *n, sizeof(*out), event_order);
	if (l->keep != 0)
		*n = eventlog_thin(l, out, *n);
	return out;
}

void
eventlog_flip(struct eventlog *l)
{
	uint32_t i;

	for (i = 0; i < l->n; i++)
		l->v[i].event.from = !l->v[i].event.from;
}
