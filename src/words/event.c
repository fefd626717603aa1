/*
 * event.c - evidence of events, and names of sides.
 */
#include "words/event.h"

#include <assert.h>
#include <stddef.h>

static const char *const word_names[WORD_COUNT] = {
#define WORD(id, name) [WORD_##id] = name,
#include "words/words.def"
#undef WORD
};

const struct evidence_field evidence_table[EVIDENCE_COUNT] = {
#define EVIDENCE(id, name, how) \
	[EVIDENCE_##id] = {.key = name, .unit = UNIT_##how},
#include "words/evidence.def"
#undef EVIDENCE
};

const char *
side_name(enum side x)
{
	return x == CLIENT ? "client" : "server";
}

const char *
word_name(enum word w)
{
	assert(w < WORD_COUNT);
	return word_names[w];
}

void
event_set(struct event *e, enum evidence_key key, int64_t v)
{
	event_set_range(e, key, v, 0);
}

void
event_set_range(struct event *e, enum evidence_key key, int64_t l, int64_t r)
{
	unsigned i = 0;

	while (i < e->evidence_n && e->evidence[i].key != key)
		i++;
	if (i == EVENT_EVIDENCE)
		return;
	e->evidence[i] =
	    (struct evidence){.key = (uint8_t)key, .v = l, .v2 = r};
	if (i == e->evidence_n)
		e->evidence_n++;
}

const struct evidence *
event_get(const struct event *e, enum evidence_key key)
{
	for (unsigned i = 0; i < e->evidence_n; i++)
		if (e->evidence[i].key == key)
			return &e->evidence[i];
	return NULL;
}

void
event_cite(struct event *e, uint64_t frame_no)
{
	if (frame_no == 0)
		return;
	for (unsigned i = 0; i < e->frames_n; i++)
		if (e->frames[i] == frame_no)
			return;
	if (e->frames_n < EVENT_FRAMES)
		e->frames[e->frames_n++] = frame_no;
}
