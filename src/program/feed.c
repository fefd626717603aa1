/*
 * feed.c - from the reader through the decoder, alone or ahead of the engine.
 *
 * The thread fills batches of a ring; the engine empties them in order. A
 * payload is copied into its batch, for the reader's buffer is used again.
 */
#include "program/feed.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define BATCHES 32
/* Who waits is woken when the ring is half full: not once for each batch. */
#define HALF (BATCHES / 2)
/* A batch ends when its payloads have filled so much. */
#define BATCH_BYTES (64u << 10)
/* libpcap hands out no longer packets (MAXIMUM_SNAPLEN). */
#define PACKET_MOST (256u << 10)

struct batch {
	struct feed_item item[FEED_BATCH];
	unsigned n;
	bool last;      /* nothing comes after it */
	uint8_t *bytes; /* owned; payloads of the items */
	size_t used, room;
};

struct feed {
	struct feed_options o;
	int64_t from_ns, to_ns; /* span to analyse, both ends included */
	bool begun;
	struct batch *ring; /* owned; BATCHES of them, or one */
	unsigned batches;
	bool lent;  /* the batch at tail is the caller's */
	bool ended; /* the caller has the last one */
	/* --- ahead of the caller --- */
	pthread_t thread;
	bool running, locks; /* the thread; what it needs is there */
	pthread_mutex_t lock;
	pthread_cond_t moved; /* head, tail or quit has changed */
	unsigned head, tail;  /* batches filled and emptied so far */
	bool quit, done;      /* the caller has had enough; all is read */
};

/* --- one packet --------------------------------------------------------- */

/* Decode p, which is to be analysed, and tell of it. */
static int
feed_decode(struct feed *f, const struct packet *p, struct feed_item *item)
{
	const uint64_t *frames;
	unsigned n;
	int verdict;

	if (f->o.on_packet != NULL)
		f->o.on_packet(f->o.arg, p);
	verdict = decode_packet(f->o.decoder, p, &item->u.seg, &item->u.icmp);
	if (verdict == DECODE_OK && item->u.seg.fragmented &&
	    f->o.on_fragments != NULL) {
		frames = decoder_fragments(f->o.decoder, &n);
		f->o.on_fragments(f->o.arg, &item->u.seg, frames, n);
	}
	return verdict;
}

/* Read and decode one packet into *item; false at the end. */
static bool
feed_read(struct feed *f, struct feed_item *item)
{
	struct packet p;
	enum reader_result result = f->o.reorder != NULL
					? reorder_next(f->o.reorder, &p)
					: reader_next(f->o.reader, &p);

	if (result == READER_END)
		return false;
	if (!f->begun) {
		f->from_ns = time_bound_ns(&f->o.from, p.ts_ns, INT64_MIN);
		f->to_ns = time_bound_ns(&f->o.to, p.ts_ns, INT64_MAX);
		f->begun = true;
	}
	item->frame_no = p.frame_no;
	item->cap_len = p.cap_len;
	if (result == READER_FILTERED)
		item->verdict = DECODE_REASONS + REASON_FILTERED;
	else if (p.ts_ns < f->from_ns || p.ts_ns > f->to_ns)
		item->verdict = DECODE_REASONS + REASON_OUT_OF_SPAN;
	else
		item->verdict = feed_decode(f, &p, item);
	return true;
}

/* --- the thread --------------------------------------------------------- */

/* Keep the payload of seg beside it; short ones stand in seg already. */
static void
batch_keep(struct batch *b, struct segment *seg)
{
	if (seg->payload_cap <= SEGMENT_HEAD) {
		seg->payload = seg->payload_cap > 0 ? seg->head : NULL;
		return;
	}
	if (seg->payload_cap > b->room - b->used) {
		seg->payload = NULL; /* as if it was not captured */
		seg->payload_cap = 0;
		return;
	}
	seg->payload =
	    memcpy(b->bytes + b->used, seg->payload, seg->payload_cap);
	b->used += seg->payload_cap;
}

static void
batch_fill(struct feed *f, struct batch *b)
{
	b->n = 0;
	b->used = 0;
	b->last = false;
	/* the longest payload fits behind what is used */
	while (b->n < FEED_BATCH && b->used < BATCH_BYTES) {
		struct feed_item *item = &b->item[b->n];

		if (!feed_read(f, item)) {
			b->last = true;
			return;
		}
		if (item->verdict == DECODE_OK)
			batch_keep(b, &item->u.seg);
		b->n++;
	}
}

/* Wait until the ring has room; false: the caller has had enough. */
static bool
wait_for_room(struct feed *f)
{
	bool go_on;

	pthread_mutex_lock(&f->lock);
	if (f->head - f->tail == BATCHES)
		while (!f->quit && f->head - f->tail > HALF)
			pthread_cond_wait(&f->moved, &f->lock);
	go_on = !f->quit;
	pthread_mutex_unlock(&f->lock);
	return go_on;
}

static void *
read_ahead(void *arg)
{
	struct feed *f = arg;

	while (wait_for_room(f)) {
		struct batch *b = &f->ring[f->head % f->batches];

		batch_fill(f, b);
		pthread_mutex_lock(&f->lock);
		f->head++;
		f->done = b->last;
		if (f->head - f->tail == HALF || f->done)
			pthread_cond_signal(&f->moved);
		pthread_mutex_unlock(&f->lock);
		if (b->last)
			break;
	}
	return NULL;
}

/* The batch that the caller reads next; waits for it. NULL: none will come. */
static struct batch *
batch_at_tail(struct feed *f)
{
	bool any;

	pthread_mutex_lock(&f->lock);
	if (f->lent) {
		f->tail++;
		if (f->head - f->tail == HALF)
			pthread_cond_signal(&f->moved);
	}
	if (f->head == f->tail)
		while (f->head - f->tail < HALF && f->running && !f->done)
			pthread_cond_wait(&f->moved, &f->lock);
	any = f->head != f->tail;
	pthread_mutex_unlock(&f->lock);
	f->lent = any;
	if (!any)
		return NULL;
	return &f->ring[f->tail % f->batches];
}

static bool
ring_new(struct feed *f)
{
	unsigned i;

	f->batches = f->o.ahead ? BATCHES : 1;
	f->ring = calloc(f->batches, sizeof(*f->ring));
	if (f->ring == NULL)
		return false;
	for (i = 0; i < f->batches; i++) {
		f->ring[i].room = BATCH_BYTES + PACKET_MOST;
		f->ring[i].bytes = malloc(f->ring[i].room);
		if (f->ring[i].bytes == NULL)
			return false;
	}
	return true;
}

/* --- the caller's side -------------------------------------------------- */

static bool
make_locks(struct feed *f)
{
	if (pthread_mutex_init(&f->lock, NULL) != 0)
		return false;
	f->locks = pthread_cond_init(&f->moved, NULL) == 0;
	if (!f->locks)
		pthread_mutex_destroy(&f->lock);
	return f->locks;
}

static bool
start_ahead(struct feed *f)
{
	sigset_t all, before;

	if (!make_locks(f))
		return false;
	/* signals are for the caller's thread, which looks for them */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	f->running = pthread_create(&f->thread, NULL, read_ahead, f) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return f->running;
}

struct feed *
feed_new(const struct feed_options *o)
{
	struct feed *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	f->o = *o;
	if (!ring_new(f) || (o->ahead && !start_ahead(f))) {
		feed_free(f);
		return NULL;
	}
	return f;
}

const struct feed_item *
feed_next(struct feed *f, unsigned *n)
{
	struct batch *b = f->ring;

	if (f->ended)
		return NULL;
	if (f->o.ahead)
		b = batch_at_tail(f);
	else
		batch_fill(f, b);
	if (b == NULL)
		return NULL;
	f->ended = b->last;
	*n = b->n;
	return b->n > 0 ? b->item : NULL;
}

void
feed_stop(struct feed *f)
{
	if (!f->o.ahead) {
		f->ended = true;
		return;
	}
	if (!f->running)
		return;
	pthread_mutex_lock(&f->lock);
	f->quit = true;
	pthread_cond_signal(&f->moved);
	pthread_mutex_unlock(&f->lock);
	pthread_join(f->thread, NULL);
	f->running = false;
}

void
feed_free(struct feed *f)
{
	unsigned i;

	if (f == NULL)
		return;
	feed_stop(f);
	if (f->locks) {
		pthread_cond_destroy(&f->moved);
		pthread_mutex_destroy(&f->lock);
	}
	for (i = 0; f->ring != NULL && i < f->batches; i++)
		free(f->ring[i].bytes);
	free(f->ring);
	free(f);
}
