/*
 * conn.h - one connection while it lives: the variables of RULEBOOK 1.3.
 *
 * Owned by the flow table. Everything that only troubled connections need is
 * behind a pointer that is allocated when first used.
 */
#ifndef TCPCONN_CONN_H
#define TCPCONN_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/constants.h"
#include "base/limits.h"
#include "base/ranges.h"
#include "engine/clock.h"
#include "engine/eventlog.h"
#include "engine/history.h"
#include "engine/known.h"
#include "engine/rare.h"
#include "engine/rtt.h"
#include "engine/zeek.h"
#include "model/report.h"
#include "model/trace.h"
#include "words/segment.h"

/* How an ISN became known (R1.13, R1.16). */
enum isn_known {
	ISN_NONE,
	ISN_ASSUMED,
	ISN_INFERRED,
	ISN_CERTAIN
};

/* A missing range of one direction (R1.18). */
struct hole {
	uint64_t l, r;
	uint64_t frame_no; /* the revealer: first segment beyond it */
	int64_t t;
	uint32_t tsval;
	uint16_t ip_id;
	bool has_ts, has_ip_id;
	bool capture_gap;      /* acknowledged unseen (R8.33) */
	bool joined;           /* of several, with what lay between (R1.34) */
	struct event_ref gap;  /* its capture-gap event, if raised */
	struct event_ref loss; /* its loss-upstream event, if raised */
};

struct holes {
	struct hole *v; /* owned; by offset */
	uint32_t n, cap;
	bool merged;
};

/* A resend whose cause waits for proof (R8.32). */
struct pending_resend {
	struct event_ref ref;
	uint64_t s, e, frame_no;
	int64_t t, deadline;
	uint32_t tsval;
	bool has_ts;
	bool sacked_before; /* all of it was SACKed when it came: no eifel */
	bool is_copy;       /* a copy (R8.15): network or capture? */
	bool one_way;       /* nothing of the receiver was seen */
	bool by_timer;      /* the head again, because the timer fired */
	bool lone;          /* by R8.21 (a): the timer's, if x never probes */
	uint8_t frto;       /* ACKs so far that speak for RFC 5682 */
	uint64_t recover;   /* its sender's max_end then */
	int64_t first_t;    /* when the bytes were sent at first */
	int64_t acked_t;    /* when they were acknowledged, 0: not yet */
	int64_t rto_est, silence;
	struct event_ref loss; /* the loss-upstream event of a hole it filled */
};

/* Most leave in front, where the room they had stays for a while. */
struct pending_list {
	struct pending_resend *v; /* owned, from first entries before it on */
	uint32_t n, cap, first;   /* cap: first and what follows */
};

/* One unproved transition (R3.1). */
struct presumption {
	uint8_t before;      /* state to go back to */
	uint32_t transition; /* index in the log, or UINT32_MAX */
	uint64_t cause_end;  /* proved when this much is acknowledged; 0: - */
	uint64_t cause_ack;  /* proved when a segment with this ack arrived */
};

/* R1.5: segments of one side alone before the other counts as missing. */
#define ONE_WAY_SEGMENTS 20

#define PRESUMPTIONS 6

/* Recent packets of one direction, for copies (R1.37). */
struct recent {
	int64_t t;
	uint64_t frame_no : 40;
	uint64_t ip_id : 16;
	uint64_t ttl : 8;
	uint32_t hash; /* header and payload */
	uint16_t vlan_id, encap_n;
};

#define RECENT 16

/* One side as a sender, and its state. */
struct endpoint {
	/* --- every segment --- */
	uint64_t base;           /* offset of the ISN (R1.13) */
	uint64_t max_end;        /* observed SND.NXT (R1.17) */
	uint64_t una;            /* peer's cumulative ACK (R1.20) */
	uint64_t ack_max;        /* highest ACK sent, peer's space (R1.22) */
	uint64_t wl1, wl2;       /* RFC 9293 3.10.7.4 (R1.23) */
	uint64_t edge, edge_max; /* right edge of its receive window */
	uint32_t wnd, max_wnd;   /* bytes, scaled */
	uint32_t tsval_hi, ts_recent, tsval_first;
	uint32_t tsecr_sent; /* latest TSecr */
	int64_t last_t;      /* latest segment */
	int64_t last_seq_t;  /* latest sequence-bearing segment, capture time */
	int64_t last_seq_tx; /* the same on its own clock (R1.43) */
	int64_t last_ack_t;
	uint64_t last_frame;
	uint64_t packets, bytes, payload_bytes, data_packets;
	uint64_t unique_bytes; /* distinct payload seen */
	uint64_t seq_packets;  /* with payload or FIN */
	uint16_t last_ip_id;
	uint8_t state;          /* enum tcp_state; set by state_set() only */
	uint8_t ttl, ttl_votes; /* mode of its TTL */
	uint8_t shift;          /* its window scale, effective */
	uint8_t presumed_n;
	uint8_t isn_known; /* enum isn_known */
	uint16_t mss;      /* largest payload its peer announced for it */
	/* --- facts about it --- */
	bool seen : 1;    /* a segment of it was seen */
	bool has_ack : 1; /* ack_max is valid */
	bool has_wnd : 1; /* edge is valid */
	bool has_una : 1;
	bool shift_known : 1;
	bool has_fin : 1;   /* fin_seq is valid */
	bool fin_taken : 1; /* it has received its peer's FIN */
	bool syn_seen : 1, synack_seen : 1;
	bool has_ts : 1; /* tsval_hi is valid */
	bool has_ts_recent : 1;
	bool ts_ok : 1;
	bool sack_ok : 1;
	bool mss_known : 1;
	bool offload : 1; /* checksums or sizes show a tap at this host */
	bool ip_id_seen : 1;
	bool zero_wnd : 1; /* last window was zero */
	bool has_ack_ahead : 1;
	bool tiny_checked : 1;
	bool good_sum : 1; /* a checksum of it was right */
	bool ece_sent : 1; /* an ECE of it was seen */
	bool ws_unknown_raised : 1;
	bool offload_raised : 1, checksum_offload_raised : 1;
	bool in_recovery : 1, in_loss : 1;
	bool loss_doubted : 1; /* the loss may turn out none (RFC 5682) */
	bool tlp_open : 1;
	bool probes : 1, never_probes : 1; /* learned (probing.h) */
	bool challenge_due : 1; /* an unexpected segment wants its answer */
	bool echo_armed : 1;    /* echo_tsval is valid */
	bool lost_flight_armed : 1;
	bool has_wnd_range : 1; /* wnd_min is valid */
	bool has_payload_t : 1;
	uint16_t id_steps, id_ones, id_monotone; /* IP ID behaviour */
	uint32_t dup_cnt;                        /* R1.30 */
	uint32_t dsack_n;
	uint64_t ack_proved; /* highest ACK field proved to have arrived */
	int64_t rack_t;
	uint64_t plain_dup;
	int64_t progress_t; /* last_progress_t of R1.31 */
	struct rtt rtt;     /* its segments to their ACK at the tap */
	struct sender_clock clock;
	uint32_t echo_tsval; /* a TSval whose echo is awaited (R8.4) */
	uint32_t last_len;   /* payload of its latest data segment */
	int64_t echo_t;
	struct history sent;
	struct ranges sacked;
	struct holes holes;
	struct pending_list pending;
	struct known known;
	struct recent *recent; /* owned; ring of RECENT, see copy.c */
	uint32_t recent_next;
	uint8_t recent_cap;
	struct endpoint_rare *rare;     /* owned; endpoint_rare() */
	uint32_t wnd_min, wnd_max_seen; /* data phase windows */
	uint64_t max_flight;
	uint32_t ect, not_ect; /* data packets by codepoint (R6.86) */
	int64_t last_payload_t;
	uint64_t last_payload_frame;
	/* --- seldom --- */
	uint64_t start;   /* first offset that the file shows */
	uint64_t fin_seq; /* R1.21 */
	uint64_t fin_frame;
	int64_t fin_t;
	uint64_t ack_ahead; /* ACK of it beyond max_end (R6.30) */
	uint64_t ack_ahead_frame;
	int64_t ack_ahead_t;
	struct presumption presumed[PRESUMPTIONS];
	/* --- recovery (R8.18 to R8.22) --- */
	uint64_t rec_point, loss_point, tlp_e;
	uint64_t rto_una;
	uint32_t once_n;    /* entries that arrived in their only copy, none of
			       those sent after the timer fired */
	uint32_t loss_once; /* once_n as known when the timer fired */
	uint32_t undo_n;    /* resends by timer that proofs showed needless */
	uint32_t loss_undo; /* undo_n as known when the timer fired */
	uint32_t backoff;
	uint32_t tlp_dsacks;
	uint64_t lost_flight_frame; /* F0 of R8.36 */
	uint64_t lost_flight_e;
	int64_t lost_flight_t, lost_flight_silence;
	struct event_ref silent_ref; /* event of R8.36 or R8.37 */
	uint64_t lost_flight_hole;   /* left edge of the hole behind it */
	uint64_t resent_packets, resent_bytes, ooo_packets, dup_acks;
	uint64_t stretch_acks, capture_copies;
	int64_t first_payload_t;
	uint64_t first_payload_frame;
	int64_t idle_ns;
	struct tcp_options opt; /* of its SYN or SYN-ACK */
	bool opt_seen;
	uint16_t vlan_id;   /* of its first segment (R2.2) */
	uint8_t other_vlan; /* implausible segments with another tag */
};

/* A step of handshake or teardown while the connection lives (R4.12). */
struct moment {
	uint64_t s, a; /* offsets; a is valid with FLAG_ACK */
	uint64_t frame_no, proof_frame;
	int64_t t;
	uint32_t len, retransmissions;
	uint16_t flags, wnd;
	uint8_t id;   /* enum step_id */
	uint8_t from; /* enum side */
};

/* A SYN or SYN-ACK transmission, for R5.1 and R8.38 to R8.39. */
struct syn_tx {
	uint64_t frame_no;
	int64_t t;
	uint32_t tsval;
	bool has_ts;
};

#define SYN_TX 8

/* Transmissions of one SYN or SYN-ACK; most have a single one. */
struct syn_list {
	struct syn_tx first;
	struct syn_again *again; /* owned; SYN_TX - 1 of them, or NULL */
};

/* A repeated transmission and its event. */
struct syn_again {
	struct syn_tx tx;
	struct event_ref ref;
};

struct handshake {
	struct syn_list syn, synack;
	uint32_t syn_n, synack_n;
	enum side syn_from; /* who sent the SYNs counted above */
	struct moment step[HANDSHAKE_STEPS];
	uint8_t steps_n;
	uint32_t bad_ack;     /* raw, of the latest bad SYN-ACK */
	uint64_t bad_frame;   /* when it was a bare ACK (R3.16) */
	uint64_t early_frame; /* client data before any SYN-ACK (R6.69) */
	int64_t early_t;
	uint32_t early_ack; /* raw */
	bool h3_seen, bad_synack;
	bool rst_before_synack;
	uint64_t h3_frame;
	int64_t h3_t;
	bool h3_data;
	struct maybe server_half, server_half_low, client_half;
	uint64_t first_attempt_frame;
	int64_t first_attempt_t;
	bool has_first_attempt;
	uint8_t tfo; /* enum tfo_state */
	uint32_t tfo_len;
	uint64_t refusing_frame;
	uint8_t refusing_ttl;
	bool refused_rst, refused_icmp;
	uint8_t icmp_type, icmp_code;
	bool client_rst, server_rst;
	bool first_is_rst, first_is_synack;
	bool first_illegal; /* opened by flags that open nothing */
	uint16_t first_flags;
	int64_t think_sum, client_think_sum;
	int64_t think_max[2]; /* longest wait for this side, by enum side */
	uint64_t think_frame[2][2]; /* the frames around it */
};

/* The latest accepted RST in the name of one side (R6.54). */
struct rst_seen {
	bool seen, revoked;
	uint64_t frame_no;
	int64_t t;
	uint32_t seq;
	uint8_t ttl;
	uint8_t state_before; /* enum tcp_state of that side */
	uint32_t later_news;  /* segments after it that moved on */
	bool shown;           /* a second such segment is cited */
	struct event_ref ref;
};

struct teardown {
	struct moment step[TEARDOWN_STEPS];
	struct time_wait tw[2];
	int64_t tw_t[2];        /* when the wait began for sure, by tw[] */
	struct rst_seen rst[2]; /* by enum side */
	uint8_t steps_n, tw_n;
	bool rst_seen, rst_accepted; /* any; one that still stands */
	enum side rst_from;          /* of the first accepted one */
	uint64_t rst_frame;
	int64_t rst_t;
	bool rst_after_fin : 1, rst_late_data : 1, rst_injected : 1;
	bool rst_half_open : 1, rst_after_idle : 1, rst_linger0 : 1;
	bool rst_revoked : 1, has_data_before_rst : 1;
	bool fin_half_close_raised : 1;
	int64_t idle_before_rst, data_to_rst;
	uint64_t rst_unread;
	uint64_t bytes_after_fin[2];
};

/* So many repeats of a pended SYN go to the connection that it starts. */
#define PENDED_REPEATS 8

/* A SYN that may or may not start a new connection (R2.12). */
struct pended_syn {
	bool active;
	struct segment seg; /* payload pointer is not valid any more */
	uint8_t from;       /* enum side */
	uint64_t s;         /* raw sequence number */
	int64_t idle;       /* before it */
	struct segment repeat[PENDED_REPEATS]; /* likewise */
	uint32_t repeats;
	uint64_t last_syn_frame; /* of the SYN and its repeats */
	uint64_t frame_before;   /* latest of the connection before it */
	int64_t t_before;
	bool tw_unsafe;
	bool challenged;        /* Y answered by an ACK (R2.12 (c)) */
	uint32_t challenge_ack; /* raw */
	uint64_t challenge_frame;
};

/* Between two progress events (R6.96, R8.40). */
struct stall {
	int64_t t;
	uint64_t frame_no;
	bool started;
	bool window_limited[2]; /* peer's window zero or full, by sender */
	bool outstanding[2];
	uint64_t flight[2];
	uint32_t resends[2]; /* since then */
	uint64_t resend_frame;
	uint8_t last_payload_side;
	bool has_payload;
	bool ended_by_window;
	bool unsettled; /* what stands above by sender is yet to be noted */
};

/* Whose turn it is to answer (R5.6). */
struct turn {
	uint64_t frame_no; /* last payload of the side that asks */
	int64_t t;
	int64_t ttfb;
	bool has_ttfb;
	bool open;
	uint8_t side;
};

/* With which codepoint a SYN or SYN-ACK passed the tap (R6.86). */
struct ecn_sent {
	uint64_t frame_no; /* latest transmission, 0: none */
	uint8_t codepoint;
	bool varied; /* its transmissions differ */
};

/* Records of one connection in other tunnels that are named (R2.3). */
#define TWINS OTHER_ENCAPS

struct conn {
	/* --- every segment --- */
	int64_t last_t;
	uint64_t last_frame;
	int64_t next_deadline; /* earliest pending verdict */
	int64_t idle_before;   /* pause before the latest segment but RSTs */
	int64_t last_data_t;   /* latest payload or ACK of payload */
	uint8_t client_dir;    /* dir of the client in key */
	uint8_t certainty;     /* enum certainty */
	bool midstream : 1;
	bool one_way : 1;
	bool simultaneous : 1;
	bool evicted : 1, superseded : 1;
	bool details : 1, narrate : 1;
	bool steady : 1, whole_way : 1; /* steady.h; never the short way */
	bool has_ecn : 1, acc_ecn : 1, ecn_tried : 1, ecn_gave_up : 1;
	struct stall stall;
	struct turn turn;
	struct zeek_history zeek;
	struct endpoint ep[2]; /* by enum side */
	/* --- seldom --- */
	struct flow *flow; /* borrowed; its place in the table */
	struct flow_key key;
	uint32_t number;
	int64_t first_t;
	int64_t end_t; /* when the record or the capture ended */
	uint64_t first_frame;
	struct handshake hs;
	struct teardown td;
	struct eventlog *log;          /* owned; NULL until the first event */
	struct pended_syn *pended;     /* owned; NULL unless one waits */
	struct trace *trace;           /* owned; NULL unless wanted */
	struct transition *transition; /* owned */
	uint32_t transitions_n, transitions_cap;
	uint32_t one_way_advances; /* of the ACK of a lone side (R1.5) */
	uint32_t time_backwards;
	int64_t time_backwards_worst;
	struct event_ref time_backwards_ref;
	enum reuse reuse;
	struct ecn_sent ecn_syn, ecn_synack;
	uint32_t continues;
	uint64_t twin_frame[TWINS]; /* R2.3: where the other records begin */
	uint64_t judged_frame; /* of the record judged in its stead, or 0 */
	uint8_t twins_n;
	uint8_t encap_n;
	uint8_t encap[ENCAP_DEPTH];
	uint16_t vlan_id;
	const struct limits *limits; /* borrowed from the analyzer */
	struct event *scratch; /* borrowed from the table; nobody keeps it */
};

/*
 * What the steps of the pipeline need to know of one segment (R1.39); kept
 * small, because it is cleared for each.
 */
struct obs {
	const struct segment *seg; /* borrowed during the pipeline */
	enum side x, y;            /* its sender and the other */
	uint64_t s, e;             /* unwrapped, x's space */
	uint64_t a;                /* unwrapped, y's space; valid with has_a */
	uint64_t frame_no;
	int64_t t;       /* capture time, never below the connection's latest */
	int64_t tx;      /* when x sent it, on the tap's axis (R1.43) */
	int64_t silence; /* of R1.43; computed for resends */
	uint32_t w;      /* window, scaled */
	uint32_t len;
	uint64_t old_una, old_edge, old_max_end;
	uint64_t old_ack_max; /* x's highest ACK before it */
	uint32_t acked_entries;
	uint32_t rtt_samples; /* of y's segments, before this one */
	bool has_a : 1, syn : 1, fin : 1, rst : 1;
	bool has_ts : 1;
	bool backwards : 1; /* time stamp below the latest: no timing */
	bool bad : 1;       /* wrong checksum, bytes count, nothing arrives */
	bool plausible : 1; /* may update state (R1.27) */
	bool ack_ok : 1;    /* its ACK side may update state */
	bool is_probe : 1, is_keepalive : 1;
	bool resend : 1;     /* classified as a resend */
	bool late : 1;       /* filled a hole as a late original */
	bool advanced : 1;   /* moved y's una */
	bool sacked_new : 1; /* newly SACKed bytes of y */
	bool dsack : 1;      /* carries a DSACK */
	bool g2 : 1;         /* an event of group G2 was raised */
	bool window_opened : 1, was_zero : 1;
	bool first_scaled : 1;  /* x has sent no window but in its SYN */
	bool challenge_due : 1; /* provoked by an unexpected segment */
	bool bad_third : 1; /* an H3 that acknowledges what cannot be (R6.62) */
	bool first_payload : 1; /* first-time bytes */
};

/*
 * In two halves: for each a compiler takes some stores, for the whole a loop
 * that takes longer to begin than to run.
 */
static inline void
obs_clear(struct obs *o)
{
	memset(o, 0, offsetof(struct obs, silence));
	memset((char *)o + offsetof(struct obs, silence), 0,
	    sizeof(*o) - offsetof(struct obs, silence));
}

/*
 * Raise an event about the frame of o. from is the side that sent it.
 * Never NULL. ref as eventlog_raise().
 */
struct event *conn_event(struct conn *c, enum anomaly_kind kind,
    const struct obs *o, struct event_ref *ref);
/* The same for a frame that is not the present one. */
struct event *conn_event_at(struct conn *c, enum anomaly_kind kind,
    enum side from, uint64_t frame_no, int64_t t, struct event_ref *ref);

struct event *conn_event_get(struct conn *c, const struct event_ref *ref);
/* Never NULL; a scratch event when its detail is gone. */
struct event *conn_event_revise(
    struct conn *c, struct event_ref *ref, enum anomaly_kind kind);
void conn_event_settle(struct conn *c, struct event_ref *ref);
void conn_event_retract(struct conn *c, struct event_ref *ref);
/* How often a kind was raised so far. */
uint32_t conn_event_count(const struct conn *c, enum anomaly_kind kind);

/* The rare part of an endpoint; NULL only when memory ran out. */
struct endpoint_rare *endpoint_rare(struct endpoint *ep);

/* Exchange the roles: a heuristic was wrong (R2.5). */
void conn_flip(struct conn *c);

void conn_init(struct conn *c, const struct flow_key *key,
    const struct limits *limits, unsigned wants);
void conn_fini(struct conn *c);

/* c will have a segment soon: bring near what each of them needs. */
void conn_expect(const struct conn *c);
/* After a while: the same of what those bytes point to. */
void conn_expect_next(const struct conn *c);

/* What o's time stamp says of its sender's clock: sets o->tx (R1.43). */
void conn_read_clock(struct conn *c, struct obs *o);

/* Sequence number of ep relative to its ISN. */
static inline int64_t
endpoint_rel(const struct endpoint *ep, uint64_t offset)
{
	return (int64_t)(offset - ep->base);
}

/* Bytes of ep's stream that the capture spans; SYN and FIN aside (R8.34). */
static inline uint64_t
endpoint_span(const struct endpoint *ep)
{
	uint64_t l = ep->start == ep->base ? ep->start + 1 : ep->start;
	uint64_t r = ep->has_fin && ep->max_end > ep->fin_seq ? ep->fin_seq
							      : ep->max_end;

	return r > l ? r - l : 0;
}

/* How many packets its ring for copies holds. */
static inline uint32_t
copy_kept(const struct endpoint *ep)
{
	return ep->recent_next < ep->recent_cap ? ep->recent_next
						: ep->recent_cap;
}

/* The i-th transmission kept of a SYN or SYN-ACK. */
static inline const struct syn_tx *
syn_tx_at(const struct syn_list *l, uint32_t i)
{
	return i == 0 ? &l->first : &l->again[i - 1].tx;
}

/* How many of n transmissions are kept. */
static inline uint32_t
syn_tx_kept(const struct syn_list *l, uint32_t n)
{
	return l->again == NULL ? n > 0 : n < SYN_TX ? n : SYN_TX;
}

/* The report's form of a step. */
struct step conn_step(const struct conn *c, const struct moment *m);

/* Note the step that o makes. */
struct moment conn_moment(const struct obs *o, enum step_id id);

/* The sender of seg in c. */
static inline enum side
conn_side(const struct conn *c, const struct segment *seg)
{
	return seg->dir == c->client_dir ? CLIENT : SERVER;
}

/* Smallest loop known of the connection (R8.7), 0 when unknown. */
static inline int64_t
conn_loop_min(const struct conn *c)
{
	return rtt_loop_min(&c->ep[CLIENT].rtt, &c->ep[SERVER].rtt);
}

/* Smallest way from the tap to x and back. */
static inline int64_t
conn_min_half(const struct conn *c, enum side x)
{
	return rtt_min(&c->ep[!x].rtt);
}

/* How long a pending verdict about x's bytes waits (R8.30). */
int64_t conn_patience(const struct conn *c, enum side x);

/*
 * Whether the capture shows nothing of what x's peer did: then it proves
 * neither arrival nor loss (R1.2, R1.5).
 */
bool conn_blind(const struct conn *c, enum side x);

/* Whether no router stands between x and the tap. */
bool conn_near(const struct conn *c, enum side x);

/*
 * Whether both sides are one host, which talks to itself: what passed the tap
 * has reached it, and is lost to nobody but itself (R1.3).
 */
bool conn_loopback(const struct conn *c);

/* Whether no wire does: nothing is lost between them (R1.44). */
bool conn_at_host(const struct conn *c, enum side x);

/* Bytes of x on their way (R1.31). */
static inline uint64_t
conn_flight(const struct conn *c, enum side x)
{
	const struct endpoint *ep = &c->ep[x];
	uint64_t sacked = ep->sacked.n ? ranges_bytes(&ep->sacked) : 0;

	if (!ep->has_una || ep->max_end <= ep->una + sacked)
		return 0;
	return ep->max_end - ep->una - sacked;
}

/* --- parts of the pipeline that its short way shares (steady.c) --------- */

/* A segment of x at t, with so much payload. */
static inline void
conn_count(struct conn *c, const struct segment *seg, enum side x, int64_t t,
    uint32_t len)
{
	int64_t pause = t - c->last_t;

	c->ep[x].packets++;
	c->ep[x].bytes += seg->ip_bytes;
	if (pause > 0 && c->last_frame != 0 && !segment_has(seg, FLAG_RST) &&
	    (len > 0 || pause > NS_PER_S ||
		segment_has(seg, FLAG_SYN | FLAG_FIN)))
		c->idle_before = pause;
}

/* R1.22 */
static inline void
conn_note_ack(struct conn *c, const struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];

	if (!o->ack_ok || o->rst)
		return;
	if (!x->has_ack || o->a > x->ack_max)
		x->ack_max = o->a;
	x->has_ack = true;
	x->last_ack_t = o->t;
	if (o->advanced)
		c->last_data_t = o->t;
}

#endif
