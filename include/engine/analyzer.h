/*
 * analyzer.h - the engine: segments in, finished connections out.
 *
 * No clock, no files, no globals: time is the time of the segments.
 */
#ifndef TCPCONN_ANALYZER_H
#define TCPCONN_ANALYZER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/limits.h"
#include "model/report.h"
#include "words/segment.h"

struct analyzer; /* owned by its creator */

/* What an observer wants to hear; narration costs nothing otherwise. */
enum {
	WANT_EVENTS = 1 << 0,      /* event details, beside exact counts */
	WANT_TRANSITIONS = 1 << 1, /* state paths */
	WANT_TRACE = 1 << 2,       /* every segment, compactly */
	WANT_WHOLE_WAY = 1 << 3,   /* no short cuts: for tests (steady.h) */
	WANT_PACKING = 1 << 4,     /* pack between all segments: for tests */
};

/* The engine talks through this. */
struct observer {
	unsigned wants; /* WANT_ bits */
	/*
	 * A connection ended. r is borrowed until the return; who keeps it
	 * calls conn_report_take(). Returns 0, or -1 to make the engine stop.
	 */
	int (*on_connection)(void *arg, struct conn_report *r);
	/*
	 * A connection ended of which r says only as much as brief.h does.
	 * True when that is enough; else on_connection() follows. May be NULL:
	 * it is never enough.
	 */
	bool (*on_brief)(void *arg, struct conn_report *r);
	/*
	 * After each attributed segment, for tests and narrators; may be NULL.
	 * State numbers and presumed flags of both endpoints by side.
	 */
	void (*on_states)(void *arg, uint64_t frame_no, uint32_t conn_number,
	    const enum tcp_state state[2], const bool presumed[2]);
	void *arg;
};

struct analyzer_options {
	struct limits limits;
	const uint16_t *service_ports; /* R2.4 (d); borrowed */
	size_t service_ports_n;
	bool key_vlan;
	const struct hash_key *hash; /* borrowed; NULL: hash_key_fixed */
	struct observer observer;
};

/* NULL when memory ran out. */
struct analyzer *analyzer_new(const struct analyzer_options *o);
void analyzer_free(struct analyzer *a);

enum analyzer_result {
	ANALYZER_ATTRIBUTED,   /* the segment belongs to a connection */
	ANALYZER_UNATTRIBUTED, /* faulty and of no known connection (R1.40) */
	ANALYZER_STOP,         /* the observer asked to stop */
	ANALYZER_NO_MEMORY,
};

/* Segments that will come next, at most ANALYZER_EXPECT: a hint, no more. */
#define ANALYZER_EXPECT 64
void analyzer_expect(
    struct analyzer *a, const struct flow_key *const key[], unsigned n);

enum analyzer_result
analyzer_segment(struct analyzer *a, const struct segment *s);

/*
 * A segment that somebody else analyses: capture time goes on, and nothing
 * else. ANALYZER_UNATTRIBUTED, or ANALYZER_STOP.
 */
enum analyzer_result analyzer_pass(struct analyzer *a, const struct segment *s);

/* An ICMP error (R2.17): attributed if it belongs to a known connection. */
enum analyzer_result
analyzer_icmp(struct analyzer *a, const struct icmp_error *e);

/* End of the capture: every open connection is reported, by number. */
enum analyzer_result analyzer_finish(struct analyzer *a);

#endif
