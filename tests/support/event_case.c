/*
 * event_case.c - plays a scenario and compares its events.
 */
#include "support/event_case.h"

#include "support/facts.h"
#include "support/scenario.h"

#define OPEN_ROWS 3

static const char *const openings[][OPEN_ROWS] = {
    [OPEN_SACK] = {"0  C>S S  0 - 0 64240 mss1460 ws7 sackok",
	"20 S>C SA 0 1 0 65160 mss1460 ws7 sackok", "21 C>S A  1 1 0"},
    [OPEN_STAMPS] = {"0  C>S S  0 - 0 64240 mss1460 ws7 sackok ts 1000 0",
	"20 S>C SA 0 1 0 65160 mss1460 ws7 sackok ts 5020 1000",
	"21 C>S A  1 1 0 ts 1021 5020"},
    [OPEN_BARE] = {"0  C>S S  0 - 0 64240 mss1460",
	"20 S>C SA 0 1 0 65160 mss1460", "21 C>S A  1 1 0 64240"},
};

static const struct play_setting settings[EVENT_CASE_SETTINGS] = {
    {.isn = {0x2b7c01e5, 0x9d3f6a48}, .new_isn = 0x3c10a7d1},
    {.isn = {UINT32_MAX - 1500, UINT32_MAX - 2500},
	.new_isn = UINT32_MAX - 1,
	.swapped = true},
};

void
event_case_run(const struct event_case *table, int i)
{
	const struct event_case *k = &table[i / EVENT_CASE_SETTINGS];
	int setting = i % EVENT_CASE_SETTINGS;
	struct problems problems = {.used = 0};
	struct play play;
	int n;

	play_init(&play, &settings[setting]);
	for (n = 0; k->open != OPEN_NOTHING && n < OPEN_ROWS; n++)
		play_next(&play, "%s", openings[k->open][n]);
	for (n = 0; n < EVENT_CASE_ROWS && k->row[n] != NULL; n++)
		play_next(&play, "%s", k->row[n]);
	play_end(&play);
	if (play.reports_n != 1)
		problems_add(
		    &problems, "connections: %u\n", (unsigned)play.reports_n);
	if (k->facts != NULL)
		facts_check(&problems, play.report[0], k->facts);
	events_check(&problems, play.report[0], k->event, EVENT_CASE_EVENTS);
	play_fini(&play);
	if (problems.used > 0)
		ck_abort_msg("%s%s\n%s", k->name,
		    setting ? " (swapped, numbers wrap)" : "", problems.text);
}
