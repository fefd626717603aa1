/*
 * state_case.c - plays a scenario and compares states and transitions.
 */
#include "support/state_case.h"

#include <stdio.h>
#include <string.h>

#include "support/facts.h"
#include "support/scenario.h"

#define LOG_LINE 80

#define OPEN_ROWS 3

static const char *const handshake[OPEN_ROWS] = {
    "1 0  C>S S  0 - 0 64240 mss1460 ws7 sackok",
    "2 20 S>C SA 0 1 0 65160 mss1460 ws7 sackok",
    "3 21 C>S A  1 1 0",
};

static void
show_transition(char *buf, const struct transition *t)
{
	int n = snprintf(buf, LOG_LINE, "%u %c %s%s %s", (unsigned)t->frame_no,
	    t->side == CLIENT ? 'C' : 'S', state_name((enum tcp_state)t->state),
	    t->presumed || t->state == STATE_MID ? "?" : "", t->rule);

	if (t->confirmed_frame != 0)
		n += snprintf(buf + n, LOG_LINE - (size_t)n, " proved %u",
		    (unsigned)t->confirmed_frame);
	if (t->revoked_frame != 0)
		snprintf(buf + n, LOG_LINE - (size_t)n, " undone %u",
		    (unsigned)t->revoked_frame);
}

static void
check_log(
    struct problems *p, const struct state_case *k, const struct conn_report *r)
{
	char got[LOG_LINE];
	uint32_t i;
	size_t n = 0;

	for (i = 0; i < r->transitions_n; i++) {
		const char *want = n < CASE_LOG ? k->log[n] : NULL;

		if (k->open && r->transition[i].frame_no <= OPEN_ROWS)
			continue;
		show_transition(got, &r->transition[i]);
		if (want == NULL || strcmp(want, got) != 0)
			problems_add(p, "transition %u: expected %s, got %s\n",
			    (unsigned)n, want ? want : "none", got);
		n += want != NULL;
	}
	for (; n < CASE_LOG && k->log[n] != NULL; n++)
		problems_add(p, "transition missing: %s\n", k->log[n]);
}

/* The same again with hosts swapped and numbers that wrap. */
static const struct play_setting settings[CASE_SETTINGS] = {
    {.isn = {0x2b7c01e5, 0x9d3f6a48}},
    {.isn = {UINT32_MAX, UINT32_MAX - 1}, .swapped = true},
};

void
state_case_run(const struct state_case *k, size_t n)
{
	const struct play_setting *setting = &settings[n];
	struct problems problems = {.used = 0};
	struct play play;
	size_t i;

	play_init(&play, setting);
	for (i = 0; k->open && i < OPEN_ROWS; i++)
		play_line(&play, handshake[i]);
	for (i = 0; i < CASE_ROWS && k->row[i].line != NULL; i++) {
		const char *want = k->row[i].states;

		play_line(&play, k->row[i].line);
		if (want != NULL && strcmp(want, play.states[play.frames]) != 0)
			problems_add(&problems,
			    "frame %u: states expected %s, got %s\n",
			    (unsigned)play.frames, want,
			    play.states[play.frames]);
	}
	play_end(&play);
	ck_assert_uint_eq(play.reports_n, 1);
	check_log(&problems, k, play.report[0]);
	play_fini(&play);
	if (problems.used > 0)
		ck_abort_msg("%s%s\n%s", k->name,
		    setting->swapped ? " (swapped)" : "", problems.text);
}
