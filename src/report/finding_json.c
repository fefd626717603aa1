/*
 * finding_json.c - findings in several connections as JSON members.
 */
#include "report/finding_text.h"
#include "report/head_json.h"
#include "report/notation.h"

/* null where the connections of g have no such address in common. */
static void
add_host(struct json_writer *w, cJSON *o, const char *key,
    const struct finding *g, enum side s)
{
	unsigned part = s == CLIENT ? PART_CLIENT : PART_SERVER;
	char buf[NOTATION_MAX];

	if (g->key.parts & part)
		json_add_text(w, o, key,
		    notation_address(buf, g->key.addr[s], g->key.version));
	else
		json_add_null(w, o, key);
}

/* How many different what g has; null where that is not counted. */
static void
add_others(struct json_writer *w, cJSON *o, const char *key,
    const struct finding *g, enum finding_other what)
{
	if (finding_other((enum finding_id)g->key.id) == what)
		json_add_unsigned(w, o, key, g->others_n);
	else
		json_add_null(w, o, key);
}

static void
add_finding(struct json_writer *w, cJSON *list, const struct finding *g)
{
	enum finding_id id = (enum finding_id)g->key.id;
	cJSON *o = json_add_object(w, list, NULL), *numbers;
	struct text t;

	text_init(&t);
	finding_say(&t, g);
	json_add_name(w, o, "id", finding_name(id));
	json_add_name(w, o, "severity", severity_name(g->severity));
	json_add_text(w, o, "sentence", text_get(&t));
	text_fini(&t);
	json_add_unsigned(w, o, "connections", g->connections);
	add_host(w, o, "client", g, CLIENT);
	add_host(w, o, "server", g, SERVER);
	if (g->key.parts & PART_PORT)
		json_add_unsigned(w, o, "port", g->key.port);
	else
		json_add_null(w, o, "port");
	json_add_name(w, o, "kind",
	    id == FINDING_SAME_EVENT ? anomaly_table[g->key.what].name : NULL);
	json_add_name(w, o, "verdict",
	    id == FINDING_SAME_VERDICT
		? verdict_name((enum verdict_id)g->key.what)
		: NULL);
	add_others(w, o, "clients", g, OTHER_CLIENTS);
	add_others(w, o, "servers", g, OTHER_SERVERS);
	add_others(w, o, "ports", g, OTHER_PORTS);
	add_others(w, o, "peers", g, OTHER_PEERS);
	numbers = json_add_array(w, o, "numbers");
	for (unsigned i = 0; i < g->first_n; i++)
		json_add_unsigned(w, numbers, NULL, g->first_number[i]);
	json_add_frames(w, o, "frames", g->first_frame, g->first_n);
}

void
findings_json_add(struct json_writer *w, cJSON *o, const struct findings *f)
{
	cJSON *list = json_add_array(w, o, "findings");

	for (size_t i = 0; i < f->list_n; i++)
		add_finding(w, list, f->list[i]);
	json_add_bool(w, o, "findings_complete", !findings_cut(f));
}
