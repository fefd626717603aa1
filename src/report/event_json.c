/*
 * event_json.c - one event with its evidence as a JSON object.
 */
#include "report/conn_json.h"

static void
add_word(struct json_writer *w, cJSON *parent, const char *key, int64_t v)
{
	/* WORD_NONE says that the rule found no word */
	json_add_name(
	    w, parent, key, v == WORD_NONE ? NULL : word_name((enum word)v));
}

static void
add_range(struct json_writer *w, cJSON *parent, const char *key,
    const struct evidence *v)
{
	cJSON *pair = json_add_array(w, parent, key);

	json_add_decimal(w, pair, NULL, v->v, 0);
	json_add_decimal(w, pair, NULL, v->v2, 0);
}

static void
add_evidence(struct json_writer *w, cJSON *parent, const struct event *e,
    const struct evidence *v)
{
	const struct evidence_field *field = &evidence_table[v->key];

	switch (field->unit) {
	case UNIT_FRAME:
		json_add_frame(w, parent, field->key, (uint64_t)v->v);
		break;
	case UNIT_NS:
		json_add_ms(w, parent, field->key, v->v);
		break;
	case UNIT_BOOL:
		json_add_bool(w, parent, field->key, v->v != 0);
		break;
	case UNIT_WORD:
		add_word(w, parent, field->key, v->v);
		break;
	case UNIT_RANGE:
	case UNIT_RANGE_PEER:
		add_range(w, parent, field->key, v);
		break;
	case UNIT_TEXT:
		json_add_bytes(w, parent, field->key, e->text);
		break;
	case UNIT_COUNT:
	case UNIT_REL:
	case UNIT_REL_PEER:
	case UNIT_RAW:
		json_add_decimal(w, parent, field->key, v->v, 0);
		break;
	}
}

void
event_json_write(
    struct json_writer *w, const struct conn_report *r, const struct event *e)
{
	const struct anomaly *a = &anomaly_table[e->kind];
	cJSON *o = json_object(w), *part;

	json_add_name(w, o, "kind", a->name);
	json_add_name(w, o, "rule", a->rule);
	json_add_name(w, o, "severity", severity_name(e->severity));
	json_add_name(w, o, "blame", blame_name(e->blame));
	json_add_name(w, o, "confidence", confidence_name(e->confidence));
	json_add_frame(w, o, "frame", e->frame_no);
	json_add_time(w, o, "time", e->ts_ns, w->nanoseconds);
	json_add_ms(w, o, "at_ms", e->ts_ns - r->first_ns);
	json_add_name(w, o, "from", side_name(e->from));
	json_add_frames(w, o, "frames", e->frames, e->frames_n);
	part = json_add_array(w, o, "revised_from");
	for (unsigned i = 0; i < e->revised_n; i++)
		json_add_name(
		    w, part, NULL, anomaly_table[e->revised_from[i]].name);
	part = json_add_object(w, o, "evidence");
	for (unsigned i = 0; i < e->evidence_n; i++)
		add_evidence(w, part, e, &e->evidence[i]);
	json_emit(w, o);
}
