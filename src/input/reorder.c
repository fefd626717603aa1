/*
 * reorder.c - packets in the order of their time stamps, within a window.
 *
 * Packets that wait stand in a binary heap, the earliest on top. Their bytes
 * are copies, because a read invalidates those of the reader; buffers are
 * used again, so that nothing is allocated once the window is full.
 */
#include "input/reorder.h"

#include <stdlib.h>
#include <string.h>

/* A packet that waits; data is its own. */
struct held {
	struct packet packet;
	enum reader_result result;
	uint8_t *data; /* owned */
	size_t size;   /* of data */
};

struct reorder {
	struct reader *reader; /* borrowed */
	int64_t window_ns;
	size_t max_packets, max_bytes;
	/*
	 * heap[0 .. n-1] wait, heap[n .. all-1] are free and keep their
	 * buffers; the first of these may be what was handed out last.
	 */
	struct held *heap;
	size_t n, all, size;
	size_t bytes; /* of all buffers */
	bool ended;
	bool has_newest, has_last;
	int64_t newest_ns; /* latest time read */
	int64_t last_ns;   /* latest time handed out */
	struct reorder_counts counts;
};

struct reorder *
reorder_new(
    struct reader *r, int64_t window_ns, size_t max_packets, size_t max_bytes)
{
	struct reorder *q = calloc(1, sizeof(*q));

	if (q == NULL)
		return NULL;
	q->reader = r;
	q->window_ns = window_ns;
	q->max_packets = max_packets;
	q->max_bytes = max_bytes;
	return q;
}

void
reorder_free(struct reorder *q)
{
	if (q == NULL)
		return;
	for (size_t i = 0; i < q->all; i++)
		free(q->heap[i].data);
	free(q->heap);
	free(q);
}

struct reorder_counts
reorder_counts(const struct reorder *q)
{
	return q->counts;
}

static bool
held_before(const struct held *a, const struct held *b)
{
	if (a->packet.ts_ns != b->packet.ts_ns)
		return a->packet.ts_ns < b->packet.ts_ns;
	return a->packet.frame_no < b->packet.frame_no;
}

static void
held_swap(struct held *a, struct held *b)
{
	struct held t = *a;

	*a = *b;
	*b = t;
}

static void
heap_rise(struct held *h, size_t i)
{
	while (i > 0 && held_before(&h[i], &h[(i - 1) / 2])) {
		held_swap(&h[i], &h[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
}

static void
heap_sink(struct held *h, size_t n, size_t i)
{
	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= n)
			return;
		if (child + 1 < n && held_before(&h[child + 1], &h[child]))
			child++;
		if (!held_before(&h[child], &h[i]))
			return;
		held_swap(&h[child], &h[i]);
		i = child;
	}
}

/* A free place at heap[n] with room for len bytes, or NULL. */
static struct held *
place_take(struct reorder *q, size_t len)
{
	struct held *h;

	if (q->n == q->all && q->all == q->size) {
		size_t size = q->size == 0 ? 64 : 2 * q->size;

		h = realloc(q->heap, size * sizeof(*h));
		if (h == NULL)
			return NULL;
		q->heap = h;
		q->size = size;
	}
	h = &q->heap[q->n];
	if (q->n == q->all) {
		*h = (struct held){.data = NULL};
		q->all++;
	}
	if (h->size < len) {
		uint8_t *data = realloc(h->data, len);

		if (data == NULL)
			return NULL;
		q->bytes += len - h->size;
		h->data = data;
		h->size = len;
	}
	return h;
}

/* Hold a packet back; false when there is no memory. */
static bool
hold(struct reorder *q, const struct packet *p, enum reader_result result)
{
	struct held *h = place_take(q, p->cap_len);

	if (h == NULL)
		return false;
	if (p->cap_len > 0)
		memcpy(h->data, p->data, p->cap_len);
	h->packet = *p;
	h->packet.data = h->data;
	h->result = result;
	heap_rise(q->heap, q->n++);
	return true;
}

/* Whether the earliest packet has waited long enough, or must go. */
static bool
ripe(const struct reorder *q)
{
	int64_t ts_ns;

	if (q->n == 0)
		return false;
	if (q->ended || q->n >= q->max_packets || q->bytes > q->max_bytes)
		return true;
	ts_ns = q->heap[0].packet.ts_ns;
	/* Far apart times could overflow; unsigned ones do not. */
	return q->newest_ns > ts_ns &&
	       (uint64_t)q->newest_ns - (uint64_t)ts_ns >
		   (uint64_t)q->window_ns;
}

/* Hand out the earliest packet; it stays in the first free place. */
static enum reader_result
release(struct reorder *q, struct packet *p)
{
	struct held *h = q->heap;

	q->n--;
	held_swap(&h[0], &h[q->n]);
	heap_sink(h, q->n, 0);
	*p = h[q->n].packet;
	q->has_last = true;
	q->last_ns = p->ts_ns;
	return h[q->n].result;
}

/* Buffers beyond the bound go. */
static void
shrink(struct reorder *q)
{
	while (q->bytes > q->max_bytes && q->all > q->n) {
		struct held *h = &q->heap[--q->all];

		q->bytes -= h->size;
		free(h->data);
	}
}

enum reader_result
reorder_next(struct reorder *q, struct packet *p)
{
	shrink(q);
	while (!ripe(q)) {
		enum reader_result result;

		if (q->ended)
			return READER_END;
		result = reader_next(q->reader, p);
		if (result == READER_END) {
			q->ended = true;
			continue;
		}
		if (q->has_last && p->ts_ns < q->last_ns) {
			q->counts.beyond++;
			return result;
		}
		if (!q->has_newest || p->ts_ns >= q->newest_ns)
			q->newest_ns = p->ts_ns;
		else
			q->counts.moved++;
		q->has_newest = true;
		if (!hold(q, p, result)) {
			q->counts.beyond++;
			return result;
		}
	}
	return release(q, p);
}
