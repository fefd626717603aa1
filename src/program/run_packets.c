/*
 * run_packets.c - the packet loop: from the feed into the engine, and every
 * packet counted.
 */
#include "input/fragment.h"
#include "program/interrupt.h"
#include "program/run_parts.h"

static void
count_reason(struct packet_counts *c, enum reason why, uint64_t frame_no)
{
	if (c->reason[why]++ == 0)
		c->reason_first_frame[why] = frame_no;
}

static enum reason
fault_reason(const struct segment *s)
{
	return s->fault == FAULT_TRUNCATED ? REASON_TRUNCATED_TCP
					   : REASON_MALFORMED_TCP;
}

/* Enter the engine's answer into the counts; otherwise is the reason if not. */
static bool
count_result(struct run *run, enum analyzer_result result, uint64_t frame_no,
    enum reason otherwise)
{
	switch (result) {
	case ANALYZER_ATTRIBUTED:
		run->counts.analysed++;
		return true;
	case ANALYZER_STOP:
		run->counts.analysed++;
		return false;
	case ANALYZER_UNATTRIBUTED:
		count_reason(&run->counts, otherwise, frame_no);
		return true;
	case ANALYZER_NO_MEMORY:
		count_reason(&run->counts, REASON_NO_MEMORY, frame_no);
		run->out_of_memory = true;
		return true;
	}
	return true;
}

/* An ICMP error is no TCP packet: attached to a connection or not. */
static bool
handle_icmp(struct run *run, const struct icmp_error *icmp)
{
	enum analyzer_result result;

	if (!shard_has(&run->o->shard, &icmp->key)) {
		count_reason(&run->counts, REASON_OTHER_SHARD, icmp->frame_no);
		return true;
	}
	result = analyzer_icmp(run->analyzer, icmp);
	if (result != ANALYZER_ATTRIBUTED)
		return count_result(
		    run, result, icmp->frame_no, REASON_NOT_TCP);
	count_reason(&run->counts, REASON_ICMP, icmp->frame_no);
	return true;
}

static bool
handle_segment(struct run *run, const struct segment *s)
{
	enum analyzer_result result;

	run->counts.tcp++;
	if (!shard_has(&run->o->shard, &s->key))
		return count_result(run, analyzer_pass(run->analyzer, s),
		    s->frame_no, REASON_OTHER_SHARD);
	result = analyzer_segment(run->analyzer, s);
	if (result == ANALYZER_ATTRIBUTED) {
		run->counts.analysed++;
		return true;
	}
	return count_result(run, result, s->frame_no, fault_reason(s));
}

static bool
handle_packet(struct run *run, const struct feed_item *item)
{
	if (item->verdict == DECODE_OK)
		return handle_segment(run, &item->u.seg);
	if (item->verdict == DECODE_ICMP)
		return handle_icmp(run, &item->u.icmp);
	count_reason(&run->counts,
	    (enum reason)(item->verdict - DECODE_REASONS), item->frame_no);
	return true;
}

/* Tell the engine which connections come next. */
static void
expect_items(struct run *run, const struct feed_item *item, unsigned n)
{
	const struct flow_key *key[FEED_BATCH];
	unsigned keys = 0;

	for (unsigned i = 0; i < n; i++)
		if (item[i].verdict == DECODE_OK)
			key[keys++] = &item[i].u.seg.key;
	if (keys > 1)
		analyzer_expect(run->analyzer, key, keys);
}

/*
 * Fragments that were waiting for the rest of their packet, which then came,
 * are REASON_FRAGMENT.
 */
static void
settle_fragments(struct packet_counts *c, const struct decoder *decoder)
{
	uint64_t *waiting = &c->reason[REASON_FRAGMENT_INCOMPLETE];
	struct fragment_tally whole, incomplete;

	decoder_settle(decoder, &whole, &incomplete);
	/* interrupted, the decoder may be ahead of what was counted */
	if (whole.packets > *waiting)
		whole.packets = *waiting;
	if (whole.packets == 0)
		return;
	if (c->reason[REASON_FRAGMENT] == 0 ||
	    whole.first_frame < c->reason_first_frame[REASON_FRAGMENT])
		c->reason_first_frame[REASON_FRAGMENT] = whole.first_frame;
	c->reason[REASON_FRAGMENT] += whole.packets;
	*waiting -= whole.packets;
	c->reason_first_frame[REASON_FRAGMENT_INCOMPLETE] =
	    incomplete.first_frame;
}

/* What reordering did; nobody reads any more. */
static void
note_reorder(struct run *run)
{
	struct packet_counts *c = &run->counts;

	if (run->reorder == NULL)
		return;
	c->reordered = true;
	c->reorder_moved = reorder_counts(run->reorder).moved;
	c->reorder_beyond = reorder_counts(run->reorder).beyond;
}

void
run_packets(struct run *run, struct feed *feed)
{
	struct packet_counts *c = &run->counts;
	const struct feed_item *item;
	bool go_on = true;
	unsigned n;

	while (go_on && (item = feed_next(feed, &n)) != NULL) {
		expect_items(run, item, n);
		for (unsigned i = 0; i < n && go_on; i++) {
			c->total++;
			run->captured_bytes += item[i].cap_len;
			go_on = handle_packet(run, &item[i]);
			if (c->total % PROGRESS_PACKETS == 0)
				progress_update(&run->progress, c->total,
				    run->captured_bytes);
		}
		if (interrupt_signal() != 0)
			feed_stop(feed);
	}
	progress_fini(&run->progress, c->total);
	feed_free(feed);
	settle_fragments(c, run->decoder);
	note_reorder(run);
}
