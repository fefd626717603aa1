/*
 * verdicts.h - the rules behind judge.c: one function for each verdict of
 * RULEBOOK section 9. True when the rule holds; the sentence and its frames
 * are then in t->v.
 */
#ifndef TCPCONN_VERDICTS_H
#define TCPCONN_VERDICTS_H

#include "base/constants.h"
#include "engine/conn.h"

/* One rule being tried: what it reads and what it fills. */
struct trial {
	const struct conn *c;
	const struct conn_report *r;
	struct verdict *v;
	bool says; /* the sentence is wanted */
};

/* Room for the text of a duration. */
#define SPAN_TEXT 24

/* Add to the sentence, if it is wanted. */
void trial_say(struct trial *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Cite a frame once. */
void trial_cite(struct trial *t, uint64_t frame_no);
/* Cite the first events of a kind; from < 0: of either side. */
void trial_cite_kind(struct trial *t, enum anomaly_kind kind, int from);
/* NULL when there is none. */
const struct event *
trial_first_of(const struct trial *t, enum anomaly_kind kind);
uint32_t trial_count(const struct trial *t, enum anomaly_kind kind);
/* "1.20 s", "340 ms": short, for sentences. */
const char *trial_span(const struct trial *t, char buf[SPAN_TEXT], int64_t ns);
int64_t trial_lasted(const struct trial *t); /* ns */
/* Capture loss of a side in ppm, 0 when unknown. */
int64_t trial_capture_loss(const struct trial *t, enum side x);
bool trial_opened(const struct trial *t);

/* What R9.3 makes of a SYN at first_t in a capture that ends at end_t. */
enum severity verdict_no_answer_severity(int64_t first_t, int64_t end_t);

/* R9.13: whether a side that let the other wait so long was slow, ns. */
bool verdict_is_slow(int64_t wait, int64_t lasted);

/* R9.14: samples of which 90 per cent is more than all but one, and a rise
 * that people notice in each exchange. */
#define QUEUE_SAMPLES 8
#define QUEUE_MIN (100 * NS_PER_MS)

bool verdict_other_encapsulation(struct trial *t);
bool verdict_capture_unusable(struct trial *t);
bool verdict_refused(struct trial *t);
bool verdict_no_answer(struct trial *t);
bool verdict_half_open(struct trial *t);
bool verdict_reset_injected(struct trial *t);
bool verdict_pmtu_blackhole(struct trial *t);
bool verdict_reset_by_client(struct trial *t);
bool verdict_reset_by_server(struct trial *t);
bool verdict_accept_queue(struct trial *t);
bool verdict_receiver_limited(struct trial *t);
bool verdict_loss_downstream(struct trial *t);
bool verdict_loss_upstream(struct trial *t);
bool verdict_spurious_recovery(struct trial *t);
bool verdict_reordering(struct trial *t);
bool verdict_server_slow(struct trial *t);
bool verdict_client_slow(struct trial *t);
bool verdict_network_slow(struct trial *t);
bool verdict_delayed_ack(struct trial *t);
bool verdict_security(struct trial *t);
bool verdict_reuse(struct trial *t);
bool verdict_incomplete_teardown(struct trial *t);
bool verdict_attention(struct trial *t);
bool verdict_ok_notes(struct trial *t);
bool verdict_ok(struct trial *t);

#endif
