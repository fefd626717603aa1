/*
 * anomaly.h - the catalogue of events, generated from anomaly.def.
 */
#ifndef TCPCONN_ANOMALY_H
#define TCPCONN_ANOMALY_H

#include <stdbool.h>
#include <stdint.h>

enum severity {
	SEVERITY_INFO,  /* normal TCP */
	SEVERITY_NOTE,  /* worth reading */
	SEVERITY_WARN,  /* performance or robustness damage */
	SEVERITY_ERROR, /* protocol violation, attack or failure */
	SEVERITY_COUNT
};

enum blame {
	BLAME_SENDER,
	BLAME_RECEIVER,
	BLAME_NETWORK,
	BLAME_CAPTURE,
	BLAME_COUNT
};

enum confidence {
	CONFIDENCE_POSSIBLE,
	CONFIDENCE_PROBABLE,
	CONFIDENCE_CERTAIN,
	CONFIDENCE_COUNT
};

/* Exclusive groups of R1.41. */
enum anomaly_group {
	GROUP_NONE,
	GROUP_G1,
	GROUP_G2,
	GROUP_G3
};

enum anomaly_kind {
#define ANOMALY(id, name, rule, sev, blame, group, rfc, text) ANOMALY_##id,
#include "words/anomaly.def"
#undef ANOMALY
	ANOMALY_COUNT
};

/* One row of the catalogue; all strings are static. */
struct anomaly {
	const char *name; /* stable id */
	const char *rule; /* "R6.10" */
	uint16_t rule_no; /* 10: the order of events of one frame */
	enum severity severity;
	enum blame blame;
	enum anomaly_group group;
	const char *rfc;
	const char *text;
};

extern const struct anomaly anomaly_table[ANOMALY_COUNT];

const char *severity_name(enum severity s);
const char *blame_name(enum blame b);
const char *confidence_name(enum confidence c);

/* Find by stable name; false when there is none. */
bool anomaly_find(const char *name, enum anomaly_kind *kind);
bool severity_find(const char *name, enum severity *s);

#endif
