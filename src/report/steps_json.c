/*
 * steps_json.c - handshake and teardown as JSON objects.
 */
#include "report/conn_json.h"

#include <string.h>

#include "base/constants.h"

#define FLAGS_TEXT 48 /* all nine names and their commas */

static void
add_flags(struct json_writer *w, cJSON *parent, unsigned flags)
{
	static const char names[][5] = {"FIN,", "SYN,", "RST,", "PSH,", "ACK,",
	    "URG,", "ECE,", "CWR,", "AE,"};
	char text[FLAGS_TEXT];
	size_t n = 0;

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (flags & 1u << i) {
			memcpy(text + n, names[i], sizeof(names[i]));
			n += strlen(names[i]);
		}
	text[n > 0 ? n - 1 : 0] = '\0'; /* the last comma */
	json_add_text(w, parent, "flags", text);
}

static void
add_step(struct json_writer *w, cJSON *list, const struct conn_report *r,
    const struct step *s)
{
	cJSON *o = json_add_object(w, list, NULL);

	json_add_name(w, o, "step", step_name(s->id));
	json_add_ms(w, o, "time_ms", s->ts_ns - r->first_ns);
	json_add_name(w, o, "from", side_name(s->from));
	add_flags(w, o, s->flags);
	json_add_fields(w, o, step_fields, s);
	if (s->flags & FLAG_ACK) {
		json_add_unsigned(w, o, "ack", s->ack);
		json_add_decimal(w, o, "ack_rel", s->ack_rel, 0);
	} else {
		json_add_null(w, o, "ack");
		json_add_null(w, o, "ack_rel");
	}
}

static void
add_steps(struct json_writer *w, cJSON *parent, const struct conn_report *r,
    const struct step *steps, unsigned n)
{
	cJSON *list = json_add_array(w, parent, "steps");

	for (unsigned i = 0; i < n; i++)
		add_step(w, list, r, &steps[i]);
}

static bool
has_step(const struct handshake_report *h, enum step_id id)
{
	for (unsigned i = 0; i < h->steps_n; i++)
		if (h->step[i].id == id)
			return true;
	return false;
}

/* Of a segment that the capture does not show, it shows no retries either. */
static void
add_retries(struct json_writer *w, cJSON *o, const struct handshake_report *h)
{
	if (has_step(h, STEP_SYN))
		json_add_unsigned(w, o, "syn_retries", h->syn_retries);
	else
		json_add_null(w, o, "syn_retries");
	if (has_step(h, STEP_SYN_ACK) ||
	    (has_step(h, STEP_SYN) && !outcome_opened(h->outcome)))
		json_add_unsigned(w, o, "syn_ack_retries", h->syn_ack_retries);
	else
		json_add_null(w, o, "syn_ack_retries");
	if (h->client_half_ns.has)
		json_add_bool(
		    w, o, "client_half_inflated", h->client_half_inflated);
	else
		json_add_null(w, o, "client_half_inflated");
}

void
handshake_json_add(
    struct json_writer *w, cJSON *parent, const struct conn_report *r)
{
	const struct handshake_report *h = &r->handshake;
	cJSON *o = json_add_object(w, parent, "handshake");

	json_add_name(w, o, "outcome", outcome_name(h->outcome));
	add_steps(w, o, r, h->step, h->steps_n);
	json_add_fields(w, o, handshake_fields, h);
	add_retries(w, o, h);
	json_add_name(w, o, "tap", tap_name(h->tap));
}

/* Classes of R3.64. */
static const char *
reuse_class(const struct time_wait *t)
{
	if (!t->reuse_after_ns.has)
		return "never";
	if (t->reuse_after_ns.v < K_TW_SHORT)
		return "<60s";
	return t->reuse_after_ns.v <= K_TW ? "60-240s" : ">240s";
}

static void
add_time_wait(struct json_writer *w, cJSON *parent, const struct conn_report *r)
{
	const struct teardown_report *t = &r->teardown;
	cJSON *list = json_add_array(w, parent, "time_wait");

	for (unsigned i = 0; i < t->time_wait_n; i++) {
		const struct time_wait *tw = &t->time_wait[i];
		cJSON *o = json_add_object(w, list, NULL);

		json_add_name(w, o, "holder", side_name(tw->holder));
		json_add_ms(w, o, "enter_time_ms", tw->enter_ns - r->first_ns);
		json_add_fields(w, o, time_wait_fields, tw);
		json_add_name(w, o, "reuse_class", reuse_class(tw));
	}
}

static void
add_pair(struct json_writer *w, cJSON *parent, const char *key,
    const struct maybe pair[2])
{
	cJSON *o = json_add_object(w, parent, key);

	for (unsigned i = CLIENT; i <= SERVER; i++) {
		if (pair[i].has)
			json_add_decimal(w, o, side_name(i), pair[i].v, 0);
		else
			json_add_null(w, o, side_name(i));
	}
}

void
teardown_json_add(
    struct json_writer *w, cJSON *parent, const struct conn_report *r)
{
	const struct teardown_report *t = &r->teardown;
	cJSON *o = json_add_object(w, parent, "teardown");

	json_add_name(w, o, "close", close_name(t->close));
	if (t->segments > 0)
		json_add_unsigned(w, o, "segments", t->segments);
	else
		json_add_null(w, o, "segments");
	add_steps(w, o, r, t->step, t->steps_n);
	json_add_fields(w, o, teardown_fields, t);
	add_time_wait(w, o, r);
	add_pair(w, o, "unacked_bytes", t->unacked_bytes);
	add_pair(w, o, "after_bytes", t->after_bytes);
	json_add_name(
	    w, o, "resetter", t->has_resetter ? side_name(t->resetter) : NULL);
}
