/*
 * explain_teardown.c - the end of a connection, step by step (R4.5 to R4.11,
 * R4.14, R3.64).
 */
#include <inttypes.h>
#include <stdlib.h>

#include "report/conn_text.h"
#include "report/explain.h"
#include "report/text_format.h"

static bool
is_simultaneous(const struct story *t)
{
	return t->r->teardown.close == CLOSE_SIMULTANEOUS;
}

static const struct step *
step_of(const struct story *t, enum step_id id)
{
	return step_find(t->r->teardown.step, t->r->teardown.steps_n, id);
}

static enum side
second_closer(const struct story *t)
{
	const struct step *fin_2 = step_of(t, STEP_FIN_2);

	return fin_2 != NULL ? fin_2->from : SERVER;
}

static const char *
meaning_of(const struct story *t, enum step_id id)
{
	static const char *const meanings[STEP_ID_COUNT] = {
	    [STEP_FIN_1] = "$S has sent all its data, which ends before u; "
			   "its FIN takes the number u.",
	    [STEP_ACK_1] = "$S confirms all data of $r and its FIN (it waits "
			   "for u+1): that direction is closed, $s may go on "
			   "sending.",
	    [STEP_FIN_2] = "$S has sent all its data as well, which ends "
			   "before w; its FIN takes the number w.",
	    [STEP_ACK_2] = "$S confirms all data of $r and its FIN (it waits "
			   "for w+1): when this arrives, $r may forget the "
			   "connection. $S cannot know whether it does.",
	    [STEP_RST] = "$S aborts: both directions end at once, data on "
			 "its way is lost, and no answer is expected.",
	};

	if (id == STEP_RST && t->r->teardown.close == CLOSE_RESET_INJECTED)
		return "A reset in the name of $s. There are signs that it "
		       "was sent by someone else.";
	if (id == STEP_FIN_2 && step_is_merged(&t->r->teardown))
		return "$S confirms all data of $r and its FIN (it waits for "
		       "u+1). By the same segment it closes as well: its "
		       "FIN takes the number w, and the close needs only "
		       "three segments.";
	if (id == STEP_FIN_2 && is_simultaneous(t))
		return "$S closes as well, without having seen the other's "
		       "FIN: a simultaneous close. Its FIN takes the number "
		       "w.";
	if (id == STEP_ACK_1 && is_simultaneous(t))
		return "$S confirms all data of $r and its FIN (it waits for "
		       "u+1).";
	if (id == STEP_ACK_2 && is_simultaneous(t))
		return "$S confirms all data of $r and its FIN (it waits for "
		       "w+1).";
	return meanings[id];
}

/* Let u be the number of the first FIN and w that of the second (R4.10). */
static void
name_numbers(struct story *t)
{
	static const enum step_id fins[] = {STEP_FIN_1, STEP_FIN_2};

	t->numbers = (struct numbering){.letter = {'-', '-'}};
	for (unsigned i = 0; i < 2; i++) {
		const struct step *fin = step_of(t, fins[i]);

		if (fin == NULL)
			continue;
		t->numbers.letter[fin->from] = i == 0 ? 'u' : 'w';
		t->numbers.base[fin->from] = fin->seq_rel + (int64_t)fin->len;
		t->numbers.known[fin->from] = true;
	}
}

static void
learn(struct story *t, const struct step *s)
{
	bool proved = s->proof_frame > 0;
	bool merged = s->id == STEP_FIN_2 && step_is_merged(&t->r->teardown);

	if (s->id == STEP_ACK_1 || s->id == STEP_ACK_2 || merged)
		knowledge_fin_acked(&t->known, s->from, proved);
	if (s->id == STEP_FIN_1 || s->id == STEP_FIN_2)
		knowledge_fin(&t->known, s->from, proved);
}

/* Where tutorials differ (R4.11). */
static void
print_naming(struct story *t, const struct step *s)
{
	if (s->id != STEP_FIN_2 || is_simultaneous(t) ||
	    step_of(t, STEP_RST) != NULL)
		return;
	page_say(t->p,
	    "by RFC 9293 3.6 LAST-ACK is the state of who sends the "
	    "second FIN, here the %s; some tutorials give it to "
	    "the other side",
	    side_name(s->from));
	story_end(t, "names", STYLE_DIM);
}

static void
tell_step(struct story *t, const struct step *s)
{
	bool merged = s->id == STEP_FIN_2 && step_is_merged(&t->r->teardown);

	story_step(t, merged ? "FIN + ACK" : step_words(s->id), s);
	story_say(t, meaning_of(t, s->id), s);
	story_end(t, "says", STYLE_PLAIN);
	story_effects(t, s);
	print_naming(t, s);
	if (s->id == STEP_RST)
		return;
	learn(t, s);
	story_knowledge(t);
}

/* In order of frames; by identity within one. */
static int
compare_steps(const void *a, const void *b)
{
	const struct step *x = *(const struct step *const *)a;
	const struct step *y = *(const struct step *const *)b;

	if (x->frame_no != y->frame_no)
		return x->frame_no < y->frame_no ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static void
tell_steps(struct story *t)
{
	const struct teardown_report *d = &t->r->teardown;
	const struct step *order[TEARDOWN_STEPS];
	bool merged = step_is_merged(d);
	unsigned n = 0;

	for (unsigned i = 0; i < d->steps_n; i++)
		if (!merged || d->step[i].id != STEP_ACK_1)
			order[n++] = &d->step[i];
	qsort(order, n, sizeof(order[0]), compare_steps);
	for (unsigned i = 0; i < n; i++)
		tell_step(t, order[i]);
}

/* Steps that a close without a reset should have. */
static void
tell_missing(struct story *t)
{
	const struct step *fin_1 = step_of(t, STEP_FIN_1);
	const struct step *fin_2 = step_of(t, STEP_FIN_2);

	if (fin_1 == NULL || step_of(t, STEP_RST) != NULL)
		return;
	if (step_of(t, STEP_ACK_1) == NULL &&
	    !step_is_merged(&t->r->teardown)) {
		page_say(t->p, "missing: no acknowledgement of u+1 is in the "
			       "capture");
		story_missing(t, "ACK");
	}
	if (fin_2 == NULL) {
		page_say(t->p, "missing: no FIN of the %s is in the capture%s",
		    side_name(!fin_1->from),
		    t->r->one_way ? ", which holds only one direction" : "");
		story_missing(t, "FIN");
	} else if (step_of(t, STEP_ACK_2) == NULL) {
		page_say(t->p, "missing: no acknowledgement of w+1 is in the "
			       "capture");
		story_missing(t, "ACK");
	}
}

static void
print_durations(struct story *t)
{
	const struct teardown_report *d = &t->r->teardown;

	if (!d->total_ns.has)
		return;
	page_newline(t->p);
	page_say(t->p, "%s from the first FIN to the last ACK",
	    format_duration(teardown_span(d).v).s);
	if (step_is_merged(d) && d->f1_f2_ns.has && d->f3_f4_ns.has)
		page_say(t->p, ": %s until the %s's FIN + ACK, then %s",
		    format_duration(d->f1_f2_ns.v).s,
		    side_name(second_closer(t)),
		    format_duration(d->f3_f4_ns.v).s);
	else if (!is_simultaneous(t) && d->f1_f2_ns.has && d->f2_f3_ns.has &&
		 d->f3_f4_ns.has)
		page_say(t->p,
		    ": %s until the first ACK, then %s until the "
		    "%s's application closed as well, then %s",
		    format_duration(d->f1_f2_ns.v).s,
		    format_duration(d->f2_f3_ns.v).s,
		    side_name(second_closer(t)),
		    format_duration(d->f3_f4_ns.v).s);
	story_end(t, "timing", STYLE_PLAIN);
}

static void
print_reset(struct story *t)
{
	const struct teardown_report *d = &t->r->teardown;

	if (!d->has_resetter)
		return;
	page_newline(t->p);
	page_say(t->p, "by the %s; it had not acknowledged %s of the %s's data",
	    side_name(d->resetter),
	    format_maybe(d->unread_bytes, format_bytes).s,
	    side_name(!d->resetter));
	if (d->sub != NULL)
		page_say(t->p, " (%s)", d->sub);
	page_say(t->p,
	    ". Silence before it: %s. After a reset no side waits "
	    "in TIME-WAIT.",
	    format_maybe_duration(d->idle_before_rst_ns).s);
	story_end(t, "reset", STYLE_PLAIN);
}

static void
say_observed(struct story *t, const struct time_wait *w)
{
	page_say(t->p, "the %s is in it since frame %" PRIu64,
	    side_name(w->holder), w->enter_frame);
	if (w->confirmed_frame > 0)
		page_say(t->p, " (confirmed by its ACK, frame %" PRIu64 ")",
		    w->confirmed_frame);
	if (w->fin_retransmissions > 0)
		page_say(t->p, "; it got the FIN %s more time%s",
		    format_count(w->fin_retransmissions).s,
		    w->fin_retransmissions == 1 ? "" : "s");
	if (w->other_segments > 0)
		page_say(t->p, "; %s other segment%s came",
		    format_count(w->other_segments).s,
		    w->other_segments == 1 ? "" : "s");
	if (w->reuse_after_ns.has)
		page_say(t->p, "; the next SYN on these ports came %s later",
		    format_duration(w->reuse_after_ns.v).s);
}

/* R3.64: the end of the wait is never seen. */
static void
print_time_wait(struct story *t)
{
	const struct teardown_report *d = &t->r->teardown;

	if (d->time_wait_n == 0)
		return;
	page_newline(t->p);
	for (unsigned i = 0; i < d->time_wait_n; i++) {
		say_observed(t, &d->time_wait[i]);
		story_end(t, i == 0 ? "TIME-WAIT" : "", STYLE_PLAIN);
	}
	if (d->time_wait_n == 1) {
		enum side holder = d->time_wait[0].holder;

		page_say(t->p,
		    "Only the %s waits: it cannot know whether its "
		    "last ACK arrived. If not, the %s sends its FIN "
		    "again and must find someone who answers; "
		    "nor may old segments meet a new connection on "
		    "these ports.",
		    side_name(holder), side_name(!holder));
	} else {
		page_say(t->p, "Both wait: neither can know whether its ACK of "
			       "the other's FIN arrived.");
	}
	page_say(t->p,
	    " The wait is 2MSL: 240 s by RFC 9293, 30 to 60 s in many "
	    "systems. A capture cannot show its end.");
	story_end(t, "", STYLE_PLAIN);
}

void
story_teardown(struct story *t)
{
	const struct teardown_report *d = &t->r->teardown;

	if (!outcome_opened(t->r->handshake.outcome))
		return;
	name_numbers(t);
	knowledge_init(&t->known, true);
	story_section(t, "Teardown", close_label(d->close));
	if (d->steps_n == 0) {
		page_say(t->p, "Neither FIN nor reset is in the capture.");
		page_end(t->p, STORY_LABEL, STORY_LABEL, STYLE_PLAIN);
		return;
	}
	if (step_of(t, STEP_FIN_1) != NULL) {
		page_say(t->p, "u is the number of the first FIN");
		if (step_of(t, STEP_FIN_2) != NULL)
			page_say(t->p, ", w that of the second");
		page_end(t->p, STORY_LABEL, STORY_LABEL, STYLE_DIM);
	}
	tell_steps(t);
	tell_missing(t);
	print_durations(t);
	print_reset(t);
	print_time_wait(t);
}
