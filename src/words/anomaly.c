/*
 * anomaly.c - the catalogue of events.
 */
#include "words/anomaly.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

/*
 * The rules of events are those of section 6. An event without a row there
 * has the number 0: syn-proxied, which R5.8 defines.
 */
#define RULE(number) ((number) == 0 ? "R5.8" : "R6." #number)

const struct anomaly anomaly_table[ANOMALY_COUNT] = {
#define ANOMALY(id, label, number, sev, who, grp, refs, claim) \
	[ANOMALY_##id] = { \
	    .name = label, \
	    .rule = RULE(number), \
	    .rule_no = number, \
	    .severity = SEVERITY_##sev, \
	    .blame = BLAME_##who, \
	    .group = GROUP_##grp, \
	    .rfc = refs, \
	    .text = claim, \
	},
#include "words/anomaly.def"
#undef ANOMALY
};

static const char *const severity_names[SEVERITY_COUNT] = {
    [SEVERITY_INFO] = "info",
    [SEVERITY_NOTE] = "note",
    [SEVERITY_WARN] = "warn",
    [SEVERITY_ERROR] = "error",
};

static const char *const blame_names[BLAME_COUNT] = {
    [BLAME_SENDER] = "sender",
    [BLAME_RECEIVER] = "receiver",
    [BLAME_NETWORK] = "network",
    [BLAME_CAPTURE] = "capture",
};

static const char *const confidence_names[CONFIDENCE_COUNT] = {
    [CONFIDENCE_POSSIBLE] = "possible",
    [CONFIDENCE_PROBABLE] = "probable",
    [CONFIDENCE_CERTAIN] = "certain",
};

const char *
severity_name(enum severity s)
{
	assert(s < SEVERITY_COUNT);
	return severity_names[s];
}

const char *
blame_name(enum blame b)
{
	assert(b < BLAME_COUNT);
	return blame_names[b];
}

const char *
confidence_name(enum confidence c)
{
	assert(c < CONFIDENCE_COUNT);
	return confidence_names[c];
}

bool
anomaly_find(const char *name, enum anomaly_kind *kind)
{
	for (unsigned i = 0; i < ANOMALY_COUNT; i++) {
		if (strcmp(anomaly_table[i].name, name) == 0) {
			*kind = (enum anomaly_kind)i;
			return true;
		}
	}
	return false;
}

bool
severity_find(const char *name, enum severity *s)
{
	for (unsigned i = 0; i < SEVERITY_COUNT; i++) {
		if (strcmp(severity_names[i], name) == 0) {
			*s = (enum severity)i;
			return true;
		}
	}
	return false;
}
