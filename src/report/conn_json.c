/*
 * conn_json.c - one connection as a JSON object.
 */
#include "report/conn_json.h"

#include "report/hand_over.h"

static const char *const certainty_names[] = {
    [CERTAINTY_POSSIBLE] = "possible",
    [CERTAINTY_PROBABLE] = "probable",
    [CERTAINTY_CERTAIN] = "certain",
};

static void
add_filters(struct json_writer *w, cJSON *parent, const struct conn_report *r)
{
	cJSON *o = json_add_object(w, parent, "filters");
	char buf[HAND_OVER_MAX];

	json_add_text(w, o, "wireshark", hand_over_wireshark(buf, r));
	json_add_text(w, o, "pcap", hand_over_pcap(buf, r));
}

static void
add_host(struct json_writer *w, cJSON *parent, const struct conn_report *r,
    enum side side)
{
	cJSON *o = json_add_object(w, parent, side_name(side));
	char buf[NOTATION_MAX];

	json_add_text(w, o, "address",
	    notation_address(buf, r->side[side].addr, r->version));
	json_add_unsigned(w, o, "port", r->side[side].port);
	json_add_name(w, o, "certainty", certainty_names[r->certainty]);
}

/* What the connection is: who, where in the capture. */
static void
add_identity(struct json_writer *w, cJSON *parent, const struct conn_report *r)
{
	char id[COMMUNITY_ID_MAX];
	cJSON *o;

	json_add_fields(w, parent, conn_fields, r);
	json_add_text(w, parent, "community_id", hand_over_community_id(id, r));
	json_add_unsigned(w, parent, "ip_version", r->version);
	o = json_add_array(w, parent, "encapsulation");
	for (unsigned i = 0; i < r->encap_n; i++)
		json_add_name(w, o, NULL, encap_name(r->encap[i]));
	if (r->tunnel > 0)
		json_add_unsigned(w, parent, "vni", r->tunnel - 1);
	else
		json_add_null(w, parent, "vni");
	json_add_name(w, parent, "reuse", reuse_name(r->reuse));
	json_add_frame(w, parent, "continues", r->continues);
	json_add_frames(
	    w, parent, "other_encap_frames", r->other_encap, r->other_encap_n);
	o = json_add_object(w, parent, "zeek");
	json_add_name(w, o, "conn_state", r->zeek_conn_state);
	json_add_text(w, o, "history",
	    r->zeek_history[0] != '\0' ? r->zeek_history : NULL);
	add_filters(w, parent, r);
	add_host(w, parent, r, CLIENT);
	add_host(w, parent, r, SERVER);
	json_add_time(w, parent, "first_time", r->first_ns, w->nanoseconds);
	json_add_time(w, parent, "last_time", r->last_ns, w->nanoseconds);
	json_add_ms(w, parent, "duration_ms", r->last_ns - r->first_ns);
}

static void
add_verdict_members(struct json_writer *w, cJSON *o, const struct verdict *v)
{
	json_add_name(w, o, "id", verdict_name(v->id));
	json_add_name(w, o, "rule", verdict_rule(v->id));
	json_add_name(w, o, "severity", severity_name(v->severity));
	json_add_text(w, o, "sentence", v->sentence);
	json_add_frames(w, o, "frames", v->frames, v->frames_n);
}

static void
add_verdict(struct json_writer *w, cJSON *parent, const struct conn_report *r)
{
	cJSON *o = json_add_object(w, parent, "verdict"), *also;

	add_verdict_members(w, o, &r->verdict);
	also = json_add_array(w, o, "also");
	for (unsigned i = 0; i < r->also_n; i++)
		add_verdict_members(
		    w, json_add_object(w, also, NULL), &r->also[i]);
	json_add_name(w, parent, "worst_severity", severity_name(r->worst));
}

static void
add_event_counts(
    struct json_writer *w, cJSON *parent, const struct conn_report *r)
{
	cJSON *o = json_add_object(w, parent, "event_counts");

	for (unsigned i = 0; i < ANOMALY_COUNT; i++)
		if (r->kind_count[i] > 0)
			json_add_unsigned(
			    w, o, anomaly_table[i].name, r->kind_count[i]);
}

static void
write_transition(struct json_writer *w, const struct conn_report *r,
    const struct transition *t)
{
	cJSON *o = json_object(w);

	json_add_name(w, o, "state", state_name(t->state));
	json_add_ms(w, o, "time_ms", t->ts_ns - r->first_ns);
	json_add_bool(w, o, "presumed", t->presumed || t->state == STATE_MID);
	json_add_fields(w, o, transition_fields, t);
	json_emit(w, o);
}

static void
write_states(struct json_writer *w, const struct conn_report *r, enum side side)
{
	const char *comma = "";

	for (uint32_t i = 0; i < r->transitions_n; i++) {
		if (r->transition[i].side != side)
			continue;
		json_literal(w, comma);
		write_transition(w, r, &r->transition[i]);
		comma = ",";
	}
}

void
conn_json_add(struct json_writer *w, cJSON *o, const struct conn_report *r)
{
	add_identity(w, o, r);
	add_verdict(w, o, r);
	handshake_json_add(w, o, r);
	options_json_add(w, o, r);
	teardown_json_add(w, o, r);
	sides_json_add(w, o, r);
}

void
conn_json_write(
    struct json_writer *w, const struct conn_report *r, bool as_record)
{
	cJSON *o = json_object(w);

	if (as_record)
		json_add_name(w, o, "record", "connection");
	conn_json_add(w, o, r);
	add_event_counts(w, o, r);
	json_emit_open(w, o);

	json_literal(w, ",\"states\":{\"client\":[");
	write_states(w, r, CLIENT);
	json_literal(w, "],\"server\":[");
	write_states(w, r, SERVER);
	json_literal(w, "]},\"events\":[");
	for (uint32_t i = 0; i < r->events_n; i++) {
		json_literal(w, i == 0 ? "" : ",");
		event_json_write(w, r, &r->event[i]);
	}
	json_literal(w, "]}");
}
