/*
 * event.h - one finding about one frame, with its evidence (R6.0).
 */
#ifndef TCPCONN_EVENT_H
#define TCPCONN_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "words/anomaly.h"

/* Which endpoint: index into every [2] of a connection and its report. */
enum side {
	CLIENT,
	SERVER
};

/* "client" or "server". */
const char *side_name(enum side x);

enum word {
#define WORD(id, name) WORD_##id,
#include "words/words.def"
#undef WORD
	WORD_COUNT
};

const char *word_name(enum word w);

/* How an evidence value is written. */
enum evidence_unit {
	UNIT_FRAME, /* frame number; 0 is null */
	UNIT_COUNT, /* plain integer */
	UNIT_NS,    /* nanoseconds, reported in ms */
	UNIT_BOOL,
	UNIT_WORD,       /* enum word */
	UNIT_REL,        /* relative sequence number of the event's sender */
	UNIT_REL_PEER,   /* relative sequence number of its peer */
	UNIT_RAW,        /* raw 32-bit number */
	UNIT_RANGE,      /* v to v2, relative, of the event's sender */
	UNIT_RANGE_PEER, /* v to v2, relative, of its peer */
	UNIT_TEXT,       /* event.text */
};

enum evidence_key {
#define EVIDENCE(id, key, unit) EVIDENCE_##id,
#include "words/evidence.def"
#undef EVIDENCE
	EVIDENCE_COUNT
};

struct evidence_field {
	const char *key; /* JSON key */
	enum evidence_unit unit;
};

extern const struct evidence_field evidence_table[EVIDENCE_COUNT];

/*
 * One value. REL and RANGE values are already relative (the first byte of
 * data is 1) when an event reaches a report.
 */
struct evidence {
	uint8_t key; /* enum evidence_key */
	int64_t v, v2;
};

#define EVENT_FRAMES 6
#define EVENT_EVIDENCE 12
#define EVENT_REVISIONS 4
#define EVENT_TEXT 64

struct event {
	uint64_t frame_no; /* the frame that the event is about */
	int64_t ts_ns;     /* its time */
	uint8_t kind;      /* enum anomaly_kind */
	uint8_t severity, blame, confidence;
	uint8_t from; /* enum side: who sent the frame */
	uint8_t frames_n, revised_n, evidence_n;
	uint64_t frames[EVENT_FRAMES];         /* originals, proofs */
	uint8_t revised_from[EVENT_REVISIONS]; /* earlier kinds, oldest first */
	struct evidence evidence[EVENT_EVIDENCE];
	char *text; /* owned; value of a TEXT field, raw bytes NUL-ended */
};

/* Set or replace an evidence value; silently full at EVENT_EVIDENCE. */
void event_set(struct event *e, enum evidence_key key, int64_t v);
void
event_set_range(struct event *e, enum evidence_key key, int64_t l, int64_t r);
/* NULL when the event has no such field. Borrowed from e. */
const struct evidence *event_get(const struct event *e, enum evidence_key key);
/* Cite a frame as proof or original; repeated and surplus ones are dropped. */
void event_cite(struct event *e, uint64_t frame_no);

#endif
